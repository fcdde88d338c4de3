"""JSON to the letter as Go writes it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang.json_text import Record, from_json, number_text, to_compact, to_indented

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


@given(JSON)
def test_what_is_written_reads_back(value: Any) -> None:
    assert from_json(to_compact(value)) == from_json(to_indented(value)) == from_json(json.dumps(value))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        pytest.param(0, "0", id="zero"),
        pytest.param(-7, "-7", id="negative"),
        pytest.param(1.5, "1.5", id="fraction"),
        pytest.param(1e21, "1000000000000000000000", id="large float"),
        pytest.param(1e-7, "0.0000001", id="small float"),
        pytest.param(
            Decimal("12345678901234567890.125"), "12345678901234567890.125", id="more digits than a float has"
        ),
        pytest.param(Decimal("2.50"), "2.5", id="trailing zero"),
        pytest.param(Decimal("0.0"), "0", id="zero with a fraction"),
    ],
)
def test_numbers_are_written_in_full(number: float | Decimal, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("text", "number"), [("1.0", 1), ("1e3", 1000), ("0.1", Decimal("0.1")), ("1e999", Decimal("1e999"))]
)
def test_numbers_are_read_exactly(text: str, number: object) -> None:
    assert from_json(text) == number
    assert type(from_json(text)) is type(number)


def test_markup_and_line_separators_are_escaped() -> None:
    assert to_compact({"a": "<b>&\u2028é"}) == '{"a":"\\u003cb\\u003e\\u0026\\u2028é"}'


def test_maps_are_sorted_and_records_are_not() -> None:
    assert to_compact(Record(b=1, a={"d": [], "c": {}})) == '{"b":1,"a":{"c":{},"d":[]}}'


def test_lines_are_indented_by_two_blanks() -> None:
    assert to_indented({"a": [1, {"b": None}], "e": []}) == (
        '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "e": []\n}\n'
    )


@pytest.mark.parametrize("text", ["NaN", "Infinity", "{", "[1,]", ""])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json(text)
