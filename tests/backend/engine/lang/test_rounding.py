"""Rounding to binary floats, beside Python's own at its precision of 53 bits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import frexp

from hypothesis import assume, example, given
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang.numbers import from_fraction

WHOLE = st.integers(1, 2**200)


@given(top=WHOLE, bottom=WHOLE)
@example(top=2**54 + 2, bottom=1)  # lies in the middle of two
@example(top=2**54 + 6, bottom=1)
def test_number_is_the_nearest_and_has_the_fewest_digits(top: int, bottom: int) -> None:
    assume(frexp(top / bottom)[0] != 0.5)  # of powers of two, Go takes the numbers below for as far away as those above

    assert Decimal(from_fraction(Fraction(top, bottom), 53)) == Decimal(repr(top / bottom))
    assert Decimal(from_fraction(Fraction(-top, bottom), 53)) == Decimal(repr(-top / bottom))


def test_what_rounds_to_a_power_of_two() -> None:
    assert from_fraction(Fraction(4 * 2**53 + 3, 4), 53) == 2**53
    assert from_fraction(Fraction(2**54 - 1, 2), 53) == 2**53
