"""The schemas of simulated types: those that are known, and for the others what the stack shows of them.

A stack shows the attributes that its blocks set, and those that anything refers to. An attribute that is set has the
value that is set; one that is only referred to is computed, of the type that the places of the references ask for. A
value that is an object, or a list of those, is a block where references lead past what is set in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias
from typing import Literal as OneOf

from constructs_ims.backend.engine.lang import ConversionError, Expr, parse_template
from constructs_ims.backend.engine.lang.addresses import Mode, ResourceAddress
from constructs_ims.backend.engine.lang.nodes import FunctionCall, Literal, TemplateExpr, Tuple
from constructs_ims.backend.engine.stack.demands.collect import objects
from constructs_ims.backend.engine.stack.demands.demand import ANYTHING, Demand, merged
from constructs_ims.backend.engine.stack.providers.completion import Spot
from constructs_ims.backend.engine.stack.providers.memory import Memory, Names
from constructs_ims.backend.engine.stack.providers.said import MISSING, SaidValues, instance_at, said_as
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.types import DYNAMIC, STRING, SetType, Type

SOURCE: Final = "the stack's own use of it"
Kind: TypeAlias = tuple[str, Mode, str]
"""The source of a provider, and one of its types."""
TypeMode: TypeAlias = Mode | OneOf["provider"]
Body: TypeAlias = Mapping[str, Any]


class TypeSource(Protocol):
    """Knows the types of other providers' objects."""

    def schemas(self, source: str, wanted: Iterable[tuple[Mode, str]]) -> Mapping[tuple[TypeMode, str], Schema]:
        """Return the schemas of those of the wanted types that anything is known of."""

    def provider_schema(self, source: str) -> Schema | None:
        """Return the schema of a provider's own block, None where nothing is known of it."""

    def origin(self, source: str) -> str:
        """Return where the types of a provider were found, "" where they were not."""


class NoTypes:
    """Knows nothing."""

    def schemas(self, source: str, wanted: Iterable[tuple[Mode, str]]) -> Mapping[tuple[TypeMode, str], Schema]:
        """Return nothing."""
        return {}

    def provider_schema(self, source: str) -> Schema | None:
        """Return nothing."""
        return None

    def origin(self, source: str) -> str:
        """Return nothing."""
        return ""


