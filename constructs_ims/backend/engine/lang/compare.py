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
    is_null,
    is_number,
    is_unknown,
)
from constructs_ims.schema.types import DYNAMIC, Type
from constructs_ims.schema.values import Unknown


def equal(left: Value, right: Value) -> bool:
    """Tell whether two known values are equal: same type, same content. Marks do not count."""
    return compare(strip(left), strip(right)) is True


def compare(left: Value, right: Value) -> Value:
    """Return whether two unmarked values are equal: True, False, or ``Unknown`` when it cannot be told yet."""
    if is_unknown(left) or is_unknown(right):
        return _compare_unknown(left, right)
    if is_null(left) or is_null(right):
        return is_null(left) and is_null(right)
    if is_number(left):
        return is_number(right) and left == right
    if isinstance(left, list):
        return _compare_lists(left, right)
    if isinstance(left, dict):
        return _compare_dicts(left, right)
    return type(left) is type(right) and left == right


def _compare_unknown(left: Value, right: Value) -> Value:
    """Tell apart what can be: a value that will not be null differs from null."""
    for one, other in ((left, right), (right, left)):
        if is_null(other) and getattr(one, "not_null", False):
            return False
    return Unknown


def _compare_lists(left: list[Value], right: Value) -> Value:
    if not _same_kind(left, right):
        return False
    if isinstance(left, TfSet) and Unknown in (left, right):
        return Unknown
    return False if len(left) != len(right) else _all(map(compare, left, right))


def _compare_dicts(left: dict[str, Value], right: Value) -> Value:
    if not _same_kind(left, right) or left.keys() != right.keys():
        return False
    return _all(compare(item, right[name]) for name, item in left.items())


def _same_kind(left: Value, right: Value) -> bool:
    if type(left) is not type(right):
        return False
    return not isinstance(left, TfList | TfSet | TfMap) or left.element == right.element


def _all(answers: Iterable[Value]) -> Value:
    result: Value = True
    for answer in answers:
        if answer is False:
            return False
        if answer is Unknown:
            result = Unknown
    return result


def make_set(items: Iterable[Value], element: Type = DYNAMIC) -> Value:
    """Build a set: duplicates dropped, in Terraform's order; marks of elements go to the set as a whole."""
    given = list(items)
    if any(map(is_sensitive, given)):
        return Sensitive(make_set(map(strip, given), element))
    kept: dict[Any, Value] = {}
    for item in given:
        kept.setdefault(set_key(item), item)
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
