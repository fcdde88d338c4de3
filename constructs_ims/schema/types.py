"""Terraform's types, as frozen values, with their JSON form (``"string"``, ``["set", "string"]``) and English name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never


@dataclass(frozen=True, slots=True)
class StringType:
    """Unicode text."""


@dataclass(frozen=True, slots=True)
class NumberType:
    """A decimal number; whole numbers stay whole."""


@dataclass(frozen=True, slots=True)
class BoolType:
    """True or false."""


@dataclass(frozen=True, slots=True)
class DynamicType:
    """Any type, settled by the value (Terraform's ``any``)."""


@dataclass(frozen=True, slots=True)
class ListType:
    """An ordered sequence of values of one type."""

    element: Type


@dataclass(frozen=True, slots=True)
class SetType:
    """Distinct values of one type, without order."""

    element: Type


@dataclass(frozen=True, slots=True)
class MapType:
    """Values of one type under string keys."""

    element: Type


@dataclass(frozen=True, slots=True)
class TupleType:
    """A fixed sequence of values, each of its own type."""

    elements: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class ObjectType:
    """Named attributes, each of its own type; those in ``optional`` may be left out."""

    attributes: Mapping[str, Type]
    optional: frozenset[str] = field(default=frozenset())

    def __hash__(self) -> int:
        return hash((frozenset(self.attributes.items()), self.optional))


Type: TypeAlias = (
    StringType | NumberType | BoolType | DynamicType | ListType | SetType | MapType | TupleType | ObjectType
)

STRING = StringType()
NUMBER = NumberType()
BOOL = BoolType()
DYNAMIC = DynamicType()

_PRIMITIVES: dict[str, Type] = {"string": STRING, "number": NUMBER, "bool": BOOL, "dynamic": DYNAMIC}


def type_to_json(type_: Type) -> Any:
    """Return the type in the JSON form of provider schemas and state outputs."""
    match type_:
        case StringType():
            return "string"
        case NumberType():
            return "number"
        case BoolType():
            return "bool"
        case DynamicType():
            return "dynamic"
        case ListType(element):
            return ["list", type_to_json(element)]
        case SetType(element):
            return ["set", type_to_json(element)]
        case MapType(element):
            return ["map", type_to_json(element)]
        case TupleType(elements):
            return ["tuple", [type_to_json(element) for element in elements]]
        case ObjectType(attributes, optional):
            shape = ["object", {name: type_to_json(attributes[name]) for name in sorted(attributes)}]
            return [*shape, sorted(optional)] if optional else shape
        case _:  # pragma: no cover
            assert_never(type_)


def type_from_json(data: Any) -> Type:
    """Read a type from its JSON form; ``ValueError`` when it is none."""
    match data:
        case str() if data in _PRIMITIVES:
            return _PRIMITIVES[data]
        case ["list", element]:
            return ListType(type_from_json(element))
        case ["set", element]:
            return SetType(type_from_json(element))
        case ["map", element]:
            return MapType(type_from_json(element))
        case ["tuple", [*elements]]:
            return TupleType(tuple(type_from_json(element) for element in elements))
        case ["object", {**attributes}, *rest]:
            shape = {str(name): type_from_json(attribute) for name, attribute in attributes.items()}
            return ObjectType(shape, frozenset(rest[0]) if rest else frozenset())
        case _:
            raise ValueError(f"Not a Terraform type: {data!r}.")


def friendly_name(type_: Type) -> str:
    """Return the type's name in messages, as Terraform words it: ``set of string``."""
    match type_:
        case ListType(element):
            return f"list of {friendly_name(element)}"
        case SetType(element):
            return f"set of {friendly_name(element)}"
        case MapType(element):
            return f"map of {friendly_name(element)}"
        case TupleType():
            return "tuple"
        case ObjectType():
            return "object"
        case StringType() | NumberType() | BoolType() | DynamicType():
            return str(type_to_json(type_))
        case _:  # pragma: no cover
            assert_never(type_)
