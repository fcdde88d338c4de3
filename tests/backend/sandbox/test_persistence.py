"""A sandbox in a directory: shared between openings, saved under names, and gone back to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from constructs_ims.backend.sandbox import OperationFailedError, Sandbox

WriteStack = Callable[..., Path]
Image = dict[str, Any]


@pytest.fixture(params=["memory", "directory"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with Sandbox(None if request.param == "memory" else tmp_path / "sandbox") as made:
        yield made


def test_world_outlives_its_opening(tmp_path: Path, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    with Sandbox(tmp_path / "sandbox") as first:
        first.apply(stack)
        images = first.images()

    with Sandbox(tmp_path / "sandbox") as second:
        assert second.images() == images
        assert not second.plan(stack).has_changes
        assert second.states.stacks() == ["web"]


def test_nothing_is_written_beside_the_sandbox(tmp_path: Path, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    before = set(tmp_path.rglob("*"))

    with Sandbox(tmp_path / "sandbox") as sandbox:
        sandbox.apply(stack)

    assert all("sandbox" in path.parts for path in set(tmp_path.rglob("*")) - before)


def test_saved_world_comes_back(world: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    world.apply(stack)
    images = world.images()
    world.save("good")
    world.destroy(stack)

    world.load("good")

    assert world.images() == images
    assert not world.plan(stack).has_changes
    assert world.snapshots() == ["good"]


def test_saved_world_does_not_change_with_the_present_one(
    world: Sandbox, write_stack: WriteStack, ubuntu: Image
) -> None:
    stack = write_stack(images={"a": ubuntu})
    world.save("empty")
    world.apply(stack)

    world.load("empty")
    world.apply(stack)
    world.load("empty")

    assert world.images() == []
    assert world.plan(stack).has_changes


def test_saving_again_replaces(world: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    world.save("one")
    world.apply(write_stack(images={"a": ubuntu}))
    world.save("one")
    world.reset()

    world.load("one")

    assert len(world.images()) == 1


def test_reset_forgets_everything_but_what_was_saved(world: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    world.apply(stack)
    world.save("kept")

    world.reset()

    assert world.images() == []
    assert world.state(stack).is_empty
    assert world.snapshots() == ["kept"]


@pytest.mark.parametrize("name", ["", "../up", ".hidden", "a/b", "x" * 101])
def test_name_of_a_snapshot_is_checked(world: Sandbox, name: str) -> None:
    with pytest.raises(OperationFailedError, match="Invalid snapshot name"):
        world.save(name)


def test_unknown_snapshot_is_named_with_a_hint(world: Sandbox) -> None:
    world.save("monday")

    with pytest.raises(OperationFailedError, match=r'saved as "monda"\. Saved are: monday\. Did you mean "monday"'):
        world.load("monda")


def test_state_that_stays_in_use_is_refused(
    world: Sandbox, write_stack: WriteStack, ubuntu: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("constructs_ims.backend.sandbox.sandbox._PATIENCE", 0.05)
    stack = write_stack(images={"a": ubuntu})
    plan = world.plan(stack)

    with plan.stack.keeper.held("OperationTypeApply"), pytest.raises(OperationFailedError, match="state lock"):
        world.apply(plan)
    assert world.images() == []


def test_damaged_state_is_reported(tmp_path: Path, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    with Sandbox(tmp_path / "sandbox") as sandbox:
        sandbox.apply(stack)
        (tmp_path / "sandbox" / "stacks" / "web" / "terraform.tfstate").write_text("{")

        with pytest.raises(OperationFailedError):
            sandbox.plan(stack)
        assert len(sandbox.images()) == 1


@pytest.mark.parametrize("method", ["images", "plan", "apply", "save", "reset"])
def test_file_in_its_place_fails_every_method(
    tmp_path: Path, write_stack: WriteStack, ubuntu: Image, method: str
) -> None:
    given = {"plan": [write_stack(images={"a": ubuntu})], "apply": [write_stack(images={"a": ubuntu})], "save": ["x"]}
    (tmp_path / "file").touch()

    with Sandbox(tmp_path / "file") as sandbox, pytest.raises(OperationFailedError, match="Sandbox not usable"):
        getattr(sandbox, method)(*given.get(method, []))


def test_looking_at_images_makes_nothing(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "sandbox") as sandbox:
        assert sandbox.images() == []

    assert list(tmp_path.iterdir()) == []


def test_reset_makes_a_damaged_world_anew(tmp_path: Path, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    with Sandbox(tmp_path / "sandbox") as sandbox:
        sandbox.apply(stack)
    (tmp_path / "sandbox" / "ims.sqlite3").write_text("garbage")

    with Sandbox(tmp_path / "sandbox") as sandbox:
        with pytest.raises(OperationFailedError, match="Damaged database"):
            sandbox.images()
        sandbox.reset()
        assert sandbox.images() == []
        assert sandbox.apply(stack).added == 1


def test_threads_that_come_at_once_open_one_world(tmp_path: Path) -> None:
    together = Barrier(8)

    def opened(_: int) -> object:
        together.wait()
        return sandbox.world

    with Sandbox(tmp_path / "sandbox") as sandbox, ThreadPoolExecutor(8) as pool:
        assert len(set(map(id, pool.map(opened, range(8))))) == 1
