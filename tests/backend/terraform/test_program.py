from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_ims.backend.provider.configuration import LocalService
from constructs_ims.backend.sandbox.directory import SandboxDirectory, SandboxError
from constructs_ims.backend.terraform.environment import lay_programs, offline_environment, prepare_environment
from constructs_ims.backend.terraform.mirror import lay_mirror, target_platform
from constructs_ims.backend.terraform.program import (
    Invocation,
    find_program,
    prepare_invocation,
)
from constructs_ims.backend.terraform.versions import VersionError, parse_version

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


def test_a_program_may_be_named(sandbox: SandboxDirectory, tmp_path: Path):
    program = tmp_path / "terraform-1.9"
    program.write_text("#!/bin/sh\n")
    with pytest.raises(SandboxError, match=r"CONSTRUCTS_IMS_TERRAFORM names .*, which is no program"):
        find_program("terraform", sandbox, {"CONSTRUCTS_IMS_TERRAFORM": str(program)})
    program.chmod(0o755)

    assert find_program("terraform", sandbox, {"CONSTRUCTS_IMS_TERRAFORM": str(program)}) == program
    by_name = {"CONSTRUCTS_IMS_TERRAFORM": "terraform-1.9", "PATH": str(tmp_path)}
    assert find_program("terraform", sandbox, by_name) == program
    with pytest.raises(SandboxError, match="names /opt/none, which is no program"):
        find_program("terraform", sandbox, {"CONSTRUCTS_IMS_TERRAFORM": "/opt/none"})


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


RANDOM = {"random": {"source": "hashicorp/random"}}
RANDOM_SOURCE = "registry.terraform.io/hashicorp/random"


def test_terraforms_configuration_leaves_no_way_to_registries(sandbox: SandboxDirectory, tmp_path: Path):
    without = Path(prepare_environment(sandbox, {})["TF_CLI_CONFIG_FILE"]).read_text()
    (tmp_path / "mirror").mkdir()
    named = {"CONSTRUCTS_IMS_PROVIDER_MIRROR": str(tmp_path / "mirror")}
    with_mirror = Path(prepare_environment(sandbox, named)["TF_CLI_CONFIG_FILE"]).read_text()

    assert "direct" not in without + with_mirror
    assert without.count("filesystem_mirror") == 1
    assert f'path    = "{tmp_path / "mirror"}"\n    exclude = ["registry.terraform.io/huaweicloud' in with_mirror


def test_a_mirror_that_is_not_there_is_refused(sandbox: SandboxDirectory, tmp_path: Path):
    with pytest.raises(SandboxError, match="Provider mirror not found"):
        prepare_environment(sandbox, {"CONSTRUCTS_IMS_PROVIDER_MIRROR": str(tmp_path / "gone")})


@pytest.mark.parametrize(
    "content",
    [
        {"terraform": {"required_providers": RANDOM}},  # as cdktf get asks for it
        {"resource": {"aws_vpc": {"main": {}}}},
        {"data": {"aws_ami": {"base": {}}}},
        {"provider": {"aws": [{"region": "eu-west-1"}]}},
    ],
)
def test_a_provider_that_only_a_registry_has_is_told_before_anything_runs(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str], content: dict[str, object]
):
    with pytest.raises(SandboxError, match=r"hashicorp/(random|aws) offline: .*CONSTRUCTS_IMS_PROVIDER_MIRROR"):
        prepare(app.stack("images", **content), sandbox, environment, "init")


