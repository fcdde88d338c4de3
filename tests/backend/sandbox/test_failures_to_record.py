"""Disks and services that refuse while a stack is applied: what was done is known or found again, and is told."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.state import durable_files
from constructs_ims.backend.engine.state.journal_file import JournalFile
from constructs_ims.backend.provider.images import Images
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.operations import ApplyResult

WriteStack = Callable[..., Path]
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "sandbox", parallelism=1) as made:
        yield made


def managed(sandbox: Sandbox, stack: Path) -> list[str]:
    return sorted(obj.attributes["id"] for _, _, obj in sandbox.state(stack).objects())


def there(sandbox: Sandbox) -> list[str]:
    return sorted(image["id"] for image in sandbox.images())


def refuse_writes(patch: pytest.MonkeyPatch, *, after: int) -> None:
    """Let the disk be full for the journal, after so many batches of records."""
    left, write = [after], JournalFile._write

    def limited(journal: JournalFile, batch: bytes) -> None:
        if left[0] == 0:
            raise FULL
        left[0] -= 1
        write(journal, batch)

    patch.setattr(JournalFile, "_write", limited)


@pytest.mark.parametrize("after", range(5))
def test_journal_that_refuses_a_record_loses_no_image(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: dict[str, Any], after: int
) -> None:
    """The state at the end of the run has what the journal had no room for."""
    stack = write_stack(images={"a": ubuntu, "b": {**ubuntu, "name": "b"}})
    with pytest.MonkeyPatch.context() as patch:
        refuse_writes(patch, after=after)
        if after < 4:
            with pytest.raises(OperationFailedError) as failure:
                sandbox.apply(stack)
            assert "Failed to write the state journal" in [found.summary for found in failure.value.diagnostics]
        else:
            sandbox.apply(stack)

    assert managed(sandbox, stack) == there(sandbox)
    sandbox.apply(stack)
    assert managed(sandbox, stack) == there(sandbox)
    assert len(there(sandbox)) == 2


@pytest.mark.parametrize("after", range(4))
def test_journal_that_refuses_a_replacement_leaves_the_image(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: dict[str, Any], after: int
) -> None:
    image = {**ubuntu, "enable_force_new": "true", "lifecycle": {"create_before_destroy": True}}
    stack = write_stack(images={"a": image})
    sandbox.apply(stack)
    write_stack(images={"a": {**image, "min_disk": 50}})
    with pytest.MonkeyPatch.context() as patch:
        refuse_writes(patch, after=after)
        with pytest.raises(OperationFailedError, match="journal"):
            sandbox.apply(stack)

    assert managed(sandbox, stack) == there(sandbox)
    if after < 2:
        assert sandbox.state(stack).current(next(iter(sandbox.state(stack).instances()))[0]) is not None
    sandbox.apply(stack)
    assert managed(sandbox, stack) == there(sandbox)
    assert len(there(sandbox)) == 1


def test_state_that_cannot_be_saved_fails_the_apply_and_is_taken_up_by_the_next(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: dict[str, Any]
) -> None:
    stack = write_stack(images={"a": ubuntu})
    replace = os.replace

    def refuse(source: Any, target: Any) -> None:
        if Path(target).name == "terraform.tfstate":
            raise FULL
        replace(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable_files.os, "replace", refuse)
        with pytest.raises(OperationFailedError) as failure:
            sandbox.apply(stack)

    (found,) = failure.value.diagnostics
    assert found.summary == "Failed to save state"
    assert "kept in the journal" in found.detail
    assert managed(sandbox, stack) == there(sandbox)
    assert sandbox.apply(stack).added == 0


def test_deletion_that_the_service_refuses_is_told_in_its_words(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)
    refused = error("error deleting IMS image metadata: it is in use")
    monkeypatch.setattr(Images, "delete", lambda _, prior, private, stopped: ApplyResult(prior, private, [refused]))

    with pytest.raises(OperationFailedError) as failure:
        sandbox.apply(stack, destroy=True)

    assert [found.summary for found in failure.value.diagnostics] == [refused.summary]
    assert failure.value.result.destroyed == 0
    assert managed(sandbox, stack) == there(sandbox)


def test_nothing_is_planned_that_rests_on_an_image_that_cannot_be_read(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: dict[str, Any]
) -> None:
    """The second image has a fault of its own, which is told once it is planned."""
    condition = {"condition": "${var.ok}", "error_message": "No."}
    second = {**ubuntu, "depends_on": ["huaweicloud_ims_image_metadata.a"], "lifecycle": {"precondition": [condition]}}
    variable = {"ok": {"default": False}}
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)
    write_stack(images={"a": ubuntu, "b": second}, variable=variable)
    sandbox.cloud.fail_next("read", status=403)

    with pytest.raises(OperationFailedError) as failure:
        sandbox.plan(stack)

    assert [found.address for found in failure.value.diagnostics] == ["huaweicloud_ims_image_metadata.a"]


def test_records_are_synced_before_their_writer_goes_on(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intent is durable before the image is created, and the image is known durably before the next begins."""
    stack = write_stack(images={"a": ubuntu, "b": ubuntu})
    calls: list[str] = []

    def noting(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any, **keywords: Any) -> Any:
            calls.append(name)
            return call(*arguments, **keywords)

        return noted

    monkeypatch.setattr(JournalFile, "_write", noting("write", JournalFile._write))
    monkeypatch.setattr(Images, "create", noting("create", Images.create))
    monkeypatch.setattr(os, "fsync", noting("sync", os.fsync))
    sandbox.apply(stack)

    step = ["write", "sync", "create", "write", "sync"]
    begun = calls.index("write")
    assert calls[begun : begun + 10] == step * 2


