"""The gate of a sandbox: any number of runs pass it at once, or one operation that changes the whole world alone.

A run is a plan or an apply of one stack, which holds that stack's own lock besides; the whole world is what is saved,
loaded and reset.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from constructs_ims.backend.engine.state.durable_files import storage_error
from constructs_ims.backend.engine.state.waiting import Waiting
from constructs_ims.schema.diagnostics import Diagnostic, error

_SUMMARY = "Sandbox busy"


class Gate(Protocol):
    """Lets runs pass together, and what concerns the whole world alone."""

    def held(self, waiting: Waiting, *, alone: bool = False) -> AbstractContextManager[list[Diagnostic]]:
        """Hold the gate for a block, which gets the reasons why it could not be had and must stop at any."""


@dataclass(slots=True)
class MemoryGate:
    """A gate between the threads of one process."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _runs: int = 0
    _is_closed: bool = False

    @contextmanager
    def held(self, waiting: Waiting, *, alone: bool = False) -> Iterator[list[Diagnostic]]:
        """Hold the gate for a block."""
        if not waiting.until(self._try_alone if alone else self._try_run):
            yield [_busy()]
            return
        try:
            yield []
        finally:
            with self._lock:
                if alone:
                    self._is_closed = False
                else:
                    self._runs -= 1

    def _try_run(self) -> bool:
        with self._lock:
            self._runs += not self._is_closed
            return not self._is_closed

    def _try_alone(self) -> bool:
        with self._lock:
            if self._runs or self._is_closed:
                return False
            self._is_closed = True
            return True


@dataclass(frozen=True, slots=True)
class FileGate:
    """A gate between processes: a file that the operating system locks, so that it opens when its holder dies."""

    path: Path

    @contextmanager
    def held(self, waiting: Waiting, *, alone: bool = False) -> Iterator[list[Diagnostic]]:
        """Hold the gate for a block."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a")
        except OSError as fault:
            yield [storage_error(_SUMMARY, "locking the sandbox", self.path, fault)]
            return
        with file:
            yield [] if waiting.until(lambda: _try_lock(file, alone=alone)) else [_busy()]


def _busy() -> Diagnostic:
    return error(_SUMMARY, "Another operation is at work in the sandbox. Try again once it has ended.")


if sys.platform == "win32":

    def _try_lock(file: IO[str], *, alone: bool) -> bool:
        """Let everybody pass: this system's locks cannot be shared, and the stacks have locks of their own."""
        return True
else:
    import fcntl

    def _try_lock(file: IO[str], *, alone: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
