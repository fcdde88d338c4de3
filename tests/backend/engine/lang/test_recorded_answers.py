"""What Terraform 1.11.4 answered to more than a thousand expressions; ``test_differential`` asks it again."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.lang import (
    FunctionSettings,
    MappingScope,
    Result,
    Sensitive,
    evaluate_typed,
    is_null,
    is_unknown,
    parse_template,
    type_of,
    unknown,
)
from constructs_ims.schema.types import STRING, type_to_json

TESTDATA = Path(__file__).parent / "testdata"
SCOPE = MappingScope(
    {"terraform_data": {"late": {"id": unknown(STRING, not_null=True)}}}, FunctionSettings(base_dir=TESTDATA)
)
VALUES = json.loads((TESTDATA / "values.json").read_text(), parse_float=Decimal, parse_int=Decimal)
ERRORS = json.loads((TESTDATA / "errors.json").read_text())

# Terraform names a place inside the expression, which our trees do not keep.
PLACES = {
    '"%{ if true }"',
    '"%{ for x in [1] }"',
    'try(1 + "a")',
    'templatefile("data/list.tpl", {names = 1, title = ""})',
    'templatefile("data/list.tpl", {})',
    '"%{ foo }"',
}


def worked_out(expression: str) -> Result:
    return evaluate_typed(parse_template(f"${{{expression}}}"), SCOPE)


def known_part(value: Any) -> Any:
    match value:
        case Sensitive(inner):
            return known_part(inner)
        case list():
            return [known_part(item) for item in value]
        case dict():
            return {name: known_part(item) for name, item in value.items() if not is_unknown(item)}
        case _:
            return None if is_null(value) or is_unknown(value) else value


def anywhere(value: Any, test: Callable[[Any], bool]) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return test(value) or any(anywhere(item, test) for item in inside)


@pytest.mark.parametrize("expression", VALUES)
def test_value(expression: str) -> None:
    answer = VALUES[expression]
    result = worked_out(expression)

    assert result.diagnostics == ()
    assert known_part(result.value) == answer["value"]
    assert anywhere(result.value, is_unknown) == anywhere(answer["unknown"], lambda part: part is True)
    if answer["type"] is not None and not is_null(result.value):
        assert type_to_json(type_of(result.value)) == answer["type"]


@pytest.mark.parametrize("expression", ERRORS)
def test_error(expression: str) -> None:
    result = worked_out(expression)
    summary, detail = ERRORS[expression][0]

    assert result.diagnostics[0].summary == summary
    if expression not in PLACES:
        assert result.diagnostics[0].detail == detail
