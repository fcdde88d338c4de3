"""plan, apply, destroy, refresh and import: exit statuses, prompts, and what stays where."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.state.storage import StateStorage

ADDRESS = "huaweicloud_ims_image_metadata.a"


def image_id(tf: Any) -> str:
    return str(tf("output", "-raw", "id").out)


def test_plan_shows_and_hints(tf: Any) -> None:
    ran = tf("plan")

    assert ran.status == 0
    assert f"# {ADDRESS} will be created" in ran.out
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in ran.out
    assert "You didn't use the -out option" in ran.out
    assert ran.err == ""


def test_plan_in_automation_leaves_hints_out(tf: Any) -> None:
    assert "-out option" not in tf("plan", environment={"TF_IN_AUTOMATION": "1"}).out


@pytest.mark.parametrize("mode", [[], ["-destroy"], ["-refresh-only"]], ids=["normal", "destroy", "refresh-only"])
def test_detailed_exit_status(applied: Any, mode: list[str]) -> None:
    assert applied("plan", "-detailed-exitcode", *mode).status == (2 if mode == ["-destroy"] else 0)
    assert applied("plan", *mode).status == 0


def test_detailed_exit_status_of_changes_and_errors(tf: Any) -> None:
    assert tf("plan", "-detailed-exitcode").status == 2
    assert tf("plan", "-detailed-exitcode", "-var=nonsense=1").status == 1


def test_apply_without_a_terminal_fails_at_the_question(tf: Any) -> None:
    ran = tf("apply")

    assert ran.status == 1
    assert ran.out.endswith("\n  Enter a value: ")
    assert "Error: error asking for approval: EOF" in ran.err
    assert tf("state", "list").status == 1


def test_apply_goes_on_with_yes_alone(tf: Any) -> None:
    refused = tf("apply", stdin="y\n")
    assert refused.status == 1
    assert refused.out.endswith("  Enter a value: \nApply cancelled.\n")

    accepted = tf("apply", stdin="yes\n")
    assert accepted.status == 0
    assert "Do you want to perform these actions?" in accepted.out
    assert "Apply complete! Resources: 1 added, 0 changed, 0 destroyed." in accepted.out
    assert "secret = <sensitive>" in accepted.out


def test_destroy_asks_its_own_question(applied: Any) -> None:
    ran = applied("destroy", stdin="yes\n")

    assert ran.status == 0
    assert "Do you really want to destroy all resources?" in ran.out
    assert "Destroy complete! Resources: 1 destroyed." in ran.out
    assert applied("state", "list").out == ""


def test_refused_destroy_says_so(applied: Any) -> None:
    ran = applied("destroy", stdin="no\n")

    assert ran.status == 1
    assert ran.out.endswith("Destroy cancelled.\n")


def test_question_names_the_workspace(tf: Any) -> None:
    tf("workspace", "new", "blue")

    assert 'Do you want to perform these actions in workspace "blue"?' in tf("apply", stdin="no\n").out


def test_nothing_to_do_asks_nothing(applied: Any) -> None:
    ran = applied("apply")

    assert ran.status == 0
    assert "Enter a value" not in ran.out
    assert "No changes." in ran.out
    assert "Apply complete! Resources: 0 added, 0 changed, 0 destroyed." in ran.out


def test_missing_variable_is_asked_for(tf: Any) -> None:
    tf.write(variable={"name": {"type": "string", "description": "The name.\nOf the image."}})

    ran = tf("apply", "-auto-approve", stdin="given\n")

    assert ran.status == 0
    assert ran.out.startswith("var.name\n  The name.\n  Of the image.\n\n  Enter a value: \n")
    assert '+ name                             = "given"' in ran.out


@pytest.mark.parametrize(
    ("words", "environment"),
    [(["-input=false"], {}), ([], {"TF_INPUT": "0"}), ([], {})],
    ids=["flag", "variable", "EOF"],
)
def test_missing_variable_is_an_error_where_nobody_answers(
    tf: Any, words: list[str], environment: dict[str, str]
) -> None:
    tf.write(variable={"name": {"type": "string"}})

    ran = tf("plan", *words, environment=environment)

    assert ran.status == 1
    assert "Error: No value for required variable" in ran.err
    assert 'The root module input variable "name" is not set' in ran.err
    assert "in variable" in ran.err


def test_variables_come_from_all_over(tf: Any) -> None:
    (tf.stack / "more.tfvars.json").write_text('{"name": "file"}')

    assert '= "flag"' in tf("plan", "-var-file=more.tfvars.json", "-var", "name=flag").out
    assert '= "file"' in tf("plan", "-var", "name=flag", "-var-file=more.tfvars.json").out
    assert '= "variable"' in tf("plan", environment={"TF_VAR_name": "variable"}).out


@pytest.mark.parametrize(
    ("words", "summary"),
    [
        (["-destroy", "-refresh-only"], "Incompatible plan mode options"),
        (["-refresh-only", "-refresh=false"], "Incompatible refresh options"),
        (["-refresh-only", "-replace=a.b"], "Unsupported plan mode"),
        (["-parallelism=-1"], "Invalid parallelism value"),
        (["-target=nonsense"], 'Invalid target "nonsense"'),
        (["-replace=nonsense"], 'Invalid force-replace address "nonsense"'),
        (["-var=nonsense"], "Invalid -var option"),
        (["word"], "Too many command line arguments"),
    ],
)
def test_senseless_options_are_refused(tf: Any, words: list[str], summary: str) -> None:
    ran = tf("plan", *words)

    assert ran.status == 1
    assert f"Error: {summary}" in ran.err


def test_refused_change_has_the_vendors_lines(applied: Any) -> None:
    image = {"name": "renamed", "__os_version": "Ubuntu 20.04 server 64bit"}
    applied.write(resource={"huaweicloud_ims_image_metadata": {"a": image}})

    ran = applied("plan")

    assert ran.status == 1
    assert ran.err.startswith(
        f"\nError: 1 error occurred:\n\t* name can't be updated, ubuntu -> renamed\n\n\n\n  with {ADDRESS},\n"
    )
    assert 'enable_force_new = "true"' in ran.err


def test_kept_plan_is_shown_and_applied(tf: Any) -> None:
    saved = tf("plan", "-out", "kept").out
    assert 'terraform apply "kept"' in saved
    assert Path(re.search("Saved the plan to: (.*)", saved)[1]) == tf.sandbox / "stacks" / "web" / "plans" / "kept"
    assert f"# {ADDRESS} will be created" in tf("show", "kept").out
    assert tf("show", "-json", "kept").json()["format_version"] == "1.2"

    assert tf("apply", "kept").status == 0

    assert "Error: Saved plan is stale" in tf("apply", "kept").err
    assert {path.name for path in tf.stack.iterdir()} == {"cdk.tf.json"}


def test_plan_with_a_folder_in_its_name_is_the_users(tf: Any) -> None:
    assert "Saved the plan to: ./mine\n" in tf("plan", "-out", "./mine").out
    assert (tf.stack / "mine").is_file()
    assert tf("apply", "./mine").status == 0


def test_plan_is_found_where_it_was_said_to_be(tf: Any) -> None:
    """By its whole path, and under a bare name when it was carried from another machine into the directory."""
    where = re.search("Saved the plan to: (.*)", tf("plan", "-out", "kept").out)[1]
    assert f"# {ADDRESS} will be created" in tf("show", where).out

    Path(where).rename(tf.stack / "carried")

    assert f"# {ADDRESS} will be created" in tf("show", "carried").out
    assert tf("apply", "carried").status == 0


def test_options_do_not_go_with_a_kept_plan(tf: Any) -> None:
    tf("plan", "-out", "kept")

    ran = tf("apply", "-var=name=other", "-refresh=false", "kept")

    assert ran.status == 1
    assert "-refresh, -var cannot be given with it" in ran.err.replace("\n", " ")


def test_events_of_a_plan(tf: Any) -> None:
    kinds = [event["type"] for event in tf("plan", "-json").events()]

    assert kinds == ["version", "planned_change", "change_summary", "outputs"]


def test_events_of_an_apply(tf: Any) -> None:
    events = tf("apply", "-json", "-auto-approve").events()

    assert [event["type"] for event in events] == [
        "version",
        "planned_change",
        "change_summary",
        "outputs",
        "apply_start",
        "apply_complete",
        "change_summary",
        "outputs",
    ]
    assert "hush" not in json.dumps(events)


def test_errors_are_events_too(tf: Any) -> None:
    ran = tf("apply", "-json")

    assert ran.status == 1
    assert [event["type"] for event in ran.events()] == ["version", "diagnostic"]
    assert ran.events()[1]["diagnostic"]["summary"] == "Plan file or auto-approve required"
    assert ran.err == ""


def test_what_a_failed_plan_got_to_is_told_in_events_too(tf: Any) -> None:
    """Terraform 1.11.4 writes the same kinds of events."""
    tf.write(output={"bad": {"value": "${jsondecode(var.name)}"}})

    events = tf("plan", "-json").events()

    assert [event["type"] for event in events] == ["version", "planned_change", "change_summary", "diagnostic"]


def test_replace_makes_anew(applied: Any) -> None:
    before = image_id(applied)

    assert applied("apply", "-auto-approve", f"-replace={ADDRESS}").status == 0
    assert image_id(applied) != before


def test_taint_makes_the_next_apply_replace(applied: Any) -> None:
    assert applied("taint", ADDRESS).out == f"Resource instance {ADDRESS} has been marked as tainted.\n"
    assert "is tainted, so must be replaced" in applied("plan").out
    assert applied("untaint", ADDRESS).out == f"Resource instance {ADDRESS} has been successfully untainted.\n"
    assert applied("plan", "-detailed-exitcode").status == 0
    assert applied("untaint", ADDRESS).status == 1


@pytest.mark.parametrize("command", ["taint", "untaint"])
def test_mark_on_a_missing_object(applied: Any, command: str) -> None:
    missing = ADDRESS[:-1] + "b"

    assert "Error: No such resource instance" in applied(command, missing).err
    assert applied(command, "-allow-missing", missing).status == 0
    assert "Error: Invalid address" in applied(command, "nonsense").err


def test_refresh_writes_down_what_is_found(applied: Any) -> None:
    assert applied("refresh").status == 0
    assert applied("plan", "-detailed-exitcode").status == 0


def test_refresh_of_nothing_warns(tf: Any) -> None:
    ran = tf("refresh")

    assert ran.status == 0
    assert "Warning: Empty or non-existent state" in ran.out


def test_import_takes_an_image_in(applied: Any) -> None:
    id = image_id(applied)
    applied("state", "rm", ADDRESS)

    ran = applied("import", ADDRESS, id)

    assert ran.status == 0
    assert ran.out.startswith(
        f'{ADDRESS}: Importing from ID "{id}"...\n{ADDRESS}: Import prepared!\n'
        f"  Prepared huaweicloud_ims_image_metadata for import\n{ADDRESS}: Refreshing state... [id={id}]\n"
    )
    assert "Import successful!" in ran.out
    assert image_id(applied) == id


@pytest.mark.parametrize(
    ("words", "summary"),
    [
        ([], "Address and id required"),
        (["nonsense", "1"], "Invalid address"),
        ([ADDRESS, "1"], "Resource already managed by Terraform"),
        (["huaweicloud_ims_image_metadata.other", "1"], ""),
    ],
)
def test_import_that_cannot_be(applied: Any, words: list[str], summary: str) -> None:
    ran = applied("import", *words)

    assert ran.status == 1
    assert f"Error: {summary}" in ran.err


def test_state_stays_in_the_sandbox(applied: Any) -> None:
    assert (applied.sandbox / "stacks" / "web" / "terraform.tfstate").is_file()
    assert {path.name for path in applied.directory.iterdir()} == {"cdktf.json", "cdktf.out", ".constructs-ims"}


def test_compact_warnings(tf: Any) -> None:
    ran = tf("plan", "-compact-warnings", f"-target={ADDRESS}")

    assert "- Resource targeting is in effect" in ran.out
    assert "not for routine use" not in ran.out


@pytest.mark.parametrize(
    "line",
    [
        "plan",
        "apply -auto-approve",
        "destroy -auto-approve",
        "refresh",
        "import a.b x",
        "console",
        f"state mv -dry-run {ADDRESS} a.b",
        f"state rm -dry-run {ADDRESS}",
        "state replace-provider a/b c/d",
        f"taint {ADDRESS}",
        f"untaint {ADDRESS}",
    ],
)
def test_locked_state_is_respected(applied: Any, line: str) -> None:
    """These are the commands that take the lock in Terraform 1.11.4."""
    if line.startswith("import"):
        applied.write(resource={"a": {"b": {}}}, output=None)
    with StateStorage(applied.sandbox / "stacks" / "web").lock.held("OperationTypeApply"):
        refused = applied(*line.split(), stdin="1\n")
        assert refused.status == 1
        assert "Error: Error acquiring the state lock" in refused.err
        assert applied("plan", "-lock=false").status == 0


@pytest.mark.parametrize("line", ["output", "show", "state list", "state pull", "providers", "workspace list"])
def test_looking_takes_no_lock(applied: Any, line: str) -> None:
    with StateStorage(applied.sandbox / "stacks" / "web").lock.held("OperationTypeApply"):
        assert applied(*line.split()).status == 0


def test_read_only_sandbox_is_reported(tf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tf.sandbox).write_text("in the way")

    ran = tf("apply", "-auto-approve")

    assert ran.status == 1
    assert ran.err.startswith("\nError: ")
    assert "Traceback" not in ran.err


def test_plan_in_a_circle_is_shown_whole_and_not_carried_out(tf: Any) -> None:
    made_first = {"input": '${terraform_data.a["x"].id}', "lifecycle": {"create_before_destroy": True}}
    write_stack(tf, a={"for_each": {"x": 1}, "triggers_replace": 1}, b=made_first)
    assert tf("apply", "-auto-approve").status == 0
    write_stack(tf, a={"for_each": {"x": 1}, "triggers_replace": 2})

    ran, events = tf("plan", "-out=made"), tf("plan", "-json").events()

    cycle = 'Cycle: terraform_data.a["x"], terraform_data.a["x"] (destroy), terraform_data.b (destroy)'
    assert ran.status == tf("apply", "-auto-approve").status == 1
    assert "Plan: 1 to add, 0 to change, 2 to destroy." in ran.out
    assert f"Error: {cycle}" in ran.err
    assert [event["type"] for event in events[-2:]] == ["change_summary", "diagnostic"]
    assert tf("state", "list").out.split() == ['terraform_data.a["x"]', "terraform_data.b"]


def write_stack(tf: Any, **objects: Any) -> None:
    (tf.stack / "cdk.tf.json").write_text(json.dumps({"resource": {"terraform_data": objects}}))


def test_refresh_leaves_outputs_alone_that_it_cannot_tell(tf: Any) -> None:
    tf.write(output={"part": {"value": [f"${{{ADDRESS}.id}}"]}, "n": {"value": 1}})

    assert tf("refresh").status == 0
    assert json.loads(tf("output", "-json").out).keys() == {"n"}
    assert tf("apply", "-auto-approve").status == 0
    before = tf("output", "-json").out
    tf("state", "rm", ADDRESS)
    assert tf("refresh").status == 0
    assert tf("output", "-json").out == before


def test_configuration_is_generated_by_terraform_alone(tf: Any) -> None:
    block = {"to": "huaweicloud_ims_image_metadata.b", "id": "1"}
    tf.write(**{"import": [block]})

    ran = tf("plan", "-generate-config-out=generated.tf")

    assert ran.status == 1
    assert "The real Terraform writes it for you" in ran.err.replace("\n", " ")
    assert [path.name for path in tf.stack.iterdir()] == ["cdk.tf.json"]


def test_nothing_is_generated_where_all_is_configured(tf: Any) -> None:
    """cdktf-cli gives the flag for every stack that has import blocks."""
    assert tf("plan", "-generate-config-out=generated.tf", "-out=plan").status == 0
