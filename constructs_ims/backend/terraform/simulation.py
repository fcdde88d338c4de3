"""Which providers can be simulated for the real Terraform, and the mirror that they are taken from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constructs_ims.backend.engine.configuration import Configuration
from constructs_ims.backend.engine.lang.addresses import Mode, ResourceAddress
from constructs_ims.backend.engine.lang.provider_addresses import parse_provider_address
from constructs_ims.backend.engine.stack.providers.said import MOCKS, SaidValues
from constructs_ims.backend.engine.stack.providers.shapes import TypeSource
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.sandbox.directory import write_private
from constructs_ims.backend.terraform.local_modules import NOTHING_USED, UsedInModules
from constructs_ims.backend.terraform.mirror import offline_installation, target_platform, write_launcher
from constructs_ims.backend.terraform.versions import VersionError, fitting_version
from constructs_ims.schema.attribute import Attribute, Block, Schema
from constructs_ims.schema.types import DYNAMIC

_MODULE = "constructs_ims.backend.terraform.simulated_provider"


@dataclass(frozen=True, slots=True)
class Simulation:
    """A provider to be simulated: its address, a version that fits the stack, and the document of its schemas."""

    source: str
    version: str
    document: dict[str, Any]

    def to_json(self) -> list[Any]:
        """Return all that decides what is installed, as plain data."""
        return [self.source, self.version, self.document]

    def lay(self, mirror: Path) -> None:
        """Lay the provider into a mirror, as an executable and the document that it reads."""
        name = self.source.rpartition("/")[2]
        place = mirror / self.source / self.version / target_platform()
        place.mkdir(parents=True, exist_ok=True)
        document = place / "schemas.json"
        write_private(document, json.dumps(self.document))
        executable = place / f"terraform-provider-{name}_v{self.version}"
        write_launcher(executable, _MODULE, self.source, str(document))


def simulations(
    sources: Iterable[str],
    configuration: Configuration,
    state: State,
    types: TypeSource,
    said: SaidValues,
    inside: UsedInModules = NOTHING_USED,
) -> Iterator[Simulation]:
    """Yield what can be simulated of some providers: those of which the stack uses types, and all are known.

    Of what is ``said``, that of whole types goes along; ``inside`` is what local modules use.
    """
    for source in sources:
        wanted: set[tuple[Mode, str]] = {(one.mode, one.type) for one in _used(source, configuration, state)}
        wanted |= {(mode, type_name) for one, mode, type_name in inside.kinds if one == source}
        known = types.schemas(source, wanted)
        if not wanted or wanted - known.keys() or any(map(_has_open_types, known.values())):
            continue
        try:
            version = fitting_version(_constraints(source, configuration, inside))
        except VersionError:
            continue
        managed = {name: schema.to_json() for (mode, name), schema in known.items() if mode == "managed"}
        data = {name: schema.to_json() for (mode, name), schema in known.items() if mode == "data"}
        provider = _provider_schema(source, configuration).to_json()
        document: dict[str, Any] = {
            "provider": provider,
            "resource_schemas": managed,
            "data_source_schemas": data,
            "said": {
                name: {key[1]: said.mocks[key] for key in sorted(said.mocks.keys() & wanted) if key[0] == mode}
                for name, mode in MOCKS.items()
            },
        }
        yield Simulation(source, version, document)


def lay_simulated(simulated: Collection[Simulation], directory: Path, mirror: Path, others: Path | None) -> Path:
    """Lay providers into a mirror in ``directory``; return a configuration file of Terraform's that leads there.

    ``mirror`` is that of this package's provider, ``others`` that of the user, if any.
    """
    for one in simulated:
        one.lay(directory / "providers")
    addresses = [one.source for one in simulated]
    installation = offline_installation(mirror, others, (directory / "providers", addresses))
    path = directory / "terraform.rc"
    write_private(path, f"disable_checkpoint = true\n\n{installation}")
    return path


def _used(source: str, configuration: Configuration, state: State) -> Iterator[ResourceAddress]:
    for address, resource in configuration.resources.items():
        if configuration.source_of(resource.provider[0]) == source:
            yield address
    for address, stored in state.resources.items():
        if parse_provider_address(stored.provider).source == source:
            yield address


def _constraints(source: str, configuration: Configuration, inside: UsedInModules) -> list[str]:
    required = [(one.source, one.version) for one in configuration.required_providers.values()]
    return sorted({version for one, version in (*required, *inside.constraints) if one == source and version})


def _has_open_types(schema: Schema) -> bool:
    """Whether a value can be of any type, which would have to be told over the wire."""
    return '"dynamic"' in json.dumps(schema.to_json())


def _provider_schema(source: str, configuration: Configuration) -> Schema:
    """Return a provider block that takes whatever the stack's blocks of the provider set."""
    blocks = (one for (name, _), one in configuration.providers.items() if configuration.source_of(name) == source)
    names = sorted({name for block in blocks for name in block.body.values if name != "//"})
    attributes = tuple(Attribute(name, DYNAMIC, "", "the stack's own use", optional=True) for name in names)
    return Schema(source.rpartition("/")[2], Block(attributes))
