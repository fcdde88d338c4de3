"""Apps under cdktf-cli and the real Terraform, with ``constructs-ims run`` around them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, Doors, clean_environment, move_project

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("terraform_program", "cdktf_program")]

RUN = [sys.executable, "-m", "constructs_ims.cli.main", "run", "--"]
EXAMPLES = ROOT / "examples"
STACK = "-chdir=cdktf.out/stacks/images"
FORGOTTEN = "huaweicloud_ims_image_metadata.forgotten"
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

ONE_STACK = """
import os
from cdktf import App, TerraformOutput, TerraformStack
from constructs_ims import HuaweicloudProvider, ImsImageMetadata

app = App()
stack = TerraformStack(app, "images")
HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
image = ImsImageMetadata(stack, "ubuntu", name=os.environ["NAME"], os_version="Ubuntu 20.04 server 64bit",
                         min_disk=int(os.environ.get("MIN_DISK", "40")))
TerraformOutput(stack, "image_id", value=image.id)
for number in range(int(os.environ.get("MORE", "0"))):
    ImsImageMetadata(stack, f"image-{number}", name=f"image-{number}", os_version="Ubuntu 20.04 server 64bit")
app.synth()
"""

TWO_STACKS = """
from cdktf import App, S3Backend, TerraformOutput, TerraformStack
from constructs_ims import HuaweicloudProvider, ImsImageMetadata

app = App()
base, derived = TerraformStack(app, "base"), TerraformStack(app, "derived")
for stack in (base, derived):
    HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
S3Backend(base, bucket="real-bucket", key="base", region="cn-north-4")
image = ImsImageMetadata(base, "base", name="base", os_version="Ubuntu 20.04 server 64bit")
TerraformOutput(derived, "base_id", value=image.id)
ImsImageMetadata(derived, "derived", name="derived", os_version="Ubuntu 20.04 server 64bit",
                 tags=[f"base={image.id}"])
app.synth()
"""


UNMANAGED = """
import os
from cdktf import App, TerraformStack
from constructs_ims import HuaweicloudProvider, ImsImageMetadata

app = App()
stack = TerraformStack(app, "images")
HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
if "FOUND" in os.environ:
    ImsImageMetadata.generate_config_for_import(stack, "found", os.environ["FOUND"])
else:
    ImsImageMetadata(stack, "forgotten")
app.synth()
"""


class Project:
    """An app in a folder of its own, and cdktf on it in the offline world."""

    def __init__(self, directory: Path, cdktf: str) -> None:
        self.directory = directory
        self.cdktf = cdktf
        self.own_files = {path.name for path in directory.iterdir()}

    @classmethod
    def of(cls, app: str, directory: Path, cdktf: str) -> Project:
        """Write a project whose app is the Python text ``app``."""
        (directory / "main.py").write_text(app)
        (directory / "cdktf.json").write_text('{"language": "python", "app": "python main.py"}')
        return cls(directory, cdktf)

    def edit(self, old: str, new: str) -> None:
        """Change the app's text."""
        path = self.directory / "main.py"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*RUN, *words],
            cwd=self.directory,
            env=clean_environment(**{"NAME": "ubuntu-20.04", "CI": "1", **environment}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, **environment: str) -> tuple[int, str]:
        """Run cdktf to its end; return its status and its output in one line without colors."""
        with self.start(self.cdktf, *words, **environment) as process:
            output, _ = process.communicate(timeout=180)
        return process.returncode, " ".join(COLOURS.sub("", output).replace("│", " ").split())

    def succeed(self, *words: str, **environment: str) -> str:
        status, output = self.run(*words, **environment)
        assert status == 0, output
        return output

    def fail(self, *words: str, **environment: str) -> str:
        status, output = self.run(*words, **environment)
        assert status == 1, output
        return output

    def images(self) -> list[dict[str, Any]]:
        """What the sandbox's service holds, asked by a command in the offline world."""
        code = (
            "import os, urllib.request as u;"
            "print(u.urlopen(os.environ['CONSTRUCTS_IMS_ENDPOINT'] + '/_emulator/images').read().decode())"
        )
        with self.start(sys.executable, "-c", code) as process:
            return json.loads(process.communicate(timeout=30)[0])["images"]

    def leftovers(self) -> set[str]:
        """What lies in the project's folder and was not there before."""
        return {path.name for path in self.directory.iterdir()} - self.own_files

    def state(self, stack: str) -> dict[str, Any]:
        path = self.directory / ".constructs-ims" / "stacks" / stack / "terraform.tfstate"
        return json.loads(path.read_text())


@pytest.fixture
def one_stack(tmp_path: Path, cdktf_program: str) -> Project:
    return Project.of(ONE_STACK, tmp_path, cdktf_program)


def synthesized_files(project: Project) -> set[str]:
    output = project.directory / "cdktf.out"
    return {str(path.relative_to(output)) for path in output.rglob("*") if path.is_file()}


@pytest.fixture
def quickstart(tmp_path: Path, cdk: str, cdk_program: str) -> Project:
    project = copied_example("quickstart", tmp_path, cdk_program)
    move_project(cdk, tmp_path)
    return project


def copied_example(name: str, directory: Path, cdktf: str) -> Project:
    shutil.copytree(EXAMPLES / name, directory, dirs_exist_ok=True)
    return Project(directory, cdktf)


