"""state, workspace, output, show and the other commands that look at what is known."""

from __future__ import annotations

import json
import stat
from typing import Any

import pytest

from constructs_ims.backend.engine.state.storage import StateStorage

ADDRESS = "huaweicloud_ims_image_metadata.a"
OTHER = "huaweicloud_ims_image_metadata.b"


def test_outputs_for_people(applied: Any) -> None:
    ran = applied("output")

    assert ran.status == 0
    assert 'secret = <sensitive>\nshape = {\n  "a" = [' in ran.out


def test_outputs_as_json(applied: Any) -> None:
    document = applied("output", "-json").json()

    assert document["secret"] == {"sensitive": True, "type": "string", "value": "hush"}
    assert document["shape"]["type"] == ["object", {"a": ["tuple", ["number", "number"]]}]
    assert applied("output", "-json", "shape").out == '{"a":[1,2]}\n'


def test_one_output(applied: Any) -> None:
    assert applied("output", "secret").out == '"hush"\n'
    assert applied("output", "-raw", "secret").out == "hush"


@pytest.mark.parametrize(
    ("words", "summary"),
    [
        (["secrets"], 'Output "secrets" not found'),
        (["-raw", "shape"], "Unsupported value for raw output"),
        (["-raw"], "Output name required"),
        (["-raw", "-json", "secret"], "Invalid output format"),
        (["a", "b"], "Unexpected argument"),
    ],
)
def test_output_that_cannot_be(applied: Any, words: list[str], summary: str) -> None:
    ran = applied("output", *words)

    assert (ran.status, ran.out) == (1, "")
    assert f"Error: {summary}" in ran.err


def test_no_outputs(tf: Any) -> None:
    assert "Warning: No outputs found" in tf("output").out
    assert tf("output", "-json").json() == {}


def test_objects_are_listed(applied: Any) -> None:
    assert applied("state", "list").out == f"{ADDRESS}\n"
    assert applied("state", "list", ADDRESS).out == f"{ADDRESS}\n"
    assert applied("state", "list", "-id=nobody").out == ""
    assert "Unknown resource" in applied("state", "list", OTHER).err


def test_object_is_shown(applied: Any) -> None:
    ran = applied("state", "show", ADDRESS)

    assert ran.out.startswith(f'# {ADDRESS}:\nresource "huaweicloud_ims_image_metadata" "a" {{\n')
    assert "No instance found" in applied("state", "show", OTHER).err


@pytest.mark.parametrize("words", [["list"], ["show", ADDRESS]])
def test_state_that_is_not_there_is_said_to_be_missing(tf: Any, words: list[str]) -> None:
    ran = tf("state", *words)

    assert ran.status == 1
    assert "No state file was found!" in ran.err


@pytest.mark.parametrize("command", ["select", "delete"])
def test_way_to_a_workspace_that_is_not_there_is_told(tf: Any, command: str) -> None:
    ran = tf("workspace", command, "nope")

    assert ran.status == 1
    assert 'Workspace "nope" doesn\'t exist' in ran.err
    assert "-or-create" in ran.err


def test_object_is_moved_to_an_instance_and_back(applied: Any) -> None:
    assert applied("state", "mv", ADDRESS, f"{OTHER}[0]").status == 0
    assert applied("state", "list").out == f"{OTHER}[0]\n"
    assert applied("state", "mv", f"{OTHER}[0]", f'{OTHER}["k"]').status == 0
    assert applied("state", "mv", f'{OTHER}["k"]', ADDRESS).status == 0
    assert applied("state", "list").out == f"{ADDRESS}\n"


def test_object_is_moved_and_forgotten(applied: Any) -> None:
    assert f'Would move "{ADDRESS}" to "{OTHER}"' in applied("state", "mv", "-dry-run", ADDRESS, OTHER).out
    assert applied("state", "mv", ADDRESS, OTHER).out.endswith("Successfully moved 1 object(s).\n")
    assert applied("state", "list").out == f"{OTHER}\n"
    assert applied("state", "rm", "-dry-run", OTHER).out == f"Would remove {OTHER}\n"
    assert applied("state", "rm", OTHER).out == f"Removed {OTHER}\nSuccessfully removed 1 resource instance(s).\n"
    assert applied("state", "list").out == ""


