from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox_directory import SandboxDirectory, SandboxError
from constructs_ims.backend.terraform.environment import lay_programs, prepare_environment
from constructs_ims.backend.terraform.mirror import lay_mirror, target_platform
from constructs_ims.backend.terraform.program import (
    Invocation,
    find_program,
    prepare_invocation,
)
from constructs_ims.backend.terraform.versions import VersionError

from .conftest import App

OURS = {"huaweicloud": {"source": "huaweicloud/huaweicloud", "version": "1.80.1"}}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A PATH whose one program says where it is, and with what."""
    folder = tmp_path / "programs"
    folder.mkdir()
    program = folder / "terraform"
    program.write_text('#!/bin/sh\necho "$PWD" "$@"\n')
    program.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.defpath}"}


def prepare(directory: Path, sandbox: SandboxDirectory, environment: dict[str, str], *words: str) -> Invocation | None:
    return prepare_invocation("terraform", words, directory, sandbox, environment)


def test_a_stack_is_worked_on_in_its_copy(app: App, sandbox: SandboxDirectory, environment: dict[str, str]):
    invocation = prepare(app.stack("images"), sandbox, environment, "plan", "-out", "plan")
    assert invocation is not None
    assert invocation.directory == sandbox.terraform / "stacks" / "images"
    assert invocation.arguments == ("terraform", "plan", "-out=plan")
    assert (invocation.directory / "cdk.tf.json").exists()


def test_init_lays_the_version_that_the_stack_demands(app: App, sandbox: SandboxDirectory, environment: dict[str, str]):
    prepare(app.stack("images", terraform={"required_providers": OURS}), sandbox, environment, "init")
    laid = sandbox.terraform / "providers" / "registry.terraform.io" / "huaweicloud" / "huaweicloud"
    assert [path.name for path in laid.iterdir()] == ["1.80.1"]


def test_an_unsuitable_constraint_is_refused(app: App, sandbox: SandboxDirectory, environment: dict[str, str]):
    old = {"huaweicloud": {**OURS["huaweicloud"], "version": "~> 1.60.0"}}
    with pytest.raises(SandboxError, match="Unsuitable version constraint"):
        prepare(app.stack("images", terraform={"required_providers": old}), sandbox, environment, "init")


def test_the_real_lock_is_left_to_production(app: App, sandbox: SandboxDirectory, environment: dict[str, str]):
    assert prepare(app.stack("images"), sandbox, environment, "providers", "lock", "-platform=linux_amd64") is None


def test_commands_about_no_stack_run_where_they_are(app: App, sandbox: SandboxDirectory, environment: dict[str, str]):
    invocation = prepare(app.directory, sandbox, environment, "version", "-json")
    assert invocation is not None
    assert (invocation.directory, invocation.arguments) == (app.directory, ("terraform", "version", "-json"))


def test_what_leads_out_of_the_sandbox_is_not_inherited(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str]
):
    leading_out = {"TF_PLUGIN_CACHE_DIR": "x", "TF_DATA_DIR": "y", "TF_REATTACH_PROVIDERS": "z"}
    invocation = prepare(app.stack("images"), sandbox, {**environment, **leading_out}, "plan")
    assert invocation is not None
    assert not set(leading_out) & set(invocation.environment)


def test_the_program_laid_in_the_sandbox_never_finds_itself(sandbox: SandboxDirectory, environment: dict[str, str]):
    folder = lay_programs(sandbox)
    path = f"{folder}{os.pathsep}{environment['PATH']}"
    assert find_program("terraform", sandbox, {"PATH": path}).parent.name == "programs"
    with pytest.raises(SandboxError, match="Program not found"):
        find_program("terraform", sandbox, {"PATH": str(folder)})


def test_a_program_may_be_named(sandbox: SandboxDirectory):
    assert find_program("terraform", sandbox, {"CONSTRUCTS_IMS_TERRAFORM": "/opt/terraform"}) == Path("/opt/terraform")


def test_the_program_laid_in_the_sandbox_runs_the_real_one(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str]
):
    child = {**environment, "CONSTRUCTS_IMS_SANDBOX": str(sandbox.path)}
    command = [str(lay_programs(sandbox) / "terraform"), f"-chdir={app.stack('images')}", "plan"]
    done = subprocess.run(command, env=child, cwd=app.directory, capture_output=True, text=True, check=True)
    assert done.stdout == f"{sandbox.terraform / 'stacks' / 'images'} plan\n"


def test_the_program_laid_in_the_sandbox_refuses_without_a_traceback(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str]
):
    child = {**environment, "CONSTRUCTS_IMS_SANDBOX": str(sandbox.path)}
    command = [str(lay_programs(sandbox) / "terraform"), "apply", "-state=mine.tfstate"]
    done = subprocess.run(command, env=child, cwd=app.stack("images"), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Argument not supported")


def test_terraforms_configuration_knows_the_mirror_and_nothing_is_asked_abroad(sandbox: SandboxDirectory):
    environment = prepare_environment(sandbox, {"TF_CLI_CONFIG_FILE": "/home/user/.terraformrc", "TF_LOG": "debug"})
    text = Path(environment["TF_CLI_CONFIG_FILE"]).read_text()
    assert f'path    = "{sandbox.terraform / "providers"}"' in text
    assert "disable_checkpoint = true" in text
    assert environment["TF_LOG"] == "debug"


def test_a_mirror_holds_an_executable_for_terraform_and_for_opentofu(tmp_path: Path):
    executable = lay_mirror(tmp_path / "a mirror", "1.80.0")
    place = Path("huaweicloud", "huaweicloud", "1.80.0", target_platform(), "terraform-provider-huaweicloud_v1.80.0")
    for registry in ("registry.terraform.io", "registry.opentofu.org"):
        assert (tmp_path / "a mirror" / registry / place).stat().st_mode & stat.S_IXUSR
    done = subprocess.run([executable], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "a plugin that Terraform starts" in done.stderr


def test_a_mirror_of_no_version_is_refused(tmp_path: Path):
    with pytest.raises(VersionError):
        lay_mirror(tmp_path, "latest")