def test_state_file_is_synced_before_and_its_directory_after_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    replace, fsync = os.replace, os.fsync

    def syncing(descriptor: int) -> None:
        calls.append("directory" if os.fstat(descriptor).st_mode & 0o040000 else "file")
        fsync(descriptor)

    def replacing(source: Any, target: Any) -> None:
        calls.append("name")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "replace", replacing)
    durable_files.write_atomically(tmp_path / "state", b"x")

    assert calls == ["file", "name", "directory"]


@pytest.fixture
def switching() -> Iterator[None]:
    """Let another thread have its turn after every few steps."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("switching")
@pytest.mark.parametrize("kind", ["memory", "directory"])
def test_many_workers_lose_no_object_and_count_each_once(
    tmp_path: Path, write_stack: WriteStack, ubuntu: dict[str, Any], kind: str
) -> None:
    image = {**ubuntu, "enable_force_new": "true", "lifecycle": {"create_before_destroy": True}}
    names = [f"i{number}" for number in range(40)]
    outputs = {name: {"value": f"${{huaweicloud_ims_image_metadata.{name}.id}}"} for name in names}
    stack = write_stack(images=dict.fromkeys(names, image), output=outputs)
    with Sandbox(tmp_path / "sandbox" if kind == "directory" else None, parallelism=40) as sandbox:
        assert sandbox.apply(stack).added == 40
        assert managed(sandbox, stack) == there(sandbox) == sorted(sandbox.outputs(stack).values())

        write_stack(images={name: {**image, "min_disk": 50} for name in names}, output=outputs)
        replaced = sandbox.apply(stack)
        assert (replaced.added, replaced.destroyed) == (40, 40)
        assert managed(sandbox, stack) == there(sandbox) == sorted(sandbox.outputs(stack).values())
        assert not sandbox.plan(stack).has_changes

        assert sandbox.destroy(stack).destroyed == 40
        assert managed(sandbox, stack) == there(sandbox) == []


@pytest.mark.usefixtures("switching")
def test_threads_that_open_one_sandbox_share_its_service(
    tmp_path: Path, write_stack: WriteStack, ubuntu: dict[str, Any]
) -> None:
    stacks = [write_stack(f"s{number}", images={"a": ubuntu, "b": ubuntu}) for number in range(6)]
    barrier = threading.Barrier(len(stacks))
    with Sandbox(tmp_path / "sandbox") as sandbox, ThreadPoolExecutor(len(stacks)) as threads:

        def apply(stack: Path) -> int:
            barrier.wait(30)
            return sandbox.apply(stack).added

        assert list(threads.map(apply, stacks)) == [2] * len(stacks)
        assert sorted(id for stack in stacks for id in managed(sandbox, stack)) == there(sandbox)
