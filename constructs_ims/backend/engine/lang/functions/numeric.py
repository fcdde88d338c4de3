"""Functions on numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from constructs_ims.backend.engine.lang.functions.registry import FunctionError, Parameter, function, whole
from constructs_ims.backend.engine.lang.limits import INFINITE
from constructs_ims.backend.engine.lang.numbers import MAX_DIGITS, Number, from_float, negate
from constructs_ims.backend.engine.lang.typed import Value, type_of
from constructs_ims.schema.types import DYNAMIC, NUMBER, STRING, Type, friendly_name

_NUM: Final = Parameter("num", NUMBER)
_NUMBERS: Final = Parameter("numbers", NUMBER)


@function("abs", _NUM, result=NUMBER)
def abs_(number: Number) -> Number:
    """Return the number without its sign."""
    return negate(number) if number < 0 else number


@function("ceil", _NUM, result=NUMBER)
def ceil(number: Number) -> Number:
    """Round up."""
    return math.ceil(number)


@function("floor", _NUM, result=NUMBER)
def floor(number: Number) -> Number:
    """Round down."""
    return math.floor(number)


@function("max", variadic=_NUMBERS, result=NUMBER)
def max_(*numbers: Number) -> Number:
    """Return the greatest number."""
    if not numbers:
        raise FunctionError("must pass at least one number")
    return max(numbers)


@function("min", variadic=_NUMBERS, result=NUMBER)
def min_(*numbers: Number) -> Number:
    """Return the smallest number."""
    if not numbers:
        raise FunctionError("must pass at least one number")
    return min(numbers)


@function("signum", _NUM, result=NUMBER)
def signum(number: Number) -> Number:
    """Return -1, 0 or 1 by the sign of a whole number."""
    sign = whole(number)
    return (sign > 0) - (sign < 0)


@function("log", _NUM, Parameter("base", NUMBER), result=NUMBER)
def log(number: Number, base: Number) -> Number:
    """Return a logarithm, as exact as a 64-bit float is."""
    try:
        return _finite(math.log(number) / math.log(base))
    except (ValueError, ZeroDivisionError):
        is_infinite = number >= 0 and base >= 0
        raise FunctionError(INFINITE if is_infinite else "a negative number has no logarithm") from None


@function("pow", _NUM, Parameter("power", NUMBER), result=NUMBER)
def pow_(number: Number, power: Number) -> Number:
    """Raise to a power, as exactly as a 64-bit float does."""
    try:
        return _finite(math.pow(number, power))
    except (ValueError, OverflowError):
        is_infinite = number >= 0 or power == math.trunc(power)
        raise FunctionError(INFINITE if is_infinite else "a negative number has whole powers alone") from None


def _finite(value: float) -> Number:
    if not math.isfinite(value):
        raise FunctionError(INFINITE)
    return from_float(value)


def _parsed_type(arguments: Sequence[Value]) -> Type:
    given = type_of(arguments[0])
    if given not in (STRING, DYNAMIC):
        raise FunctionError(f"first argument must be a string, not {friendly_name(given)}", 0)
    return NUMBER


@function("parseint", Parameter("number", DYNAMIC), Parameter("base", NUMBER), result=_parsed_type)
def parseint(number: Value, base: Value) -> Number:
    """Read a whole number written in a base from 2 to 62; capitals beyond base 36 follow the small letters."""
    _parsed_type((number,))
    whole(base, 1)
    if type(base) is not int or not 2 <= base <= 62:
        raise FunctionError("base must be a whole number between 2 and 62 inclusive", 1)
    if len(number) > MAX_DIGITS:
        raise FunctionError(f"a number of more than {MAX_DIGITS} digits cannot be handled", 0)
    value = _read(number, base)
    if value is None:
        raise FunctionError(f'cannot parse "{number}" as a base {base} integer', 0)
    return value


def _read(text: str, base: int) -> int | None:
    digits = text[1:] if text[:1] in ("+", "-") else text
    values = [_digit(letter, base) for letter in digits]
    if not values or any(value < 0 or value >= base for value in values):
        return None
    total = 0
    for value in values:
        total = total * base + value
    return -total if text.startswith("-") else total


def _digit(letter: str, base: int) -> int:
    if not letter.isascii() or not letter.isalnum():
        return -1
    if letter.isdigit():
        return int(letter)
    small = ord(letter.lower()) - ord("a") + 10
    return small + 26 if letter.isupper() and base > 36 else small
