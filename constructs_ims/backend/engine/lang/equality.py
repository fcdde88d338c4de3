"""Equality as Terraform has it, and the order in which it keeps the elements of a set."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from constructs_ims.backend.engine.lang.marks import is_sensitive, strip
from constructs_ims.backend.engine.lang.numbers import format_number
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    TfList,
    TfMap,
    TfSet,
    Value,
    has_unknown,
    is_null,
    is_number,
    is_unknown,
    type_of,
)
from constructs_ims.schema.types import (
    DYNAMIC,
    DynamicType,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from constructs_ims.schema.values import Unknown


def equal(left: Value, right: Value) -> bool:
    """Tell whether two known values are equal: same type, same content. Marks do not count."""
    return compare(strip(left), strip(right)) is True


def compare(left: Value, right: Value) -> Value:
    """Return whether two unmarked values are equal: True, False, or ``Unknown`` when it cannot be told yet.

    Values of different types are never equal, even where they are unknown inside; two nulls always are.
    """
    if is_null(left) and is_null(right):
        return True
    if is_null(left) or is_null(right) or (is_unknown(left) and is_unknown(right)):
        return _compare_same_type(left, right)
    left_type, right_type = type_of(left), type_of(right)
    if left_type != right_type:
        open_ended = has_open_type(left) or has_open_type(right)
        return Unknown if open_ended and _may_become_same(left_type, right_type) else False
    return _compare_same_type(left, right)


def has_open_type(value: Value) -> bool:
    """Tell whether an unknown without a type stands anywhere in an unmarked value."""
    match value:
        case TfList(element=element) | TfSet(element=element) | TfMap(element=element) if element != DYNAMIC:
            return False
        case list():
            return any(map(has_open_type, value))
        case dict():
            return any(map(has_open_type, value.values()))
        case _:
            return value is Unknown


def _may_become_same(left: Type, right: Type) -> bool:
    """Tell whether two types agree but for parts of one of them that are dynamic."""
    return _conforms(left, right) or _conforms(right, left)


def _conforms(given: Type, wanted: Type) -> bool:
    match given, wanted:
        case _, DynamicType():
            return True
        case (ListType(left), ListType(right)) | (SetType(left), SetType(right)) | (MapType(left), MapType(right)):
            return _conforms(left, right)
        case TupleType(left), TupleType(right):
            return len(left) == len(right) and all(map(_conforms, left, right))
        case ObjectType(left), ObjectType(right):
            return left.keys() == right.keys() and all(_conforms(left[name], right[name]) for name in left)
        case _:
            return given == wanted


def _compare_same_type(left: Value, right: Value) -> Value:
    if is_unknown(left) or is_unknown(right):
        return _compare_unknown(left, right)
    if is_null(left) or is_null(right):
        return is_null(left) and is_null(right)
    if isinstance(left, TfSet):
        return _compare_sets(left, right)
    if isinstance(left, list):
        return False if len(left) != len(right) else _first_difference(zip(left, right, strict=True))
    if isinstance(left, dict):
        if left.keys() != right.keys():
            return False
        return _first_difference((left[name], right[name]) for name in sorted(left))
    return left == right


def _compare_unknown(left: Value, right: Value) -> Value:
    """Tell apart what can be: a value that will not be null from null, and a text that begins in another way."""
    for one, other in ((left, right), (right, left)):
        if is_null(other) and getattr(one, "not_null", False):
            return False
        if type(other) is str and not other.startswith(getattr(one, "prefix", "")):
            return False
    return Unknown


def _compare_sets(left: TfSet, right: TfSet) -> Value:
    if left and right and any(map(is_unknown, (*left, *right))):
        return Unknown
    return False if len(left) != len(right) else _first_difference(zip(left, right, strict=True))


def _first_difference(pairs: Iterable[tuple[Value, Value]]) -> Value:
    """Return the first answer that is not True: what comes after an unknown one does not count, as in Terraform."""
    return next((answer for pair in pairs if (answer := _compare_same_type(*pair)) is not True), True)


def make_set(items: Iterable[Value], element: Type = DYNAMIC) -> Value:
    """Build a set: duplicates dropped, in Terraform's order; marks of elements go to the set as a whole."""
    given = list(items)
    if any(map(is_sensitive, given)):
        return Sensitive(make_set(map(strip, given), element))
    kept: dict[Any, Value] = {}
    for item in given:
        key = set_key(item)
        while key in kept and has_unknown(item):  # it may yet turn out to be another element
            key = (key[0], f"{key[1]}?") if type(key[1]) is str else (key[0], key[1] + b"?")
        kept.setdefault(key, item)
    return TfSet((kept[key] for key in sorted(kept)), element)


def set_key(value: Value) -> tuple[int, Any]:
    """Return a sort key: equal for equal values; scalars in their order, the rest by their text, nulls last."""
    if is_unknown(value):
        return (4, "?")
    if is_null(value):
        return (5, "~")
    if is_number(value):
        return (1, value)
    match value:
        case bool():
            return (0, value)
        case str():
            return (2, value)
        case _:
            return (3, _text(value).encode())


def _text(value: Value) -> str:
    """Write a value so that distinct ones differ; Terraform orders compound set elements by such a text."""
    if is_unknown(value):
        return "?"
    if is_null(value):
        return "~"
    if is_number(value):
        return format_number(value)
    match value:
        case bool():
            return "T" if value else "F"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case TfMap():
            return "{" + "".join(f"{_text(name)}:{_text(value[name])};" for name in sorted(value)) + "}"
        case dict():
            return "<" + "".join(f"{_text(value[name])};" for name in sorted(value)) + ">"
        case TfList() | TfSet():
            return "[" + "".join(f"{_text(item)};" for item in value) + "]"
        case _:
            return "<" + "".join(f"{_text(item)};" for item in value) + ">"
