"""synth, plan, deploy, destroy and output: what is done, in which order, and what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ADDRESS = "huaweicloud_ims_image_metadata.a"


@pytest.fixture
def two(ci: Any) -> Any:
    """A project in which the stack web reads the stack base."""
    remote = {"base": {"backend": "local", "config": {"path": "terraform.base.tfstate"}}}
    ci.add(
        "web",
        manifest={"dependencies": ["base"]},
        data={"terraform_remote_state": remote},
        output={"base_id": {"value": "${data.terraform_remote_state.base.outputs.id}"}},
    )
    ci.add("base")
    return ci


def test_stacks_are_synthesized(two: Any) -> None:
    ran = two("synth")

    assert ran.status == 0
    assert "  the app speaks" in ran.out
    assert "Synthesized web, base in " in ran.out
    assert not (two.directory / ".constructs-ims").exists()


def test_plan_is_terraforms_and_changes_nothing(two: Any) -> None:
    ran = two("plan", "base")

    assert ran.status == 0
    assert f"# {ADDRESS} will be created" in ran.out
    assert two("diff", "base", "--detailed-exitcode").status == 2
    assert two.images() == 0


def test_stacks_are_deployed_after_those_they_read(two: Any) -> None:
    ran = two("deploy")

    assert ran.status == 0
    assert ran.out.index("\nbase  1 to add") < ran.out.index("\nweb  1 to add")
    assert f"+ {ADDRESS}  created in " in ran.out
    assert "Done  1 added, 0 changed, 0 destroyed in " in ran.out
    assert "  secret = <sensitive>" in ran.out
    assert two.images() == 2
    assert two("plan", "--detailed-exitcode").status == 0
    assert "base  no changes" in two("deploy").out


def test_stacks_are_destroyed_before_those_they_read(two: Any) -> None:
    two("deploy")

    ran = two("destroy")

    assert ran.status == 0
    assert ran.out.index("\nweb  0 to add") < ran.out.index("\nbase  0 to add")
    assert two.images() == 0


def test_chosen_stack_warns_of_those_left_out(two: Any) -> None:
    assert 'The stack "base" has no state in the sandbox yet. Deploy it first.' in two("deploy", "web").err
    two("deploy", "base")

    ran = two("deploy", "w*")

    assert ran.status == 0
    assert "Warning: Stacks left out" in ran.err


def test_outputs_without_running_the_app(two: Any) -> None:
    two("deploy")
    (two.directory / "main.py").write_text("raise SystemExit(1)")

    stacks = two("output", "--json").json()["stacks"]

    assert stacks["base"]["outputs"]["secret"]["value"] == "hush"
    assert stacks["web"]["outputs"]["base_id"] == stacks["base"]["outputs"]["id"]
    assert "Outputs of base" in two("output").out


def test_results_as_json(two: Any) -> None:
    plan = two("plan", "base", "--json").json()["stacks"]["base"]["plan"]
    deployed = two("deploy", "--json").json()

    assert plan["format_version"] == "1.2"
    assert deployed["ok"] is True
    assert deployed["stacks"]["base"]["actions"] == {ADDRESS: ["create"]}
    assert deployed["stacks"]["base"]["added"] == 1


def test_outputs_go_to_a_file_without_secrets(two: Any, tmp_path: Path) -> None:
    two("deploy", "--outputs-file", "outputs.json")
    plain = json.loads((tmp_path / "outputs.json").read_text())
    two("deploy", "--outputs-file", "outputs.json", "--outputs-file-include-sensitive-outputs")
    whole = json.loads((tmp_path / "outputs.json").read_text())

    assert set(plain["base"]) == {"id"}
    assert whole["base"] == {**plain["base"], "secret": "hush"}


def test_who_wants_to_be_asked_is_asked(two: Any) -> None:
    refused = two("deploy", "base", "--ask", stdin="no\n")
    assert refused.status == 1
    assert f"# {ADDRESS} will be created" in refused.out
    assert two.images() == 0

    assert "Error: Nobody to ask" in two("deploy", "base", "--ask").err
    assert two("deploy", "base", "--ask", stdin="yes\n").status == 0
    assert two("deploy", "base", "--auto-approve").status == 0
    assert two.images() == 1


def test_variables_are_given(ci: Any) -> None:
    ci.add("web", variable={"word": {"type": "string"}}, output={"word": {"value": "${var.word}"}})

    assert "No value for required variable" in ci("deploy").err
    assert 'word = "given"' in ci("deploy", "--var", "word=given").out


def test_warnings_of_the_app_are_shown_and_errors_stop(ci: Any) -> None:
    note = {"constructPath": "web/image", "message": "Think again."}
    ci.add("web", manifest={"annotations": [{**note, "level": "@cdktf/warn"}]})
    assert "Think again." in ci("deploy").err

    ci.add("web", manifest={"annotations": [{**note, "level": "@cdktf/error"}]})
    ran = ci("destroy")
    assert ran.status == 1
    assert "Error: Error of web/image" in ran.err
    assert ci.images() == 1


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        ("cdktf.json", "Error: Broken project file"),
        ("main.py", "Error: App failed"),
        ("stacks.json", "Error: App failed"),
    ],
)
def test_broken_project_is_reported(two: Any, broken: str, text: str) -> None:
    (two.directory / broken).write_text("{")

    ran = two("deploy")

    assert ran.status == 1
    assert text in ran.err


def test_missing_project_is_reported_in_json_too(ci: Any) -> None:
    (ci.directory / "cdktf.json").unlink()

    ran = ci("deploy", "--json")

    assert ran.status == 1
    assert ran.json()["ok"] is False
    assert ran.json()["diagnostics"][0]["summary"] == "No project here"


def test_app_can_be_named_on_the_command_line(two: Any) -> None:
    (two.directory / "cdktf.json").unlink()

    assert two("synth", "--app", "python main.py", "--output", "elsewhere").status == 0
    assert (two.directory / "elsewhere" / "manifest.json").is_file()


def test_unknown_stack_has_a_hint(two: Any) -> None:
    ran = two("deploy", "webb")

    assert ran.status == 1
    assert 'Did you mean "web"?' in ran.err


def test_refused_change_leaves_the_image_alone(ci: Any) -> None:
    ci.add("web", image="first")
    ci("deploy")
    ci.add("web", image="second")

    ran = ci("deploy")

    assert ran.status == 1
    assert "name can't be updated, first -> second" in ran.err
    assert ci.images() == 1


def test_nothing_is_left_beside_sandbox_and_output(two: Any) -> None:
    before = {path.name for path in two.directory.iterdir()}

    two("deploy")

    assert {path.name for path in two.directory.iterdir()} - before == {".constructs-ims", "cdktf.out"}
