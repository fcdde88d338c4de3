"""The journal beside a state: what was begun and what was finished since the state file was last written.

Each line is a checksum and a JSON record, appended and synced before its writer goes on; writers that come together
share one sync. A record is one of

- ``begin``: the state that the journal continues, by lineage and serial; always the first line
- ``intent``: an object is about to be created at an address
- ``object``: what stands at an address now, or nothing; settles the intent it names
- ``settle``: nothing came of an intent

so that after a crash at any moment the next run knows every finished object, and where to look for an unfinished one.
"""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.engine.addresses import InstanceAddress, parse_address
from constructs_ims.backend.engine.files import PRIVATE_MODE, storage_error, write_atomically
from constructs_ims.backend.engine.json_text import Record, from_json, to_compact
from constructs_ims.backend.engine.state import TERRAFORM_VERSION, ObjectState, State
from constructs_ims.backend.engine.statefile import object_fields, read_object
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.values import is_wholly_known

FORMAT: Final = 1
_CHECKSUM_LENGTH: Final = 8
_FOLD_BYTES: Final = 8 << 20
"""The journal is folded into the state file when it has grown by this much, or by the size of that file if more."""


class JournalError(Exception):
    """A record could not be made durable; ``diagnostic`` says why. After an intent, the object must not be created."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


@dataclass(frozen=True, slots=True)
class Intent:
    """A creation that was begun, and that nothing is known of since.

    ``planned`` is the object as planned without what was unknown then; ``since`` is when it was begun.
    """

    number: int
    address: InstanceAddress
    provider: str
    planned: ObjectState
    since: datetime


@dataclass(slots=True)
class JournalContent:
    """What a journal says: the state it continues, its records in order, and how many lines were unreadable.

    A torn last line, which a crash may leave, does not count.
    """

    lineage: str = ""
    serial: int = 0
    records: Sequence[Mapping[str, Any]] = ()
    damaged: int = 0


def read_journal(content: bytes) -> JournalContent | None:
    """Read a journal; None when it holds no record, as one does that was torn at its first line."""
    lines = content.split(b"\n")
    records = [_read_line(line) for line in lines if line]
    torn = bool(records) and records[-1] is None
    known = [record for record in records if record is not None]
    if not known or known[0].get("do") != "begin":
        return None if not known else JournalContent(damaged=len(records))
    damaged = len(records) - len(known) - torn
    return JournalContent(str(known[0]["lineage"]), int(known[0]["serial"]), known[1:], damaged)


def _read_line(line: bytes) -> dict[str, Any] | None:
    checksum, _, payload = line.partition(b" ")
    if checksum != _checksum(payload):
        return None
    record = from_json(payload)
    return record if isinstance(record, dict) else None


def _checksum(payload: bytes) -> bytes:
    return b"%08x" % zlib.crc32(payload)


def _line(record: Record) -> bytes:
    payload = to_compact(record).encode()
    return b"%s %s\n" % (_checksum(payload), payload)


def replay(state: State, content: JournalContent) -> tuple[State, tuple[Intent, ...], list[Diagnostic]]:
    """Apply a journal to the state it continues: the state as it is now, the open intents, and what was odd.

    Replaying again what a state already holds changes nothing. When another program has written the state since, its
    word counts, and an object that it does not know is kept as a deposed one, so that nothing is lost.
    """
    if not content.lineage:
        return state, (), [_headless()]
    if state.lineage and content.lineage != state.lineage:
        return state, (), [_foreign(content.lineage, state.lineage)]
    player = _Player(state.copy(), was_overtaken=state.serial > content.serial + 1)
    player.state.lineage = state.lineage or content.lineage
    for record in content.records:
        player.play(record)
    return player.state, tuple(player.intents.values()), _notes(content, player)


def _foreign(journal: str, state: str) -> Diagnostic:
    detail = (
        f'The journal beside the state continues the state with lineage "{journal}", but the state has lineage '
        f'"{state}". Put back the state that belongs to the journal, or move the journal away if you know that the '
        "objects in it are gone."
    )
    return error("Foreign state journal", detail)


def _headless() -> Diagnostic:
    detail = (
        "The first record of the state journal, which says what state it continues, is unreadable. Restore the file "
        "from a backup, or move it away and compare the state with what the service holds."
    )
    return error("Damaged state journal", detail)


def _notes(content: JournalContent, player: _Player) -> list[Diagnostic]:
    notes = []
    if content.damaged:
        detail = f"{content.damaged} records of the state journal are unreadable and were left out; the next refresh"
        notes.append(warning("Damaged state journal", f"{detail} shows what is there."))
    if player.was_overtaken and player.kept:
        detail = (
            "The state was written by another program after an interrupted run. These objects of that run were not in "
            f"it and are kept as deposed ones: {', '.join(player.kept)}."
        )
        notes.append(warning("State changed after an interrupted run", detail))
    return notes


@dataclass(slots=True)
class _Player:
    state: State
    was_overtaken: bool
    intents: dict[int, Intent] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def play(self, record: Mapping[str, Any]) -> None:
        match record.get("do"):
            case "intent":
                intent = _read_intent(record)
                self.intents[intent.number] = intent
            case "settle":
                self.intents.pop(int(record["number"]), None)
            case "object":
                self.intents.pop(record.get("settles") or 0, None)
                self._place(record)

    def _place(self, record: Mapping[str, Any]) -> None:
        address, provider = parse_address(record["address"]), str(record["provider"])
        obj = read_object(record["object"], record["address"]) if record.get("object") else None
        deposed = record.get("deposed")
        if self.was_overtaken:
            self._merge(address, provider, obj, record)
        elif deposed:
            self.state.set_deposed(address, deposed, provider, obj)
        else:
            self.state.set_current(address, provider, obj)

    def _merge(
        self, address: InstanceAddress, provider: str, obj: ObjectState | None, record: Mapping[str, Any]
    ) -> None:
        instance = self.state.instance(address)
        known = [] if instance is None else [instance.current, *instance.deposed.values()]
        ids = {_id_of(other) for other in known if other}
        if obj is None:
            self._remove(address, provider, record.get("was"))
        elif instance is None or instance.current is None:
            if _id_of(obj) not in ids:
                self.state.set_current(address, provider, obj)
        elif _id_of(obj) not in ids:
            self.kept.append(f"{address} ({_id_of(obj)})")
            self.state.set_deposed(address, f"{zlib.crc32(str(_id_of(obj)).encode()):08x}", provider, obj)

    def _remove(self, address: InstanceAddress, provider: str, was: Any) -> None:
        current = self.state.current(address)
        if current is not None and _id_of(current) == was:
            self.state.set_current(address, provider, None)
        for key, obj in list(self.state.deposed(address).items()):
            if _id_of(obj) == was:
                self.state.set_deposed(address, key, provider, None)


def _id_of(obj: ObjectState | None) -> Any:
    return obj.attributes.get("id") if obj else None


def _read_intent(record: Mapping[str, Any]) -> Intent:
    return Intent(
        int(record["number"]),
        parse_address(record["address"]),
        str(record["provider"]),
        read_object(record["object"], record["address"]),
        datetime.fromisoformat(record["since"]),
    )


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
        self._append(_intent_record(intent), lambda: None)
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
            record["was"] = _id_of(replaced)
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
        line = _line(record)
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
        lines = [_line(_begin_record(self.state)), *(_line(_intent_record(intent)) for intent in self.intents.values())]
        write_atomically(self.path, b"".join(lines))
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), PRIVATE_MODE)
        self._written = 0

    def _check(self) -> None:
        if self._fault is not None:
            raise JournalError(self._failure(self._fault))

    def _failure(self, fault: OSError) -> Diagnostic:
        return storage_error("Failed to write the state journal", "writing the journal", self.path, fault)


def _begin_record(state: State) -> Record:
    return Record(
        do="begin", format=FORMAT, lineage=state.lineage, serial=state.serial, terraform_version=TERRAFORM_VERSION
    )


def _intent_record(intent: Intent) -> Record:
    return Record(
        do="intent",
        number=intent.number,
        address=str(intent.address),
        provider=intent.provider,
        since=intent.since.isoformat(),
        object=object_fields(intent.planned),
    )
