"""Finding the one type that values of several types can all be converted to."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_ims.schema.types import (
    DYNAMIC,
    STRING,
    BoolType,
    DynamicType,
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
    """Return the type that all of ``types`` convert to, or None when there is none.

    A dynamic type may yet become any: it fits in with scalars, and leaves open what becomes of everything else.
    """
    settled = [one for one in types if one != DYNAMIC]
    if not settled:
        return DYNAMIC
    found = settled[0] if all(one == settled[0] for one in settled) else _unify_settled(settled)
    if len(settled) == len(types) or isinstance(found, StringType | NumberType | BoolType):
        return found
    return DYNAMIC


def _unify_settled(types: Sequence[Type]) -> Type | None:
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
    own = [unify(list(one.attributes.values())) for one in objects]
    attributes = [attribute for one in objects for attribute in one.attributes.values()]
    maps = [one.element for one in types if isinstance(one, MapType)]
    element = _unify_elements(maps, own, attributes)
    return None if element is None else MapType(element)


def _unify_elements(elements: list[Type], own: list[Type | None], inside: list[Type]) -> Type | None:
    """Unify the elements of collections with what objects or tuples come to, each for itself (``own``).

    Without any collection all that is ``inside`` the objects or tuples counts at once.
    """
    settled = [one for one in own if one is not None]
    if len(settled) < len(own):
        return None
    return unify(elements + settled) if elements else unify(inside)


def _unify_objects(objects: list[ObjectType]) -> Type | None:
    shape: dict[str, Type] = {}
    for name in objects[0].attributes:
        attribute = unify([one.attributes[name] for one in objects])
        if attribute is None:
            return None
        shape[name] = attribute
    return ObjectType(shape)


def _unify_sequences(types: Sequence[Type]) -> Type | None:
    kinds = {type(one) for one in types}
    if kinds == {TupleType} and len({len(one.elements) for one in types if isinstance(one, TupleType)}) == 1:
        return _unify_tuples([one for one in types if isinstance(one, TupleType)])
    if SetType in kinds and len(kinds) > 1:
        return _choose_collection(types)
    tuples = [one for one in types if isinstance(one, TupleType)]
    collections = [one for one in types if isinstance(one, ListType | SetType)]
    own = [unify(one.elements) for one in tuples]
    items = [item for one in tuples for item in one.elements]
    element = _unify_elements([one.element for one in collections], own, items)
    if element is None:
        return None
    return SetType(element) if SetType in kinds else ListType(element)


def _choose_collection(types: Sequence[Type]) -> Type | None:
    """Choose, of sets beside lists or tuples, the collection that all others may be converted to, a list first."""
    given = [one for kind in (ListType, SetType) for one in types if isinstance(one, kind)]
    return next((one for one in given if all(may_convert(other, one) for other in types)), None)


def _unify_tuples(tuples: list[TupleType]) -> Type | None:
    items: list[Type] = []
    for column in zip(*(one.elements for one in tuples), strict=True):
        item = unify(column)
        if item is None:
            return None
        items.append(item)
    return TupleType(tuple(items))


def may_convert(given: Type, wanted: Type) -> bool:
    """Tell whether values of type ``given`` can be converted to ``wanted`` in principle."""
    match wanted:
        case DynamicType():
            return True
        case StringType():
            return isinstance(given, StringType | NumberType | BoolType | DynamicType)
        case NumberType() | BoolType():
            return given in (wanted, DYNAMIC) or isinstance(given, StringType)
        case ListType(element) | SetType(element):
            return _sequence_may(given, element)
        case MapType(element):
            return all(may_convert(item, element) for item in _mapping_elements(given) or (None,) if item) and (
                isinstance(given, MapType | ObjectType | DynamicType)
            )
        case _:
            return type(given) is type(wanted) or isinstance(given, MapType | DynamicType | ListType)


def _sequence_may(given: Type, element: Type) -> bool:
    match given:
        case ListType(item) | SetType(item):
            return may_convert(item, element)
        case TupleType(items):
            return all(may_convert(item, element) for item in items)
        case _:
            return given == DYNAMIC


def _mapping_elements(given: Type) -> tuple[Type, ...]:
    match given:
        case MapType(element):
            return (element,)
        case ObjectType(attributes):
            return tuple(attributes.values())
        case _:
            return ()
