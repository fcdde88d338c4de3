"""The providers of one run: which one a resource belongs to, its schemas, and its configured instances."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from constructs_ims.backend.engine.configuration import Configuration, ProviderKey
from constructs_ims.backend.engine.lang.addresses import Mode, ResourceAddress
from constructs_ims.backend.engine.lang.provider_addresses import ProviderAddress
from constructs_ims.backend.engine.stack.demands.demand import Demand
from constructs_ims.backend.engine.stack.providers.builtin import (
    BUILTIN_SOURCE,
    BuiltinProvider,
    RemoteState,
    no_remote_state,
)
from constructs_ims.backend.engine.stack.providers.port import Described, Provider
from constructs_ims.backend.engine.stack.providers.shapes import ShapeBook
from constructs_ims.backend.engine.stack.providers.simulate import SimulatedProvider
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error, warning

ProviderFactory: TypeAlias = Callable[[str], Provider | None]
"""Makes a provider of a source such as ``registry.terraform.io/huaweicloud/huaweicloud``; None when there is none."""
AskedOutputs: TypeAlias = Callable[[pathlib.Path], Mapping[str, Demand]]
"""Returns what other stacks ask of the outputs of the stack in a directory."""


def nothing_asked(directory: pathlib.Path) -> Mapping[str, Demand]:
    """Return nothing: there are no other stacks."""
    return {}


@dataclass
class ProviderPool:
    """Makes each provider once for each configuration of it, and simulates what nobody has.

    That is a whole provider, or single types of a provider that is here but lacks them.
    """

    factory: ProviderFactory
    shapes: ShapeBook
    simulate: bool
    remote_state: RemoteState = no_remote_state
    stack: str = ""
    """What the stack is called, which what is made up of simulated objects hangs on."""
    asked_outputs: AskedOutputs = nothing_asked
    made: dict[ProviderAddress, Provider] = field(default_factory=dict)
    stand_ins: dict[str, SimulatedProvider] = field(default_factory=dict)
    """What simulates the types that a provider lacks, by the provider's source."""

    def get(self, address: ProviderAddress) -> Provider:
        """Return the provider of a configuration, which takes the provider block."""
        provider = self.made.get(address)
        if provider is None:
            provider = self.made.setdefault(address, self._make(address))
        return provider

    def serving(self, address: ProviderAddress, resource: ResourceAddress) -> Provider:
        """Return who plans and makes a resource: its provider, or a stand-in when that has no such type."""
        provider = self.get(address)
        if address.source == BUILTIN_SOURCE or resource.type in schemas_of(provider, resource.mode):
            return provider
        stand_in = self.stand_ins.get(address.source)
        return stand_in or self.stand_ins.setdefault(address.source, self._simulated(address.source))

    def is_absent(self, address: ProviderAddress) -> bool:
        """Whether nobody has this provider, so that everything of it is simulated."""
        return isinstance(self.get(address), SimulatedProvider)

    def knows_settings(self, address: ProviderAddress) -> bool:
        """Whether the arguments of a provider's block are known: always but of some that are simulated."""
        provider = self.get(address)
        return not isinstance(provider, SimulatedProvider) or provider.knows_settings

    def is_simulated(self, address: ProviderAddress, resource: ResourceAddress) -> bool:
        """Whether nobody has the provider of a resource, or the provider has no such type."""
        return isinstance(self.serving(address, resource), SimulatedProvider)

    def schema(self, address: ProviderAddress, resource: ResourceAddress) -> Schema | None:
        """Return the schema of a resource; None when Terraform itself has no such type."""
        return schemas_of(self.serving(address, resource), resource.mode).get(resource.type)

    def stop(self) -> None:
        """Cut short whatever waits."""
        for provider in list(self.made.values()):
            provider.stop()

    def _make(self, address: ProviderAddress) -> Provider:
        if address.source == BUILTIN_SOURCE:
            return BuiltinProvider(self.remote_state, self.shapes)
        return self.factory(address.source) or self._simulated(address.source)

    def _simulated(self, source: str) -> SimulatedProvider:
        return SimulatedProvider(source, self.shapes, self.stack)


def schemas_of(provider: Described, mode: Mode) -> Mapping[str, Schema]:
    """Return the schemas of a provider's resources or data sources, by type."""
    return provider.resource_schemas if mode == "managed" else provider.data_source_schemas


def address_of(configuration: Configuration, key: ProviderKey) -> ProviderAddress:
    """Return the provider configuration that a local name and an alias stand for."""
    return ProviderAddress(configuration.source_of(key[0]), key[1])


def display_source(source: str) -> str:
    """Return a source as messages name it: without the host of the public registry."""
    return source.removeprefix("registry.terraform.io/")


def provider_not_simulated(source: str) -> Diagnostic:
    """Say that a provider is missing and simulation is off."""
    return error(
        "Provider not available",
        f"The provider {source} is not part of this package, and simulating it is switched off. {_WAY}; or set "
        "CONSTRUCTS_IMS_ENGINE=terraform to run the real Terraform.",
    )


def type_not_simulated(source: str, resource: ResourceAddress, known: Iterable[str]) -> Diagnostic:
    """Say that a provider lacks a type and simulation is off; ``known`` are the types that it has."""
    kind = "resource type" if resource.mode == "managed" else "data source"
    return error(
        f"{kind.capitalize()} not available",
        f'The provider {source} of this package has no {kind} "{resource.type}", and simulating it is switched off.'
        f"{did_you_mean(resource.type, known)} {_WAY}. The vendor's own provider has the real one.",
    )


_WAY: Final = (
    "To have it simulated, leave out what switches that off (CONSTRUCTS_IMS_SIMULATE=off, --no-simulation or "
    "simulate=False)"
)


def type_not_in_bindings(origin: str, resource: ResourceAddress) -> Diagnostic:
    """Warn of a type that the provider's bindings, of some origin, have not."""
    kind = "resource type" if resource.mode == "managed" else "data source"
    return warning(
        f"Unknown {kind}",
        f'{origin} has no {kind} "{resource.type}", so the types of its attributes follow from the stack\'s own use. '
        "Check the name, or the version of the bindings.",
    )


def perhaps_mistyped(source: str, resource: ResourceAddress, known: Iterable[str]) -> Diagnostic | None:
    """Warn when the name of a type that is simulated is almost that of one that the provider has."""
    guess = did_you_mean(resource.type, known, cutoff=_ALMOST)
    if not guess:
        return None
    kind = "resource type" if resource.mode == "managed" else "data source"
    return warning(
        f"Simulated {kind}",
        f'The provider {source} of this package has no {kind} "{resource.type}", so it is simulated.{guess}',
    )


_ALMOST: Final = 0.9
"""How alike two names are when one is a slip of the other: the provider's own names are less alike than that."""
