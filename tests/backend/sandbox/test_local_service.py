from __future__ import annotations

import fcntl
import json
import os
import stat
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from constructs_ims.backend.emulator import EmulatorError
from constructs_ims.backend.provider.configuration import LocalService
from constructs_ims.backend.sandbox.directory import SandboxDirectory
from constructs_ims.backend.sandbox.local_service import local_service

REGION = "cn-north-4"


@pytest.fixture
def sandbox(tmp_path: Path) -> SandboxDirectory:
    return SandboxDirectory(tmp_path / ".constructs-ims")


def is_healthy(service: LocalService) -> bool:
    with urllib.request.urlopen(f"{service.endpoint}/_emulator/health", timeout=60) as answer:
        return bool(json.loads(answer.read())["status"] == "ok")


def test_it_serves_for_as_long_as_the_context_lasts(sandbox: SandboxDirectory):
    with local_service(sandbox, REGION) as service:
        assert is_healthy(service)
    with pytest.raises(OSError, match="refused"):
        is_healthy(service)
    assert not (sandbox.path / "service.json").exists()


def test_the_key_pair_is_that_of_the_sandbox(sandbox: SandboxDirectory):
    with local_service(sandbox, REGION) as service:
        assert service.access_key == sandbox.key_pair().access_key


def test_a_second_command_joins_the_service_of_the_first(sandbox: SandboxDirectory):
    with local_service(sandbox, REGION) as first, local_service(sandbox, REGION) as second:
        assert second == first


def test_the_first_command_waits_for_those_that_joined(sandbox: SandboxDirectory):
    joined, waiting, leave = threading.Event(), threading.Event(), threading.Event()

    def join() -> bool:
        with local_service(sandbox, REGION) as service:
            joined.set()
            leave.wait(10)
            return is_healthy(service)

    def release() -> None:
        waiting.set()
        leave.set()

    with ThreadPoolExecutor(1) as threads:
        with local_service(sandbox, REGION, on_wait=release):
            second = threads.submit(join)
            assert joined.wait(10)
        assert waiting.is_set()
        assert second.result(10)


def test_many_at_once_share_one_service(sandbox: SandboxDirectory):
    together = threading.Barrier(4)

    def use(_: int) -> str:
        with local_service(sandbox, REGION) as service:
            together.wait(10)
            return service.endpoint

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(use, range(4)))) == 1


def test_the_record_of_a_command_that_was_killed_is_not_believed(sandbox: SandboxDirectory):
    sandbox.create()
    record = {"endpoint": "http://127.0.0.1:1", "pid": 2**22 + 1}
    (sandbox.path / "service.json").write_text(json.dumps(record))
    with local_service(sandbox, REGION) as service:
        assert is_healthy(service)


def test_the_record_of_a_dead_service_is_not_believed_while_another_starts(sandbox: SandboxDirectory):
    sandbox.create()
    record = {"endpoint": "http://127.0.0.1:1", "pid": 2**22 + 1}
    (sandbox.path / "service.json").write_text(json.dumps(record))

    def use() -> bool:
        with local_service(sandbox, REGION) as service:
            return is_healthy(service)

    with ThreadPoolExecutor(1) as threads:
        with (sandbox.path / "service.lock").open("a") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            joining = threads.submit(use)
            time.sleep(0.2)
            assert not joining.done()
        assert joining.result(60)


def test_every_file_belongs_to_its_owner_alone(sandbox: SandboxDirectory, tmp_path: Path):
    sandbox.create()
    sandbox.database.touch(0o644)
    before = os.umask(0o022)
    try:
        with local_service(sandbox, REGION):
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in sandbox.path.iterdir() if path.is_file()}
    finally:
        os.umask(before)
    assert {"ims.sqlite3", "service.json", "service.lock", "users.lock", "credentials.json"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_a_damaged_database_is_an_error_and_stays_as_it_is(sandbox: SandboxDirectory):
    sandbox.create()
    sandbox.database.write_bytes(b"not a database" * 100)
    with pytest.raises(EmulatorError, match="Damaged database"), local_service(sandbox, REGION):
        pass
    assert sandbox.database.read_bytes() == b"not a database" * 100
