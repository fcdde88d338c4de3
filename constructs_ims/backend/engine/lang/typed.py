"""Values with their types: typed collections, typed nulls and unknowns, and sensitive marks.

A plain ``list`` is a tuple and a plain ``dict`` an object. The subclasses here stand where a typed collection exists;
they compare equal to the plain ones, so most code need not care.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

from constructs_ims.schema.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from constructs_ims.schema.values import Unknown

Value: TypeAlias = Any
"""None, Unknown, bool, str, int, Decimal, list, dict, or one of the classes of this module."""


class TfList(list[Value]):
    """A list of one ``element`` type."""

    __slots__ = ("element",)

    def __init__(self, items: Iterable[Value] = (), element: Type = DYNAMIC) -> None:
        super().__init__(items)
        self.element = element


class TfSet(list[Value]):
    """A set of one ``element`` type: distinct values in Terraform's order. Make one with ``sets.make_set``."""

    __slots__ = ("element",)

    def __init__(self, items: Iterable[Value] = (), element: Type = DYNAMIC) -> None:
        super().__init__(items)
        self.element = element


class TfMap(dict[str, Value]):
    """A map from strings to values of one ``element`` type."""

    __slots__ = ("element",)

    def __init__(self, items: Mapping[str, Value] | Iterable[tuple[str, Value]] = (), element: Type = DYNAMIC) -> None:
        super().__init__(items)
        self.element = element


@dataclass(frozen=True, slots=True)
class TypedNull:
    """A null whose type is known. Lives inside one evaluation; results hold ``None``."""

    type: Type


@dataclass(frozen=True, slots=True)
class TypedUnknown:
    """An unknown value whose type is known, and perhaps that it will not be null, or how its text begins.

    Lives inside one evaluation; results hold ``Unknown``.
    """

    type: Type
    not_null: bool
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A value that must not be shown. Never wraps another ``Sensitive``; ``mark`` makes one."""

    value: Value

    def __repr__(self) -> str:
        return "Sensitive(...)"


class TypeNotation(str):
    """What the console's ``type`` gives: a type as the language writes it, shown bare and of no other use."""

    __slots__ = ()


_SCALARS: Final[dict[type, Type]] = {str: STRING, bool: BOOL, int: NUMBER, Decimal: NUMBER, type(None): DYNAMIC}


def unknown(type_: Type, *, not_null: bool = False, prefix: str = "") -> Value:
    """Make an unknown of a known type; of no type it is ``Unknown`` itself."""
    return Unknown if type_ == DYNAMIC and not not_null else TypedUnknown(type_, not_null, prefix)


def null(type_: Type) -> Value:
    """Make a null of a known type; of no type it is ``None`` itself."""
    return None if type_ == DYNAMIC else TypedNull(type_)


def is_unknown(value: Value) -> bool:
    """Tell whether ``value`` itself is unknown."""
    return value is Unknown or type(value) is TypedUnknown


def has_unknown(value: Value) -> bool:
    """Tell whether an unknown stands anywhere in an unmarked value."""
    if value is Unknown or type(value) is TypedUnknown:
        return True
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return isinstance(value, dict) and any(map(has_unknown, value.values()))


def is_null(value: Value) -> bool:
    """Tell whether ``value`` itself is null."""
    return value is None or type(value) is TypedNull


def is_number(value: Value) -> bool:
    """Tell whether ``value`` is a known number."""
    return type(value) is int or type(value) is Decimal


def may_shrink(value: TfSet) -> bool:
    """Tell whether elements of a set may turn out to be the same once they are known."""
    return len(value) > 1 and has_unknown(value)


def type_of(value: Value) -> Type:
    """Return the type of a value; null and ``Unknown`` without a type are dynamic."""
    scalar = _SCALARS.get(type(value))
    if scalar is not None:
        return scalar
    match value:
        case TypedNull(type=type_) | TypedUnknown(type=type_):
            return type_
        case Sensitive(inner):
            return type_of(inner)
        case TfList(element=element):
            return ListType(element)
        case TfSet(element=element):
            return SetType(element)
        case TfMap(element=element):
            return MapType(element)
        case list():
            return TupleType(tuple(map(type_of, value)))
        case dict():
            return ObjectType({name: type_of(item) for name, item in value.items()})
        case _:
            return DYNAMIC


def collection(kind: type[ListType] | type[SetType] | type[MapType], items: Any, element: Type) -> Value:
    """Build the typed collection of ``kind`` from items that already conform; a set's items are given in order."""
    if kind is MapType:
        return TfMap(items, element)
    return TfList(items, element) if kind is ListType else TfSet(items, element)


def element_typed(item: Value, element: Type) -> Value:
    """Give an item taken out of a collection the collection's element type back, if it is a bare null or unknown."""
    if item is None:
        return null(element)
    if item is Unknown:
        return unknown(element)
    return item


def collapse(value: Value) -> Value:
    """Replace typed nulls and unknowns by ``None`` and ``Unknown``; a value without any is returned as it is."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is TypedNull:
        return None
    if kind is TypedUnknown:
        return Unknown
    if kind is Sensitive:
        inner = collapse(value.value)
        return value if inner is value.value else Sensitive(inner)
    if isinstance(value, list):
        return _collapse_sequence(value)
    if isinstance(value, dict):
        return _collapse_mapping(value)
    return value


def _collapse_sequence(value: list[Value]) -> Value:
    items = [collapse(item) for item in value]
    if all(map(_same, items, value)):
        return value
    return rebuilt(value, items)


def _collapse_mapping(value: dict[str, Value]) -> Value:
    items = {name: collapse(item) for name, item in value.items()}
    if all(map(_same, items.values(), value.values())):
        return value
    return TfMap(items, value.element) if isinstance(value, TfMap) else items


def _same(left: Value, right: Value) -> bool:
    return left is right


def rebuilt(like: Value, items: Any) -> Value:
    """Build a collection of the same kind and element type as ``like`` from ``items``."""
    if isinstance(like, TfList | TfSet | TfMap):
        return type(like)(items, like.element)
    return dict(items) if isinstance(like, dict) else list(items)
