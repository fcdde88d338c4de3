"""Expressions are worked out by the real Terraform and by us, and must come out the same."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from .calls import guarded, plain_zero, rendered, together
from .expressions import calls, expression
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


UNCALLED = frozenset(
    {
        *("abspath", "bcrypt", "pathexpand", "plantimestamp", "timestamp", "uuid"),  # answer otherwise each time
        *("rsadecrypt", "templatefile", "templatestring", "try", "can"),  # take more than values that are made up
        *("log", "pow"),  # are infinite for many, which the engine refuses
        "base64gzip",  # compresses a little otherwise than Go does
    }
)
CALLED = sorted(name for name in SIGNATURES if name not in UNCALLED and not name.startswith("file"))
RECORDING = os.environ.get("CONSTRUCTS_IMS_RECORD")


@pytest.mark.parametrize("name", CALLED if RECORDING else CALLED[::8])
def test_terraform_still_gives_the_recorded_answers_to_calls(terraform: Any, name: str) -> None:
    path = TESTDATA / "calls" / f"{name}.json"
    texts = calls(Random(name), name, SIGNATURES[name], 30) if RECORDING else json.loads(path.read_text())["calls"]

    answer = plain_zero(terraform.console(together(texts)))

    if RECORDING:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"calls": texts, "answer": answer}, indent=1) + "\n")
    assert json.loads(path.read_text())["answer"] == answer


@settings(max_examples=3, derandomize=True, phases=[Phase.generate])
@given(st.randoms(use_true_random=True))
def test_generated_expressions(terraform: Any, random: Random) -> None:
    texts = [expression(random, "any", 4) for _ in range(150)]
    whole = together(texts)

    if plain_zero(rendered(whole)) != plain_zero(terraform.console(whole)):
        ours = {text: plain_zero(rendered(guarded(text))) for text in texts}
        assert ours == {text: plain_zero(terraform.console(guarded(text))) for text in texts}
