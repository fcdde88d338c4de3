"""What would take all time or memory is refused, and what stands just within a limit is not."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.engine.lang import MappingScope, Result, evaluate, parse_expression
from constructs_ims.schema.values import Unknown

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 9)
)


def evaluated(expression: str, **variables: Any) -> Result:
    return evaluate(parse_expression(expression), MappingScope(variables))


@pytest.mark.parametrize(
    ("expression", "variables", "why"),
    [
        pytest.param("yamldecode(text)", {"text": LAUGHS}, "aliases of the document repeat", id="billion laughs"),
        pytest.param("setproduct(many, many, many)", {"many": ["x"] * 1000}, "more than 1000000", id="set product"),
        pytest.param("range(1025)", {}, "more than 1024 values", id="range"),
        pytest.param('replace(text, "", text)', {"text": "x" * 10_000}, "more than 50000000", id="replaced text"),
        pytest.param('replace(text, "/x/", text)', {"text": "x" * 10_000}, "more than 50000000", id="replaced matches"),
        pytest.param("join(text, many)", {"text": "x" * 60_000, "many": ["y"] * 1000}, "more than", id="joined text"),
        pytest.param("1e999999999", {}, "too large", id="number literal"),
        pytest.param('tonumber("1e999999999")', {}, "cannot convert", id="number in a text"),
        pytest.param("parseint(text, 10)", {"text": "9" * 4001}, "more than 4000 digits", id="parsed number"),
        pytest.param("number * number", {"number": 10**3999}, "too large", id="product"),
        pytest.param(f"list.{'1' * 5000}", {"list": [1]}, "too large", id="position"),
        pytest.param("jsondecode(text)", {"text": "[" * 5000 + "]" * 5000}, "cannot be handled", id="nested JSON"),
        pytest.param("yamldecode(text)", {"text": f"0x{'9' * 4000}"}, "too large", id="number in YAML"),
        pytest.param("+".join(["1"] * 122), {}, "CONSTRUCTS_IMS_ENGINE=terraform.", id="operators"),
        pytest.param(f"{'(' * 120}1{')' * 120}", {}, "levels deep", id="parentheses"),
        pytest.param(f"{'-' * 120}1", {}, "levels deep", id="signs"),
        pytest.param(f'"{"%{if true}" * 121}x{"%{endif}" * 121}"', {}, "Directives may nest 120", id="directives"),
        pytest.param("jsondecode(text)", {"text": "[" * 101 + "]" * 101}, "cannot be handled", id="deep JSON"),
        pytest.param("yamldecode(text)", {"text": "[" * 101 + "]" * 101}, "nested too deeply", id="deep YAML"),
        pytest.param('indent(1000001, "x")', {}, "must not be greater than 1000000", id="spaces"),
        pytest.param('format("%1000000d", 1)', {}, "more than 6 digits", id="width"),
        pytest.param('format("%.1000000f", 1)', {}, "more than 6 digits", id="precision"),
        pytest.param('cidrsubnets("2001:db8::/16", 33)', {}, "by more than 32 bits", id="subnet"),
        pytest.param('parseint("1", 1)', {}, "between 2 and 62", id="least base"),
        pytest.param('parseint("1", 63)', {}, "between 2 and 62", id="greatest base"),
        pytest.param("bcrypt(text, 4)", {"text": "x" * 73}, "length exceeds 72 bytes", id="password"),
        pytest.param('bcrypt("x", 32)', {}, "outside allowed range", id="cost"),
        pytest.param("number * 2", {"number": 2**12000}, "too large or too small", id="largest power of two"),
        pytest.param("1 / number", {"number": 2**12001}, "too large or too small", id="smallest power of two"),
        pytest.param("1e-3613", {}, "too large or too small", id="small number literal"),
        pytest.param("1 / 0 > 3", {}, "CONSTRUCTS_IMS_ENGINE=terraform.", id="infinite quotient"),
        pytest.param("0 / 0", {}, "can't divide zero by zero or infinity by infinity.", id="zero by zero"),
        pytest.param("pow(0, -1)", {}, "CONSTRUCTS_IMS_ENGINE=terraform.", id="infinite power"),
        pytest.param("pow(-10, 400)", {}, "CONSTRUCTS_IMS_ENGINE=terraform.", id="power of a negative number"),
        pytest.param("pow(-1, 0.5)", {}, "a negative number has whole powers alone.", id="no power"),
        pytest.param("log(0, 2)", {}, "CONSTRUCTS_IMS_ENGINE=terraform.", id="infinite logarithm"),
        pytest.param("log(-1, 2)", {}, "a negative number has no logarithm.", id="no logarithm"),
    ],
)
def test_refused(expression: str, variables: dict[str, Any], why: str) -> None:
    assert why in evaluated(expression, **variables).diagnostics[0].detail


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("length(range(1024))", 1024, id="range"),
        pytest.param(f'length(tostring(parseint("{"9" * 4000}", 10)))', 4000, id="digits"),
        pytest.param(f'length(tostring(yamldecode("0x{"9" * 3000}"))) > 3000', True, id="digits in YAML"),
        pytest.param("+".join(["1"] * 121), 121, id="operators"),
        pytest.param(f"{'(' * 119}1{')' * 119}", 1, id="parentheses"),
        pytest.param(f"{'-' * 119}1", -1, id="signs"),
        pytest.param(f'"{"%{if true}" * 120}x{"%{endif}" * 120}"', "x", id="directives"),
        pytest.param(f'length(jsondecode("{"[" * 100}1{"]" * 100}"))', 1, id="nested JSON"),
        pytest.param(f'length(yamldecode("{"[" * 100}{"]" * 100}"))', 1, id="nested YAML"),
        pytest.param('length(indent(1000000, "x\\ny"))', 1_000_003, id="spaces"),
        pytest.param('length(format("%999999d", 1))', 999_999, id="width"),
        pytest.param('cidrsubnets("2001:db8::/16", 32)', ["2001::/48"], id="subnet"),
        pytest.param('[parseint("1", 2), parseint("Z", 62)]', [1, 61], id="bases"),
        pytest.param(f'length(bcrypt("{"x" * 72}", 4))', Unknown, id="password"),
        pytest.param("floor(1e3612 * 1e-3612)", 1, id="largest and smallest number literal"),
        pytest.param("length(tostring(1e-3000))", 3002, id="digits of a small number"),
        pytest.param(r'"\uD7FF"', "\ud7ff", id="last letter before the surrogates"),
        pytest.param(r'"\U0010FFFF"', "\U0010ffff", id="last letter"),
        pytest.param('yamldecode("a: &x [1]\\nb: [*x, *x]").b', [[1], [1]], id="alias"),
    ],
)
def test_allowed(expression: str, value: Any) -> None:
    result = evaluated(expression)

    assert result.diagnostics == ()
    assert result.value == value


@pytest.mark.parametrize("escape", [r"\uD800", r"\uDFFF", r"\U00110000", r"\u12"])
def test_letters_that_are_none(escape: str) -> None:
    assert evaluated(f'"{escape}"').diagnostics[0].summary == "Invalid escape sequence"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("1 + 2 * 3", 7, id="product before sum"),
        pytest.param("1 + 1 > 1", True, id="sum before comparison"),
        pytest.param("1 < 2 == true", True, id="comparison before equality"),
        pytest.param("true == false && false", False, id="equality before and"),
        pytest.param("true || false && false", True, id="and before or"),
        pytest.param("false || true ? 1 : 2", 1, id="or before conditional"),
        pytest.param("7 - 2 - 1", 4, id="from the left"),
        pytest.param("-2 + 3", 1, id="sign before sum"),
        pytest.param("[\n1,\n2\n]", [1, 2], id="newlines in a tuple"),
        pytest.param("max(\n1,\n2\n)", 2, id="newlines in a call"),
        pytest.param("(\n1\n+\n2\n)", 3, id="newlines in parentheses"),
        pytest.param("{\na = 1\n\nb = 2\n}", {"a": 1, "b": 2}, id="newlines in an object"),
        pytest.param("{\nfor x in [1] :\nx => x\n}", {"1": 1}, id="newlines in a loop"),
        pytest.param("[1][\n0\n]", 1, id="newlines in an index"),
    ],
)
def test_precedence_and_newlines(expression: str, value: Any) -> None:
    result = evaluated(expression)

    assert result.diagnostics == ()
    assert result.value == value


def test_a_newline_outside_brackets_ends_an_argument_of_an_object() -> None:
    assert evaluated("{a = 1\n+ 2}").diagnostics[0].summary == "Invalid expression"


@pytest.mark.parametrize("call", ["try(nope, 2)", "can(nope)", "try(var.nope, 2)", "try([local.nope], 2)"])
def test_references_that_lead_nowhere_are_not_caught(call: str) -> None:
    assert evaluated(call).diagnostics[0].summary.startswith(("Invalid reference", "Reference to undeclared"))


APART = "102A-102C 1038 103F 1061-1070 1075-1081 1083 1087-108C 108E-109C 109E-109F 1A61 1A63-1A64 AA7A-AA7B AA7D-AA7E"
LOOKED_AT = "102A-103F 1060-109F 1A60-1A65 AA7A-AA7E 1171D-11723"


def code_points(ranges: str) -> list[int]:
    ends = [[int(end, 16) for end in each.split("-")] for each in ranges.split()]
    return [point for each in ends for point in range(each[0], each[-1] + 1)]


def test_marks_that_join_the_letter_before_them_are_terraforms() -> None:
    """Of the scripts that have spacing marks which do not; recorded from Terraform 1.11.4."""
    points = code_points(LOOKED_AT)
    lengths = evaluated("[for text in texts : length(text)]", texts=[f"a{chr(point)}" for point in points]).value

    found = [point for point, length in zip(points, lengths, strict=True) if length == 2]
    assert found == code_points(f"{APART} 11720-11721")
