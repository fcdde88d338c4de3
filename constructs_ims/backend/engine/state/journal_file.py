"""The journal in a file: each record is durable before its writer goes on, and writers share their syncs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.backend.engine.state.durable_files import PRIVATE_MODE, storage_error, write_atomically
from constructs_ims.backend.engine.state.journal import Journal, JournalError
from constructs_ims.backend.engine.state.journal_records import begin_record, intent_record, write_line
from constructs_ims.backend.engine.state.model import State
from constructs_ims.schema.diagnostics import Diagnostic

_FOLD_BYTES: Final = 8 << 20
"""The journal is folded into the state file when it has grown by this much, or by the size of that file if more."""


@dataclass(slots=True, kw_only=True)
class JournalFile(Journal):
    """An open journal at ``path``. Its methods return when all is durable.

    ``fold`` writes a state to the state file and returns its serial and size in bytes.
    """

    path: Path
    fold: Callable[[State], tuple[int, int]]
    fold_bytes: int = _FOLD_BYTES
    _descriptor: int | None = field(default=None, init=False)
    _waiting: list[bytes] = field(default_factory=list, init=False, repr=False)
    _queued: int = field(default=0, init=False)
    _durable: int = field(default=0, init=False)
    _is_writing: bool = field(default=False, init=False)
    _written: int = field(default=0, init=False)
    _folded: int = field(default=0, init=False)
    _fault: OSError | None = field(default=None, init=False)

    def open(self) -> None:
        """Begin a new journal that continues ``state``, keeping the open intents; ``JournalError`` when that fails."""
        try:
            self._restart()
        except OSError as fault:
            raise JournalError(self._failure(fault)) from fault

    def close(self) -> None:
        """Close the file. The journal is removed once all of it stands in the state file, which is the owner's work."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _append(self, record: Callable[[], Record], then: Callable[[], None]) -> None:
        """Write what ``record`` makes of the state before ``then`` changes it, and wait until it is durable."""
        with self._changed:
            self._waiting.append(write_line(record()))
            then()
            self._queued += 1
            mine = self._queued
            while self._durable < mine:
                self._check()
                if self._is_writing:
                    self._changed.wait()
                else:
                    self._write_batch()

    def _write_batch(self) -> None:
        """Write and sync all that waits, on behalf of everyone; called, and returning, with the lock held."""
        batch, self._waiting, upto = b"".join(self._waiting), [], self._queued
        self._is_writing = True
        self._changed.release()
        fault: OSError | None = None
        try:
            self._write(batch)
        except OSError as caught:
            fault = caught
        finally:
            self._changed.acquire()
            self._is_writing = False
        if fault is None:
            self._durable, self._written = upto, self._written + len(batch)
            fault = self._fold_if_due()
        self._fault = fault
        self._changed.notify_all()

    def _write(self, batch: bytes) -> None:
        if self._descriptor is None:
            raise OSError("the journal is not open")
        view = memoryview(batch)
        while view:
            view = view[os.write(self._descriptor, view) :]
        os.fsync(self._descriptor)

    def _fold_if_due(self) -> OSError | None:
        if self._written < max(self.fold_bytes, self._folded):
            return None
        try:
            self.state.serial, self._folded = self.fold(self.state)
            self._restart()
        except OSError as fault:
            return fault
        return None

    def _restart(self) -> None:
        self.close()
        lines = [
            write_line(begin_record(self.state)),
            *(write_line(intent_record(intent)) for intent in self.intents.values()),
        ]
        write_atomically(self.path, b"".join(lines))
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), PRIVATE_MODE)
        self._written = 0

    def _check(self) -> None:
        if self._fault is not None:
            raise JournalError(self._failure(self._fault))

    def _failure(self, fault: OSError) -> Diagnostic:
        return storage_error("Failed to write the state journal", "writing the journal", self.path, fault)
