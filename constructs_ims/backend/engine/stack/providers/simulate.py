"""Providers that nobody has here, simulated: objects are what their configuration says, the rest is made up.

Whatever only a cloud could tell is unknown until apply, then made up of the stack and the address that the object is
made under, and kept with the object. What is asked for later is filled in as if it had been there from the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from constructs_ims.backend.engine.lang.addresses import Mode
from constructs_ims.backend.engine.stack.demands.demand import ANYTHING
from constructs_ims.backend.engine.stack.evaluate.bodies import empty_object
from constructs_ims.backend.engine.stack.providers.completion import Spot, adapted, alike, completed, given
from constructs_ims.backend.engine.stack.providers.made_up import filled, grown, made_up
from constructs_ims.backend.engine.stack.providers.memory import Memory, Names
from constructs_ims.backend.engine.stack.providers.port import Addressed
from constructs_ims.backend.engine.stack.providers.said import MISSING
from constructs_ims.backend.engine.stack.providers.shapes import Kind, ShapeBook
from constructs_ims.backend.engine.stack.providers.state_only import StateOnly
from constructs_ims.schema.attribute import Attribute, Block, Schema
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.operations import (
    ApplyResult,
    ImportedResource,
    ImportResult,
    Object,
    PlanResult,
    ReadResult,
)
from constructs_ims.schema.values import Unknown


class Schemas(Mapping[str, Schema]):
    """The schemas of every type that the stack uses, and of any other that is asked for."""

    def __init__(self, source: str, mode: Mode, shapes: ShapeBook) -> None:
        self._source, self._shapes = source, shapes
        self._mode: Mode = mode
        self._made: dict[str, Schema] = {}

    def __getitem__(self, type_name: str) -> Schema:
        if type_name not in self._made:
            self._made[type_name] = self._shapes.schema((self._source, self._mode, type_name))
        return self._made[type_name]

    def __contains__(self, type_name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        kinds = dict.fromkeys((*self._shapes.bodies, *self._shapes.known))
        return iter([name for source, mode, name in kinds if (source, mode) == (self._source, self._mode)])

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass
class SimulatedProvider(StateOnly, Addressed):
    """A provider without a cloud behind it. Objects live in the state alone.

    ``source`` is the provider's, which names it in diagnostics. ``stack`` is the stack at work, and ``address`` the
    object, where it is handed one.
    """

    source: str
    shapes: ShapeBook
    stack: str = ""
    address: str = ""
    private: bytes = b""
    """What is remembered of the object at hand."""
    stored: Mapping[str, Any] = field(default_factory=dict)
    """The attributes of the object at hand, as the state has them."""
    schema: Schema = field(init=False)
    knows_settings: bool = field(init=False)
    """Whether the arguments of the provider's block are known."""
    resource_schemas: Mapping[str, Schema] = field(init=False)
    data_source_schemas: Mapping[str, Schema] = field(init=False)

    def __post_init__(self) -> None:
        found = self.shapes.types.provider_schema(self.source)
        self.schema = found or Schema(self.source.rpartition("/")[2], Block(()))
        self.knows_settings = found is not None
        self.resource_schemas = Schemas(self.source, "managed", self.shapes)
        self.data_source_schemas = Schemas(self.source, "data", self.shapes)

    def for_object(self, address: str, private: bytes, stored: Mapping[str, Any]) -> Self:
        """Return this provider as it is for one object."""
        bound = replace(self, address=address, private=private, stored=stored)
        bound.resource_schemas, bound.data_source_schemas = self.resource_schemas, self.data_source_schemas
        return bound

    def upgrade_resource(
        self, type_name: str, version: int, raw_state: Object
    ) -> tuple[Object | None, list[Diagnostic]]:
        """Return the object with the attributes that are known now; what was never made up before is made up."""
        schema, memory = self.resource_schemas[type_name], self._memory(raw_state)
        kind = self._kind("managed", type_name)

        def fill(spot: Spot, attribute: Attribute, value: Any) -> Any:
            asked = self.shapes.demand(self.address, spot.names) or ANYTHING
            said = self.shapes.said_value(self.address, spot, attribute)
            if said is not MISSING and (value is None or spot.names in memory.made_up):
                return said
            if value is None and self._is_wanted(kind, spot.names, memory):
                return made_up(attribute.type, spot.seed(memory.seed), asked)
            if spot.names in memory.made_up:
                return grown(value, attribute.type, spot.seed(memory.seed), asked)
            return value

        return completed(schema.block, adapted(schema.block, raw_state), fill), []

    def read_resource(self, type_name: str, state: Object, private: bytes) -> ReadResult:
        """Return the object as it is, and remember what was made up since it was stored."""
        block, kind = self.resource_schemas[type_name].block, self._kind("managed", type_name)
        memory = Memory.read(private, self.stored, self._new_seed)
        new: list[Names] = []

        def note(spot: Spot, attribute: Attribute, value: Any) -> Any:
            if value is None and state[spot.names[0]] is not None and self._is_wanted(kind, spot.names, memory):
                new.append(spot.names)
            return value

        completed(block, adapted(block, self.stored), note)
        return ReadResult(state, memory.with_made_up(new).write() if new else private)

    def plan_resource(
        self, type_name: str, prior: Object | None, config: Object | None, proposed: Object | None, private: bytes
    ) -> PlanResult:
        """Plan what is configured; computed attributes are unknown where no earlier value is there to keep."""
        if proposed is None or config is None:
            return PlanResult(None, private=private)
        memory, kind = Memory.read(private, prior or {}, self._new_seed), self._kind("managed", type_name)
        filled_in: list[Names] = []  # where no refresh has noted it

        def fill(spot: Spot, attribute: Attribute, value: Any) -> Any:
            wanted = self._is_wanted(kind, spot.names, memory)
            if value is None:
                is_said_null = self.shapes.said_value(self.address, spot, attribute) is None
                return Unknown if wanted and not is_said_null else None
            is_left_out = len(spot.names) == 1 and config[attribute.name] is None
            if is_left_out and wanted and prior and self.stored.get(attribute.name) is None:
                filled_in.append(spot.names)
            return None if is_left_out and not wanted else value

        planned = completed(self.resource_schemas[type_name].block, proposed, fill)
        remembered = memory.with_made_up(filled_in).write()
        return PlanResult(self._as_before(kind, prior, planned) if prior else planned, (), remembered)

    def _as_before(self, kind: Kind, prior: Object, planned: Object) -> Object:
        """Keep the form of what is the same but was a block when more of it was read."""
        return {
            name: prior[name]
            if self.shapes.is_inferred(kind)
            and self.shapes.demand(self.address, (name,)) is None
            and alike(prior[name], value)
            else value
            for name, value in planned.items()
        }

    def apply_resource(
        self, type_name: str, prior: Object | None, config: Object | None, planned: Object | None, private: bytes
    ) -> ApplyResult:
        """Make what is planned, making up what is unknown."""
        if planned is None:
            return ApplyResult(None)
        memory = Memory.read(private, prior or {}, self._new_seed)
        names_made_up: list[Names] = []
        made = self._made_up(type_name, planned, memory.seed, names_made_up)
        return ApplyResult(made, memory.with_made_up(names_made_up).write())

    def read_data_source(self, type_name: str, config: Object) -> ReadResult:
        """Return what is configured, making up the rest: the same for the same configuration.

        What was read of the same configuration before is kept, so that a stack may come to read more of it.
        """
        block = self.data_source_schemas[type_name].block
        seed = f"data.{type_name}{sorted(given(config).items(), key=lambda item: item[0])}"
        before = adapted(block, self.stored)
        is_same = self.stored and all(alike(before.get(name), value) for name, value in given(config).items())

        def fill(spot: Spot, attribute: Attribute, value: Any) -> Any:
            if value is not None or not attribute.computed:
                return value
            asked = self.shapes.demand(self.address, spot.names) or ANYTHING
            said = self.shapes.said_value(self.address, spot, attribute)
            if said is not MISSING:
                return said
            known = before.get(attribute.name) if is_same and len(spot.names) == 1 else None
            return grown(known, attribute.type, spot.seed(seed), asked)

        return ReadResult(completed(block, config, fill))

    def import_resource(self, type_name: str, id: str) -> ImportResult:
        """Make an object of that id."""
        made = {**empty_object(self.resource_schemas[type_name].block), "id": id}
        return ImportResult([ImportedResource(type_name, made)])

    @property
    def _new_seed(self) -> str:
        return f"{self.stack} {self.address}".strip()

    def _memory(self, attributes: Mapping[str, Any]) -> Memory:
        return Memory.read(self.private, attributes, self._new_seed)

    def _kind(self, mode: Mode, type_name: str) -> Kind:
        return self.source, mode, type_name

    def _is_wanted(self, kind: Kind, names: Names, memory: Memory) -> bool:
        """Whether an attribute that is not set has a value: each where the types are known, else each that is read."""
        if not self.shapes.is_inferred(kind) or names == ("id",):
            return True
        is_said = len(names) == 1 and names[0] in self.shapes.said.names(kind[1], kind[2])
        return is_said or names in memory.made_up or self.shapes.demand(self.address, names) is not None

    def _made_up(self, type_name: str, planned: Object, seed: str, made: list[Names]) -> Object:
        def fill(spot: Spot, attribute: Attribute, value: Any) -> Any:
            asked = self.shapes.demand(self.address, spot.names) or ANYTHING
            if value is Unknown:
                made.append(spot.names)
                said = self.shapes.said_value(self.address, spot, attribute)
                if said is not MISSING:
                    return said
            return filled(value, attribute.type, spot.seed(seed), asked)

        return completed(self.resource_schemas[type_name].block, planned, fill, every=True)