@pytest.mark.parametrize(
    "words",
    [
        ["mv"],
        ["mv", OTHER, "huaweicloud_ims_image_metadata.c"],
        ["mv", ADDRESS, ADDRESS],
        ["mv", ADDRESS, "random_id.a"],
        ["mv", ADDRESS, "nonsense"],
        ["rm"],
        ["rm", OTHER],
        ["show"],
        ["push"],
        ["push", "nowhere"],
        ["replace-provider", "a"],
    ],
)
def test_change_that_cannot_be_leaves_the_state_alone(applied: Any, words: list[str]) -> None:
    before = applied("state", "pull").out

    ran = applied("state", *words)

    assert ran.status == 1
    assert ran.err.startswith("\nError: ")
    assert applied("state", "pull").out == before


def test_state_goes_out_and_comes_back(applied: Any) -> None:
    pulled = applied("state", "pull").out
    (applied.stack / "pulled").write_text(pulled)
    applied("state", "rm", ADDRESS)

    assert "over newer state" in applied("state", "push", "pulled").err
    assert applied("state", "push", "-force", "pulled").status == 0
    assert applied("state", "list").out == f"{ADDRESS}\n"


@pytest.mark.parametrize(
    ("later", "lineage", "words", "accepted"),
    [
        (40, None, [], True),
        (-1, None, ["-force"], True),
        (5, "another", ["-force"], True),
        (-1, "", [], True),
        (0, None, [], False),
        (-1, None, [], False),
        (40, "another", [], False),
    ],
)
def test_pushed_state_goes_on_from_its_own_serial(
    applied: Any, later: int, lineage: str | None, words: list[str], accepted: bool
) -> None:
    """As Terraform 1.11.4: what is pushed is written under the serial after its own, with its lineage."""
    before = applied("state", "pull").json()
    serial = before["serial"] + later
    pushed = {**before, "resources": [], "serial": serial, "lineage": before["lineage"] if lineage is None else lineage}
    (applied.stack / "pushed").write_text(json.dumps(pushed))

    ran = applied("state", "push", *words, "pushed")

    after = applied("state", "pull").json()
    assert ran.status == (0 if accepted else 1)
    if not accepted:
        assert after == before
        return
    assert (after["serial"], after["resources"]) == (serial + 1, [])
    assert after["lineage"] == (pushed["lineage"] or after["lineage"])


