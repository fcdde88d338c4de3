"""Adoption: finding what an interrupted run created without having time to write it down.

Each creation has an id of its own, which stands in the journal before the request is sent and goes with it, and which
the local service keeps with what it creates. What the service holds under that id is what the run created; likeness
counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.state.journal import Journal
from constructs_ims.backend.engine.state.journal_records import Intent, Placement, id_of
from constructs_ims.backend.engine.state.model import DEPOSED_KEY_LENGTH, ObjectState, State
from constructs_ims.schema.diagnostics import Diagnostic, has_errors, warning
from constructs_ims.schema.operations import ApplyResult, ImportedResource, ImportResult, Object


@runtime_checkable
class MarksCreated(Protocol):
    """A provider whose service keeps the id of a creation with what it creates."""

    def create_marked(self, type_name: str, planned: Object, private: bytes, creation_id: str) -> ApplyResult:
        """Create ``planned`` as ``apply_resource`` does, under an id that no other creation has."""


@runtime_checkable
class FindsCreated(Protocol):
    """A provider that can look for an object whose creation was not seen to end."""

    def find_created(self, type_name: str, planned: Object, creation_id: str) -> ImportResult:
        """Return the object that was created under ``creation_id``, if any.

        ``planned`` lacks what was unknown then. Never raises for what a service did.
        """


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of an intent: the object that was taken on, None when nothing had been created."""

    intent: Intent
    adopted: ObjectState | None


def adopt(
    state: State,
    intents: Iterable[Intent],
    provider_of: Callable[[str], object | None],
    journal: Journal,
    owned_elsewhere: Collection[object] = (),
) -> tuple[list[Adoption], list[Diagnostic]]:
    """Take lost objects into ``state`` and the journal; what is returned tells of each and of what stays open.

    ``owned_elsewhere`` are the ids of objects that other states hold, as by an import since; these are left to them.
    An intent whose provider cannot look stays open with a warning, one whose provider failed to look with errors.
    """
    owned = {id_of(obj) for _, _, obj in state.objects()} | set(owned_elsewhere)
    seeker = _Seeker(state, provider_of, journal, owned)
    for intent in intents:
        seeker.seek(intent)
    return seeker.adoptions, seeker.diagnostics


class _Seeker:
    def __init__(
        self, state: State, provider_of: Callable[[str], object | None], journal: Journal, taken: set[object]
    ) -> None:
        self.state, self.provider_of, self.journal, self.taken = state, provider_of, journal, taken
        self.adoptions: list[Adoption] = []
        self.diagnostics: list[Diagnostic] = []

    def seek(self, intent: Intent) -> None:
        provider = self.provider_of(intent.provider)
        if not isinstance(provider, FindsCreated):
            self.diagnostics.append(_cannot_look(intent.address))
            return
        type_name = intent.address.resource.type
        result = provider.find_created(type_name, dict(intent.planned.attributes), intent.creation_id)
        self.diagnostics += (one.at(address=str(intent.address)) for one in result.diagnostics)
        if has_errors(result.diagnostics):
            return
        found = next((one for one in result.resources if one.state.get("id") not in self.taken), None)
        self._settle(intent, found)

    def _settle(self, intent: Intent, found: ImportedResource | None) -> None:
        if found is None:
            self.journal.settle(intent)
            self.adoptions.append(Adoption(intent, None))
            return
        adopted = replace(intent.planned, attributes=found.state, private=found.private)
        self.taken.add(found.state.get("id"))
        self._place(intent, adopted)
        self.adoptions.append(Adoption(intent, adopted))
        self.diagnostics.append(_found(intent.address, found))

    def _place(self, intent: Intent, adopted: ObjectState) -> None:
        """Put the object where it was meant to be, or beside what stands there by now, to be destroyed."""
        deposed = intent.creation_id[:DEPOSED_KEY_LENGTH] if self.state.current(intent.address) else None
        placement = Placement(intent.address, intent.provider, adopted, deposed)
        placement.apply_to(self.state)
        self.journal.record(placement, settles=intent)


def _found(address: InstanceAddress, found: ImportedResource) -> Diagnostic:
    detail = (
        f"An interrupted run was creating {address} and had no time to write it down. The object that it created, "
        f'with the id "{found.state.get("id")}", has been taken into the state.'
    )
    return warning("Unfinished creation found", detail).at(address=str(address))


def _cannot_look(address: InstanceAddress) -> Diagnostic:
    detail = (
        f"An interrupted run was creating {address}, and its provider cannot look for what came of it. The object may "
        "exist without being in the state."
    )
    return warning("Unfinished creation", detail).at(address=str(address))
