"""The journal of a running apply: each record is durable before its writer goes on, and writers share their syncs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from constructs_ims.backend.engine.addresses import InstanceAddress
from constructs_ims.backend.engine.json_text import Record
from constructs_ims.backend.engine.state.files import PRIVATE_MODE, storage_error, write_atomically
from constructs_ims.backend.engine.state.journal_records import Intent, begin_record, id_of, intent_record, write_line
from constructs_ims.backend.engine.state.model import ObjectState, State
from constructs_ims.backend.engine.state.records import object_fields
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.values import is_wholly_known

_FOLD_BYTES: Final = 8 << 20
"""The journal is folded into the state file when it has grown by this much, or by the size of that file if more."""


class JournalError(Exception):
    """A record could not be made durable; ``diagnostic`` says why. After an intent, the object must not be created."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Journal:
    """An open journal. Its methods may be called from any number of threads and return when all is durable.

    ``state`` is the state as stored, of which the journal keeps its own copy up to date; ``fold`` writes a state to the
    state file and returns its serial and size in bytes. ``clock`` tells when an intent is begun and must agree with the
    clock of the service that stamps created objects.
    """

    path: Path
    state: State
    fold: Callable[[State], tuple[int, int]]
    clock: Callable[[], datetime] = _now
    fold_bytes: int = _FOLD_BYTES
    intents: dict[int, Intent] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=lambda: threading.Condition(threading.Lock()), init=False)
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

    def intent(self, address: InstanceAddress, provider: str, planned: ObjectState) -> int:
        """Say that an object is about to be created; the number returned goes to ``record`` or ``settle``.

        Attributes of ``planned`` that are not wholly known are left out. ``JournalError``: do not create it.
        """
        with self._changed:
            number = max(self.intents, default=0) + 1
            known = {name: value for name, value in planned.attributes.items() if is_wholly_known(value)}
            intent = Intent(number, address, provider, replace(planned, attributes=known), self.clock())
            self.intents[number] = intent
        self._append(intent_record(intent), lambda: None)
        return number

    def settle(self, number: int) -> None:
        """Say that nothing came of an intent."""
        self._append(Record(do="settle", number=number), lambda: self._close_intent(number))

    def record(
        self,
        address: InstanceAddress,
        provider: str,
        obj: ObjectState | None,
        *,
        deposed: str | None = None,
        settles: int | None = None,
    ) -> None:
        """Say what stands at ``address`` (as the object ``deposed``, if given) now; None is nothing.

        Everything that changes an object's place counts: creation, update, removal, taint, deposing (two records: the
        current one gone, the deposed one there) and forgetting.
        """
        record = Record(do="object", address=str(address), provider=provider)
        if deposed:
            record["deposed"] = deposed
        with self._changed:
            replaced = self.state.deposed(address).get(deposed) if deposed else self.state.current(address)
        if obj is None:
            record["was"] = id_of(replaced)
        record["object"] = object_fields(obj) if obj else None
        if settles is not None:
            record["settles"] = settles
        self._append(record, lambda: self._place(address, provider, obj, deposed, settles))

    def pending_intents(self) -> tuple[Intent, ...]:
        """Return the intents of which nothing is known yet."""
        with self._changed:
            return tuple(self.intents.values())

    def close(self) -> None:
        """Close the file. The journal is removed once all of it stands in the state file, which is the owner's work."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _place(
        self,
        address: InstanceAddress,
        provider: str,
        obj: ObjectState | None,
        deposed: str | None,
        settles: int | None,
    ) -> None:
        if deposed:
            self.state.set_deposed(address, deposed, provider, obj)
        else:
            self.state.set_current(address, provider, obj)
        if settles is not None:
            self._close_intent(settles)

    def _close_intent(self, number: int) -> None:
        self.intents.pop(number, None)

    def _append(self, record: Record, then: Callable[[], None]) -> None:
        line = write_line(record)
        with self._changed:
            self._waiting.append(line)
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
