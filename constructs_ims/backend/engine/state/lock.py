"""The lock on a state: held by the operating system, so that it dies with its owner, and naming who holds it."""

from __future__ import annotations

import getpass
import json
import os
import socket
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.engine.lang.json_text import from_json
from constructs_ims.backend.engine.state.durable_files import PRIVATE_MODE, storage_error
from constructs_ims.backend.engine.state.waiting import DO_NOT_WAIT, Waiting
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, error
from constructs_ims.schema.versions import TERRAFORM_VERSION

_SUMMARY: Final = "Error acquiring the state lock"
_ADVICE: Final = (
    "Terraform acquires a state lock to protect the state from being written\n"
    "by multiple users at the same time. Please resolve the issue above and try\n"
    'again. For most commands, you can disable locking with the "-lock=false"\n'
    "flag, but this is not recommended."
)


@dataclass(frozen=True, slots=True)
class LockInfo:
    """Who holds a lock and what for, since when (UTC, RFC 3339); the JSON form and its names are Terraform's."""

    id: str
    operation: str
    who: str
    created: str
    path: str
    info: str = ""
    version: str = TERRAFORM_VERSION

    def to_json(self) -> dict[str, str]:
        """Return the fields under the names of Terraform's lock files."""
        return {
            "ID": self.id,
            "Operation": self.operation,
            "Info": self.info,
            "Who": self.who,
            "Version": self.version,
            "Created": self.created,
            "Path": self.path,
        }

    def describe(self) -> str:
        """Return the block of lines that Terraform prints about a lock."""
        names = ("ID", "Path", "Operation", "Who", "Version", "Created", "Info")
        fields = {**self.to_json(), "Created": self.created.replace("T", " ").replace("Z", " +0000 UTC")}
        return "Lock Info:\n" + "".join(f"  {name + ':':<10} {fields[name]}\n" for name in names)


def read_lock_info(content: str) -> LockInfo | None:
    """Read a lock file, None when it is none."""
    try:
        fields: Any = from_json(content)
    except ValueError:
        return None
    if not isinstance(fields, dict) or not fields.get("ID"):
        return None
    text = {name: str(value) for name, value in fields.items()}
    created, path, info = text.get("Created", ""), text.get("Path", ""), text.get("Info", "")
    return LockInfo(
        text["ID"], text.get("Operation", ""), text.get("Who", ""), created, path, info, text.get("Version", "")
    )


@dataclass(slots=True)
class StateLock:
    """The lock that stands for the state at ``state_path``.

    The file ``.NAME.lock`` is what the operating system locks; ``.NAME.lock.info`` beside it says by whom, in
    Terraform's own form. A lock whose process is gone is free, whatever its info file says.
    """

    state_path: Path
    info: LockInfo | None = field(default=None, init=False)
    _descriptor: int | None = field(default=None, init=False)

    @property
    def lock_path(self) -> Path:
        """The file that is locked."""
        return self.state_path.with_name(f".{self.state_path.name}.lock")

    @property
    def info_path(self) -> Path:
        """The file that names the holder."""
        return self.state_path.with_name(f".{self.state_path.name}.lock.info")

    def acquire(self, operation: str, waiting: Waiting = DO_NOT_WAIT) -> list[Diagnostic]:
        """Take the lock, waiting for another holder; what is returned says why it failed."""
        try:
            return [] if waiting.until(lambda: self._try(operation)) else [self._refusal()]
        except OSError as fault:
            return [storage_error(_SUMMARY, "locking the state", self.lock_path, fault)]

    def release(self) -> None:
        """Give the lock back; without it, nothing happens."""
        descriptor, self._descriptor, self.info = self._descriptor, None, None
        if descriptor is None:
            return
        try:
            with suppress(OSError):
                self.info_path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    def holder(self) -> LockInfo | None:
        """Return who holds the lock according to its info file, None when there is no such file."""
        try:
            return read_lock_info(self.info_path.read_text())
        except (OSError, UnicodeDecodeError):
            return None

    def force_unlock(self, lock_id: str) -> list[Diagnostic]:
        """Clear away the lock ``lock_id`` of a process that is gone; a living holder keeps it."""
        holder = self.holder()
        if holder is None:
            return [error("Failed to unlock state", "LocalState not locked")]
        if holder.id != lock_id:
            return [error("Failed to unlock state", f'invalid lock id: "{lock_id}". current id: "{holder.id}"')]
        if refusals := self.acquire("OperationTypeInvalid"):
            detail = f"Local state cannot be unlocked by another process\n\n{holder.describe()}"
            return (
                [error("Failed to unlock state", detail)]
                if refusals[0].code is DiagnosticCode.STATE_IN_USE
                else refusals
            )
        self.release()
        return []

    @contextmanager
    def held(self, operation: str, waiting: Waiting = DO_NOT_WAIT) -> Iterator[list[Diagnostic]]:
        """Hold the lock for a ``with`` block, which gets the diagnostics of ``acquire`` and must stop at any."""
        diagnostics = self.acquire(operation, waiting)
        try:
            yield diagnostics
        finally:
            if not diagnostics:
                self.release()

    def _try(self, operation: str) -> bool:
        if self._descriptor is not None:
            return False
        self.lock_path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.lock_path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), PRIVATE_MODE)
        try:
            if not _lock(descriptor):
                os.close(descriptor)
                return False
            self.info = _new_info(operation, self.state_path)
            self.info_path.write_text(json.dumps(self.info.to_json(), separators=(",", ":")))
        except BaseException:
            with suppress(OSError):
                os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def _refusal(self) -> Diagnostic:
        holder = self.holder()
        described = f"\n{holder.describe()}\n" if holder else "\n"
        detail = f"Error message: resource temporarily unavailable{described}\n{_ADVICE}"
        return error(_SUMMARY, detail, code=DiagnosticCode.STATE_IN_USE)


def _new_info(operation: str, path: Path) -> LockInfo:
    now = datetime.now(UTC)
    created = now.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"
    return LockInfo(str(uuid.uuid4()), operation, f"{_user()}@{socket.gethostname()}", created, str(path))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
