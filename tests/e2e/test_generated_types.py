"""An app whose bindings ``cdktf get`` made of a provider in a mirror: its types are read from ``imports``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.terraform.simulation import Simulation

from .conftest import clean_environment, succeed

pytestmark = pytest.mark.e2e

SOURCE = "registry.terraform.io/acme/cloud"


def attribute(type_: Any, **is_: bool) -> dict[str, Any]:
    return {"type": type_, **is_}


CLUSTER = {
    "attributes": {
        "id": attribute("string", computed=True),
        "name": attribute("string", required=True),
        "size": attribute("number", optional=True, computed=True),
        "ready": attribute("bool", computed=True),
        "nodes": attribute(["list", ["object", {"ip": "string", "port": "number"}]], computed=True),
        "zones": attribute(["set", "string"], computed=True),
        "labels": attribute(["map", "string"], optional=True),
    },
    "block_types": {
        "network": {
            "nesting_mode": "list",
            "max_items": 1,
            "block": {
                "attributes": {
                    "vpc": attribute("string", required=True),
                    "gateway": attribute("string", computed=True),
                }
            },
        }
    },
}
REGION = {
    "attributes": {
        "id": attribute("string", computed=True),
        "name": attribute("string", required=True),
        "zones": attribute(["list", "string"], computed=True),
    }
}
DOCUMENT = {
    "provider": {"version": 0, "block": {"attributes": {"region": attribute("string", optional=True)}}},
    "resource_schemas": {"cloud_cluster": {"version": 0, "block": CLUSTER}},
    "data_source_schemas": {"cloud_region": {"version": 0, "block": REGION}},
}
MAIN = """
from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from cdktf import App, Fn, TerraformOutput, TerraformStack, Token
from imports.cloud.cluster import Cluster, ClusterNetwork
from imports.cloud.data_cloud_region import DataCloudRegion
from imports.cloud.provider import CloudProvider


def build(app):
    stack = TerraformStack(app, "clusters")
    CloudProvider(stack, "cloud", region="here")
    HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
    region = DataCloudRegion(stack, "region", name="here")
    cluster = Cluster(stack, "cluster", name=Fn.element(region.zones, 0), network=ClusterNetwork(vpc="v"))
    image = ImsImageMetadata(
        stack, "image", name=f"image-{cluster.network.gateway}", os_version="CentOS 7.6 64bit", min_disk=40
    )
    TerraformOutput(stack, "port", value=cluster.nodes.get(0).port)
    TerraformOutput(stack, "next_port", value=f"${{{cluster.fqn}.nodes[0].port + 1}}")
    TerraformOutput(stack, "ips", value=f"${{[for node in {cluster.fqn}.nodes : node.ip]}}")
    TerraformOutput(stack, "is_ready", value=cluster.ready)
    TerraformOutput(stack, "zones", value=cluster.zones)
    TerraformOutput(stack, "size", value=cluster.size)
    TerraformOutput(stack, "image_name", value=image.name)
    return stack


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
"""
TEST = """
from cdktf import App

from constructs_ims.testing import ApplyStep, run_steps
from main import build


def test_life(ims, tmp_path):
    run_steps(ims, ApplyStep(lambda: build(App(outdir=str(tmp_path)))))


def test_said_values(ims, tmp_path):
    ims.override_resource("cloud_cluster.cluster", {"nodes": [{"ip": "10.0.0.1", "port": 6443}]})
    applied = ims.apply(build(App(outdir=str(tmp_path))))
    assert (applied.outputs["port"], applied.outputs["next_port"], applied.outputs["ips"]) == (6443, 6444, ["10.0.0.1"])
"""


class Project:
    """A project with generated bindings; the mirror that they were made from is gone."""

    def __init__(self, directory: Path, cdktf: str) -> None:
        self.directory, mirror = directory / "app", directory / "mirror"
        self.directory.mkdir()
        Simulation(SOURCE, "1.2.3", DOCUMENT).lay(mirror)
        installation = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
        (directory / "terraform.rc").write_text(installation)
        project = {
            "language": "python",
            "app": "python main.py",
            "projectId": "generated-types",
            "sendCrashReports": "false",
            "codeMakerOutput": "imports",
            "terraformProviders": [{"name": "cloud", "source": "acme/cloud", "version": "~> 1.2"}],
        }
        (self.directory / "cdktf.json").write_text(json.dumps(project))
        (self.directory / "main.py").write_text(MAIN)
        (self.directory / "test_main.py").write_text(TEST)
        self.environment = clean_environment(CONSTRUCTS_IMS_CACHE=str(directory / "cache"), CI="1")
        self.run(
            cdktf,
            "get",
            TF_CLI_CONFIG_FILE=str(directory / "terraform.rc"),
            CDKTF_HOME=str(directory / "home"),
            CDKTF_DISABLE_PLUGIN_CACHE_ENV="1",
        )

    def run(self, *words: str, **environment: str) -> str:
        return succeed(words, self.directory, {**self.environment, **environment})


def outputs(project: Project) -> dict[str, Any]:
    shown = json.loads(project.run("constructs-ims", "output", "--json"))
    (stack,) = shown["stacks"].values()
    return {name: output["value"] for name, output in stack["outputs"].items()}


def check(values: dict[str, Any]) -> None:
    assert isinstance(values["port"], int | float)
    assert values["next_port"] == values["port"] + 1
    assert values["ips"]
    assert all(isinstance(ip, str) for ip in values["ips"])
    assert isinstance(values["is_ready"], bool)
    assert isinstance(values["zones"], list)
    assert isinstance(values["size"], int | float)
    assert values["image_name"].startswith("image-")


@pytest.mark.usefixtures("terraform_program")
def test_app_lives_with_the_types_of_generated_bindings(tmp_path: Path, cdktf_program: str) -> None:
    project = Project(tmp_path, cdktf_program)

    project.run("constructs-ims", "deploy", "--auto-approve")
    check(outputs(project))
    assert "No changes" in project.run("constructs-ims", "plan")
    assert "imports" in project.run("constructs-ims", "doctor")
    project.run("constructs-ims", "destroy", "--auto-approve")
    tests = ("python", "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider")
    assert "2 passed" in project.run(*tests)
    assert "1 passed" in project.run(*tests, "-k", "life", "--ims-engine=terraform")
