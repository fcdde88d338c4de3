from __future__ import annotations

from typing import Any

from constructs_ims.backend.engine.plans.changes import Action, ActionReason


def test_removed_without_destroy_lets_go_of_the_object(bench: Any, summaries: Any) -> None:
    bench.apply({"resource": {"terraform_data": {"a": {"input": "1"}}}})
    removed = {"removed": [{"from": "terraform_data.a", "lifecycle": {"destroy": False}}]}
    plan = bench.plan(removed)
    change = plan.resource_changes[0]
    assert (change.action, change.reason) == (Action.FORGET, ActionReason.DELETE_NO_RESOURCE_CONFIG)
    assert summaries(plan) == ["Some objects will no longer be managed by Terraform"]
    outcome = bench.apply(removed)
    assert (outcome.forgotten, outcome.destroyed) == (1, 0)
    assert outcome.state.is_empty