@dataclass
class ShapeBook:
    """What is known of the types that are simulated, and what a stack shows of them."""

    types: TypeSource = field(default_factory=NoTypes)
    said: SaidValues = field(default_factory=SaidValues)
    known: dict[Kind, Schema] = field(default_factory=dict)
    bodies: dict[Kind, list[Body]] = field(default_factory=dict)
    stored: dict[Kind, dict[str, Demand | None]] = field(default_factory=dict)
    """What stored objects have: for each attribute what was made up in the blocks there, None where that is nothing."""
    made_up: dict[Kind, set[str]] = field(default_factory=dict)
    """The attributes of stored objects that are made up as a whole."""
    asked: dict[Kind, dict[str, Demand]] = field(default_factory=dict)
    """What references ask of the attributes of any object of a type."""
    asked_of: dict[ResourceAddress, Mapping[str, Demand]] = field(default_factory=dict)
    """What references ask of the attributes of one resource: no object hangs on another."""
    made_up_outputs: dict[ResourceAddress, frozenset[str]] = field(default_factory=dict)
    """The outputs of remote states that were made up."""

    def learn(self, kinds: Iterable[Kind]) -> None:
        """Look up the types that are known."""
        by_source: dict[str, set[tuple[Mode, str]]] = {}
        for source, mode, type_name in kinds:
            by_source.setdefault(source, set()).add((mode, type_name))
        for source, wanted in by_source.items():
            found = self.types.schemas(source, wanted)
            self.known.update({(source, *key): found[key] for key in wanted if key in found})

    def note_body(self, kind: Kind, body: Body) -> None:
        """Note what one block sets."""
        self.bodies.setdefault(kind, []).append(body)

    def note_asked(self, kind: Kind, resource: ResourceAddress, asked: Mapping[str, Demand]) -> None:
        """Note what references ask of the attributes of one resource."""
        self.asked_of[resource] = asked
        self.asked[kind] = merged((self.asked.get(kind, {}), asked))

    def note_stored(self, kind: Kind, attributes: Mapping[str, Any], memory: Memory) -> None:
        """Note the attributes of a stored object; what was made up once stays computed."""
        known = self.stored.setdefault(kind, {})
        self.made_up.setdefault(kind, set()).update(names[0] for names in memory.made_up if len(names) == 1)
        for name, value in attributes.items():
            inside = {names[1:] for names in memory.made_up if names[0] == name and len(names) > 1}
            if inside:
                known[name] = _made_up_shape(value, inside).together(known.get(name) or ANYTHING)
            elif value is not None and name != "id":
                known.setdefault(name, None)

    def is_inferred(self, kind: Kind) -> bool:
        """Whether nothing but the stack tells of a type."""
        return kind not in self.known

    def demand(self, address: str, names: Names) -> Demand | None:
        """Return what references ask of an attribute of an object; None where there is no reference.

        The attribute may stand in blocks, whose names are then before its own.
        """
        instance = instance_at(address)
        found: Demand | None = self.asked_of.get(instance.resource, {}).get(names[0]) if instance else None
        for name in names[1:]:
            found = _inside(found, name)
        return found

    def said_value(self, address: str, spot: Spot, attribute: Attribute) -> Any:
        """Return what a user says of an attribute, under its type; ``MISSING`` where that is nothing of use."""
        instance = instance_at(address)
        said = self.said.value(instance, spot) if instance else MISSING
        if said is MISSING:
            return MISSING
        try:
            return said_as(said, attribute.type)
        except ConversionError:
            return MISSING  # told beforehand, of what is configured

    def schema(self, kind: Kind) -> Schema:
        """Return the schema of a type."""
        return self.known.get(kind) or self._inferred(kind)

    def _inferred(self, kind: Kind) -> Schema:
        stored = self.stored.get(kind, {})
        inside = {name: shape for name, shape in stored.items() if shape is not None}
        asked = merged(({"id": ANYTHING}, self.asked.get(kind, {}), inside))
        block = _block(self.bodies.get(kind, []), asked, (name for name in stored if name not in asked))
        said = self.said.names(kind[1], kind[2])
        # The type of what is made up already, or said, is that of the value.
        settled = {name for name in self.made_up.get(kind, ()) if asked.get(name, ANYTHING) == ANYTHING} - {"id"}
        return Schema(kind[2], _with_values(block, said | settled), inferred=True)


def _inside(asked: Demand | None, name: str) -> Demand | None:
    if asked is None:
        return None
    return asked.attributes.get(name) or (_inside(asked.element, name) if asked.element else None)


def _made_up_shape(value: Any, inside: set[Names]) -> Demand:
    """Return the shape of what was made up in a stored value; ``inside`` says where."""
    if () in inside:
        return ANYTHING
    if isinstance(value, list):
        element = ANYTHING
        for item in value:
            element = element.together(_made_up_shape(item, inside))
        return Demand(element=element, is_list=True)
    if not isinstance(value, dict):
        return ANYTHING
    names = {name for name, *_ in inside}
    return Demand(
        attributes={
            name: _made_up_shape(value.get(name), {rest[1:] for rest in inside if rest[0] == name})
            for name in sorted(names)
        }
    )


def _block(bodies: Iterable[Body], asked: Mapping[str, Demand], others: Iterable[str] = ()) -> Block:
    bodies = list(bodies)
    repeated = _dynamic(bodies)
    set_names = (name for body in bodies for name in body if name not in ("//", "dynamic"))
    names = dict.fromkeys((*set_names, *repeated, *others, *asked))
    attributes: list[Attribute] = []
    blocks: list[NestedBlock] = []
    for name in sorted(names):
        values = [body[name] for body in bodies if body.get(name) is not None]
        demand = asked.get(name)
        nested = _nested(name, values, repeated.get(name), demand)
        if nested is not None:
            blocks.append(nested)
        elif values and all(map(_is_set_of_text, values)):
            attributes.append(Attribute(name, SetType(STRING), "", SOURCE, optional=True, computed=demand is not None))
        else:
            attributes.append(_attribute(name, demand, is_set=any(name in body for body in bodies) or demand is None))
    return Block(tuple(attributes), tuple(blocks))


