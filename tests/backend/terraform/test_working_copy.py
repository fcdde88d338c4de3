from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox.directory import SandboxDirectory, SandboxError
from constructs_ims.backend.terraform.working_copy import WorkingCopy, has_configuration

from .conftest import App

S3 = {"bucket": "images", "key": "a", "region": "r"}


def copied(source: Path, sandbox: SandboxDirectory) -> WorkingCopy:
    copy = WorkingCopy.of(source, sandbox)
    copy.refresh()
    return copy


def override(copy: WorkingCopy) -> Any:
    return json.loads((copy.directory / "zz_constructs_ims_override.tf.json").read_text())


def test_the_configuration_is_copied_word_for_word(app: App, sandbox: SandboxDirectory):
    stack = app.stack("images", output={})
    (stack / "cdk.tf.json").write_text('{ "output" : {} }\n\n')
    assert (copied(stack, sandbox).directory / "cdk.tf.json").read_text() == '{ "output" : {} }\n\n'


@pytest.mark.parametrize("backend", [{"s3": S3}, {"local": {"path": "/project/terraform.images.tfstate"}}])
def test_the_state_moves_into_the_sandbox(app: App, sandbox: SandboxDirectory, backend: dict[str, Any]):
    copy = copied(app.stack("images", terraform={"backend": backend}), sandbox)
    folder = sandbox.path / "stacks" / "images"
    local = {"path": str(folder / "terraform.tfstate"), "workspace_dir": str(folder / "terraform.tfstate.d")}
    assert override(copy) == {"terraform": {"backend": {"local": local}}}


def test_assets_are_there_and_own_leftovers_of_terraform_are_not(app: App, sandbox: SandboxDirectory):
    stack = app.stack("images")
    (stack / "assets").mkdir()
    (stack / "assets" / "file.txt").write_text("asset")
    (stack / ".terraform.lock.hcl").write_text("the real one")
    (stack / "terraform.tfstate").write_text("the real one")
    (stack / ".terraform").mkdir()
    copy = copied(stack, sandbox)
    assert (copy.directory / "assets" / "file.txt").read_text() == "asset"
    assert sorted(path.name for path in copy.directory.iterdir()) == [
        "assets",
        "cdk.tf.json",
        "zz_constructs_ims_override.tf.json",
    ]


def test_what_is_no_longer_synthesized_leaves_the_copy_and_what_terraform_made_stays(
    app: App, sandbox: SandboxDirectory
):
    stack = app.stack("images")
    (stack / "old.tf.json").write_text("{}")
    (stack / "assets").mkdir()
    copy = copied(stack, sandbox)
    (copy.directory / "plan").write_text("made by terraform")
    (copy.directory / "generated_resources.tf").write_text("made by terraform for the last plan")
    (stack / "old.tf.json").unlink()
    (stack / "assets").rmdir()
    copy.refresh()
    assert sorted(path.name for path in copy.directory.iterdir()) == [
        "cdk.tf.json",
        "plan",
        "zz_constructs_ims_override.tf.json",
    ]


def remote(backend: str, config: object) -> dict[str, Any]:
    return {"backend": backend, "config": config, "workspace": "${terraform.workspace}"}


def test_states_of_other_stacks_are_those_of_the_sandbox(app: App, sandbox: SandboxDirectory):
    app.stack("network", terraform={"backend": {"s3": S3}})
    app.stack("base", terraform={"backend": {"local": {"path": "/elsewhere/terraform.base.tfstate"}}})
    states = {
        "anything": remote("s3", S3),
        "cross-stack-reference-input-base": remote("local", {"path": "../terraform.base.tfstate"}),
    }
    copy = copied(app.stack("images", data={"terraform_remote_state": states}), sandbox)
    found = override(copy)["data"]["terraform_remote_state"]
    assert {name: state["config"]["path"] for name, state in found.items()} == {
        "anything": str(sandbox.state("network")),
        "cross-stack-reference-input-base": str(sandbox.state("base")),
    }


def test_defaults_count_for_a_state_of_no_stack_of_the_app(app: App, sandbox: SandboxDirectory):
    legacy = {**remote("s3", S3), "defaults": {"vpc": "vpc-1"}}
    copy = copied(app.stack("images", data={"terraform_remote_state": {"legacy": legacy}}), sandbox)
    state = override(copy)["data"]["terraform_remote_state"]["legacy"]
    assert state["backend"] == "local"
    assert json.loads(Path(state["config"]["path"]).read_text())["outputs"] == {}


def test_a_state_of_no_stack_of_the_app_is_refused(app: App, sandbox: SandboxDirectory):
    stack = app.stack("images", data={"terraform_remote_state": {"legacy": remote("s3", S3)}})
    with pytest.raises(SandboxError, match="belongs to no stack of this app"):
        copied(stack, sandbox)


CONTENTS = {
    "as cdktf writes it": ({"huaweicloud": {"source": "huaweicloud/huaweicloud", "version": "~> 1.73"}}, ["~> 1.73"]),
    "with its registry": ({"hw": {"source": "registry.example.com/huaweicloud/huaweicloud", "version": "1"}}, ["1"]),
    "in a list": ([{"huaweicloud": {"source": "huaweicloud/huaweicloud", "version": "1"}}], ["1"]),
    "of another provider": ({"random": {"source": "hashicorp/random", "version": "3"}}, []),
    "without a version": ({"huaweicloud": {"source": "huaweicloud/huaweicloud"}}, []),
    "of another shape": ({"huaweicloud": "1"}, []),
}


@pytest.mark.parametrize(("required", "versions"), CONTENTS.values(), ids=CONTENTS)
def test_the_version_that_a_stack_demands(app: App, sandbox: SandboxDirectory, required: object, versions: list[str]):
    stack = app.stack("images", terraform={"required_providers": required})
    assert WorkingCopy.of(stack, sandbox).version_constraints() == versions


def test_a_broken_configuration_is_left_to_terraform(app: App, sandbox: SandboxDirectory):
    stack = app.stack("images")
    (stack / "cdk.tf.json").write_text("{")
    copy = copied(stack, sandbox)
    assert (copy.directory / "cdk.tf.json").read_text() == "{"
    assert copy.version_constraints() == []


LOCK = """
provider "registry.terraform.io/hashicorp/random" {
  version = "3.6.0"
}

provider "registry.terraform.io/huaweicloud/huaweicloud" {
  version = "1.80.0"
  hashes = [
    "h1:abc=",
  ]
}
"""


def test_the_lock_forgets_this_provider_alone(app: App, sandbox: SandboxDirectory):
    copy = copied(app.stack("images"), sandbox)
    lock = copy.directory / ".terraform.lock.hcl"
    lock.write_text(LOCK)
    copy.forget_provider_lock()
    assert lock.read_text().strip() == LOCK.partition('provider "registry.terraform.io/huaweicloud')[0].strip()


def test_where_terraform_finds_a_configuration(tmp_path: Path):
    assert not has_configuration(tmp_path)
    (tmp_path / "main.tf").touch()
    assert has_configuration(tmp_path)
