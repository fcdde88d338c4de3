"""Saying how two types differ, for conditionals whose sides do not fit together."""

from __future__ import annotations

from constructs_ims.schema.types import ListType, MapType, ObjectType, SetType, TupleType, Type, friendly_name


def describe_mismatch(then: Type, otherwise: Type) -> str:
    """Return a sentence on how the two sides of a conditional differ."""
    match then, otherwise:
        case ObjectType(), ObjectType():
            return _objects(then, otherwise)
        case TupleType(), TupleType():
            return _tuples(then, otherwise)
        case (ListType(left), ListType(right)) | (SetType(left), SetType(right)) | (MapType(left), MapType(right)):
            if _have_parts(left, right):
                kind = friendly_name(then).partition(" ")[0]
                return f"Mismatched {kind} element types: {describe_mismatch(left, right)}"
    return f"The 'true' value is {friendly_name(then)}, but the 'false' value is {friendly_name(otherwise)}."


def _objects(then: ObjectType, otherwise: ObjectType) -> str:
    for name in sorted(then.attributes):
        if name not in otherwise.attributes:
            return f"The 'true' value includes object attribute \"{name}\", which is absent in the 'false' value."
        if then.attributes[name] != otherwise.attributes[name]:
            inner = describe_mismatch(then.attributes[name], otherwise.attributes[name])
            return f'Type mismatch for object attribute "{name}": {inner}'
    extra = min(set(otherwise.attributes) - set(then.attributes), default="")
    return f"The 'false' value includes object attribute \"{extra}\", which is absent in the 'true' value."


def _tuples(then: TupleType, otherwise: TupleType) -> str:
    if len(then.elements) != len(otherwise.elements):
        lengths = (len(then.elements), len(otherwise.elements))
        return f"The 'true' tuple has length {lengths[0]}, but the 'false' tuple has length {lengths[1]}."
    for position, (left, right) in enumerate(zip(then.elements, otherwise.elements, strict=True)):
        if left != right:
            return f"Type mismatch for tuple element {position}: {describe_mismatch(left, right)}"
    return "The tuples differ."


def _have_parts(left: Type, right: Type) -> bool:
    """Tell whether both types are of objects or both of tuples, whose names alone do not tell how they differ."""
    return type(left) is type(right) and isinstance(left, ObjectType | TupleType)
