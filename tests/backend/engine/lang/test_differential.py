"""Expressions are worked out by the real Terraform and by us, and must come out the same."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang import (
    FunctionSettings,
    MappingScope,
    evaluate_typed,
    parse_expression,
    render_console,
)

from .expressions import expression
from .test_function_signatures import SIGNATURES

pytestmark = pytest.mark.e2e

TESTDATA = Path(__file__).parent / "testdata"


def test_terraform_still_gives_the_recorded_values(terraform: Any) -> None:
    recorded = json.loads((TESTDATA / "values.json").read_text(), parse_float=Decimal, parse_int=Decimal)

    assert dict(zip(recorded, terraform.values(list(recorded)), strict=True)) == recorded


def test_terraform_still_gives_the_recorded_errors(terraform: Any) -> None:
    recorded = json.loads((TESTDATA / "errors.json").read_text())
    found = terraform.errors(recorded)

    assert {text: faults[0][0] for text, faults in found.items()} == {
        text: faults[0][0] for text, faults in recorded.items()
    }


def test_terraform_still_has_the_recorded_functions(terraform: Any) -> None:
    assert terraform.functions() == SIGNATURES


def guarded(expression: str) -> str:
    """Wrap an expression so that a failure is a value too, and the types of values are kept."""
    return f'try([{expression}], ["failed"])'


def plain_zero(shown: str) -> str:
    """Take the sign off zero: Terraform has a negative zero, which we do not follow it in."""
    return re.sub(r"-0(?![.\d])", "0", shown)


def rendered(expression: str) -> str:
    return render_console(
        evaluate_typed(parse_expression(expression), MappingScope({}, FunctionSettings(TESTDATA))).value
    )


@settings(max_examples=3, derandomize=True, phases=[Phase.generate])
@given(st.randoms(use_true_random=True))
def test_generated_expressions(terraform: Any, random: Random) -> None:
    texts = [expression(random, "any", 4) for _ in range(150)]
    wrapped = [guarded(text) for text in texts]
    whole = f"[{', '.join(wrapped)}]"

    if plain_zero(rendered(whole)) != plain_zero(terraform.console(whole)):
        ours = {text: plain_zero(rendered(guarded(text))) for text in texts}
        assert ours == {text: plain_zero(terraform.console(guarded(text))) for text in texts}
