"""Between an object in memory and the object as a state stores it: values of dynamic type carry theirs in the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.lang import ConversionError, from_json, type_of
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.operations import Object
from constructs_ims.schema.types import (
    DYNAMIC,
    ListType,
    MapType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    TupleType,
    Type,
    type_from_json,
    type_to_json,
)

SchemaOf: TypeAlias = Callable[[str, str, str], Schema | None]
"""Finds a schema by provider (``registry.terraform.io/...``), mode and type; None is an object without one."""


_MISFIT: Final = object()
_dynamic: dict[int, tuple[Schema, tuple[str, ...]]] = {}
"""Found names by the identity of a schema, whose hash would cost more than the search; the schema keeps it alive."""


def dynamic_names(schema: Schema) -> tuple[str, ...]:
    """Return the attributes whose values settle their own types."""
    found = _dynamic.get(id(schema))
    if found is None:
        names = tuple(attribute.name for attribute in schema.block.attributes if attribute.type == DYNAMIC)
        found = _dynamic[id(schema)] = (schema, names)
    return found[1]


def misfit(schema: Schema, stored: Mapping[str, Any]) -> str | None:
    """Return the first attribute or nested block whose stored value is not of its type; None when all of them are."""
    types = schema.block.type.attributes
    return next((name for name, type_ in types.items() if not _fits(type_, stored.get(name))), None)


def _fits(type_: Type, value: Any) -> bool:
    if isinstance(type_, StringType):
        return value is None or isinstance(value, str)
    if value is None:
        return True
    if type_ == DYNAMIC:
        return _of_own_type(value) is not _MISFIT
    if isinstance(type_, ListType | SetType):
        return isinstance(value, list) and all(_fits(type_.element, item) for item in value)
    if isinstance(type_, MapType):
        return isinstance(value, dict) and all(_fits(type_.element, item) for item in value.values())
    if isinstance(type_, ObjectType):
        return isinstance(value, dict) and all(_fits(of, value.get(name)) for name, of in type_.attributes.items())
    if isinstance(type_, TupleType):
        return isinstance(value, list) and len(value) == len(type_.elements) and all(map(_fits, type_.elements, value))
    if isinstance(type_, NumberType):
        return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return isinstance(value, bool)


def decode_object(schema: Schema, stored: Mapping[str, Any]) -> Object:
    """Return the object that a state stores; attributes that it lacks are null."""
    made: Object = {
        name: float(value) if type(value) is Decimal else value
        for name in schema.block.by_name
        for value in [stored.get(name)]
    }
    made.update((nested.name, stored.get(nested.name)) for nested in schema.block.blocks)
    for name in dynamic_names(schema):
        made[name] = _decode_dynamic(stored.get(name))
    return made


def encode_object(schema: Schema, value: Object) -> Object:
    """Return the object as a state stores it."""
    names = () if schema.inferred else dynamic_names(schema)
    return {**value, **{name: _encode_dynamic(value.get(name)) for name in names}} if names else value


def _decode_dynamic(stored: Any) -> Any:
    value = _of_own_type(stored)
    if value is not _MISFIT:
        return value
    return from_json(stored) if isinstance(stored, list | dict) else stored


def _of_own_type(stored: Any) -> Any:
    """Return a value of dynamic type in the type that it is stored with; ``_MISFIT`` where it is of another."""
    match stored:
        case {"value": value, "type": type_} if len(stored) == 2:
            try:
                return from_json(value, type_from_json(type_))
            except (ConversionError, ValueError, TypeError):
                return _MISFIT
        case _:
            return from_json(stored) if isinstance(stored, list | dict) else stored


def _encode_dynamic(value: Any) -> Any:
    return None if value is None else {"value": value, "type": type_to_json(type_of(value))}
