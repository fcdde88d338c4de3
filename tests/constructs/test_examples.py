"""Every example runs by itself and synthesizes what it promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FOLDERS = sorted(path.parent.name for path in EXAMPLES.glob("*/main.py"))
ADDRESS = "huaweicloud_ims_image_metadata"


def run_app(command: str, folder: Path, output: Path) -> dict[str, Any]:
    """Run an app as cdktf does, and return its synthesized stacks by name."""
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "CDKTF_OUTDIR": str(output),
    }
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr
    return {path.parent.name: json.loads(path.read_text()) for path in output.glob("stacks/*/cdk.tf.json")}


def images(stack: dict[str, Any]) -> dict[str, Any]:
    return stack["resource"][ADDRESS]


def check_quickstart(stacks: dict[str, Any]) -> None:
    stack = stacks["quickstart"]
    assert images(stack)["base"]["tags"] == ["team=platform", "stage=base"]
    assert images(stack)["web"]["name"] == f"${{{ADDRESS}.base.name}}-web"
    assert sorted(stack["output"]) == ["base_id", "web_id", "web_platform"]
    assert stack["provider"]["huaweicloud"] == [{"region": "cn-north-4"}]


def check_migrate_from_generated(stacks: dict[str, Any]) -> None:
    image = images(stacks["migrated"])["image"]
    assert image["tags"] == ["team=platform", "stage=production", "moved=yes"]
    assert image["timeouts"] == {"delete": "5m"}
    assert image["lifecycle"] == {"prevent_destroy": True}


def check_several_regions(stacks: dict[str, Any]) -> None:
    stack = stacks["several-regions"]
    assert [block.get("alias") for block in stack["provider"]["huaweicloud"]] == [None, "cn-south-1", "ap-southeast-3"]
    assert {name: image["provider"] for name, image in images(stack).items()} == {
        "debian-cn-north-4": "huaweicloud",
        "debian-cn-south-1": "huaweicloud.cn-south-1",
        "debian-ap-southeast-3": "huaweicloud.ap-southeast-3",
    }


def check_catalogue_from_yaml(stacks: dict[str, Any]) -> None:
    image = images(stacks["catalogue"])["images"]
    assert image["for_each"].startswith('${yamldecode(file("assets/table/')
    assert (image["name"], image["min_disk"]) == ("${each.key}", "${each.value.min_disk}")


def check_cross_stack(stacks: dict[str, Any]) -> None:
    assert sorted(stacks) == ["base", "team"]
    assert images(stacks["team"])["team"]["name"].startswith("${data.terraform_remote_state.cross-stack-reference")


def check_tested_app(stacks: dict[str, Any]) -> None:
    assert sorted(stacks) == ["base", "research"]
    assert sorted(stacks["research"]["resource"]) == [ADDRESS, "null_resource", "random_pet"]


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    name.removeprefix("check_"): check for name, check in list(globals().items()) if name.startswith("check_")
}


@pytest.mark.e2e
@pytest.mark.parametrize("name", FOLDERS)
def test_example(tmp_path: Path, name: str) -> None:
    command = json.loads((EXAMPLES / name / "cdktf.json").read_text())["app"]

    CHECKS[name](run_app(command, EXAMPLES / name, tmp_path / "out"))


def test_project_runs_the_quickstart(tmp_path: Path) -> None:
    check_quickstart(run_app(json.loads((ROOT / "cdktf.json").read_text())["app"], ROOT, tmp_path / "out"))


def test_every_example_has_its_own_project() -> None:
    identities = [json.loads((EXAMPLES / name / "cdktf.json").read_text())["projectId"] for name in FOLDERS]

    assert len(set(identities)) == len(FOLDERS) == len(CHECKS)
