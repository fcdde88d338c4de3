"""Arithmetic on Terraform's numbers: binary floats of 512 bits, shown by the fewest digits that identify them.

A number is an ``int``, or a ``Decimal`` when it has a fraction. The ``Decimal`` holds those fewest digits, so reading
it at 512 bits gives the float back and nothing is lost between operations.
"""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

Number: TypeAlias = int | Decimal

PRECISION: Final = 512
MAX_DIGITS: Final = 4000
"""Numbers with more digits before or after the point are refused: Python itself stops printing at 4,300."""

_CONTEXT: Final = decimal.Context(prec=MAX_DIGITS, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)


def parse_number(text: str) -> Number:
    """Read a decimal number; ``ValueError`` when ``text`` is none or too long to be handled."""
    if text.isdecimal() and text.isascii() and len(text) <= 150:
        return int(text)
    try:
        return normalize(_CONTEXT.create_decimal(text))
    except (decimal.InvalidOperation, decimal.Overflow) as fault:
        raise ValueError(f"Not a number, or one that is too large: {text[:40]}.") from fault


def normalize(number: Decimal) -> Number:
    """Return a number in its one form: whole ones as ``int``, the rest with their fewest digits."""
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        raise ValueError("The number is too large or too small.")
    return from_fraction(Fraction(number))


def format_number(number: Number) -> str:
    """Write a number with all its digits and no exponent."""
    return str(number) if type(number) is int else format(number, "f")


def add(left: Number, right: Number) -> Number:
    """Return the sum."""
    if type(left) is int and type(right) is int:
        return _whole(left + right)
    return from_fraction(exact(left) + exact(right))


def subtract(left: Number, right: Number) -> Number:
    """Return the difference."""
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """Return the product."""
    if type(left) is int and type(right) is int:
        return _whole(left * right)
    return from_fraction(exact(left) * exact(right))


def divide(left: Number, right: Number) -> Number:
    """Return the quotient; ``ZeroDivisionError`` for a zero divisor."""
    return from_fraction(exact(left) / exact(right))


def modulo(left: Number, right: Number) -> Number:
    """Return the remainder of division towards zero, which has the sign of ``left``; by zero it is ``left`` itself."""
    if right == 0:
        return left
    return subtract(left, multiply(right, int(exact(divide(left, right)))))


def negate(number: Number) -> Number:
    """Return the number with the other sign; exact, so no rounding context may touch it."""
    return number.copy_negate() if isinstance(number, Decimal) else -number


def exact(number: Number) -> Fraction:
    """Return the value that the 512-bit float has."""
    if type(number) is int and number.bit_length() <= PRECISION:
        return Fraction(number)
    mantissa, exponent = _round(Fraction(number))
    return _scaled(mantissa, exponent)


def from_fraction(value: Fraction, precision: int = PRECISION) -> Number:
    """Round to ``precision`` bits and return the number with the fewest digits that identify the float.

    ``ValueError`` when it is too large or too small to be handled.
    """
    if value == 0:
        return 0
    if abs(value.numerator.bit_length() - value.denominator.bit_length()) > MAX_DIGITS * 3:
        raise ValueError("The number is too large or too small.")
    mantissa, exponent = _round(value, precision)
    rounded = _scaled(mantissa, exponent)
    if rounded.denominator != 1:
        return _shortest(mantissa, exponent)
    return rounded.numerator if exponent <= 0 else int(_shortest(mantissa, exponent))


def from_float(value: float) -> Number:
    """Return the number that a 64-bit float is shown as."""
    return from_fraction(Fraction(value), 53)


def _whole(value: int) -> Number:
    return value if value.bit_length() <= PRECISION else from_fraction(Fraction(value))


def _scaled(mantissa: int, exponent: int) -> Fraction:
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


def _round(value: Fraction, precision: int = PRECISION) -> tuple[int, int]:
    """Return mantissa and exponent of the nearest float, ties to even."""
    top, bottom = abs(value.numerator), value.denominator
    exponent = top.bit_length() - bottom.bit_length() - precision
    mantissa, exponent = _quotient(top, bottom, exponent, precision)
    return (-mantissa if value < 0 else mantissa), exponent


def _quotient(top: int, bottom: int, exponent: int, precision: int) -> tuple[int, int]:
    if (top << max(-exponent, 0)) // (bottom << max(exponent, 0)) >= 1 << precision:
        exponent += 1
    mantissa, rest = divmod(top << max(-exponent, 0), bottom << max(exponent, 0))
    twice = 2 * rest
    divisor = bottom << max(exponent, 0)
    mantissa += twice > divisor or (twice == divisor and mantissa & 1 == 1)
    return mantissa, exponent


def _shortest(mantissa: int, exponent: int) -> Decimal:
    """Return the fewest digits that lie nearer to this float than to its neighbours."""
    size, inclusive = abs(mantissa), mantissa % 2 == 0
    factor, scale = (5 ** (1 - exponent), exponent - 1) if exponent < 1 else (1 << (exponent - 1), 0)
    value, low, high = (2 * size) * factor, (2 * size - 1) * factor, (2 * size + 1) * factor
    digits = value.bit_length() * 30103 // 100000 + 1  # no fewer than it has; Python prints no more than 4,300
    for kept in range(1, digits + 1):
        unit = 10 ** (digits - kept)
        down = value // unit * unit
        up = down + unit
        down_fits = down > low or (inclusive and down == low)
        up_fits = up < high or (inclusive and up == high)
        if down_fits or up_fits:
            nearer_up = 2 * (value - down) > unit or (2 * (value - down) == unit and down // unit % 2 == 1)
            chosen = up if up_fits and (nearer_up or not down_fits) else down
            return _decimal(chosen // unit, scale + digits - kept, mantissa < 0)
    return _decimal(value, scale, mantissa < 0)


def _decimal(digits: int, exponent: int, negative: bool) -> Decimal:
    text = str(digits)
    kept = text.rstrip("0")
    sign = "-" if negative else ""
    return Decimal(f"{sign}{kept}E{exponent + len(text) - len(kept)}")
