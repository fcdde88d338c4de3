"""The state lock: one holder at a time, named, and gone with its process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from constructs_ims.backend.engine.state.lock import LockInfo, StateLock, read_lock_info
from constructs_ims.backend.engine.state.waiting import Waiting

HOLD = """
import os, sys
from pathlib import Path
from constructs_ims.backend.engine.state.lock import StateLock
lock = StateLock(Path(sys.argv[1]))
assert lock.acquire("OperationTypeApply") == []
print(lock.info.id, flush=True)
sys.stdin.read()
os._exit(1)
"""


def test_second_holder_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    first, second = StateLock(path), StateLock(path)
    assert first.acquire("OperationTypeApply") == []

    (refusal,) = second.acquire("OperationTypePlan")

    assert refusal.summary == "Error acquiring the state lock"
    assert first.info is not None
    assert refusal.detail.startswith("Error message: resource temporarily unavailable\nLock Info:\n  ID:        ")
    assert f"  Path:      {path}\n  Operation: OperationTypeApply\n  Who:       {first.info.who}\n" in refusal.detail
    assert 'with the "-lock=false"\nflag' in refusal.detail


def test_released_lock_is_free_and_leaves_no_name(tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    first, second = StateLock(path), StateLock(path)
    first.acquire("OperationTypeApply")
    first.release()
    first.release()

    assert first.holder() is None
    assert second.acquire("OperationTypePlan") == []
    second.release()


def test_waiting_ends_when_the_holder_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    first = StateLock(path)
    first.acquire("OperationTypeApply")
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            first.release()

    second = StateLock(path)
    told: list[int] = []
    waiting = Waiting(10, lambda: told.append(len(waits)), sleep=sleep, clock=lambda: sum(waits))

    assert second.acquire("OperationTypePlan", waiting) == []
    assert len(waits) == 3
    assert told == [0]
    second.release()


def test_waiting_ends_at_the_timeout(tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    first = StateLock(path)
    waits: list[float] = []
    with first.held("OperationTypeApply") as diagnostics:
        second = StateLock(path)

        assert diagnostics == []
        waiting = Waiting(5, sleep=waits.append, clock=lambda: sum(waits))
        assert len(second.acquire("OperationTypePlan", waiting)) == 1
    assert sum(waits) == 5


def test_waiting_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    waits: list[float] = []
    with StateLock(path).held("OperationTypeApply"):
        waiting = Waiting(100, is_cancelled=lambda: len(waits) == 2, sleep=waits.append, clock=lambda: sum(waits))

        assert len(StateLock(path).acquire("OperationTypePlan", waiting)) == 1
    assert len(waits) == 2


def test_lock_that_cannot_be_made_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    waits: list[float] = []

    (fault,) = StateLock(tmp_path / "file" / "terraform.tfstate").acquire("x", Waiting(100, sleep=waits.append))

    assert "locking the state" in fault.detail
    assert waits == []


def test_file_of_the_lock_is_closed_when_its_info_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    lock = StateLock(path)
    lock.info_path.mkdir()
    assert len(lock.acquire("OperationTypeApply")) == 1
    lock.info_path.rmdir()

    with StateLock(path).held("OperationTypeApply") as faults:
        assert faults == []


def test_lock_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        lock_id = child.stdout.readline().strip()
        lock = StateLock(path)
        refused = lock.acquire("OperationTypePlan")
        alive = lock.force_unlock(lock_id)
        child.kill()

    holder = lock.holder()
    assert holder is not None
    assert (holder.id, holder.operation) == (lock_id, "OperationTypeApply")
    assert lock_id in refused[0].detail
    assert "Local state cannot be unlocked by another process" in alive[0].detail
    assert lock.acquire("OperationTypePlan") == []
    lock.release()


def test_force_unlock_wants_the_right_id(tmp_path: Path) -> None:
    lock = StateLock(tmp_path / "terraform.tfstate")
    assert lock.force_unlock("x")[0].detail == "LocalState not locked"
    lock.info_path.write_text(json.dumps({"ID": "gone"}))

    assert lock.force_unlock("x")[0].detail == 'invalid lock id: "x". current id: "gone"'
    assert lock.force_unlock("gone") == []
    assert lock.holder() is None


def test_directory_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    (refusal,) = StateLock(tmp_path / "file" / "terraform.tfstate").acquire("OperationTypePlan")

    assert "A file stands where a directory should be" in refusal.detail or "file exists" in refusal.detail


def test_lock_is_described_in_terraforms_words() -> None:
    info = LockInfo("e8dc99d6", "OperationTypeApply", "root@vm", "2026-11-24T01:13:43.048614986Z", "terraform.tfstate")

    assert info.describe() == (
        "Lock Info:\n  ID:        e8dc99d6\n  Path:      terraform.tfstate\n  Operation: OperationTypeApply\n"
        "  Who:       root@vm\n  Version:   1.11.4\n  Created:   2026-11-24 01:13:43.048614986 +0000 UTC\n"
        "  Info:      \n"
    )


def test_lock_info_is_terraforms_json() -> None:
    text = (
        '{"ID":"1","Operation":"OperationTypeApply","Info":"","Who":"a@b","Version":"1.11.4","Created":"c","Path":"p"}'
    )

    info = read_lock_info(text)

    assert info is not None
    assert info.to_json() == json.loads(text)
    assert read_lock_info("{") is read_lock_info("[]") is read_lock_info("{}") is None
