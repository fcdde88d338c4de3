"""Values to JSON and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.convert import to_type
from constructs_ims.backend.engine.lang.marks import strip
from constructs_ims.backend.engine.lang.numbers import format_number, from_float, normalize
from constructs_ims.backend.engine.lang.typed import Sensitive, Value, collapse, is_null, is_number, is_unknown
from constructs_ims.schema.types import Type

_ESCAPED: Final = re.compile("[<>&\u2028\u2029]")


def to_json(value: Value) -> Any:
    """Return a value as plain data that ``json.dumps`` takes; marks are dropped, sets become arrays.

    A number with a fraction becomes the nearest ``float``. ``ValueError`` when an unknown stands inside.
    """
    if is_unknown(value):
        raise ValueError("An unknown value has no JSON form.")
    match value:
        case Sensitive(inner):
            return to_json(inner)
        case list():
            return [to_json(item) for item in value]
        case dict():
            return {name: to_json(value[name]) for name in sorted(value)}
        case Decimal():
            return float(value)
        case _:
            return None if is_null(value) else value


def from_json(data: Any, type_: Type | None = None) -> Value:
    """Return the value of parsed JSON (numbers as int, Decimal or float), converted to ``type_`` when one is given."""
    value = _from_json(data)
    return value if type_ is None else collapse(to_type(value, type_))


def _from_json(data: Any) -> Value:
    match data:
        case str():
            return normal_text(data)
        case float():
            return from_float(data)
        case Decimal():
            return normalize(data)
        case list():
            return [_from_json(item) for item in data]
        case dict():
            return {normal_text(name): _from_json(item) for name, item in data.items()}
        case _:
            return data


def encode_json(value: Value) -> str:
    """Write a value as ``jsonencode`` does: no blanks, sorted names, all digits, ``<``, ``>`` and ``&`` escaped."""
    return "".join(_encode(strip(value)))


def _encode(value: Value) -> Iterator[str]:
    if is_unknown(value):
        raise ValueError("An unknown value has no JSON form.")
    if is_null(value):
        yield "null"
    elif is_number(value):
        yield format_number(value)
    elif isinstance(value, str):
        yield quote(value)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, list):
        yield from _enclosed("[", (_encode(item) for item in value), "]")
    else:
        yield from _enclosed("{", (_member(name, value[name]) for name in sorted(value)), "}")


def _member(name: str, value: Value) -> Iterator[str]:
    yield quote(name)
    yield ":"
    yield from _encode(value)


def _enclosed(opening: str, items: Iterator[Iterator[str]], closing: str) -> Iterator[str]:
    yield opening
    for position, item in enumerate(items):
        if position:
            yield ","
        yield from item
    yield closing


def quote(text: str) -> str:
    """Write a string as Go's JSON encoder does, which escapes what HTML would read."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
