"""What a plan decides beside creating and updating: targets, triggers, moves, reads that wait, results of checks."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.engine.plans.options import GivenVariable
from constructs_ims.backend.engine.state.model import CheckStatus
from constructs_ims.schema.values import Unknown


def data(**objects: dict[str, Any]) -> dict[str, Any]:
    return {"resource": {"terraform_data": objects}}


def stored(bench: Any) -> dict[str, Any]:
    return {str(address): found for address, _, found in bench.state.objects()}


CHAIN = {
    **data(a={"input": 1}, b={"input": "${terraform_data.a.output}"}, c={"input": "c"}),
    "output": {name: {"value": f"${{terraform_data.{name}.output}}"} for name in "abc"},
}


@pytest.mark.parametrize("prefix", ["", "resource."])
def test_target_takes_what_it_depends_on_and_the_outputs_of_those(bench: Any, prefix: str) -> None:
    plan = bench.plan(CHAIN, targets=(f"{prefix}terraform_data.b",))

    assert bench.actions(plan) == {"terraform_data.a": "+", "terraform_data.b": "+"}
    assert sorted(plan.output_changes) == ["a", "b"]
    assert not plan.complete
    assert "Resource targeting is in effect" in [one.summary for one in plan.diagnostics]


def test_target_leaves_the_outputs_of_others_as_they_were(bench: Any) -> None:
    bench.apply(CHAIN)
    changed = {**CHAIN, **data(a={"input": 2}, b={"input": "${terraform_data.a.output}"}, c={"input": "d"})}

    bench.apply(changed, targets=("terraform_data.a",))

    assert {name: bench.state.outputs[name].value for name in "abc"} == {"a": 2, "b": 1, "c": "c"}


@pytest.mark.parametrize(
    ("watched", "changes", "replaced"),
    [
        ("terraform_data.a", {"input": 2}, True),
        ("terraform_data.a.input", {"input": 2}, True),
        ("terraform_data.a.output", {"input": 2}, True),
        ("terraform_data.a.id", {"input": 2}, False),
        ("terraform_data.a", {"input": 1}, False),
        ("terraform_data.a", {"triggers_replace": 1}, True),
        ("terraform_data.a.id", {"input": 1, "triggers_replace": 1}, True),
    ],
)
def test_watched_change_replaces(bench: Any, watched: str, changes: dict[str, Any], replaced: bool) -> None:
    watcher = {"lifecycle": {"replace_triggered_by": [watched]}}
    bench.apply(data(a={"input": 1}, b=watcher))

    plan = bench.plan(data(a=changes, b=watcher))

    assert ("terraform_data.b" in bench.actions(plan)) is replaced


def test_moved_object_keeps_its_id_and_tells_where_it_was(bench: Any) -> None:
    bench.apply(data(a={"input": 1}))
    id = stored(bench)["terraform_data.a"].attributes["id"]
    moved = {**data(b={"input": 1}), "moved": {"from": "terraform_data.a", "to": "terraform_data.b"}}

    plan = bench.plan(moved)
    [change] = plan.resource_changes
    bench.apply()

    assert (str(change.previous_address), str(change.address)) == ("terraform_data.a", "terraform_data.b")
    assert {name: found.attributes["id"] for name, found in stored(bench).items()} == {"terraform_data.b": id}


def test_refresh_takes_up_what_a_block_has_come_to_depend_on(bench: Any) -> None:
    bench.apply(data(a={}, b={}, c={"depends_on": ["terraform_data.a"]}))

    bench.apply(data(a={}, b={}, c={"depends_on": ["terraform_data.b"]}), mode="refresh-only")

    assert set(stored(bench)["terraform_data.c"].dependencies) == {"terraform_data.a", "terraform_data.b"}


def test_read_waits_for_what_it_depends_on(bench: Any) -> None:
    read = {"backend": "local", "config": {"path": "${terraform_data.a.output}"}}
    stack = {**data(a={"input": "x"}), "data": {"terraform_remote_state": {"s": read}}}

    changes = {str(change.address): change for change in bench.plan(stack).resource_changes}

    found = changes["data.terraform_remote_state.s"]
    assert (found.action, found.after["outputs"]) == (Action.READ, Unknown)


@pytest.mark.parametrize(("wanted", "status"), [(1, CheckStatus.PASS), (2, CheckStatus.FAIL)])
def test_checks_have_results(bench: Any, wanted: int, status: CheckStatus) -> None:
    rule = {"condition": f"${{local.n == {wanted}}}", "error_message": "n is ${local.n}"}

    plan = bench.plan({"locals": {"n": 1}, "check": {"c": {"assert": rule}}})

    [result] = plan.checks
    [judged] = result.objects
    assert (result.address, judged.status) == ("check.c", status)
    assert judged.failure_messages == (() if status is CheckStatus.PASS else ("n is 1",))


def output(bench: Any, variable: dict[str, Any], **given: Any) -> Any:
    stack = {"variable": {"x": variable}, "output": {"o": {"value": "${var.x}"}}}
    return bench.plan(stack, **given).output_changes["o"].after


@pytest.mark.parametrize(
    "default", ["${upper(\"x\")}", "$${x}", "%%{", "%{ if true }", {"${a}": ["${b}", "$${c}"]}, "${var.y}", "${"]
)  # fmt: skip
def test_default_is_taken_as_it_stands(bench: Any, default: Any) -> None:
    assert output(bench, {"default": default}) == default
    assert output(bench, {"default": default, "type": "any"}) == default


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        ({"type": "any"}, "[1,2]", [1, 2]),
        ({"type": "any"}, '"a"', "a"),
        ({"type": "list(number)"}, "[1]", [1]),
        ({}, "[1,2]", "[1,2]"),
        ({"type": "string"}, "[1,2]", "[1,2]"),
    ],
)
def test_text_is_read_by_the_declared_type(bench: Any, declared: dict[str, Any], text: str, value: Any) -> None:
    assert output(bench, declared, variables={"x": GivenVariable(text=text, origin="using -var")}) == value


@pytest.mark.parametrize("collection", [["a", "b"], '${toset(["a", "b"])}', {"x": "a", "y": "b"}])
def test_import_goes_through_any_collection(bench: Any, collection: Any) -> None:
    block = {"for_each": collection, "to": "terraform_data.a[each.value]", "id": "id-${each.value}"}

    bench.apply({**data(a={"for_each": '${toset(["a", "b"])}'}), "import": block})

    assert {name: found.attributes["id"] for name, found in stored(bench).items()} == {
        'terraform_data.a["a"]': "id-a",
        'terraform_data.a["b"]': "id-b",
    }


def test_relevant_attributes_are_those_that_changes_and_outputs_rest_on(bench: Any) -> None:
    """Directly, through locals and through the ``count`` of what uses it; the paths are those that Terraform tells."""
    objects = {
        "a": {"input": {"x": 1}},
        "b": {"input": "${local.found}", "count": "${local.count}"},
        "c": {"input": "${count.index + terraform_data.e.output}", "count": 1},
        "d": {"input": "unused"},
        "e": {"input": 5},
        "f": {"input": "${terraform_data.c[0].output}"},
    }
    values = {"found": "${terraform_data.a.output.x}", "count": "${length(terraform_data.d.input) > 0 ? 1 : 0}"}
    plan = bench.plan({**data(**objects), "locals": values, "output": {"o": {"value": "${terraform_data.f.output}"}}})

    assert [(one.resource, one.attribute) for one in plan.relevant_attributes] == [
        ("terraform_data.a", ("output", "x")),
        ("terraform_data.c[0]", ("output",)),
        ("terraform_data.e", ("output",)),
        ("terraform_data.f", ("output",)),
    ]
