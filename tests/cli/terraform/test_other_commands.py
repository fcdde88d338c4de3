"""The commands around: version, init, validate, console, providers, and those that say no."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

ADDRESS = "huaweicloud_ims_image_metadata.a"


def test_version(tf: Any) -> None:
    assert tf("-v").out.startswith("Terraform v1.11.4\non ")
    document = tf("version", "-json").json()
    assert (document["terraform_version"], document["provider_selections"]) == ("1.11.4", {})


def test_init_writes_nothing(tf: Any) -> None:
    ran = tf("init", "-upgrade", "-migrate-state", "-input=false")

    assert ran.status == 0
    assert "registry.terraform.io/huaweicloud/huaweicloud is part of constructs-ims" in ran.out
    assert "Terraform has been successfully initialized!" in ran.out
    assert [path.name for path in tf.stack.iterdir()] == ["cdk.tf.json"]
    assert not tf.sandbox.exists()


def test_init_names_what_is_simulated(tf: Any) -> None:
    tf.write(resource={"random_id": {"x": {"byte_length": 4}}}, output=None)

    assert "hashicorp/random is simulated" in tf("init").out


def test_types_that_our_provider_lacks_are_simulated(tf: Any) -> None:
    tf.write(resource={"huaweicloud_vpc": {"x": {"name": "x"}}}, output=None)

    assert "is part of constructs-ims, which simulates huaweicloud_vpc\n" in tf("init").out
    assert tf("validate").out == "Success! The configuration is valid.\n\n"
    assert tf("apply", "-auto-approve").status == 0
    assert 'resource "huaweicloud_vpc" "x"' in tf("show").out
    assert tf("state", "list").out == "huaweicloud_vpc.x\n"
    types = tf("providers", "schema", "-json").json()["provider_schemas"].popitem()[1]["resource_schemas"]
    assert list(types) == ["huaweicloud_ims_image_metadata"]
    assert tf("import", "huaweicloud_vpc.x", "7").status == 1
    assert tf("state", "rm", "huaweicloud_vpc.x").status == 0
    assert tf("import", "huaweicloud_vpc.x", "7").status == 0
    assert '"7"' in tf("state", "show", "huaweicloud_vpc.x").out


def test_validate_doubts_a_name_close_to_ours(tf: Any) -> None:
    tf.write(resource={"huaweicloud_ims_image_metdata": {"x": {"name": "x"}}}, output=None)

    (found,) = tf("validate", "-json").json()["diagnostics"]

    assert (found["severity"], found["summary"]) == ("warning", "Simulated resource type")
    assert 'Did you mean "huaweicloud_ims_image_metadata"?' in found["detail"]


def test_init_of_nothing(tf: Any) -> None:
    (tf.stack / "cdk.tf.json").unlink()

    assert "initialized in an empty directory" in tf("init").out


def test_lock_is_nothing_to_do(tf: Any) -> None:
    locked = tf("providers", "lock", "-platform=linux_amd64")
    assert (locked.status, "there is nothing to lock" in locked.out) == (0, True)
    assert tf("get").status == 0
    assert "Invalid target platform" in tf("providers", "lock", "-platform=nonsense").err


def test_validate(tf: Any) -> None:
    assert tf("validate").out == "Success! The configuration is valid.\n\n"
    assert tf("validate", "-json").json()["valid"] is True


def test_validate_reports_every_fault(tf: Any) -> None:
    tf.write(output={"x": {"value": "${var.nobody}"}, "y": {"value": "${local.nobody}"}})

    document = tf("validate", "-json")

    assert document.status == 1
    assert document.json()["error_count"] == 2
    assert document.json()["diagnostics"][0]["range"]["filename"] == "cdk.tf.json"
    assert tf("validate").status == 1


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '"x"', '{"resource": 1}', '{"nonsense": {}}', "[" * 10_000])
@pytest.mark.parametrize("command", ["plan", "validate", "init", "providers"])
def test_broken_stack_is_reported_without_a_traceback(tf: Any, content: str, command: str) -> None:
    (tf.stack / "cdk.tf.json").write_text(content)

    ran = tf(command)

    assert ran.status in (0, 1)
    assert "Traceback" not in ran.err
    assert ran.status == 0 or "Error: " in ran.err


@pytest.mark.parametrize("command", ["plan", "apply", "providers"])
def test_directory_without_a_stack(tf: Any, command: str) -> None:
    (tf.stack / "cdk.tf.json").unlink()

    ran = tf(command)

    assert ran.status == 1
    assert "Error: No configuration files" in ran.err


def test_hcl_names_the_way_out(tf: Any) -> None:
    (tf.stack / "main.tf").write_text("")

    ran = tf("plan")

    assert ran.status == 1
    assert "CONSTRUCTS_IMS_ENGINE=terraform" in ran.err.replace("\n", " ")


@pytest.mark.parametrize("words", [["graph"], ["fmt"], ["fmt", "."], ["metadata", "functions"]])
def test_what_the_real_terraform_does_better_names_it(tf: Any, words: list[str]) -> None:
    ran = tf(*words)

    assert (ran.status, ran.out) == (1, "")
    assert "CONSTRUCTS_IMS_ENGINE=terraform" in ran.err


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("1 + 1\n\nvar.name\n", '"ubuntu"\n'),
        (f"{ADDRESS}.name", '"ubuntu"\n'),
        ("1 + 1\nexit\nnever\n", ""),
        ("1 + 1\n\n", "\n"),
        ("", ""),
    ],
)
def test_console_prints_the_last_value_of_a_pipe(applied: Any, typed: str, printed: str) -> None:
    ran = applied("console", stdin=typed)

    assert (ran.status, ran.out) == (0, printed)


class Keyboard(io.StringIO):
    """Somebody typing."""

    def isatty(self) -> bool:
        return True


def test_console_for_a_person_is_terraforms(tf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(io, "StringIO", Keyboard)

    ran = tf("console", stdin="1\n")

    assert (ran.status, ran.out) == (1, "")
    assert "CONSTRUCTS_IMS_ENGINE=terraform" in ran.err


def test_console_reads_objects_as_the_state_has_them(applied: Any) -> None:
    assert applied("console", "-var=name=other", stdin=f"{ADDRESS}.name\n").out == '"ubuntu"\n'


def test_console_refuses_a_variable_that_is_not_there(tf: Any) -> None:
    ran = tf("console", "-var=nope=1", stdin="1\n")

    assert (ran.status, ran.out) == (1, "")
    assert "Value for undeclared variable" in ran.err


def test_console_ends_at_the_first_fault_of_a_pipe(tf: Any) -> None:
    ran = tf("console", stdin="nonsense\n1\n")

    assert (ran.status, ran.out) == (1, "")
    assert "Error: " in ran.err or "Error: " in ran.err.replace("\x1b[0m", "").replace("\x1b[1m", "")


@pytest.mark.parametrize(
    ("expression", "notation"),
    [
        ("type(1)", "number"),
        ("core::type(null)", "dynamic"),
        ("type(type(1))", "type"),
        ('type(sensitive(["a"]))', "tuple([\n    string,\n])"),
        ('sensitive(type("a"))', "string"),
        ('var.name == "" ? type(1) : type("a")', "string"),
        ("can(type(1))", "true"),
    ],
)
def test_console_tells_types(tf: Any, expression: str, notation: str) -> None:
    assert tf("console", stdin=f"{expression}\n").out == f"{notation}\n"


@pytest.mark.parametrize("expression", ["[type(1)]", "{a = type(1)}", "jsonencode(type(1))", 'type("a") == type("b")'])
def test_console_keeps_types_out_of_expressions(tf: Any, expression: str) -> None:
    ran = tf("console", stdin=f"{expression}\n")

    assert (ran.status, ran.out) == (1, "")
    assert "Error: Invalid use of type function" in ran.err


def test_only_a_console_has_the_function_type(tf: Any) -> None:
    tf.write(output={"x": {"value": "${type(1)}"}})

    assert 'There is no function named "type"' in tf("plan").err


def test_providers(applied: Any) -> None:
    out = applied("providers").out

    assert "└── provider[registry.terraform.io/huaweicloud/huaweicloud] >= 1.73.2, < 2.0.0" in out
    assert "Providers required by state:" in out


def test_schemas(tf: Any) -> None:
    document = tf("providers", "schema", "-json").json()

    (provider,) = document["provider_schemas"].values()
    assert "huaweicloud_ims_image_metadata" in provider["resource_schemas"]
    assert tf("providers", "schema").status == 1


@pytest.mark.parametrize("words", [["login"], ["logout"], ["test"], ["providers", "mirror", "x"]])
def test_what_needs_a_network_says_no(tf: Any, words: list[str]) -> None:
    ran = tf(*words)

    assert (ran.status, ran.out) == (1, "")
    assert "Not available offline" in ran.err


@pytest.mark.parametrize("words", [["state"], ["workspace"], ["state", "nonsense"]])
def test_group_without_a_command_lists_them(tf: Any, words: list[str]) -> None:
    ran = tf(*words)

    assert ran.status == 1
    assert "Subcommands:" in ran.out


def test_no_command_lists_all(tf: Any) -> None:
    assert tf().status == 127
    assert tf("-help").status == 0
    assert tf("plan", "-help").out.startswith("Usage: terraform-ims [global options] plan [options]")


def test_unknown_command_has_a_hint(tf: Any) -> None:
    ran = tf("plam")

    assert ran.status == 1
    assert 'has no command named "plam". Did you mean "plan"?' in ran.err


def test_unknown_flag_names_the_help(tf: Any) -> None:
    ran = tf("plan", "-nonsense")

    assert ran.status == 1
    assert "flag provided but not defined: -nonsense" in ran.err
    assert "terraform-ims plan -help" in ran.err


def test_chdir(tf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tf.directory)

    assert tf(f"-chdir={tf.stack.relative_to(tf.directory)}", "validate").status == 0
    assert tf("-chdir=nowhere", "plan").status == 1


def test_sandbox_can_lie_elsewhere(tf: Any, tmp_path: Path) -> None:
    environment = {"CONSTRUCTS_IMS_SANDBOX": str(tmp_path / "elsewhere")}

    assert tf("apply", "-auto-approve", environment=environment).status == 0
    assert (tmp_path / "elsewhere" / "stacks" / "web" / "terraform.tfstate").is_file()
    assert json.loads(tf("output", "-json").out) == {}


@pytest.mark.parametrize(
    ("name", "value"), [("CONSTRUCTS_IMS_ENGINE", "terrafrom"), ("CONSTRUCTS_IMS_SIMULATE", "maybe")]
)
def test_unknown_setting_lists_what_there_is(tf: Any, name: str, value: str) -> None:
    ran = tf("plan", environment={name: value})

    assert ran.status == 1
    assert f'{name} is "{value}". Use "' in ran.err


def test_simulation_can_be_switched_off(tf: Any) -> None:
    tf.write(resource={"random_id": {"x": {"byte_length": 4}}}, output=None)
    assert tf("plan").status == 0

    ran = tf("plan", environment={"CONSTRUCTS_IMS_SIMULATE": "off"})

    assert ran.status == 1
    assert "Error: Provider not available" in ran.err


@pytest.mark.parametrize(
    "line",
    [
        "plan -state=x",
        "apply -state-out=x",
        "state mv -backup=x a.b a.c",
        "taint -state x a.b",
        "init -from-module=x",
        "init -plugin-dir=x",
        "import -config=x a.b 1",
        "refresh -allow-deferral",
    ],
)
def test_flag_that_cannot_be_honest_is_refused(tf: Any, line: str) -> None:
    ran = tf(*line.split())

    assert ran.status == 1
    assert "is not available offline." in ran.err
    assert not tf.sandbox.exists()


@pytest.mark.parametrize("command", ["get", "console", "providers", "workspace list", "init", "modules"])
def test_words_are_refused_where_none_is_taken(tf: Any, command: str) -> None:
    ran = tf(*command.split(), "word")

    assert (ran.status, ran.out) == (1, "")
    assert "Too many command line arguments" in ran.err


@pytest.mark.parametrize("words", [("init", "-json"), ("init", "-json", "-upgrade", "-no-color")])
def test_init_is_a_stream_of_events_too(tf: Any, words: tuple[str, ...]) -> None:
    events = tf(*words).events()

    assert [event["type"] for event in events][:2] == ["version", "init_output"]
    assert "output_init_success_message" in [event.get("message_code") for event in events]
    assert "registry.terraform.io/huaweicloud/huaweicloud is part of constructs-ims" in [e["@message"] for e in events]
    (tf.stack / "cdk.tf.json").write_text("{")
    *_, last = tf(*words).events()
    assert (last["type"], last["diagnostic"]["severity"]) == ("diagnostic", "error")


def test_no_module_is_listed(tf: Any) -> None:
    assert tf("modules").out == "No modules found in configuration.\n"
    assert tf("modules", "-json").json() == {"format_version": "1.0", "modules": None}


def test_modules_are_listed_as_terraform_does(tf: Any) -> None:
    calls = {"net": {"source": "acme/net/aws", "version": "1.2.0"}, "a": {"source": "./a"}}
    (tf.stack / "cdk.tf.json").write_text(json.dumps({"module": calls}))

    assert tf("modules").out.splitlines()[1:-1] == [
        "Modules declared by configuration:",
        ".",
        '├── "a"[./a]',
        '└── "net"[acme/net/aws] 1.2.0',
    ]
    assert tf("modules", "-json").json()["modules"] == [
        {"key": "a", "source": "./a", "version": ""},
        {"key": "net", "source": "acme/net/aws", "version": "1.2.0"},
    ]
    assert "- net is simulated: acme/net/aws is not fetched\n" in tf("init").out