def test_a_provider_of_the_users_mirror_is_named_before_it_acts(
    app: App,
    sandbox: SandboxDirectory,
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    (tmp_path / "mirror" / RANDOM_SOURCE).mkdir(parents=True)
    named = {**environment, "CONSTRUCTS_IMS_PROVIDER_MIRROR": str(tmp_path / "mirror")}
    stack = app.stack("images", terraform={"required_providers": {**OURS, **RANDOM}})

    for command in ("init", "plan", "apply"):
        assert prepare(stack, sandbox, named, command) is not None
        assert capsys.readouterr().err.startswith(f"Warning: Providers not simulated: {RANDOM_SOURCE} from {tmp_path}")
    prepare(stack, sandbox, named, "output")
    prepare(app.stack("alone", terraform={"required_providers": OURS}), sandbox, named, "plan")
    assert capsys.readouterr().err == ""


REMOTE = {"module": {"net": {"source": "terraform-aws-modules/vpc/aws", "version": "5.0.0"}}}


def test_no_module_is_downloaded(app: App, sandbox: SandboxDirectory, environment: dict[str, str]):
    stack = app.stack("images", **REMOTE)
    for command in ("init", "get"):
        with pytest.raises(SandboxError, match=r"module\.net \(terraform-aws-modules/vpc/aws\)"):
            prepare(stack, sandbox, environment, command)


def test_modules_behind_local_ones_are_found(app: App, sandbox: SandboxDirectory, environment: dict[str, str]):
    stack = app.stack("images", module={"own": [{"source": "./own"}]})
    (stack / "own" / "inner").mkdir(parents=True)
    (stack / "own" / "main.tf").write_text(
        'module "here" {\n  source = "./inner"\n}\nmodule "there" {\n  count  = 2\n  source = "git::https://host/x.git"\n}\n'
    )
    with pytest.raises(SandboxError) as failure:
        prepare(stack, sandbox, environment, "init")
    assert "these modules would have to be: module.own.module.there (git::https://host/x.git)." in str(failure.value)

    (stack / "own" / "main.tf").write_text('module "here" {\n  source = "./inner"\n}\n')
    assert prepare(stack, sandbox, environment, "init") is not None


HCL_STATE = (
    'data "terraform_remote_state" "team" {\n  backend = "http"\n  config  = { address = "https://host/x" }\n}\n'
)
JSON_STATE = json.dumps({"data": {"terraform_remote_state": {"team": {"backend": "http", "config": {}}}}})


@pytest.mark.parametrize("command", ["init", "plan", "apply", "destroy", "refresh", "import"])
@pytest.mark.parametrize(
    ("file", "content", "address"),
    [
        ("team.tf", HCL_STATE, "data.terraform_remote_state.team"),
        ("own/main.tf", HCL_STATE, "module.own.data.terraform_remote_state.team"),
        ("own/main.tf.json", JSON_STATE, "module.own.data.terraform_remote_state.team"),
    ],
)
def test_states_that_no_override_reaches_are_not_read(
    file: str,
    content: str,
    address: str,
    command: str,
    app: App,
    sandbox: SandboxDirectory,
    environment: dict[str, str],
):
    stack = app.stack("images", module={"own": {"source": "./own"}})
    (stack / "own").mkdir()
    (stack / file).write_text(content)

    with pytest.raises(SandboxError, match=r"Terraform would read the states of ") as failure:
        prepare(stack, sandbox, environment, command)
    assert address in str(failure.value)


def test_states_in_comments_and_other_data_sources_are_no_such_states(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str]
):
    stack = app.stack("images", module={"own": {"source": "./own"}})
    (stack / "own").mkdir()
    (stack / "own" / "main.tf").write_text('# data "terraform_remote_state" "x" {\n# }\noutput "o" { value = 1 }\n')

    assert prepare(stack, sandbox, environment, "plan") is not None


def test_provisioners_of_terraform_see_nobodys_credentials(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str]
):
    secrets = (
        "HCP_CLIENT_SECRET",
        "MONGODB_ATLAS_PRIVATE_KEY",
        "GRAFANA_AUTH",
        "CF_PASSWORD",
        "PGPASSWORD",
        "NPM_TOKEN",
    )
    others = ("HW_SECRET_KEY", "TF_VAR_db_password", "TOKENIZERS_PARALLELISM", "SSH_AUTH_SOCK", "LANG")
    given = {**environment, **dict.fromkeys((*secrets, *others), "x")}

    invocation = prepare(app.stack("images"), sandbox, given, "apply")

    assert invocation is not None
    assert set(secrets) & set(invocation.environment) == set()
    assert set(others) <= set(invocation.environment)


SIGNED_IN = {
    "AWS_SECRET_ACCESS_KEY": "a",
    "AWS_PROFILE": "b",
    "GOOGLE_APPLICATION_CREDENTIALS": "c",
    "ARM_CLIENT_SECRET": "d",
    "AZURE_CLIENT_SECRET": "e",
    "KUBECONFIG": "f",
    "TF_TOKEN_app_terraform_io": "g",
}


def test_credentials_of_other_clouds_stay_outside_unless_a_mirror_is_named(sandbox: SandboxDirectory, tmp_path: Path):
    service = LocalService("http://127.0.0.1:1", "key", "secret")
    given = {**SIGNED_IN, "PATH": os.defpath, "ARMOUR": "kept", "TF_LOG": "debug"}
    named = {"CONSTRUCTS_IMS_PROVIDER_MIRROR": str(tmp_path)}

    alone = offline_environment(sandbox, service, given)
    assert (set(SIGNED_IN) & set(alone), alone["ARMOUR"], alone["TF_LOG"]) == (set(), "kept", "debug")
    assert SIGNED_IN.items() <= offline_environment(sandbox, service, given | named).items()