@pytest.mark.parametrize("cdk", ["cdktf", "cdktn"])
def test_the_life_of_the_quickstart(quickstart: Project):
    assert "Generated Terraform code for the stacks: quickstart" in quickstart.succeed("synth")
    deployed = quickstart.succeed("deploy", "--auto-approve")
    base, web = sorted(quickstart.images(), key=lambda image: image["name"])
    assert web["name"] == f"{base['name']}-web"
    assert f"made-from={base['id']}" in web["tags"]
    assert f"base_id = {base['id']}" in deployed

    assert "No changes" in quickstart.succeed("diff")
    assert f"web_id = {web['id']}" in quickstart.succeed("output")

    quickstart.edit(f'name="{base["name"]}"', 'name="renamed"')
    refused = quickstart.fail("deploy", "--auto-approve")
    assert f"1 error occurred: * name can't be updated, {base['name']} -> renamed" in refused
    assert sorted(quickstart.images(), key=lambda image: image["name"]) == [base, web]

    quickstart.edit('region="cn-north-4"', 'region="cn-north-4", enable_force_new=True')
    quickstart.succeed("deploy", "--auto-approve")
    replaced = quickstart.images()
    assert {image["name"] for image in replaced} == {"renamed", "renamed-web"}
    assert not {image["id"] for image in replaced} & {base["id"], web["id"]}

    quickstart.succeed("destroy", "--auto-approve")
    assert quickstart.images() == []
    assert quickstart.leftovers() == {".constructs-ims", "cdktf.out"}
    assert synthesized_files(quickstart) == {"manifest.json", "stacks/quickstart/cdk.tf.json"}


OTHER_EXAMPLES = sorted(path.parent.name for path in EXAMPLES.glob("*/cdktf.json") if path.parent.name != "quickstart")


DEPLOYED = OTHER_EXAMPLES if os.environ.get("CONSTRUCTS_IMS_STORIES") == "all" else OTHER_EXAMPLES[1:-1]


@pytest.mark.parametrize("name", DEPLOYED)
def test_every_example_deploys(tmp_path: Path, cdktf_program: str, name: str):
    project = copied_example(name, tmp_path, cdktf_program)
    project.succeed("deploy", "*", "--auto-approve")
    assert project.images()
    assert project.leftovers() == {".constructs-ims", "cdktf.out"}


def test_stacks_read_each_others_outputs_and_no_real_backend(tmp_path: Path, cdktf_program: str):
    project = Project.of(TWO_STACKS, tmp_path, cdktf_program)
    output = project.succeed("deploy", "*", "--auto-approve")
    images = {image["name"]: image for image in project.images()}
    assert images["derived"]["tags"] == [f"base={images['base']['id']}"]
    assert f"base_id = {images['base']['id']}" in output
    assert {project.state(stack)["version"] for stack in ("base", "derived")} == {4}
    assert project.leftovers() == {".constructs-ims", "cdktf.out"}


def test_an_interrupted_deploy_loses_nothing_and_the_next_one_finishes_it(one_stack: Project):
    with one_stack.start(one_stack.cdktf, "deploy", "--auto-approve", MORE="80") as deploy:
        await_images(one_stack, deploy)
        deploy.send_signal(signal.SIGINT)
        deploy.communicate(timeout=60)
    kept = {instance["attributes"]["id"] for r in one_stack.state("images")["resources"] for instance in r["instances"]}
    assert kept == {image["id"] for image in one_stack.images()}
    one_stack.succeed("deploy", "--auto-approve", MORE="80")
    images = one_stack.images()
    assert len(images) == 81
    assert kept < {image["id"] for image in images}


def test_the_code_of_an_image_that_exists_is_written(tmp_path: Path, cdktf_program: str):
    project = Project.of(UNMANAGED, tmp_path, cdktf_program)
    with applied_plainly(project), project.start("terraform", STACK, "state", "rm", FORGOTTEN) as forget:
        assert "Successfully removed 1 resource" in forget.communicate(timeout=60)[0]
    [image] = project.images()
    output = project.succeed("diff", FOUND=image["id"])
    assert "1 to import, 0 to add, 0 to change, 0 to destroy" in output
    assert "CDKTF has translated the code to the following" in output
    assert 'ImsImageMetadata(self, "found"' in output
    assert project.leftovers() == {".constructs-ims", "cdktf.out"}
    assert synthesized_files(project) == {"manifest.json", "stacks/images/cdk.tf.json"}


def await_images(project: Project, deploy: subprocess.Popen[str]) -> None:
    """Wait until the service that ``deploy`` has started holds an image."""
    record = project.directory / ".constructs-ims" / "service.json"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and deploy.poll() is None:
        if record.exists() and Doors(json.loads(record.read_text())["endpoint"]).images():
            return
        time.sleep(0.02)
    pytest.fail("no image was made")


BAD_PROJECTS = {
    "a broken cdktf.json": ("{", {}, "cdktf.json"),
    "an image that breaks a rule": (None, {"MIN_DISK": "5"}, "min_disk is 5"),
}


@pytest.mark.parametrize(("content", "environment", "text"), BAD_PROJECTS.values(), ids=BAD_PROJECTS)
def test_a_bad_project_is_refused_and_loses_nothing(
    one_stack: Project, content: str | None, environment: dict[str, str], text: str
):
    with applied_plainly(one_stack) as before:
        if content is not None:
            (one_stack.directory / "cdktf.json").write_text(content)
        assert text in one_stack.fail("deploy", "--auto-approve", **environment)
        assert one_stack.state("images") == before
        assert len(one_stack.images()) == 1


@contextmanager
def applied_plainly(project: Project) -> Iterator[dict[str, Any]]:
    """The project's stack, deployed by Terraform without cdktf; gives its state."""
    environment = clean_environment(NAME="ubuntu-20.04")
    subprocess.run([sys.executable, "main.py"], cwd=project.directory, env=environment, capture_output=True, check=True)
    for words in (["init"], ["apply", "-auto-approve"]):
        with project.start("terraform", STACK, *words) as process:
            output = process.communicate(timeout=120)[0]
        assert process.returncode == 0, output
    yield project.state("images")
