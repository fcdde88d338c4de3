"""Objects brought into the form of a block: values as their types have them, and what is computed filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from constructs_ims.backend.engine.lang import ConversionError, convert, from_json
from constructs_ims.backend.engine.plans.object_change import same
from constructs_ims.backend.engine.stack.evaluate.bodies import plain
from constructs_ims.backend.engine.stack.providers.memory import Names
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting
from constructs_ims.schema.operations import Object
from constructs_ims.schema.types import (
    BoolType,
    DynamicType,
    ListType,
    MapType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    Type,
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an attribute stands: the names that lead to it, and these with the positions of blocks."""

    names: Names
    place: str

    def seed(self, seed: str) -> str:
        """Return the seed of what is made up there for an object of a seed."""
        return f"{seed}.{self.place}"

    def inside(self, name: str, position: int | None = None) -> Spot:
        """Return where something stands in the block here that has a name, at a position."""
        text = f"{self.place}.{name}" if self.place else name
        return Spot((*self.names, name), text if position is None else f"{text}[{position}]")


Fill: TypeAlias = Callable[[Spot, Attribute, Any], Any]
"""Given where an attribute stands, the attribute, and the value that it has, returns the value that it gets."""
_TOP = Spot((), "")


def completed(block: Block, value: Object, fill: Fill, at: Spot = _TOP, *, every: bool = False) -> Object:
    """Return an object with each computed attribute, or ``every`` one, as ``fill`` has it, those in its blocks too."""
    made = dict(value)
    for attribute in block.attributes:
        if attribute.computed or every:
            made[attribute.name] = fill(at.inside(attribute.name), attribute, value.get(attribute.name))
    for nested in block.blocks:
        inner = value.get(nested.name)
        if isinstance(inner, dict):
            made[nested.name] = completed(nested.block, inner, fill, at.inside(nested.name), every=every)
        elif isinstance(inner, list):
            made[nested.name] = [
                completed(nested.block, item, fill, at.inside(nested.name, position), every=every)
                for position, item in enumerate(inner)
            ]
    return made


def adapted(block: Block, stored: Mapping[str, Any]) -> Object:
    """Return an object under a block that it may not have been stored under; what does not fit is null."""
    made: Object = {
        attribute.name: _value(stored.get(attribute.name), attribute.type) for attribute in block.attributes
    }
    made.update((nested.name, _nested(nested, stored.get(nested.name))) for nested in block.blocks)
    return made


def _nested(nested: NestedBlock, stored: Any) -> Any:
    items = [stored] if isinstance(stored, Mapping) else stored if isinstance(stored, list) else []
    blocks = [adapted(nested.block, item) for item in items if isinstance(item, Mapping)]
    if nested.nesting is Nesting.SINGLE:
        return blocks[0] if blocks else None
    return blocks


def _value(stored: Any, type_: Type) -> Any:
    if stored is None or _conforms(stored, type_):
        return stored
    try:
        return plain(convert(from_json(stored) if isinstance(stored, list | dict) else stored, type_), type_)
    except ConversionError:
        return None


def _conforms(value: Any, type_: Type) -> bool:
    """Tell whether a value as JSON has it is of a type."""
    match type_:
        case DynamicType():
            return True
        case StringType():
            return isinstance(value, str)
        case BoolType():
            return isinstance(value, bool)
        case NumberType():
            return not isinstance(value, bool | str | list | dict)
        case ListType(element) | SetType(element):
            return isinstance(value, list) and all(item is None or _conforms(item, element) for item in value)
        case MapType(element):
            return isinstance(value, dict) and all(item is None or _conforms(item, element) for item in value.values())
        case ObjectType(attributes):
            return (
                isinstance(value, dict)
                and value.keys() == attributes.keys()
                and all(value[name] is None or _conforms(value[name], inner) for name, inner in attributes.items())
            )
        case _:
            return False


def given(config: Object) -> Object:
    """Return what is configured: no attribute that is left out, and no block of which there is none."""
    return {name: value for name, value in config.items() if value is not None and value != []}


def alike(left: Any, right: Any) -> bool:
    """Tell whether two values say the same, though one may be a block and the other an object."""
    return same(left, right) or same(_content(left), _content(right))


def _content(value: Any) -> Any:
    """Return a value without what is absent in it; a single object in a list is that object."""
    if isinstance(value, dict):
        return {name: _content(item) for name, item in value.items() if item is not None and item != []}
    if isinstance(value, list):
        items = [_content(item) for item in value]
        return items[0] if len(items) == 1 and isinstance(items[0], dict) else items
    return value
