"""What the parts of one plan or apply share: what they start from, and what they have found so far."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from constructs_ims.backend.engine.configuration import Configuration, Place
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.lang.provider_addresses import ProviderAddress, parse_provider_address
from constructs_ims.backend.engine.plans.changes import OutputChange, ResourceChange, SimulatedModule
from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.plans.options import PlanOptions
from constructs_ims.backend.engine.stack.evaluate.conditions import CheckKind, together
from constructs_ims.backend.engine.stack.evaluate.sensitive import MarkedObject, without_sensitive
from constructs_ims.backend.engine.stack.evaluate.stack_values import Values
from constructs_ims.backend.engine.stack.providers.port import Addressed, Provider
from constructs_ims.backend.engine.stack.run.cancellation import Cancellation
from constructs_ims.backend.engine.stack.simulation_hints import with_hint
from constructs_ims.backend.engine.stack.stack import PreparedStack
from constructs_ims.backend.engine.state.model import CheckObjectResult, ObjectState, State
from constructs_ims.backend.engine.state.stored import decode_object, misfit
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, Severity, error, has_errors
from constructs_ims.schema.operations import Object
from constructs_ims.schema.types import Type, friendly_name


@dataclass
class RunResults:
    """What a run has found so far; its threads read and write it under ``lock``."""

    state: State
    """The state as the refresh finds it."""
    changes: dict[ResourceAddress, list[ResourceChange]] = field(default_factory=dict)
    outputs: dict[str, OutputChange] = field(default_factory=dict)
    modules: dict[str, SimulatedModule] = field(default_factory=dict)
    checks: dict[tuple[CheckKind, str], dict[str, CheckObjectResult]] = field(default_factory=dict)
    """The conditions of every block, by the address of the object that they were judged for."""
    instances: dict[ResourceAddress, frozenset[InstanceAddress]] = field(default_factory=dict)
    """The instances that configured resources have, targeted or not."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    configured: set[object] = field(default_factory=set)
    """Provider configurations that are done, for a run that goes on where another ended."""
    configurations: list[MarkedObject] = field(default_factory=list)
    """What providers are configured with, which they may speak of wherever they are asked of an object."""
    halted: bool = False
    """Whether a cancellation left anything undone."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add_change(self, change: ResourceChange) -> None:
        """Note what becomes of an object."""
        with self.lock:
            self.changes.setdefault(change.address.resource, []).append(change)

    def add_check(self, kind: CheckKind, address: str, result: CheckObjectResult) -> None:
        """Note conditions of one object, beside those that were noted before."""
        with self.lock:
            objects = self.checks.setdefault((kind, address), {})
            earlier = objects.get(result.address)
            objects[result.address] = together([earlier, result] if earlier else [result])

    def set_current(self, address: InstanceAddress, provider: ProviderAddress, stored: ObjectState | None) -> None:
        """Record what the refresh found."""
        with self.lock:
            self.state.set_current(address, str(provider), stored)


@dataclass(frozen=True)
class PlanRun:
    """What a plan or an apply starts from, and its ``results``, which alone change."""

    stack: PreparedStack
    values: Values
    options: PlanOptions
    observer: Observer
    previous: State
    """The state as stored, with moves carried out."""
    results: RunResults
    moves: Mapping[InstanceAddress, InstanceAddress] = field(default_factory=dict)
    """From present addresses to previous ones."""
    forgotten: frozenset[ResourceAddress] = frozenset()
    """Resources whose objects are to be let go of, not destroyed."""
    targets: tuple[InstanceAddress, ...] = ()
    replace: frozenset[InstanceAddress] = frozenset()
    created_first: frozenset[ResourceAddress] = frozenset()
    """Resources whose replacements are made before the old objects go, as far as the targets let that spread."""
    is_rehearsal: bool = False
    """Whether this run only finds out, before a destroy, what is there; its decisions are not told to anyone."""
    cancellation: Cancellation = field(default_factory=Cancellation)

    @property
    def configuration(self) -> Configuration:
        """The stack's configuration."""
        return self.stack.configuration

    @property
    def severity_of_conditions(self) -> Severity:
        """How bad a condition is that fails: of it the plan of a mere refresh only warns."""
        is_refresh = self.options.mode == "refresh-only" and not self.values.functions.applying
        return Severity.WARNING if is_refresh else Severity.ERROR

    def may_begin(self) -> bool:
        """Tell whether work on another object may begin, and note it when the interrupt forbids that."""
        if self.cancellation.is_set():
            self.results.halted = True
        return not self.results.halted

    def report(
        self,
        found: Iterable[Diagnostic],
        place: Place | None = None,
        address: str | None = None,
        *,
        within: ResourceAddress | None = None,
    ) -> bool:
        """Note diagnostics with their object and place; tell whether none of them is an error.

        ``within`` is the resource whose expressions they are of, where no ``address`` is shown with them.
        """
        located = [with_hint(self.stack, self._located(one, place, address), within) for one in found]
        if located:
            with self.results.lock:
                self.results.diagnostics += located
                for one in located:
                    self.observer.diagnosed(one)
        return not has_errors(located)

    def report_on(self, found: Iterable[Diagnostic], address: InstanceAddress) -> bool:
        """Note what a provider says of an object, at the argument that it is about; tell whether there is no error."""
        body = self.stack.bodies.get(address.resource)
        hidden = without_sensitive(found, *self.results.configurations)
        located = (body.locate(one, self.configuration) if body else one for one in hidden)
        return self.report(located, address=str(address))

    def _located(self, diagnostic: Diagnostic, place: Place | None, address: str | None) -> Diagnostic:
        if place is None:
            return diagnostic.at(address=address)
        return self.configuration.locate(diagnostic, place, address)

    def add_change(self, change: ResourceChange) -> None:
        """Note what becomes of an object, and tell it unless this is a rehearsal."""
        with self.results.lock:
            self.results.add_change(change)
            if not self.is_rehearsal:
                self.observer.change_planned(change)

    def provider_of(self, address: ResourceAddress) -> ProviderAddress:
        """Return the provider configuration of a resource: the configuration's word, else the state's."""
        found = self.stack.providers.get(address)
        if found is None:
            stored = self.results.state.resources.get(address) or self.previous.resources[address]
            found = parse_provider_address(stored.provider)
        return found

    def provider(self, address: InstanceAddress, stored: ObjectState | None = None) -> Provider:
        """Return the provider of an object, which is told the address and what is ``stored`` where it asks for that."""
        provider = self.stack.pool.serving(self.provider_of(address.resource), address.resource)
        if not isinstance(provider, Addressed):
            return provider
        return provider.for_object(str(address), stored.private if stored else b"", stored.attributes if stored else {})

    def is_simulated(self, address: ResourceAddress) -> bool:
        """Whether no provider stands behind a resource."""
        return self.stack.pool.is_simulated(self.provider_of(address), address)

    def schema(self, address: ResourceAddress) -> Schema | None:
        """Return the schema of a resource, None when its provider has no such type."""
        return self.stack.schemas.get(address) or self.stack.pool.schema(self.provider_of(address), address)

    def is_targeted(self, address: InstanceAddress) -> bool:
        """Whether an instance is within the targets, as far as those name instances of its resource."""
        keyed = [target for target in self.targets if target.resource == address.resource]
        return not keyed or any(target.covers(address) for target in keyed)

    def object_of(self, address: InstanceAddress, schema: Schema, stored: ObjectState) -> Object | None:
        """Return a stored object under the present schema; None after noting why that cannot be."""
        if stored.flat_attributes is not None:
            self.report([_too_old(address)], address=str(address))
            return None
        attributes, provider = dict(stored.attributes), self.provider(address, stored)
        expected = len(schema.block.attributes) + len(schema.block.blocks)
        if (
            not isinstance(provider, Addressed)
            and stored.schema_version == schema.version
            and len(attributes) == expected
            and schema.block.by_name.keys() <= attributes.keys()
        ):
            return self._decoded(address, schema, attributes)
        if stored.schema_version > schema.version and not self.is_simulated(address.resource):
            self.report([_too_new(address, schema, stored)], address=str(address))
            return None
        upgraded, found = provider.upgrade_resource(address.resource.type, stored.schema_version, attributes)
        hidden = without_sensitive(found, (attributes, stored.sensitive_paths))
        if not self.report(hidden, address=str(address)) or upgraded is None:
            return None
        return self._decoded(address, schema, upgraded)

    def _decoded(self, address: InstanceAddress, schema: Schema, attributes: Mapping[str, Any]) -> Object | None:
        name = None if self.is_simulated(address.resource) else misfit(schema, attributes)
        if name is None:
            return decode_object(schema, attributes)
        self.report([_misfit(address, name, schema.block.type.attributes[name])], address=str(address))
        return None


def _misfit(address: InstanceAddress, name: str, type_: Type) -> Diagnostic:
    detail = (
        f"The state holds a value for {name} of {address} that is no {friendly_name(type_)}. Put the state of before "
        "back, or take the object out of the state and import it."
    )
    return error("Invalid value in state", detail)


def _too_old(address: InstanceAddress) -> Diagnostic:
    detail = (
        f"The state of {address} is in the form of Terraform 0.11, which this engine keeps and does not read. Let the "
        "real Terraform upgrade it with an apply, for which CONSTRUCTS_IMS_ENGINE=terraform runs it here."
    )
    return error("Outdated object in state", detail)


def _too_new(address: InstanceAddress, schema: Schema, stored: ObjectState) -> Diagnostic:
    return error(
        "Resource instance managed by newer provider version",
        f"The current state of {address} was created by a newer provider version than is currently selected: its "
        f"schema has version {stored.schema_version}, and this provider's has version {schema.version}.",
    )


def id_of(value: Object | None) -> str:
    """Return the ``id`` of an object for messages, "" where it has none."""
    id = value.get("id") if value else None
    return id if isinstance(id, str) else ""