def test_a_provider_with_bindings_is_simulated(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
):
    required = {"random": {**RANDOM["random"], "version": "~> 3.5, != 3.999.0"}}
    pet = {"random_pet": {"name": {"length": 2}}}
    stack = app.stack("images", terraform={"required_providers": required}, provider={"random": [{}]}, resource=pet)
    own_python = {**environment, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"}
    invocation = prepare(stack, sandbox, own_python, "init")

    assert invocation is not None
    configuration = Path(invocation.environment["TF_CLI_CONFIG_FILE"])
    mirror = configuration.parent / "providers"
    assert f'path    = "{mirror}"\n    include = ["{RANDOM_SOURCE}"]' in configuration.read_text()
    [version] = (mirror / RANDOM_SOURCE).iterdir()
    assert parse_version(version.name) > (3, 5, 0)
    [executable] = version.glob("*/terraform-provider-random_v*")
    document = json.loads((executable.parent / "schemas.json").read_text())
    assert document["resource_schemas"].keys() == {"random_pet"}
    assert document["resource_schemas"]["random_pet"]["block"]["attributes"]["length"]["type"] == "number"
    assert capsys.readouterr().err.startswith(f"Simulated: {RANDOM_SOURCE} {version.name}, types from cdktf-cdktf-")

    by_hand = subprocess.run([executable], capture_output=True, text=True, check=False)
    assert (by_hand.returncode, "plugin that Terraform starts" in by_hand.stderr) == (1, True)


HCL_MODULE = """
terraform {
  required_providers {
    dice = {
      source  = "hashicorp/random"
      version = ">= 3.6.2"
    }
  }
}
# resource "random_password" "none" {
resource "random_pet" "own" {
  provider = dice
  length   = 1
}
resource "random_id" "id" {
  provider    = dice
  byte_length = 2
}
module "deeper" {
  source = "./deeper"
}
"""
JSON_MODULE = {
    "terraform": {"required_providers": {"dice": {"source": "hashicorp/random", "version": ">= 3.6.2"}}},
    "resource": {"random_pet": {"own": {"provider": "dice"}}, "random_id": {"id": {"provider": "dice.a"}}},
    "module": {"deeper": {"source": "./deeper"}},
}


@pytest.mark.parametrize(
    ("name", "content"), [("main.tf", HCL_MODULE), ("main.tf.json", json.dumps(JSON_MODULE))], ids=["HCL", "JSON"]
)
@pytest.mark.parametrize("has_provider", [True, False])
def test_types_that_only_local_modules_use_are_simulated_too(
    name: str,
    content: str,
    has_provider: bool,
    app: App,
    sandbox: SandboxDirectory,
    environment: dict[str, str],
):
    stack = app.stack("images", provider={"random": [{}]} if has_provider else {}, module={"own": {"source": "./own"}})
    (stack / "own" / "deeper").mkdir(parents=True)
    (stack / "own" / name).write_text(content)
    (stack / "own" / "deeper" / "main.tf").write_text('data "http" "page" {\n  url = "https://a.example"\n}\n')
    own_python = {**environment, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"}

    invocation = prepare(stack, sandbox, own_python, "init")

    assert invocation is not None
    mirror = Path(invocation.environment["TF_CLI_CONFIG_FILE"]).parent / "providers"
    [version] = (mirror / RANDOM_SOURCE).iterdir()
    assert parse_version(version.name) >= (3, 6, 2)
    documents = [json.loads(path.read_text()) for path in sorted(mirror.rglob("schemas.json"))]
    assert [list(one["data_source_schemas"]) for one in documents] == [["http"], []]
    assert [sorted(one["resource_schemas"]) for one in documents] == [[], ["random_id", "random_pet"]]


def test_a_provider_that_only_a_module_uses_and_nobody_has_is_told(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str]
):
    stack = app.stack("images", module={"own": {"source": "./own"}})
    (stack / "own").mkdir()
    (stack / "own" / "main.tf").write_text('resource "aws_vpc" "net" {}\n')

    with pytest.raises(SandboxError, match="hashicorp/aws offline"):
        prepare(stack, sandbox, environment, "init")


def test_a_type_that_no_bindings_have_is_not_simulated(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str]
):
    stack = app.stack("images", resource={"random_pet": {"name": {}}, "random_unheard_of": {"a": {}}})
    with pytest.raises(SandboxError, match="hashicorp/random offline"):
        prepare(stack, sandbox, environment, "init")


def test_what_is_said_goes_along_as_far_as_terraform_tells_addresses(
    app: App, sandbox: SandboxDirectory, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
):
    said = {"mock_resource": {"random_pet": {"id": "rex"}}, "override_resource": {"random_pet.name": {"id": "max"}}}
    required = {"random": {**RANDOM["random"], "version": "~> 3.5"}}
    pet = {"random_pet": {"name": {"length": 2}}}
    stack = app.stack("images", terraform={"required_providers": required}, provider={"random": [{}]}, resource=pet)
    settings = {"app": "true", "context": {"constructsIms": said}}
    (app.directory.parent / "cdktf.json").write_text(json.dumps(settings))
    own_python = {**environment, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"}

    invocation = prepare(stack, sandbox, own_python, "init")

    assert invocation is not None
    mirror = Path(invocation.environment["TF_CLI_CONFIG_FILE"]).parent / "providers"
    [document] = mirror.rglob("schemas.json")
    assert json.loads(document.read_text())["said"] == {"mock_resource": {"random_pet": {"id": "rex"}}, "mock_data": {}}
    assert (
        "Not used, for Terraform tells a provider no addresses: what is said of random_pet.name"
        in capsys.readouterr().err
    )
