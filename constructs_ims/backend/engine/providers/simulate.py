"""Providers that nobody has here, simulated: objects are what their configuration says, the rest is made up.

Which attributes an object has is read off the stack: those its blocks set, and those that anything refers to. An
attribute that is set has the value that is set; one that is only referred to is computed: unknown until apply, then
made of a hash of the object's address, so that the same stack gets the same values. Its type is the one that the places
of the references ask for: a number where it is added to or given for a number, text where anything goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from constructs_ims.backend.engine.addresses import InstanceAddress, Mode
from constructs_ims.backend.engine.evaluation.bodies import empty_object
from constructs_ims.backend.engine.providers.state_only import StateOnly
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.operations import (
    ApplyResult,
    ImportedResource,
    ImportResult,
    Object,
    PlanResult,
    ReadResult,
)
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path, render_path
from constructs_ims.schema.types import (
    DYNAMIC,
    NUMBER,
    STRING,
    BoolType,
    ListType,
    MapType,
    NumberType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from constructs_ims.schema.values import Unknown

_SOURCE = "the stack's own use of it"
_PREFIX = "simulated-"


@dataclass
class ShapeBook:
    """What a stack shows of the types that are simulated: attributes that are set, and references into the others."""

    bodies: dict[tuple[Mode, str], list[Mapping[str, Any]]] = field(default_factory=dict)
    stored: dict[tuple[Mode, str], dict[str, None]] = field(default_factory=dict)
    referenced: dict[tuple[Mode, str], dict[Path, Type]] = field(default_factory=dict)

    def note_body(self, mode: Mode, type_name: str, body: Mapping[str, Any]) -> None:
        """Note what one block sets."""
        self.bodies.setdefault((mode, type_name), []).append(body)

    def note_reference(self, mode: Mode, type_name: str, path: Path, type_: Type = DYNAMIC) -> None:
        """Note a reference, from the attribute's name on, and the type that its place asks for."""
        if path and isinstance(path[0], AttributeStep):
            referenced = self.referenced.setdefault((mode, type_name), {})
            if referenced.get(path, DYNAMIC) == DYNAMIC:
                referenced[path] = type_

    def note_stored(self, address: InstanceAddress, attributes: Mapping[str, Any]) -> None:
        """Note the attributes of a stored object; what was made up once stays computed."""
        mode, type_name = address.resource.mode, address.resource.type
        for name, value in attributes.items():
            leaves = list(_leaves(value, (AttributeStep(name),)))
            if leaves and all(_is_made_up(leaf, f"{address}.{render_path(path)}") for path, leaf in leaves):
                for path, leaf in leaves:
                    self.note_reference(mode, type_name, path, NUMBER if isinstance(leaf, int) else DYNAMIC)
            elif value is not None and name != "id":
                self.stored.setdefault((mode, type_name), {})[name] = None

    def schema(self, mode: Mode, type_name: str) -> Schema:
        """Return the schema that the stack shows of a type."""
        configured = _configured(self.bodies.get((mode, type_name), []))
        computed: dict[str, dict[Path, Type]] = {"id": {}}
        for path, type_ in self.referenced.get((mode, type_name), {}).items():
            if isinstance(path[0], AttributeStep):
                computed.setdefault(path[0].name, {})[path[1:]] = type_
        stored = (name for name in self.stored.get((mode, type_name), ()) if not _is_typed(computed.get(name, {})))
        names = dict.fromkeys((*configured.by_name, *stored))
        attributes = (
            *(_attribute(name, DYNAMIC, optional=True, computed=name in computed) for name in names),
            *(_attribute(name, _shape(paths), computed=True) for name, paths in computed.items() if name not in names),
        )
        own = (attribute for attribute in attributes if attribute.name not in configured.blocks_by_name)
        return Schema(type_name, Block(tuple(sorted(own, key=lambda attribute: attribute.name)), configured.blocks))


def _is_typed(paths: Mapping[Path, Type]) -> bool:
    return any(type_ != DYNAMIC for type_ in paths.values())


