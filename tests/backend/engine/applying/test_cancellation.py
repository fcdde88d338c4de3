"""An engine that is stopped finishes what is in flight, begins nothing new, and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.plans.changes import Action, ResourceChange
from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.stack.run.cancellation import Cancellation

FIVE: dict[str, Any] = {
    "resource": {"terraform_data": {f"r{number}": {"input": number} for number in range(5)}},
    "output": {f"o{number}": {"value": f"${{terraform_data.r{number}.output}}"} for number in range(5)},
}


class StopsAt(Observer):
    """Calls ``stop`` when an object of the name is begun or, with ``refreshed``, looked at."""

    def __init__(self, name: str, stop: Callable[[], None], action: Action = Action.CREATE) -> None:
        self.name, self.stop, self.action = name, stop, action

    def apply_started(self, change: ResourceChange, action: Action, id: str) -> None:
        if (change.address.resource.name, action) == (self.name, self.action):
            self.stop()

    def refresh_started(self, address: Any, id: str, deposed: str | None) -> None:
        if (address.resource.name, self.action) == (self.name, Action.NO_OP):
            self.stop()


def stopping_at(bench: Any, name: str, action: Action = Action.CREATE) -> Engine:
    """Give the bench an engine that works on one object at a time and is stopped at this one."""
    bench.engine = Engine(lambda source: None, parallelism=1)
    bench.engine.observer = StopsAt(name, bench.engine.stop, action)
    return bench.engine


def summaries(found: Any) -> list[str]:
    return [diagnostic.summary for diagnostic in found.diagnostics]


def test_object_in_flight_is_finished_and_no_other_begun(bench: Any) -> None:
    stopping_at(bench, "r0")

    outcome = bench.apply(FIVE)

    assert (outcome.added, outcome.succeeded, summaries(outcome)) == (1, False, ["execution halted"])
    assert [str(address) for address, _, _ in outcome.state.objects()] == ["terraform_data.r0"]
    assert {name: output.value for name, output in outcome.state.outputs.items()} == {"o0": 0}


def test_next_engine_does_the_rest(bench: Any) -> None:
    stopping_at(bench, "r0")
    bench.apply(FIVE)
    bench.engine = Engine(lambda source: None)

    outcome = bench.apply()

    assert (outcome.added, outcome.succeeded, len(outcome.state.outputs)) == (4, True, 5)


def test_stop_that_leaves_nothing_undone_is_no_failure(bench: Any) -> None:
    stopping_at(bench, "r0")

    outcome = bench.apply({"resource": {"terraform_data": {"r0": {"input": 1}}}})

    assert (outcome.added, outcome.succeeded) == (1, True)


@pytest.mark.parametrize("mode", ["normal", "destroy", "refresh-only"])
def test_plan_that_is_stopped_is_no_plan(bench: Any, mode: str) -> None:
    bench.apply(FIVE)
    before = bench.state.copy()
    stopping_at(bench, "r0", Action.NO_OP)

    plan = bench.plan(mode=mode)

    assert (plan.errored, summaries(plan)) == (True, ["execution halted"])
    assert bench.state == before


def test_stopped_engine_stays_stopped(bench: Any) -> None:
    bench.engine.stop()

    assert summaries(bench.plan(FIVE)) == ["execution halted"]


def test_replaced_object_whose_end_was_not_begun_is_deposed(bench: Any) -> None:
    block = {"input": 1, "triggers_replace": 1, "lifecycle": {"create_before_destroy": True}}
    bench.apply({"resource": {"terraform_data": {"r": block}}})
    [(_, _, old)] = bench.state.objects()
    stopping_at(bench, "r")

    bench.apply({"resource": {"terraform_data": {"r": {**block, "triggers_replace": 2}}}})

    [key] = [key for _, key, obj in bench.state.objects() if obj == old]
    assert key is not None
    bench.engine = Engine(lambda source: None)
    assert [(change.deposed, change.action) for change in bench.plan().resource_changes if change.is_visible] == [
        (key, Action.DELETE)
    ]


def test_interrupt_set_before_it_is_watched_is_heard() -> None:
    heard: list[str] = []
    cancellation = Cancellation()
    cancellation.set()

    with cancellation.watched(lambda: heard.append("once")):
        cancellation.set()

    assert heard == ["once"]


def test_interrupt_that_never_comes_is_not_heard() -> None:
    heard: list[str] = []

    with Cancellation().watched(lambda: heard.append("once")):
        pass

    assert heard == []
