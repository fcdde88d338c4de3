"""Saving, loading and resetting the whole world: all or nothing, whenever they end, and while no run is at work."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.provider.images import Images
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox
from constructs_ims.backend.sandbox.directory import SandboxDirectory
from constructs_ims.backend.sandbox.local_service import local_service

from ...killed import Killed, killed_at

WriteStack = Callable[..., Path]
PATIENCE = 30


@pytest.fixture(autouse=True)
def without_syncs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill, unlike a power cut, loses nothing that was written, synced or not."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(params=["memory", "directory"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with Sandbox(None if request.param == "memory" else tmp_path / "sandbox") as made:
        yield made


@pytest.fixture
def stacks(write_stack: WriteStack, ubuntu: dict[str, Any]) -> tuple[Path, Path]:
    return write_stack("web", images={"a": ubuntu}), write_stack("base", images={"a": ubuntu})


def contents(directory: Path) -> tuple[list[str], dict[str, list[str]]]:
    """Return the ids of all images, and those that the state of each stack holds."""
    with Sandbox(directory) as sandbox:
        images = sorted(image["id"] for image in sandbox.images())
        states = {
            stack: sorted(obj.attributes["id"] for _, _, obj in keeper.load().state.objects())
            for (stack, _), keeper in sandbox.states.keepers().items()
        }
        return images, {stack: ids for stack, ids in states.items() if ids}


OPERATIONS: dict[str, Callable[[Sandbox], None]] = {
    "load": lambda sandbox: sandbox.load("kept"),
    "save": lambda sandbox: sandbox.save("kept"),
    "reset": lambda sandbox: sandbox.reset(),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation_that_ends_at_any_moment_was_done_or_was_not(
    tmp_path: Path, stacks: tuple[Path, Path], operation: str
) -> None:
    with Sandbox(tmp_path / "before") as sandbox:
        sandbox.apply(stacks[0])
        sandbox.save("kept")
        sandbox.apply(stacks[0], destroy=True)
        sandbox.apply(stacks[1])
    with Sandbox(shutil.copytree(tmp_path / "before", tmp_path / "after")) as sandbox:
        OPERATIONS[operation](sandbox)
    outcomes = {"before": contents(tmp_path / "before"), "after": contents(tmp_path / "after")}
    for moment in range(1000):
        directory = tmp_path / f"sandbox {moment}"
        shutil.copytree(tmp_path / "before", directory)
        with killed_at(moment) as killer, suppress(Killed):
            OPERATIONS[operation](Sandbox(directory))

        assert contents(directory) in outcomes.values(), moment
        with Sandbox(directory) as sandbox:
            assert sandbox.snapshots() == ["kept"], moment
            sandbox.load("kept")
        saved = contents(directory)
        assert saved == contents(directory)
        assert saved in (outcomes["before"], loaded(tmp_path / "before", tmp_path / f"loaded {moment}")), moment
        if operation != "save":
            assert saved != outcomes["before"]
        if not killer.has_killed:
            assert moment > 5
            return
    raise AssertionError("the operation never ends")


def loaded(directory: Path, copy: Path) -> tuple[list[str], dict[str, list[str]]]:
    with Sandbox(shutil.copytree(directory, copy)) as sandbox:
        sandbox.load("kept")
    return contents(copy)


def pending(directory: Path) -> None:
    """Load a snapshot, and end once it counts and nothing of it was carried over."""
    for moment in range(1000):
        with killed_at(moment), suppress(Killed):
            Sandbox(directory).load("kept")
        if (directory / ".loading").is_dir():
            return
    raise AssertionError("no load was cut short")


@pytest.mark.parametrize("way", ["images", "state", "plan", "states", "service"])
def test_load_that_was_cut_short_is_finished_by_whoever_comes_next(
    tmp_path: Path, stacks: tuple[Path, Path], way: str
) -> None:
    web, _ = stacks
    with Sandbox(tmp_path / "sandbox") as sandbox:
        sandbox.save("kept")
        sandbox.apply(web)
    pending(tmp_path / "sandbox")

    with Sandbox(tmp_path / "sandbox") as sandbox:
        match way:
            case "images":
                assert sandbox.images() == []
            case "state":
                assert sandbox.state(web).is_empty
            case "plan":
                assert sandbox.plan(web).summary.startswith("1 to add")
            case "states":
                assert sandbox.states.keepers() == {}
            case _:
                with local_service(SandboxDirectory(tmp_path / "sandbox"), "cn-north-4"):
                    assert not (tmp_path / "sandbox" / ".loading").exists()
    assert contents(tmp_path / "sandbox") == ([], {})


@pytest.mark.parametrize("operation", OPERATIONS)
def test_whole_world_waits_for_a_run_and_a_run_for_it(
    world: Sandbox, stacks: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    begun, go_on, create = threading.Event(), threading.Event(), Images.create

    def held_back(*arguments: Any) -> Any:
        begun.set()
        assert go_on.wait(PATIENCE)
        return create(*arguments)

    world.save("kept")
    monkeypatch.setattr(Images, "create", held_back)
    waits = threading.Event()
    keywords: dict[str, Any] = {"on_wait": waits.set}
    with ThreadPoolExecutor() as threads:
        applying = threads.submit(world.apply, stacks[0])
        assert begun.wait(PATIENCE)
        method = {"load": world.load, "save": world.save, "reset": world.reset}[operation]
        arguments = [] if operation == "reset" else ["kept"]
        changing = threads.submit(method, *arguments, **keywords)
        assert waits.wait(PATIENCE)
        assert not changing.done()
        go_on.set()
        applying.result(PATIENCE)
        changing.result(PATIENCE)

    left = 1 if operation == "save" else 0
    assert len(world.images()) == len(list(world.state(stacks[0]).objects())) == left


def test_world_that_stays_in_use_is_refused(
    world: Sandbox, stacks: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("constructs_ims.backend.sandbox.sandbox._PATIENCE", 0.05)

    with world.locked(stacks[0]), pytest.raises(OperationFailedError, match="Sandbox busy"):
        world.reset()


def test_runs_of_two_stacks_are_at_work_at_once(
    world: Sandbox, stacks: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier, create = threading.Barrier(2), Images.create

    def together(*arguments: Any) -> Any:
        barrier.wait(PATIENCE)
        return create(*arguments)

    monkeypatch.setattr(Images, "create", together)
    with ThreadPoolExecutor() as threads:
        for run in [threads.submit(world.apply, stack) for stack in stacks]:
            assert run.result(PATIENCE).added == 1


def test_overlapping_applies_of_one_stack_take_their_turns(
    world: Sandbox, stacks: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(6) as threads:
        runs = [threads.submit(world.apply, stacks[0]) for _ in range(6)]
        added = [run.result(PATIENCE).added for run in runs]

    assert sorted(added) == [0, 0, 0, 0, 0, 1]
    assert len(world.images()) == 1


def test_plan_that_was_made_before_another_run_is_stale(world: Sandbox, stacks: tuple[Path, Path]) -> None:
    plan = world.plan(stacks[0])
    world.apply(stacks[0])

    with pytest.raises(OperationFailedError, match="Saved plan is stale"):
        world.apply(plan)


def test_interrupt_ends_the_wait_for_another_run(world: Sandbox, stacks: tuple[Path, Path]) -> None:
    from constructs_ims.backend.engine.stack.run.cancellation import Cancellation

    cancellation = Cancellation()
    with world.locked(stacks[0]), ThreadPoolExecutor() as threads:
        waiting = threads.submit(world.apply, stacks[0], cancellation=cancellation, on_wait=cancellation.set)
        with pytest.raises(OperationFailedError, match="state lock"):
            waiting.result(PATIENCE)
