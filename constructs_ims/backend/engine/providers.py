"""The providers of one run: which one a resource belongs to, its schemas, and its configured instances."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from constructs_ims.backend.engine.addresses import ResourceAddress
from constructs_ims.backend.engine.builtin import BUILTIN_SOURCE, BuiltinProvider, RemoteState, no_remote_state
from constructs_ims.backend.engine.configuration import Configuration, ProviderKey
from constructs_ims.backend.engine.ports import Provider
from constructs_ims.backend.engine.simulate import ShapeBook, SimulatedProvider
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, error

ProviderFactory: TypeAlias = Callable[[str], Provider | None]
"""Makes a provider of a source such as ``registry.terraform.io/huaweicloud/huaweicloud``; None when there is none."""


@dataclass(frozen=True, slots=True)
class ProviderAddress:
    """A provider configuration, independent of a stack's local names."""

    source: str
    alias: str = ""

    def __str__(self) -> str:
        text = f'provider["{self.source}"]'
        return f"{text}.{self.alias}" if self.alias else text


_ADDRESS: Final = re.compile(r'provider\["([^"]+)"\](?:\.([\w-]+))?')


def parse_provider_address(text: str) -> ProviderAddress:
    """Read a provider address as a state spells it; ``ValueError`` when it is none."""
    found = _ADDRESS.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no provider address.")
    return ProviderAddress(found[1], found[2] or "")


@dataclass
class ProviderPool:
    """Makes each provider once for each configuration of it, simulating those that nobody has."""

    factory: ProviderFactory
    shapes: ShapeBook
    simulate: bool = True
    remote_state: RemoteState = no_remote_state
    made: dict[ProviderAddress, Provider] = field(default_factory=dict)

    def get(self, address: ProviderAddress) -> Provider:
        """Return the provider of a configuration."""
        provider = self.made.get(address)
        if provider is None:
            provider = self.made.setdefault(address, self._make(address))
        return provider

    def is_simulated(self, address: ProviderAddress) -> bool:
        """Whether nobody has this provider."""
        return isinstance(self.get(address), SimulatedProvider)

    def schema(self, address: ProviderAddress, resource: ResourceAddress) -> Schema | None:
        """Return the schema of a resource; None when the provider has no such type."""
        provider = self.get(address)
        schemas: Mapping[str, Schema] = (
            provider.resource_schemas if resource.mode == "managed" else provider.data_source_schemas
        )
        return schemas.get(resource.type)

    def stop(self) -> None:
        """Cut short whatever waits."""
        for provider in list(self.made.values()):
            provider.stop()

    def _make(self, address: ProviderAddress) -> Provider:
        if address.source == BUILTIN_SOURCE:
            return BuiltinProvider(self.remote_state)
        return self.factory(address.source) or SimulatedProvider(address.source, self.shapes)


def address_of(configuration: Configuration, key: ProviderKey) -> ProviderAddress:
    """Return the provider configuration that a local name and an alias stand for."""
    return ProviderAddress(configuration.source_of(key[0]), key[1])


def not_simulated(source: str) -> Diagnostic:
    """Say that a provider is missing and simulation is off."""
    return error(
        "Provider not available",
        f"The provider {source} is not part of this package, and simulating providers is switched off. Switch it on, "
        "or set CONSTRUCTS_IMS_ENGINE=terraform to run the real Terraform.",
    )
