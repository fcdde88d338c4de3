from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.engine.lang import MappingScope, Sensitive, TfList, evaluate, parse_template
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
    ],
)
def test_template(text: str, value: Any) -> None:
    result = evaluate(parse_template(text), SCOPE)

    assert result.diagnostics == ()
    assert result.value == value
