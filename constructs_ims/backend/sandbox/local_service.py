"""The IMS service of a sandbox while a command uses it: started by the first, joined by those that come meanwhile."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Final

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.app import refuse_upload
from constructs_ims.backend.emulator.controls import Controls
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.backend.engine.state.waiting import Waiting
from constructs_ims.backend.provider.configuration import LocalService
from constructs_ims.backend.sandbox.directory import (
    USERS_LOCK,
    SandboxDirectory,
    SandboxError,
    open_private,
    write_private,
)
from constructs_ims.backend.sandbox.world_change import finish_pending_change

_START: Final = 30.0
"""Seconds that another command gets to start the service that this one joins."""
_TURN: Final = 0.02


@contextmanager
def local_service(
    sandbox: SandboxDirectory, region: str, *, on_wait: Callable[[], None] = lambda: None
) -> Iterator[LocalService]:
    """Serve the sandbox's images on a port of this machine for as long as the context lasts.

    When another command already serves them, join that service. The command that serves waits at its end for those
    that joined, after calling ``on_wait``. Raise ``SandboxError`` or ``EmulatorError`` when there can be no service.
    """
    sandbox.create()
    if faults := finish_pending_change(sandbox.path, Waiting(_START)):
        raise SandboxError(faults[0].summary, faults[0].detail)
    with _lock_file(sandbox.path / "service.lock") as owner, _lock_file(sandbox.path / USERS_LOCK) as users:
        deadline = time.monotonic() + _START
        while True:
            if _try_lock(owner, fcntl.LOCK_EX):
                with _serving(sandbox, region) as service:
                    yield service
                    _await_users(users, on_wait)
                return
            if _try_lock(users, fcntl.LOCK_SH):
                if joined := _published(sandbox):
                    yield joined
                    return
                fcntl.flock(users, fcntl.LOCK_UN)
            if time.monotonic() > deadline:
                raise SandboxError("Sandbox busy", f"Another command holds {sandbox.path}, and its service is silent.")
            time.sleep(_TURN)


@contextmanager
def _serving(sandbox: SandboxDirectory, region: str) -> Iterator[LocalService]:
    pair = sandbox.key_pair()
    account = Account(pair.access_key, pair.secret_key, region, password=pair.password)
    refuse, controls = partial(refuse_upload, account), Controls()
    with (
        _announcing(sandbox) as announce,
        Store(sandbox.database) as store,
        EmulatorServer(
            create_app(store, account, controls=controls),
            refuse_upload=refuse,
            may_wait=controls.failures.may_delay,
        ) as server,
    ):
        announce(server.endpoint)
        yield LocalService(server.endpoint, pair.access_key, pair.secret_key)


@contextmanager
def _announcing(sandbox: SandboxDirectory) -> Iterator[Callable[[str], None]]:
    """Give what tells other commands of an endpoint, for as long as the context lasts."""
    _record(sandbox).unlink(missing_ok=True)  # of a process that was killed
    try:
        yield partial(_publish, sandbox)
    finally:
        _record(sandbox).unlink(missing_ok=True)


def _record(sandbox: SandboxDirectory) -> Path:
    return sandbox.path / "service.json"


def _publish(sandbox: SandboxDirectory, endpoint: str) -> None:
    write_private(_record(sandbox), json.dumps({"endpoint": endpoint, "pid": os.getpid()}))


def _published(sandbox: SandboxDirectory) -> LocalService | None:
    """Return the service that the lock's owner has announced, or None while there is none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        record = json.loads(_record(sandbox).read_text())
        if _is_alive(record["pid"]):
            pair = sandbox.key_pair()
            return LocalService(record["endpoint"], pair.access_key, pair.secret_key)
    return None


def _is_alive(pid: int) -> bool:
    """Tell whether the process is there, so that the record of one that was killed is not believed."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _lock_file(path: Path) -> Iterator[IO[str]]:
    """Open a file whose locks end with this process, however that ends; children do not inherit it."""
    try:
        file = open_private(path)
    except OSError as failure:
        raise SandboxError("Sandbox not usable", f"{path}: {failure.strerror}. Make it writable.") from failure
    with file:
        yield file


@contextmanager
def only_server(sandbox: SandboxDirectory) -> Iterator[Callable[[str], None]]:
    """Keep a second server off the data in a directory; give what tells others the endpoint of this one.

    Commands that need the service meanwhile join it. Raise ``SandboxError``, which names the process, where there is
    one already.
    """
    with _lock_file(sandbox.path / "service.lock") as owner:
        if not _try_lock(owner, fcntl.LOCK_EX):
            raise SandboxError(
                "Data in use", f"{sandbox.path} is served already, by {_owner(sandbox)}. Stop that first."
            )
        with _announcing(sandbox) as announce:
            yield announce


def _owner(sandbox: SandboxDirectory) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        record = json.loads(_record(sandbox).read_text())
        return f"process {record['pid']} at {record['endpoint']}"
    return "another process"


def _try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _await_users(users: IO[str], on_wait: Callable[[], None]) -> None:
    if not _try_lock(users, fcntl.LOCK_EX):
        on_wait()
        fcntl.flock(users, fcntl.LOCK_EX)
