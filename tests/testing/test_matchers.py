"""Every matcher: what it takes, what it refuses, and what it says then."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.testing import Capture, Match, Template

ABSENT = object()


def template(value: Any) -> Template:
    body = {} if value is ABSENT else {"value": value}
    return Template.from_json({"resource": {"thing": {"one": body}}})


def check(value: Any, pattern: Any) -> None:
    template(value).has_resource_properties("thing", {"value": pattern})


HITS = {
    "text": ("a", "a"),
    "empty text": ("", ""),
    "number": (40, 40),
    "whole number written as a float": (40, 40.0),
    "truth": (True, True),
    "null asked for": (None, None),
    "list in full": ([1, "a"], [1, "a"]),
    "tuple for a list": ([1, "a"], (1, "a")),
    "empty list": ([], []),
    "object with more keys": ({"a": 1, "b": 2}, {"a": 1}),
    "nested objects with more keys": ({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 1}}),
    "empty object in a pattern": ({"a": 1}, {}),
    "objects in a list with more keys": ([{"a": 1, "b": 2}], [{"a": 1}]),
    "any text": ("", Match.any_value()),
    "any false": (False, Match.any_value()),
    "any empty list": ([], Match.any_value()),
    "absent": (ABSENT, Match.absent()),
    "absent for null": (None, Match.absent()),
    "absent in an object": ({"a": 1}, {"b": Match.absent()}),
    "absent in an exact object": ({"a": 1}, Match.object_equals({"a": 1, "b": Match.absent()})),
    "exact text": ("a", Match.exact("a")),
    "exact object": ({"a": {"b": 1}}, Match.exact({"a": {"b": 1}})),
    "exact with a matcher inside": ({"a": "x1"}, Match.exact({"a": Match.string_like_regexp(r"\d")})),
    "object_like": ({"a": 1, "b": 2}, Match.object_like({"b": 2})),
    "object_like in object_like": ({"a": {"b": 1, "c": 2}}, Match.object_like({"a": Match.object_like({"c": 2})})),
    "object_like with absent": ({"a": {"b": 1}}, Match.object_like({"a": {"c": Match.absent()}})),
    "object_equals": ({"a": 1, "b": [2]}, Match.object_equals({"a": 1, "b": [2]})),
    "object_equals of nothing": ({}, Match.object_equals({})),
    "array_with first": (["a", "b", "c"], Match.array_with(["a"])),
    "array_with last": (["a", "b", "c"], Match.array_with(["c"])),
    "array_with a gap": (["a", "b", "c"], Match.array_with(["a", "c"])),
    "array_with nothing": (["a"], Match.array_with([])),
    "array_with an object": ([{"a": 1, "b": 2}, {"a": 2}], Match.array_with([{"a": 2}])),
    "array_with a part of an object": ([{"a": 1, "b": 2}], Match.array_with([Match.object_like({"b": 2})])),
    "array_with an expression": (["ab", "cd"], Match.array_with([Match.string_like_regexp("c")])),
    "array_with a list": ([[1], [2, 3]], Match.array_with([Match.array_with([3])])),
    "array_equals": ([1, 2], Match.array_equals([1, 2])),
    "array_equals with matchers": ([1, "ab"], Match.array_equals([Match.any_value(), Match.string_like_regexp("^a")])),
    "expression inside a text": ("ubuntu-20.04", Match.string_like_regexp(r"-\d+\.")),
    "expression at a line": ("a\nb", Match.string_like_regexp("^b$")),
    "serialized JSON": ('{"a": [1, 2]}', Match.serialized_json({"a": [1, 2]})),
    "serialized JSON, in part": ('{"a": 1, "b": 2}', Match.serialized_json(Match.object_like({"a": 1}))),
    "serialized JSON of a text": ('"a"', Match.serialized_json("a")),
    "serialized null": ("null", Match.serialized_json(None)),
    "not another text": ("a", Match.not_("b")),
    "not another type": ("40", Match.not_(40)),
    "not a part of a list": (["a", "b"], Match.not_(["a"])),
    "not an element": (["a"], Match.not_(Match.array_with(["b"]))),
    "not absent": ("a", Match.not_(Match.absent())),
    "not, of what is absent": (ABSENT, Match.not_("a")),
    "not any value, of what is absent": (ABSENT, Match.not_(Match.any_value())),
    "not an object with other values": ({"a": 1, "b": 2}, Match.not_({"a": 1})),
    "captured": ("a", Capture()),
    "captured as asked": ("a1", Capture(Match.string_like_regexp(r"\d"))),
}

MISSES = {
    "other text": ("a", "b", 'value: expected "b", found "a"'),
    "text in other case": ("a", "A", 'value: expected "A", found "a"'),
    "text in its place": ("a", "", 'value: expected "", found "a"'),
    "text for a number": ("40", 40, 'value: expected 40 (number), found "40"'),
    "number for a text": (40, "40", 'value: expected "40" (string), found 40'),
    "truth for a number": (True, 1, "value: expected 1 (number), found true"),
    "number for a truth": (1, True, "value: expected true (boolean), found 1"),
    "zero for false": (0, False, "value: expected false (boolean), found 0"),
    "nothing for a text": (ABSENT, "a", 'value: expected "a", found nothing'),
    "nothing for null": (ABSENT, None, "value: expected null, found nothing"),
    "a text for null": ("a", None, 'value: expected null, found "a"'),
    "null for a text": (None, "a", 'value: expected "a" (string), found null'),
    "false for null": (False, None, "value: expected null, found false"),
    "empty list for null": ([], None, "value: expected null, found []"),
    "object for a text": ({"a": 1}, "a", 'value: expected "a" (string), found {"a": 1}'),
    "text for an object": ("a", {"a": 1}, 'value: expected {"a": 1}, found "a"'),
    "text for an empty object": ("a", {}, 'value: expected an object, found "a"'),
    "nothing for an object": (ABSENT, {"a": 1}, 'value: expected {"a": 1}, found nothing'),
    "list for an object": ([1], {"a": 1}, 'value: expected {"a": 1}, found [1]'),
    "object for a list": ({"a": 1}, [1], 'value: expected [1], found {"a": 1}'),
    "other nested value": ({"a": {"b": 1}}, {"a": {"b": 2}}, "value.a.b: expected 2, found 1"),
    "missing key": ({"a": 1}, {"b": 2}, "value.b: expected 2, found nothing"),
    "short list": (["a"], ["a", "b"], 'value[1]: expected "b", found nothing'),
    "long list": (["a", "b"], ["a"], 'value[1]: expected nothing (an array of 1 element), found "b"'),
    "list where none is to be": (["a"], [], 'value[0]: expected nothing (an array of 0 elements), found "a"'),
    "list in other order": (["a", "b"], ["b", "a"], 'value[0]: expected "b", found "a"'),
    "any value, of nothing": (ABSENT, Match.any_value(), "value: expected any value, found nothing"),
    "any value, of null": (None, Match.any_value(), "value: expected any value, found null"),
    "absent, of a value": ("a", Match.absent(), 'value: expected nothing, found "a"'),
    "absent, of false": (False, Match.absent(), "value: expected nothing, found false"),
    "absent, of an empty list": ([], Match.absent(), "value: expected nothing, found []"),
    "exact, of more keys": ({"a": 1, "b": 2}, Match.exact({"a": 1}), "value.b: expected nothing, found 2"),
    "exact, of more nested keys": (
        {"a": {"b": 1, "c": 2}},
        Match.exact({"a": {"b": 1}}),
        "value.a.c: expected nothing, found 2",
    ),
    "exact, of more keys in a list": ([{"a": 1, "b": 2}], Match.exact([{"a": 1}]), "value[0].b: expected nothing"),
    "object_like, of a list": ([1], Match.object_like({"a": 1}), 'value: expected {"a": 1}, found [1]'),
    "object_like, of other values": ({"a": 1}, Match.object_like({"a": 2}), "value.a: expected 2, found 1"),
    "object_equals, of more keys": ({"a": 1, "b": 2}, Match.object_equals({"a": 1}), "value.b: expected nothing"),
    "object_equals, of fewer keys": ({}, Match.object_equals({"a": 1}), "value.a: expected 1, found nothing"),
    "object_equals, of a null": ({"a": None}, Match.object_equals({}), "value.a: expected nothing, found null"),
    "array_with, of others": (
        ["a", "b"],
        Match.array_with(["c"]),
        'value[0]: expected "c" (the closest element), found "a"',
    ),
    "array_with, in other order": (
        ["a", "b"],
        Match.array_with(["b", "a"]),
        'value[2]: expected an element "a" after the first 2, found nothing',
    ),
    "array_with, of nothing": ([], Match.array_with(["a"]), 'value[0]: expected an element "a", found nothing'),
    "array_with, of a text": ("a", Match.array_with(["a"]), 'value: expected an array with ["a"] in this order'),
    "array_with, of larger objects": (
        [{"a": 1, "b": 2}],
        Match.array_with([{"a": 1}]),
        "value[0].b: expected nothing (the closest element), found 2",
    ),
    "array_with, shows the closest object": (
        [{"a": 1, "b": 1}, {"a": 2, "b": 3}, {"a": 5, "b": 5}],
        Match.array_with([{"a": 2, "b": 2}]),
        "value[1].b: expected 2 (the closest element), found 3",
    ),
    "array_equals, of more": ([1, 2], Match.array_equals([1]), "value[1]: expected nothing (an array of 1 element)"),
    "array_equals, of larger objects": (
        [{"a": 1, "b": 2}],
        Match.array_equals([{"a": 1}]),
        "value[0].b: expected nothing, found 2",
    ),
    "expression not found": ("a", Match.string_like_regexp("b"), 'value: expected a string like /b/, found "a"'),
    "expression, of a number": (12, Match.string_like_regexp(r"\d"), "value: expected a string like /\\d/, found 12"),
    "expression, of nothing": (ABSENT, Match.string_like_regexp(""), "value: expected a string like //, found nothing"),
    "no JSON": ("{", Match.serialized_json({}), 'value: expected a string with JSON {}, found "{"'),
    "an object, not its text": ({"a": 1}, Match.serialized_json({"a": 1}), "value: expected a string with JSON"),
    "JSON that says other": ('{"a": 1}', Match.serialized_json({"a": 2}), "value.a: expected 2, found 1"),
    "JSON that says more": ('{"a": 1, "b": 2}', Match.serialized_json({"a": 1}), "value.b: expected nothing, found 2"),
    "not what it is": ("a", Match.not_("a"), 'value: expected not "a", found "a"'),
    "not an element that is there": (["a"], Match.not_(Match.array_with(["a"])), "value: expected not an array with"),
    "not absent, of nothing": (ABSENT, Match.not_(Match.absent()), "value: expected not nothing, found nothing"),
    "not a part that is there": ({"a": 1, "b": 2}, Match.not_(Match.object_like({"a": 1})), 'expected not {"a": 1}'),
    "nothing to capture": (ABSENT, Capture(), "value: expected a value to capture, found nothing"),
    "null to capture": (None, Capture(), "value: expected a value to capture, found null"),
    "capture of another": ("a", Capture(Match.string_like_regexp("b")), 'value: expected a string like /b/, found "a"'),
}


@pytest.mark.parametrize(("value", "pattern"), HITS.values(), ids=HITS)
def test_hits(value: Any, pattern: Any) -> None:
    check(value, pattern)


@pytest.mark.parametrize(("value", "pattern", "message"), MISSES.values(), ids=MISSES)
def test_misses_say_what_was_expected_and_what_stands_there(value: Any, pattern: Any, message: str) -> None:
    with pytest.raises(AssertionError) as failure:
        check(value, pattern)

    assert message in str(failure.value)
    assert ">> " in str(failure.value)


@pytest.mark.parametrize(("value", "pattern", "message"), MISSES.values(), ids=MISSES)
def test_what_misses_is_not_there_for_the_negation(value: Any, pattern: Any, message: str) -> None:
    template(value).has_no_resource_properties("thing", {"value": pattern})
    check(value, Match.not_(pattern))


IMPOSSIBLE: dict[str, tuple[Callable[[], Any], str]] = {
    "exact around a matcher": (lambda: Match.exact(Match.any_value()), "takes a value, and this is a matcher"),
    "absent in array_with": (lambda: Match.array_with([Match.absent()]), "nothing cannot be an element"),
    "any_value in array_with": (lambda: Match.array_with([Match.any_value()]), "any value cannot be an element"),
    "a set": (lambda: Match.exact({1}), "{1} is set, which no template has"),
    "a set inside": (lambda: Match.object_like({"a": [{"b": {1}}]}), "{1} is set, which no template has"),
    "a key that is no text": (lambda: Match.exact({1: 2}), "1 is int, and the keys of objects are texts"),
    "object_like of a list": (lambda: Match.object_like([1]), "[1] is list, and a mapping is expected"),  # type: ignore[arg-type]
    "array_with of a text": (lambda: Match.array_with("ab"), "'ab' is str, and a list is expected"),
    "array_equals of a text": (lambda: Match.array_equals("ab"), "'ab' is str, and a list is expected"),
    "bytes": (lambda: Match.exact(b"a"), "b'a' is bytes, which no template has"),
    "a token": (lambda: Match.exact("${TfToken[TOKEN.1]}"), "Write Match.token_to(...) around it"),
    "not a number": (lambda: Match.not_(float("nan")), "nan is no number of JSON"),
    "infinity": (lambda: Match.exact([float("-inf")]), "-inf is no number of JSON"),
    "no regular expression": (lambda: Match.string_like_regexp("("), "'(' is no regular expression: missing )"),
    "a compiled expression": (
        lambda: Match.string_like_regexp(re.compile("a")),  # type: ignore[arg-type]
        "re.compile('a') is Pattern. Give a regular expression as a text.",
    ),
}


@pytest.mark.parametrize(("make", "message"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_patterns_that_cannot_be_are_refused_when_made(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError) as failure:
        make()

    assert message in str(failure.value)


def test_token_has_nothing_to_be_resolved_in_without_a_stack() -> None:
    with pytest.raises(TypeError, match="this template was not made from a stack"):
        check("a", Match.token_to("${TfToken[TOKEN.1]}"))


def test_matchers_show_what_they_expect() -> None:
    assert repr(Match.object_like({"a": Match.any_value()})) == '<ObjectMatcher: {"a": any value}>'


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
).map(lambda value: json.loads(json.dumps(value)))


@given(JSON)
def test_every_value_is_exactly_itself_and_like_itself(value: Any) -> None:
    check(value, Match.exact(value) if "TfToken" not in repr(value) else Match.any_value())
    check(value, value)
    with pytest.raises(AssertionError, match="expected not"):
        check(value, Match.not_(value))


def canonical(value: Any) -> str:
    """Write a value so that two values are the same JSON exactly when the texts are."""

    def number(plain: Any) -> Any:
        if isinstance(plain, dict):
            return {key: number(nested) for key, nested in plain.items()}
        if isinstance(plain, list):
            return [number(nested) for nested in plain]
        whole = isinstance(plain, float) and math.isfinite(plain) and plain == int(plain)
        return int(plain) if whole else plain

    return json.dumps(number(value), sort_keys=True)


@given(JSON, JSON)
def test_exact_tells_any_two_values_apart(actual: Any, expected: Any) -> None:
    try:
        check(actual, Match.exact(expected))
        is_match = True
    except AssertionError:
        is_match = False

    assert is_match == (canonical(actual) == canonical(expected))


@given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=4))
def test_array_with_finds_exactly_subsequences(actual: list[int], wanted: list[int]) -> None:
    remaining = iter(actual)
    is_subsequence = all(element in remaining for element in wanted)
    try:
        check(actual, Match.array_with(wanted))
        is_match = True
    except AssertionError:
        is_match = False

    assert is_match == is_subsequence
