"""No expression raises: whatever its text, whatever a function is given, whatever it decodes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_ims.backend.engine.configuration.type_constraint import TypeConstraintError, parse_type
from constructs_ims.backend.engine.lang import (
    FunctionSettings,
    MappingScope,
    Sensitive,
    TfList,
    TfSet,
    evaluate,
    parse_expression,
    parse_json,
    parse_template,
    parse_traversal,
    references,
    render_console,
)
from constructs_ims.schema.types import STRING
from constructs_ims.schema.values import Unknown

from ....generated import ANY_JSON, texts
from .test_function_signatures import SIGNATURES
from .test_parser import PIECES

VARIABLES = {
    "text": "a-b", "blank": "", "seven": 7, "half": "0.5", "far": 10**40, "below": -3, "yes": True, "nothing": None,
    "list": ["b", "a", "c"], "set": TfSet(["a", "b"], STRING),
    "texts": TfList(["10.0.0.0/8", "2020-01-01T00:00:00Z"], STRING),
    "map": {"a": 1, "b": {"c": [None, "x"]}}, "unknown": Unknown, "hidden": Sensitive("s"), "maybe": [1, Unknown],
}  # fmt: skip
LITERALS = [
    '""', '"a"', '"%s %5.2f %[2]d"', '"/(a+)b/"', '"[[:alpha:]]+("', '"10.0.0.0/8"', '"fe80::1/64"', '"1h"',
    '"YYYY-MM"', '"2020-02-30T25:00:00Z"', '"a,b\\n1"', '"a: &x [*x]"', '"{\\"a\\":1e999}"', '"file.txt"', '"\\u0000"',
    '"\U0001f469\u200d\U0001f680"',
    "1e30", "-1", "0", "1.5", "1e-9", "[]", "{}", "[[1], [2]]", '{a = "b"}', "null", "true", '"gzip"', '"=="', "1e3000",
]  # fmt: skip
SMALL = MappingScope(VARIABLES)
BLOCKING = {"bcrypt"}
"""Slow on purpose."""
ARGUMENTS = st.sampled_from([*VARIABLES, *LITERALS])


@given(text=texts([*PIECES, *VARIABLES, *LITERALS], 14))
def test_text(text: str) -> None:
    for parsed in (parse_template(text), parse_template(f"${{{text}}}"), parse_expression(text)):
        result = evaluate(parsed, SMALL)
        references(parsed)
        if result.ok:
            render_console(result.value)
    parse_traversal(text)


@given(document=ANY_JSON)
def test_json(document: object) -> None:
    expression = parse_json(document)

    references(expression)
    evaluate(expression, SMALL)


@pytest.mark.parametrize("name", sorted({*SIGNATURES, "type"} - BLOCKING))
@given(arguments=st.lists(ARGUMENTS, max_size=5), spread=st.booleans())
def test_function(tmp_path: Path, name: str, arguments: list[str], spread: bool) -> None:
    (tmp_path / "file.txt").write_text("${a} %{ for x in a }")
    scope = MappingScope(VARIABLES, FunctionSettings(base_dir=tmp_path, console=True))

    result = evaluate(parse_expression(f"{name}({', '.join(arguments)}{'...' if arguments and spread else ''})"), scope)

    assert result.ok or result.diagnostics
    if result.ok:
        render_console(result.value)


DECODERS = [
    "jsondecode", "yamldecode", "csvdecode", "base64decode", "base64gunzip", "urlencode", "textdecodebase64",
    "formatdate", "regex", "parseint", "timeadd", "cidrhost", "format", "provider::terraform::decode_tfvars",
]  # fmt: skip
DOCUMENT_PIECES = [
    "{", "}", "[", "]", ":", ",", '"', "- ", "\n", "  ", "&a ", "*a", "<<: ", "!!binary ", "|", ">", "#", "---", "null",
    "~", "1e9999", "0x1F", "0o7", ".inf", "2020-01-01", "\\u", "\\ud800", "\x00", "\ufeff", "(?P<a>", "a*", "+", "%d",
    "EEEE", "'", "H4sI",
]  # fmt: skip


@pytest.mark.parametrize("name", DECODERS)
@given(text=texts(DOCUMENT_PIECES))
@example(text="1e9999")
@example(text="1" * 5000)
@example(text=f"0x{'f' * 5000}")
def test_decoder(name: str, text: str) -> None:
    second = ', "UTF-16"' if name == "textdecodebase64" else ', "a1"' if name in ("regex", "formatdate") else ""
    scope = MappingScope({"text": text}, FunctionSettings(console=True))

    result = evaluate(parse_expression(f"{name}(text{second})"), scope)

    assert result.ok or result.diagnostics


TYPE_PIECES = [
    "list(", "map(", "set(", "object({", "tuple([", "optional(", "any", "string", "number", "bool", ")", "})", "])",
    "=", ",", "a", '"', "1", " ", "\n", "null", "${", "//",
]  # fmt: skip


@given(text=texts(TYPE_PIECES))
def test_type_constraint(text: str) -> None:
    with suppress(TypeConstraintError):
        assert parse_type(text)
