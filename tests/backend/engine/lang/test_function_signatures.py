"""The functions are those of ``terraform metadata functions -json``, which ``testdata/functions.json`` records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.lang.functions.registry import CONSOLE_ONLY, Parameter, find, names
from constructs_ims.schema.types import type_to_json

SIGNATURES = json.loads((Path(__file__).parent / "testdata" / "functions.json").read_text())
TAKES_AN_EXPRESSION = {"templatestring"}
"""Terraform declares the template as text; both sides refuse what is no reference to a text."""


def recorded(parameter: Parameter) -> list[Any]:
    return [parameter.name, type_to_json(parameter.type), parameter.nullable]


def test_every_function_of_terraform_is_there_and_no_other() -> None:
    assert set(names()) == set(SIGNATURES) | CONSOLE_ONLY


@pytest.mark.parametrize("name", sorted(set(SIGNATURES) - TAKES_AN_EXPRESSION))
def test_parameters(name: str) -> None:
    function, signature = find(name), SIGNATURES[name]

    assert function is not None
    assert list(map(recorded, function.parameters)) == signature["parameters"]
    assert (recorded(function.variadic) if function.variadic else None) == signature.get("variadic")