def _with_values(block: Block, names: set[str]) -> Block:
    """Return a block in which some attributes, which have values already, are of the types of these."""
    if not names:
        return block
    others = tuple(one for one in block.attributes if one.name not in names)
    said = tuple(
        Attribute(
            name, DYNAMIC, "", SOURCE, optional=name in block.by_name and block.by_name[name].optional, computed=True
        )
        for name in names - block.blocks_by_name.keys()
    )
    return Block(tuple(sorted((*others, *said), key=lambda one: one.name)), block.blocks)


def _attribute(name: str, asked: Demand | None, *, is_set: bool) -> Attribute:
    if is_set or asked is None:
        return Attribute(name, DYNAMIC, "", SOURCE, optional=True, computed=asked is not None)
    return Attribute(name, _open(asked), "", SOURCE, computed=True)


def _is_set_of_text(value: Any) -> bool:
    """Whether a value is written as a set of texts, whose type is not told by the list that is stored."""
    if not isinstance(value, str) or not value.startswith("${toset("):
        return False
    match parse_template(value):
        case FunctionCall("toset", [Tuple(items)]):
            return bool(items) and all(isinstance(item, TemplateExpr) or _is_text(item) for item in items)
        case FunctionCall("toset", [FunctionCall("keys")]):
            return True
        case _:
            return False


def _is_text(item: Expr) -> bool:
    return isinstance(item, Literal) and isinstance(item.value, str)


def _open(asked: Demand) -> Type:
    return STRING if asked is ANYTHING else asked.type()


def _nested(name: str, values: list[Any], repeated: list[Body] | None, asked: Demand | None) -> NestedBlock | None:
    """Return the block that values stand for: repeated ones, and those that references lead past."""
    is_past = asked is not None and any(_lacks(value, asked) for value in values)
    if repeated is None and not (is_past and all(isinstance(value, Mapping | list) for value in values)):
        return None
    bodies = [*(repeated or ()), *(one for value in values for one in objects(value))]
    asked = asked or ANYTHING
    is_repeated = asked.is_list or any(_is_gone_through(value, asked) for value in values)
    single = repeated is None and not is_repeated and all(isinstance(value, Mapping) for value in values)
    inner = asked.attributes if single else asked.of_elements().attributes
    return NestedBlock(name, Nesting.SINGLE if single else Nesting.LIST, _block(bodies, inner), "", SOURCE)


def _lacks(value: Any, asked: Demand) -> bool:
    """Tell whether more is read of a value than is set in it."""
    if isinstance(value, Mapping):
        if (asked.is_list and not asked.is_map) or _is_gone_through(value, asked):
            return True
        return any(name not in value or _lacks(value[name], inner) for name, inner in asked.attributes.items())
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        return any(_lacks(item, asked.of_elements()) for item in value)
    return False


def _is_gone_through(value: Any, asked: Demand) -> bool:
    """Tell whether attributes are read of the elements of one object, whose own values have none."""
    if not isinstance(value, Mapping) or asked.is_map or asked.element is None or not asked.element.attributes:
        return False
    return not all(isinstance(item, Mapping) for item in value.values())


def _dynamic(bodies: Iterable[Body]) -> dict[str, list[Body]]:
    """Return the contents of the dynamic blocks by the blocks that they stand for."""
    repeated: dict[str, list[Body]] = {}
    for body in bodies:
        for labelled in objects(body.get("dynamic")):
            for name, blocks in labelled.items():
                repeated.setdefault(name, []).extend(_contents(blocks))
    return repeated


def _contents(blocks: Any) -> Iterator[Body]:
    for block in objects(blocks):
        yield from objects(block.get("content"))
