"""A process that dies between any two of its writes: the next apply has every image once, and takes nobody else's.

The moments are not drawn: each change of a file and of the service's database is one, and a run ends at each in turn.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.provider.images import Images
from constructs_ims.backend.sandbox import Sandbox

from ...killed import Killed, killed_at

IMAGE = {"name": "ubuntu", "__os_version": "Ubuntu 20.04 server 64bit", "enable_force_new": "true"}


@pytest.fixture(autouse=True)
def without_syncs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill, unlike a power cut, loses nothing that was written, synced or not."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def managed(sandbox: Sandbox, *stacks: Path) -> list[str]:
    return sorted(obj.attributes["id"] for stack in stacks for _, _, obj in sandbox.state(stack).objects())


def there(sandbox: Sandbox) -> list[str]:
    return sorted(image["id"] for image in sandbox.images())


RUNS: dict[str, dict[str, Any]] = {
    "create": {},
    "destroy, then create": {"min_disk": 50},
    "create before destroy": {"min_disk": 50, "lifecycle": {"create_before_destroy": True}},
    "destroy": {},
}


@pytest.mark.parametrize("run", RUNS)
def test_run_that_ends_at_any_moment_is_made_good_by_the_next(
    tmp_path: Path, write_stack: Callable[..., Path], run: str
) -> None:
    """A stack with the same images stands beside it, and keeps its own."""
    stack, other = write_stack(images={"a": IMAGE}), write_stack("other", images={"a": IMAGE})
    with Sandbox(tmp_path / "before", parallelism=1) as sandbox:
        for deployed in [other] if run == "create" else [stack, other]:
            sandbox.apply(deployed)
        others = managed(sandbox, other)
    destroy = run == "destroy"
    write_stack(images={"a": IMAGE | RUNS[run]})
    for moment in range(1000):
        directory = tmp_path / f"sandbox {moment}"
        shutil.copytree(tmp_path / "before", directory)
        with killed_at(moment) as killer, suppress(Killed):
            Sandbox(directory, parallelism=1).apply(stack, destroy=destroy)

        with Sandbox(directory, parallelism=1) as sandbox:
            sandbox.apply(stack, destroy=destroy)
            assert managed(sandbox, stack, other) == there(sandbox), moment
            assert len(there(sandbox)) == (1 if destroy else 2), moment
            assert managed(sandbox, other) == others, moment
            assert not sandbox.plan(stack, destroy=destroy).has_changes, moment
        assert not list(directory.rglob("*.journal")), moment
        if not killer.has_killed:
            assert moment > 5
            return
    raise AssertionError("the run never ends")


def test_killed_run_puts_the_configuration_back_and_loses_nothing(
    tmp_path: Path, write_stack: Callable[..., Path]
) -> None:
    """After a kill in a replacement, the stack is applied as it was before: its image is one that the service has."""
    stack = write_stack(images={"a": IMAGE})
    with Sandbox(tmp_path / "before", parallelism=1) as sandbox:
        sandbox.apply(stack)
    for moment in range(1000):
        directory = tmp_path / f"sandbox {moment}"
        shutil.copytree(tmp_path / "before", directory)
        write_stack(images={"a": IMAGE | RUNS["create before destroy"]})
        with killed_at(moment) as killer, suppress(Killed):
            Sandbox(directory, parallelism=1).apply(stack)
        write_stack(images={"a": IMAGE})

        with Sandbox(directory, parallelism=1) as sandbox:
            sandbox.apply(stack)
            assert managed(sandbox, stack) == there(sandbox), moment
            assert len(there(sandbox)) == 1, moment
        if not killer.has_killed:
            return
    raise AssertionError("the run never ends")


@pytest.fixture
def lost(tmp_path: Path, write_stack: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stack whose apply ended after its image was created, and before that was written down."""
    stack, create = write_stack(images={"a": IMAGE}), Images.create
    with killed_at(None) as killer, monkeypatch.context() as patched, suppress(Killed):
        patched.setattr(Images, "create", lambda *arguments: (create(*arguments), killer.kill()))
        Sandbox(tmp_path / "sandbox", parallelism=1).apply(stack)
    return stack


def test_image_of_a_killed_run_is_taken_up_though_another_stack_has_its_like(
    tmp_path: Path, lost: Path, write_stack: Callable[..., Path]
) -> None:
    other = write_stack("other", images={"a": IMAGE, "b": IMAGE})
    with Sandbox(tmp_path / "sandbox") as sandbox:
        (mine,) = there(sandbox)
        sandbox.apply(other)
        others = managed(sandbox, other)
        sandbox.apply(lost)

        assert managed(sandbox, lost) == [mine]
        assert managed(sandbox, other) == others
        assert len(there(sandbox)) == 3


def test_image_of_a_killed_run_that_another_stack_imported_since_is_left_to_it(
    tmp_path: Path, lost: Path, write_stack: Callable[..., Path]
) -> None:
    other = write_stack("other", images={"a": IMAGE})
    with Sandbox(tmp_path / "sandbox") as sandbox:
        (mine,) = there(sandbox)
        sandbox.import_(other, "huaweicloud_ims_image_metadata.a", mine)
        sandbox.apply(lost)

        assert managed(sandbox, other) == [mine]
        assert len(managed(sandbox, lost)) == 1
        assert managed(sandbox, lost, other) == there(sandbox)


def test_image_that_was_forgotten_is_not_taken_up_again(
    tmp_path: Path, lost: Path, write_stack: Callable[..., Path]
) -> None:
    """What a killed run created is forgotten after the next; no later run destroys it."""
    with Sandbox(tmp_path / "sandbox") as sandbox:
        sandbox.apply(lost)
        (kept,) = there(sandbox)
        target = sandbox.stack(lost)
        state = target.state()
        for address, _, _ in list(state.objects()):
            state.remove_instance(address)
        assert target.keeper.save(state) == []
        for _ in range(2):
            sandbox.apply(lost)
            sandbox.apply(lost, destroy=True)

        assert there(sandbox) == [kept]