def test_object_in_the_form_of_terraform_011_is_kept_and_not_planned(tf: Any) -> None:
    flat = {"schema_version": 0, "attributes_flat": {"id": "1", "name": "a"}, "sensitive_attributes": []}
    provider = 'provider["registry.terraform.io/huaweicloud/huaweicloud"]'
    type_, _, name = ADDRESS.partition(".")
    resource = {"mode": "managed", "type": type_, "name": name, "provider": provider, "instances": [flat]}
    pushed = {"version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "line", "resources": [resource]}
    (tf.stack / "pushed").write_text(json.dumps(pushed))

    assert tf("state", "push", "pushed").status == 0
    after = tf("state", "pull").json()
    assert (after["serial"], after["lineage"], after["resources"]) == (7, "line", [resource])
    planned = tf("plan")
    assert planned.status == 1
    assert "Error: Outdated object in state" in planned.err
    assert tf("state", "pull").json() == after


def test_empty_state_is_replaced_by_any(applied: Any) -> None:
    pulled = applied("state", "pull").json()
    assert applied("destroy", "-auto-approve").status == 0
    (applied.stack / "pushed").write_text(json.dumps({**pulled, "lineage": "another"}))

    assert applied("state", "push", "pushed").status == 0
    assert applied("state", "pull").json()["lineage"] == "another"


def test_nothing_to_forget_is_no_failure_when_tried_only(applied: Any) -> None:
    ran = applied("state", "rm", "-dry-run", OTHER)

    assert (ran.status, ran.out) == (0, "Would have removed nothing.\n")


def test_foreign_state_is_not_pushed(applied: Any) -> None:
    pulled = json.loads(applied("state", "pull").out)
    (applied.stack / "foreign").write_text(json.dumps({**pulled, "lineage": "another"}))

    assert "unrelated state" in applied("state", "push", "foreign").err.replace("\n", " ")


def test_provider_is_replaced(applied: Any) -> None:
    words = ("state", "replace-provider", "huaweicloud/huaweicloud", "example.com/me/huaweicloud")

    assert "Cancelled" in applied(*words, stdin="no\n").out
    assert "Successfully replaced provider for 1 resources." in applied(*words, stdin="yes\n").out
    assert 'provider[\\"example.com/me/huaweicloud\\"]' in applied("state", "pull").out


@pytest.mark.parametrize(
    ("words", "summary"),
    [
        (["a/b/c/d", "b"], 'Invalid "from" provider "a/b/c/d"'),
        (["huaweicloud/huaweicloud", "b c"], 'Invalid "to" provider "b c"'),
        (["", "b"], 'Invalid "from" provider ""'),
    ],
)
def test_what_is_no_provider_does_not_get_into_a_state(applied: Any, words: list[str], summary: str) -> None:
    before = applied("state", "pull").out

    ran = applied("state", "replace-provider", "-auto-approve", *words)

    assert ran.status == 1
    assert summary in ran.err
    assert applied("state", "pull").out == before


def test_modules_of_a_state_of_terraforms_are_listed_and_forgotten(applied: Any) -> None:
    state = applied("state", "pull").json()
    modules = ["module.m", 'module.m["k"].module.n', "module.other"]
    inside = [{**state["resources"][0], "module": module} for module in modules]
    pushed = {**state, "serial": state["serial"] + 1, "resources": [*state["resources"], *inside]}
    (applied.stack / "pushed").write_text(json.dumps(pushed))
    assert applied("state", "push", "pushed").status == 0

    within = f'module.m.{ADDRESS}\nmodule.m["k"].module.n.{ADDRESS}\n'

    assert applied("state", "list", "module.m").out == within
    assert applied("state", "list", 'module.m["k"]').out == f'module.m["k"].module.n.{ADDRESS}\n'
    assert applied("state", "rm", "module.m").status == 0
    assert applied("state", "list").out == f"{ADDRESS}\nmodule.other.{ADDRESS}\n"


def test_state_is_shown(applied: Any) -> None:
    assert f"# {ADDRESS}:" in applied("show").out
    assert applied("show", "-json").json()["values"]["root_module"]["resources"][0]["address"] == ADDRESS


def test_nothing_is_shown_of_nothing(tf: Any) -> None:
    assert tf("show").out == "No state.\n"
    assert "Failed to read the given file as a state or plan file" in tf("show", "nowhere").err


def test_workspaces_have_states_of_their_own(applied: Any) -> None:
    assert applied("workspace", "list").out == "* default\n\n"
    assert 'Created and switched to workspace "blue"!' in applied("workspace", "new", "blue").out
    assert applied("workspace", "show").out == "blue\n"
    assert applied("plan", "-detailed-exitcode").status == 2
    assert applied("workspace", "select", "default").out == 'Switched to workspace "default".\n'
    assert applied("plan", "-detailed-exitcode").status == 0
    assert applied("plan", "-detailed-exitcode", environment={"TF_WORKSPACE": "blue"}).status == 2


def test_workspace_that_holds_objects_is_kept(tf: Any) -> None:
    tf("workspace", "new", "blue")
    tf("apply", "-auto-approve")
    assert "Workspace is in use" in tf("workspace", "delete", "blue").err
    tf("workspace", "select", "default")

    refused = tf("workspace", "delete", "blue")
    assert "Error: Workspace is not empty" in refused.err
    assert f"- {ADDRESS}" in refused.err

    assert tf("workspace", "delete", "-force", "blue").out.startswith('Deleted workspace "blue"')
    assert tf("workspace", "list").out == "* default\n\n"


@pytest.mark.parametrize(
    "words",
    [
        ["select", "nowhere"],
        ["new", "a/b"],
        ["new", "default"],
        ["delete", "default"],
        ["delete", "nowhere"],
        ["new"],
        ["select"],
    ],
)
def test_workspace_that_cannot_be(tf: Any, words: list[str]) -> None:
    ran = tf("workspace", *words)

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("\nError: ") or ran.err.startswith("\x1b[31m╷")


def test_workspace_at_work_is_not_deleted(tf: Any) -> None:
    tf("workspace", "new", "busy")
    assert tf("apply", "-auto-approve").status == 0
    tf("workspace", "select", "default")
    states = next(tf.sandbox.glob("**/terraform.tfstate.d"))

    with StateStorage(states.parent, "busy").lock.held("OperationTypeApply") as faults:
        assert faults == []
        ran = tf("workspace", "delete", "-force", "busy")

    assert (ran.status, "Error acquiring the state lock" in ran.err) == (1, True)
    ran = tf("workspace", "delete", "-force", "-lock-timeout=1s", "busy")
    assert ran.status == 0
    assert 'WARNING: "busy" was non-empty.' in ran.out
    assert tf("workspace", "list").out == "* default\n\n"


def test_overridden_workspace_is_told_of(tf: Any) -> None:
    ran = tf("workspace", "list", environment={"TF_WORKSPACE": "dev"})

    assert "overridden using the TF_WORKSPACE environment" in ran.out


def test_workspace_is_made_on_the_way(tf: Any) -> None:
    assert tf("workspace", "select", "-or-create", "blue").status == 0
    assert tf("workspace", "show").out == "blue\n"


def test_lock_that_nobody_holds(tf: Any) -> None:
    assert "force-unlock cancelled" in tf("force-unlock", "id", stdin="no\n").out
    assert tf("force-unlock", "-force", "id").status == 1
    assert tf("force-unlock").status == 1


@pytest.mark.parametrize("command", ["apply -auto-approve", "state list", "workspace list", "workspace show"])
@pytest.mark.parametrize("name", ["../../x", "..", "a/b"])
def test_workspace_of_the_environment_that_leads_out_of_the_sandbox_is_refused(
    tf: Any, command: str, name: str
) -> None:
    ran = tf(*command.split(), environment={"TF_WORKSPACE": name})

    assert ran.status == 1
    assert "Invalid workspace name" in ran.err
    assert "TF_WORKSPACE" in ran.err
    assert not list(tf.directory.rglob("*.tfstate"))


@pytest.mark.parametrize("content", [b"../../x", b"\xff\xfe", b"a\nb", b"\x00"])
def test_chosen_workspace_that_is_no_name_is_refused(tf: Any, content: bytes) -> None:
    tf("workspace", "new", "blue")
    (choice,) = tf.sandbox.rglob("environment")
    choice.write_bytes(content)

    ran = tf("apply", "-auto-approve")

    assert ran.status == 1
    assert "Invalid workspace name" in ran.err
    assert "Delete the file" in " ".join(ran.err.split())
    choice.unlink()
    assert tf("workspace", "show").out == "default\n"


def test_chosen_workspace_is_kept_for_its_owner_alone(tf: Any) -> None:
    tf("workspace", "new", "blue")

    (choice,) = tf.sandbox.rglob("environment")

    assert stat.S_IMODE(choice.stat().st_mode) == 0o600


def test_instance_moves_to_an_index_and_back(applied: Any) -> None:
    """A whole resource moves as such, an instance to a place of its own."""
    assert applied("state", "mv", ADDRESS, f"{ADDRESS[:-1]}b[0]").status == 0
    assert applied("state", "list").out == f"{ADDRESS[:-1]}b[0]\n"
    assert applied("state", "mv", f"{ADDRESS[:-1]}b[0]", f'{ADDRESS[:-1]}b["x"]').status == 0
    assert applied("state", "mv", f'{ADDRESS[:-1]}b["x"]', ADDRESS).status == 0
    assert applied("state", "list").out == f"{ADDRESS}\n"
    assert not applied("plan", "-detailed-exitcode").status