def _configured(bodies: Iterable[Mapping[str, Any]]) -> Block:
    """Return what some bodies set: attributes, whose values settle their types, and the blocks that are dynamic."""
    bodies = list(bodies)
    repeated: dict[str, list[Mapping[str, Any]]] = {}
    for body in bodies:
        for labelled in _objects(body.get("dynamic")):
            for name, blocks in labelled.items():
                contents = (content for block in _objects(blocks) for content in _objects(block.get("content")))
                repeated.setdefault(name, []).extend(contents)
    for name, inner in repeated.items():
        inner.extend(block for body in bodies for block in _objects(body.get(name)))
    names = dict.fromkeys(name for body in bodies for name in body)
    return Block(
        tuple(_attribute(name, DYNAMIC, optional=True) for name in names if name not in (*repeated, "//", "dynamic")),
        tuple(
            NestedBlock(name, Nesting.LIST, _configured(inner), "Simulated.", _SOURCE)
            for name, inner in sorted(repeated.items())
        ),
    )


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that stand for the blocks of one type: one alone, or lists of them."""
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _leaves(value: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    """Yield what a value holds inside its lists and maps, and where."""
    match value:
        case list():
            for position, item in enumerate(value):
                yield from _leaves(item, (*at, IndexStep(position)))
        case dict():
            for name, item in value.items():
                yield from _leaves(item, (*at, AttributeStep(name)))
        case _:
            yield at, value


def _is_made_up(value: Any, seed: str) -> bool:
    if isinstance(value, str):
        return value.startswith(_PREFIX)
    return not isinstance(value, bool) and value == made_up(NUMBER, seed)


def _attribute(name: str, type_: Type, *, optional: bool = False, computed: bool = False) -> Attribute:
    return Attribute(name, type_, "Simulated.", _SOURCE, optional=optional, computed=computed)


def _shape(paths: Mapping[Path, Type]) -> Type:
    """Return the least type that references can be followed into.

    Where nothing goes further it is what the places of the references ask for, text when they take anything.
    """
    inside = {path: type_ for path, type_ in paths.items() if path}
    if not inside:
        asked = paths.get((), DYNAMIC)
        return STRING if asked == DYNAMIC else asked
    if all(not isinstance(path[0], AttributeStep) and isinstance(path[0].key, int) for path in inside):
        most = max(path[0].key for path in inside if not isinstance(path[0], AttributeStep))
        return TupleType((_shape({path[1:]: type_ for path, type_ in inside.items()}),) * (int(most) + 1))
    names = dict.fromkeys(_name(path) for path in inside)
    return ObjectType(
        {name: _shape({path[1:]: type_ for path, type_ in inside.items() if _name(path) == name}) for name in names}
    )


def _name(path: Path) -> str:
    return path[0].name if isinstance(path[0], AttributeStep) else str(path[0].key)


class _Schemas(Mapping[str, Schema]):
    """The schemas of every type that the stack uses, and of any other that is asked for."""

    def __init__(self, mode: Mode, shapes: ShapeBook) -> None:
        self._mode: Mode = mode
        self._shapes = shapes
        self._made: dict[str, Schema] = {}

    def __getitem__(self, type_name: str) -> Schema:
        if type_name not in self._made:
            self._made[type_name] = self._shapes.schema(self._mode, type_name)
        return self._made[type_name]

    def __contains__(self, type_name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter([type_name for mode, type_name in self._shapes.bodies if mode == self._mode])

    def __len__(self) -> int:
        return sum(1 for _ in self)


class SimulatedProvider(StateOnly):
    """A provider without a cloud behind it. Objects live in the state alone."""

    def __init__(self, source: str, shapes: ShapeBook) -> None:
        """Take the provider's source, which names it in diagnostics, and what is known of its types."""
        self.source = source
        self.schema = Schema(source.rpartition("/")[2], Block(()))
        self.resource_schemas: Mapping[str, Schema] = _Schemas("managed", shapes)
        self.data_source_schemas: Mapping[str, Schema] = _Schemas("data", shapes)

    def upgrade_resource(
        self, type_name: str, version: int, raw_state: Object
    ) -> tuple[Object | None, list[Diagnostic]]:
        """Return the object with the attributes that the stack shows now."""
        return {name: raw_state.get(name, empty) for name, empty in self._empty(type_name).items()}, []

    def plan_resource(
        self, type_name: str, prior: Object | None, config: Object | None, proposed: Object | None, private: bytes
    ) -> PlanResult:
        """Plan what is configured; computed attributes are unknown where no earlier value is there to keep."""
        if proposed is None:
            return PlanResult(None, private=private)
        schema = self.resource_schemas[type_name]
        computed = (a.name for a in schema.block.attributes if a.computed and proposed[a.name] is None)
        return PlanResult({**proposed, **dict.fromkeys(computed, Unknown)}, (), private)

    def apply_resource(
        self, type_name: str, prior: Object | None, config: Object | None, planned: Object | None, private: bytes
    ) -> ApplyResult:
        """Make what is planned, making up what is unknown."""
        if planned is None:
            return ApplyResult(None)
        seed = private.decode() or type_name
        return ApplyResult(_made_up(self.resource_schemas[type_name], planned, seed), private)

    def read_data_source(self, type_name: str, config: Object) -> ReadResult:
        """Return what is configured, making up the rest."""
        schema = self.data_source_schemas[type_name]
        computed = {a.name: Unknown for a in schema.block.attributes if a.computed and config[a.name] is None}
        seed = f"data.{type_name}{sorted(config.items(), key=lambda item: item[0])}"
        return ReadResult(_made_up(schema, {**config, **computed}, seed))

    def import_resource(self, type_name: str, id: str) -> ImportResult:
        """Make an object of that id."""
        return ImportResult([ImportedResource(type_name, {**self._empty(type_name), "id": id})])

    def _empty(self, type_name: str) -> Object:
        return empty_object(self.resource_schemas[type_name].block)


def _made_up(schema: Schema, planned: Object, seed: str) -> Object:
    types = schema.block.by_name
    return {
        name: made_up(types[name].type, f"{seed}.{name}") if value is Unknown else value
        for name, value in planned.items()
    }


@lru_cache(maxsize=4096)
def _digest(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()


def made_up(type_: Type, seed: str) -> Any:
    """Return a value of a type, the same for the same ``seed``."""
    match type_:
        case ObjectType(attributes):
            return {name: made_up(inner, f"{seed}.{name}") for name, inner in attributes.items()}
        case TupleType(elements):
            return [made_up(inner, f"{seed}[{at}]") for at, inner in enumerate(elements)]
        case ListType(element) | SetType(element):
            return [made_up(element, f"{seed}[0]")]
        case MapType(element):
            return {f"{_PREFIX}key": made_up(element, f"{seed}.key")}
        case NumberType():
            return 10 + int(_digest(seed), 16) % 90
        case BoolType():
            return True
        case _:
            return f"{_PREFIX}{_digest(seed)[:12]}"
