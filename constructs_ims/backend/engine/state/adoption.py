"""Adoption: finding what an interrupted run created without having time to write it down.

The service has no token that would make a creation repeatable, so a found object counts as the lost one when its
provider says that it matches the plan and was created since, and no state knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

from constructs_ims.backend.engine.addresses import InstanceAddress
from constructs_ims.backend.engine.state.journal import Journal
from constructs_ims.backend.engine.state.journal_records import Intent
from constructs_ims.backend.engine.state.model import ObjectState, State
from constructs_ims.schema.diagnostics import Diagnostic, has_errors, warning
from constructs_ims.schema.operations import ImportedResource, ImportResult, Object


@runtime_checkable
class Finding(Protocol):
    """A provider that can look for objects whose creation was not seen to end."""

    def find_created(self, type_name: str, planned: Object, since: datetime) -> ImportResult:
        """Return the objects, oldest first, that were created at ``since`` or later and agree with ``planned``.

        ``planned`` lacks what was unknown then; times of the service may be cut to whole seconds. Never raises for what
        a service did.
        """


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of an intent: the object that was taken on, None when nothing had been created."""

    intent: Intent
    adopted: ObjectState | None


def adopt(
    state: State, intents: Iterable[Intent], provider_of: Callable[[str], object | None], journal: Journal
) -> tuple[list[Adoption], list[Diagnostic]]:
    """Take lost objects into ``state`` and the journal; what is returned tells of each and of what stays open.

    An intent whose provider cannot look stays open with a warning, one whose provider failed to look with errors.
    """
    seeker = _Seeker(state, provider_of, journal, {_id_of(obj) for _, _, obj in state.objects()})
    for intent in sorted(intents, key=lambda intent: (intent.since, intent.number)):
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
        if not isinstance(provider, Finding):
            self.diagnostics.append(_cannot_look(intent.address))
            return
        type_name = intent.address.resource.type
        result = provider.find_created(type_name, dict(intent.planned.attributes), intent.since)
        self.diagnostics += (one.at(address=str(intent.address)) for one in result.diagnostics)
        if has_errors(result.diagnostics):
            return
        found = next((one for one in result.resources if one.state.get("id") not in self.taken), None)
        self._settle(intent, found)

    def _settle(self, intent: Intent, found: ImportedResource | None) -> None:
        if found is None:
            self.journal.settle(intent.number)
            self.adoptions.append(Adoption(intent, None))
            return
        adopted = replace(intent.planned, attributes=found.state, private=found.private)
        self.taken.add(found.state.get("id"))
        self._place(intent, adopted)
        self.adoptions.append(Adoption(intent, adopted))
        self.diagnostics.append(_found(intent.address, found))

    def _place(self, intent: Intent, adopted: ObjectState) -> None:
        """Put the object where it was meant to be, or beside what stands there by now, to be destroyed."""
        deposed = None
        if self.state.current(intent.address) is None:
            self.state.set_current(intent.address, intent.provider, adopted)
        else:
            deposed = f"{intent.number:08x}"
            self.state.set_deposed(intent.address, deposed, intent.provider, adopted)
        self.journal.record(intent.address, intent.provider, adopted, deposed=deposed, settles=intent.number)


def _id_of(obj: ObjectState) -> object:
    return obj.attributes.get("id")


def _found(address: InstanceAddress, found: ImportedResource) -> Diagnostic:
    detail = (
        f"An interrupted run was creating {address} and had no time to write it down. The object that agrees with what "
        f'was planned, with the id "{found.state.get("id")}", has been taken into the state.'
    )
    return warning("Unfinished creation found", detail).at(address=str(address))


def _cannot_look(address: InstanceAddress) -> Diagnostic:
    detail = (
        f"An interrupted run was creating {address}, and its provider cannot look for what came of it. The object may "
        "exist without being in the state."
    )
    return warning("Unfinished creation", detail).at(address=str(address))
