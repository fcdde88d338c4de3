"""Finding the one type that values of several types can all be converted to."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_ims.schema.types import (
    DYNAMIC,
    STRING,
    BoolType,
    ListType,
    MapType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    TupleType,
    Type,
)


def unify(types: Sequence[Type]) -> Type | None:
    """Return the type that all of ``types`` convert to without loss, or None when there is none."""
    first = types[0] if types else DYNAMIC
    if all(one == first for one in types):
        return first
    if any(one == DYNAMIC for one in types):
        return DYNAMIC
    kinds = {type(one) for one in types}
    if kinds <= {StringType, NumberType, BoolType}:
        return _unify_primitives(types)
    if kinds <= {ObjectType, MapType}:
        return _unify_mappings(types)
    if kinds <= {TupleType, ListType, SetType}:
        return _unify_sequences(types)
    return None


def _unify_primitives(types: Sequence[Type]) -> Type | None:
    """Text takes in numbers and truth values; those two have nothing in common but text, which must be asked for."""
    return STRING if STRING in types else None


def _unify_mappings(types: Sequence[Type]) -> Type | None:
    objects = [one for one in types if isinstance(one, ObjectType)]
    names = {frozenset(one.attributes) for one in objects}
    if len(objects) == len(types) and len(names) == 1:
        return _unify_objects(objects)
    elements = [one.element for one in types if isinstance(one, MapType)]
    elements += [attribute for one in objects for attribute in one.attributes.values()]
    element = unify(elements)
    return None if element is None else MapType(element)


def _unify_objects(objects: list[ObjectType]) -> Type | None:
    shape: dict[str, Type] = {}
    for name in objects[0].attributes:
        attribute = unify([one.attributes[name] for one in objects])
        if attribute is None:
            return None
        shape[name] = attribute
    return ObjectType(shape)


def _unify_sequences(types: Sequence[Type]) -> Type | None:
    tuples = [one for one in types if isinstance(one, TupleType)]
    if len(tuples) == len(types) and len({len(one.elements) for one in tuples}) == 1:
        return _unify_tuples(tuples)
    collections = [one for one in types if isinstance(one, ListType | SetType)]
    elements = [one.element for one in collections]
    elements += [item for one in tuples for item in one.elements]
    element = unify(elements)
    if element is None:
        return None
    lists = not collections or any(isinstance(one, ListType) for one in collections)
    return ListType(element) if lists else SetType(element)


def _unify_tuples(tuples: list[TupleType]) -> Type | None:
    items: list[Type] = []
    for column in zip(*(one.elements for one in tuples), strict=True):
        item = unify(column)
        if item is None:
            return None
        items.append(item)
    return TupleType(tuple(items))
