from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.engine.lang import (
    MappingScope,
    Sensitive,
    TfList,
    evaluate,
    parse_expression,
    parse_template,
)
from constructs_ims.schema.types import STRING
from constructs_ims.schema.values import Unknown

SCOPE = MappingScope({
    "var": {"one": 1, "names": TfList(["x", "y"], STRING), "late": Unknown},
    "local": {"secret": Sensitive("p")},
})  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("plain", "plain", id="constant"),
        pytest.param("${var.one}", 1, id="sole reference keeps its type"),
        pytest.param("n: ${var.one + 1}", "n: 2", id="interpolation"),
        pytest.param("${var.late}-x", Unknown, id="unknown part"),
        pytest.param("${local.secret}-x", Sensitive("p-x"), id="sensitive part"),
        pytest.param("${{for n in var.names : n => upper(n)...}}", {"x": ["X"], "y": ["Y"]}, id="grouping"),
        pytest.param("%{ for n in var.names ~} ${n} %{ endfor ~} end", "x y end", id="directive with trimming"),
        pytest.param("$${var.one}", "${var.one}", id="escape"),
        pytest.param(" ${~ true ~} ", "true", id="text that is trimmed away makes a text"),
    ],
)
def test_template(text: str, value: Any) -> None:
    result = evaluate(parse_template(text), SCOPE)

    assert result.diagnostics == ()
    assert result.value == value


TEMPLATES = {"plain": "x", "sum": "${a}", "file": '${file("x")}', "nested": "${templatestring(a, {})}"}


@pytest.mark.parametrize(
    ("call", "value"),
    [
        pytest.param("templatestring(local.sum, {a = true})", "true", id="result becomes a text"),
        pytest.param('[for k in ["plain"] : templatestring(local[k], {})]', ["x"], id="key that is no constant"),
        pytest.param("templatestring(local.sum, late)", Unknown, id="unknown variables"),
    ],
)
def test_templatestring(call: str, value: Any) -> None:
    result = evaluate(parse_expression(call), MappingScope({"local": TEMPLATES, "late": Unknown}))

    assert result.diagnostics == ()
    assert result.value == value


@pytest.mark.parametrize(
    ("call", "why"),
    [
        pytest.param("templatestring(local.sum, {a = null})", "Template result is null", id="null"),
        pytest.param("templatestring(local.file, {})", "cannot use filesystem access functions like file", id="file"),
        pytest.param("templatestring(local.nested, {a = 1})", "cannot recursively call templatestring", id="recursive"),
        pytest.param('templatestring("x", {})', "does not support providing a literal template", id="literal"),
    ],
)
def test_refused_templatestring(call: str, why: str) -> None:
    result = evaluate(parse_expression(call), MappingScope({"local": TEMPLATES}))

    assert why in result.diagnostics[0].detail
