"""The functions of the built-in provider, with the answers of Terraform 1.11.4."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang import MappingScope, Result, Value, evaluate, parse_expression
from constructs_ims.schema.values import Unknown

from ....generated import normal_texts


def called(function: str, argument: Value) -> Result:
    return evaluate(parse_expression(f"provider::terraform::{function}(value)"), MappingScope({"value": argument}))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param([1, None], "[1, null]", id="tuple"),
        pytest.param("a\nb\n", r'"a\nb\n"', id="lines"),
        pytest.param("é\x01\t${%{", r'"é\u0001\t$${%%{"', id="escapes"),
        pytest.param({"a": {"b": 1, "cc": 2}}, "{\n  a = {\n    b  = 1\n    cc = 2\n  }\n}", id="nested objects"),
        pytest.param([{"a": 1}, {"b": "x"}], '[{\n  a = 1\n  }, {\n  b = "x"\n}]', id="objects in a tuple"),
        pytest.param([[], {}], "[[], {}]", id="empty"),
        pytest.param(10**30, "1000000000000000000000000000000", id="large number"),
        pytest.param(Unknown, Unknown, id="unknown"),
    ],
)
def test_encode_expr(value: Any, text: Any) -> None:
    assert called("encode_expr", value).value == text


def test_encode_tfvars_aligns_neighbours_and_quotes_odd_names() -> None:
    value = {"a": 1, "bcd": "x", "f": {"x": 1, "yyy": {"z": "q"}}, "m": [[1], [{"a": 1}]], "o": {"a b": 1, "for": 3}}

    assert called("encode_tfvars", value).value == (
        'a   = 1\nbcd = "x"\nf = {\n  x = 1\n  yyy = {\n    z = "q"\n  }\n}\nm = [[1], [{\n  a = 1\n}]]\n'
        'o = {\n  "a b" = 1\n  for   = 3\n}\n'
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(
            'a = 1\nb = ["x", {c = null}]\n# c\nd = "y"', {"a": 1, "b": ["x", {"c": None}], "d": "y"}, id="all"
        ),
        pytest.param("", {}, id="empty"),
        pytest.param("a = <<EOT\nx\nEOT\n", {"a": "x\n"}, id="heredoc"),
        pytest.param("a = 1 + 2", {"a": 3}, id="constant expression"),
    ],
)
def test_decode_tfvars(text: str, value: Any) -> None:
    assert called("decode_tfvars", text).value == value


@pytest.mark.parametrize(
    ("function", "value", "why"),
    [
        pytest.param("decode_tfvars", "a = b", "Variables not allowed", id="reference"),
        pytest.param("decode_tfvars", 'a = upper("x")', "Function calls not allowed", id="call"),
        pytest.param("decode_tfvars", "a {}", 'Unexpected "a" block', id="block"),
        pytest.param("decode_tfvars", "a = 1\na = 2", "Attribute redefined", id="twice"),
        pytest.param("decode_tfvars", '"a" = 1', "Argument names must not be quoted", id="quoted name"),
        pytest.param("decode_tfvars", "a = 1 b = 2", "must end with a newline", id="one line"),
        pytest.param("decode_tfvars", "a = ", "Missing expression", id="no value"),
        pytest.param("encode_tfvars", [1], "must be an object", id="no object"),
        pytest.param("encode_tfvars", {"a b": 1}, 'invalid variable name "a b"', id="bad name"),
        pytest.param("encode_expr", None, "must not be null", id="null"),
    ],
)
def test_refused(function: str, value: Any, why: str) -> None:
    assert why in called(function, value).diagnostics[0].detail


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | normal_texts(["${", "%{", '"', "\\", "\n", "é", "#", "//", "=", "{", "]"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b c", "for", "1"]), inner),
)


@given(value=st.dictionaries(st.sampled_from(["a", "bb", "null", "c-d"]), VALUES))
def test_what_is_encoded_decodes_to_the_same(value: dict[str, Any]) -> None:
    normal = called("encode_tfvars", value).value

    decoded = called("decode_tfvars", normal)

    assert decoded.diagnostics == ()
    assert called("encode_tfvars", decoded.value).value == normal
