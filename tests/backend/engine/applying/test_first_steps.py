from __future__ import annotations

from typing import Any

from constructs_ims.backend.engine.plans.changes import Action

STACK: dict[str, Any] = {
    "locals": {"names": ["a", "b"]},
    "resource": {
        "terraform_data": {
            "one": {"input": '${join(",", local.names)}'},
            "many": {"count": 2, "input": {"at": "${count.index}", "of": "${terraform_data.one.output}"}},
            "each": {"for_each": "${toset(local.names)}", "input": "${each.value}-${terraform_data.many[0].id}"},
        }
    },
    "output": {"of": {"value": "${terraform_data.many[*].output.of}"}},
}


def test_plan_then_apply_then_nothing_left_to_do(bench: Any) -> None:
    outcome = bench.apply(STACK)
    assert (outcome.added, outcome.changed, outcome.destroyed) == (5, 0, 0)
    assert outcome.state.outputs["of"].value == ["a,b", "a,b"]
    again = bench.plan()
    assert not again.has_changes
    assert {change.action for change in again.resource_changes} == {Action.NO_OP}


def test_destroy_leaves_an_empty_state(bench: Any) -> None:
    bench.apply(STACK)
    outcome = bench.apply(mode="destroy")
    assert outcome.destroyed == 5
    assert outcome.state.is_empty
