"""The records of the journal beside a state: what was begun and what was finished since the state file was written.

Each line is a checksum and a JSON record, appended and synced before its writer goes on; writers that come together
share one sync. A record is one of

- ``begin``: the state that the journal continues, by lineage and serial; always the first line
- ``intent``: an object is about to be created at an address, under a creation id that the service keeps with it
- ``change``: what stands at one or more places now, or nothing; settles the intent it names. All that changes together,
  as when an object is deposed, is one record
- ``settle``: nothing came of an intent
- ``module``: what outputs the instances of a simulated module call have now

so that after a crash at any moment the next run knows every finished object, and by which creation id to look for an
unfinished one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, Key, parse_address
from constructs_ims.backend.engine.lang.json_text import Record, from_json, to_compact
from constructs_ims.backend.engine.state.model import DEPOSED_KEY_LENGTH, ModuleOutputs, ObjectState, State
from constructs_ims.backend.engine.state.module_record import instance_fields, read_instances
from constructs_ims.backend.engine.state.records import object_fields, provider_address, read_object, typed_field
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.versions import TERRAFORM_VERSION

FORMAT: Final = 2


@dataclass(frozen=True, slots=True)
class Intent:
    """A creation that was begun, and that nothing is known of since.

    ``creation_id`` goes with the request of the creation, and the service can be asked for what was created under it.
    ``planned`` is the object as planned without what was unknown then.
    """

    creation_id: str
    address: InstanceAddress
    provider: str
    planned: ObjectState


@dataclass(frozen=True, slots=True)
class Placement:
    """What stands at ``address`` now, as the current object or the one ``deposed``; ``obj`` None is nothing."""

    address: InstanceAddress
    provider: str
    obj: ObjectState | None
    deposed: str | None = None

    def apply_to(self, state: State) -> None:
        """Make it so in ``state``."""
        if self.deposed:
            state.set_deposed(self.address, self.deposed, self.provider, self.obj)
        else:
            state.set_current(self.address, self.provider, self.obj)

    def replaced(self, state: State) -> ObjectState | None:
        """Return the object that stands there in ``state``."""
        return state.deposed(self.address).get(self.deposed) if self.deposed else state.current(self.address)


@dataclass(slots=True)
class JournalContent:
    """What a journal says: the state it continues, its records in order, and how many lines were unreadable.

    A torn last line, which a crash may leave, does not count. Of another format, nothing else is known.
    """

    format: int = FORMAT
    lineage: str = ""
    serial: int = 0
    records: Sequence[Mapping[str, Any]] = ()
    damaged: int = 0


def read_journal(content: bytes) -> JournalContent | None:
    """Read a journal; None when the file is empty or not there."""
    lines = content.split(b"\n")
    records = [_read_line(line) for line in lines if line]
    torn = bool(records) and records[-1] is None
    if not records:
        return None
    known = [record for record in records if record is not None]
    begin, damaged = records[0], len(records) - len(known) - torn
    match begin:
        case {"do": "begin", "format": int(format)} if format != FORMAT:
            return JournalContent(format)
        case {"do": "begin", "lineage": str(lineage), "serial": int(serial)}:
            return JournalContent(FORMAT, lineage, serial, known[1:], damaged)
        case _:
            return JournalContent(damaged=len(records))


def _read_line(line: bytes) -> dict[str, Any] | None:
    checksum, _, payload = line.partition(b" ")
    if checksum != _checksum(payload):
        return None
    try:
        record = from_json(payload)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _checksum(payload: bytes) -> bytes:
    return b"%08x" % zlib.crc32(payload)


def write_line(record: Record) -> bytes:
    """Write a record with its checksum, as one line."""
    payload = to_compact(record).encode()
    return b"%s %s\n" % (_checksum(payload), payload)


def replay(state: State, content: JournalContent) -> tuple[State, tuple[Intent, ...], list[Diagnostic]]:
    """Apply a journal to the state it continues: the state as it is now, the open intents, and what was odd.

    Replaying again what a state already holds changes nothing. When another program has written the state since, its
    word counts, and an object that it does not know is kept as a deposed one, so that nothing is lost.
    """
    if content.format != FORMAT:
        return state, (), [_of_another_release(content.format)]
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


def _of_another_release(format: int) -> Diagnostic:
    detail = (
        f"The state journal is in format {format}, and this release reads format {FORMAT}. Let the release that wrote "
        "it finish the run that was interrupted."
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
    if unreadable := content.damaged + player.unreadable:
        detail = f"{unreadable} records of the state journal are unreadable and were left out; the next refresh"
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
    intents: dict[str, Intent] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    unreadable: int = 0

    def play(self, record: Mapping[str, Any]) -> None:
        """Apply one record; one that says nothing that can be done is counted and passed over as a whole."""
        try:
            self._play(record)
        except (KeyError, ValueError, TypeError, AttributeError):
            self.unreadable += 1

    def _play(self, record: Mapping[str, Any]) -> None:
        match record:
            case {"do": "intent"}:
                intent = _read_intent(record)
                self.intents[intent.creation_id] = intent
            case {"do": "settle", "creation_id": str(creation_id)}:
                self.intents.pop(creation_id, None)
            case {"do": "module", "module": str(name), "instances": list(instances)}:
                self.state.modules[name] = read_instances(instances)
            case {"do": "change", "places": list(places)}:
                self._change([(_read_placement(fields), fields.get("was")) for fields in places])
                self.intents.pop(typed_field(record, "settles", str, ""), None)
            case _:
                raise ValueError("not a record of a journal")

    def _change(self, changes: Sequence[tuple[Placement, Any]]) -> None:
        if not self.was_overtaken:
            for placement, _ in changes:
                placement.apply_to(self.state)
            return
        placed = [id_of(placement.obj) for placement, _ in changes if placement.obj]
        for placement, was in changes:
            if placement.obj is not None:
                self._merge(placement.address, placement.provider, placement.obj)
            elif was not in placed:  # an object that only changed its place is still there
                self._remove(placement.address, placement.provider, was)

    def _merge(self, address: InstanceAddress, provider: str, obj: ObjectState) -> None:
        instance = self.state.instance(address)
        known = [] if instance is None else [instance.current, *instance.deposed.values()]
        ids = {id_of(other) for other in known if other}
        if instance is None or instance.current is None:
            if id_of(obj) not in ids:
                self.state.set_current(address, provider, obj)
        elif id_of(obj) not in ids:
            self.kept.append(f"{address} ({id_of(obj)})")
            self.state.set_deposed(address, f"{zlib.crc32(str(id_of(obj)).encode()):08x}", provider, obj)

    def _remove(self, address: InstanceAddress, provider: str, was: Any) -> None:
        current = self.state.current(address)
        if current is not None and id_of(current) == was:
            self.state.set_current(address, provider, None)
        for key, obj in list(self.state.deposed(address).items()):
            if id_of(obj) == was:
                self.state.set_deposed(address, key, provider, None)


def id_of(obj: ObjectState | None) -> str | None:
    """Return the id that the service gave an object; None where a state has something else in its place."""
    id = obj.attributes.get("id") if obj else None
    return id if isinstance(id, str) else None


def _read_intent(record: Mapping[str, Any]) -> Intent:
    creation_id, address, provider = (
        record["creation_id"],
        record["address"],
        provider_address("an intent", record["provider"]),
    )
    if not (isinstance(creation_id, str) and creation_id):
        raise ValueError("not an intent")
    return Intent(creation_id, parse_address(address), provider, read_object(record["object"], address))


def _read_placement(fields: Mapping[str, Any]) -> Placement:
    address, deposed = parse_address(fields["address"]), typed_field(fields, "deposed", str, "")
    if deposed and len(deposed) != DEPOSED_KEY_LENGTH:
        raise ValueError("not a key of a deposed object")
    obj = read_object(fields["object"], fields["address"]) if fields["object"] is not None else None
    return Placement(address, provider_address(address, fields["provider"]), obj, deposed or None)


def begin_record(state: State) -> Record:
    """Make the first record of a journal that continues ``state``."""
    return Record(
        do="begin", format=FORMAT, lineage=state.lineage, serial=state.serial, terraform_version=TERRAFORM_VERSION
    )


def intent_record(intent: Intent) -> Record:
    """Make the record of a creation that begins."""
    return Record(
        do="intent",
        creation_id=intent.creation_id,
        address=str(intent.address),
        provider=intent.provider,
        object=object_fields(intent.planned),
    )


def settle_record(creation_id: str) -> Record:
    """Make the record that says that nothing came of an intent."""
    return Record(do="settle", creation_id=creation_id)


def module_record(name: str, outputs: Mapping[Key, ModuleOutputs]) -> Record:
    """Make the record of the outputs of a module call."""
    return Record(do="module", module=name, instances=instance_fields(outputs))


def change_record(placements: Iterable[Placement], state: State, settles: str | None) -> Record:
    """Make the record of places that change together; ``state`` is what they change."""
    record = Record(do="change", places=[_placement_fields(placement, state) for placement in placements])
    if settles:
        record["settles"] = settles
    return record


def _placement_fields(placement: Placement, state: State) -> Record:
    fields = Record(address=str(placement.address), provider=placement.provider)
    if placement.deposed:
        fields["deposed"] = placement.deposed
    if placement.obj is None:
        fields["was"] = id_of(placement.replaced(state))
    fields["object"] = object_fields(placement.obj) if placement.obj else None
    return fields
