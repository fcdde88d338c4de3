"""What is wrong with a stack is said as Terraform 1.11.4 says it: the words, the place, the values that explain it.

``tests/e2e/test_faulty_stacks.py`` asks Terraform again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

STACKS = json.loads((Path(__file__).parents[2] / "testdata" / "faulty_stacks.json").read_text())


def ordered(diagnostics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(diagnostics, key=lambda one: json.dumps(one, sort_keys=True))


def paragraphs(text: str) -> list[str]:
    """The diagnostics of a text, whose order Terraform leaves open where they stand in different blocks."""
    return sorted(part.strip() for part in text.replace("\nWarning: ", "\nError: ").split("\nError: "))


@pytest.mark.parametrize("name", STACKS)
def test_stack_is_judged_as_terraform_judges_it(tf: Any, name: str) -> None:
    stack = STACKS[name]
    (tf.stack / "cdk.tf.json").write_text(stack["stack"])
    arguments = stack.get("arguments", [])

    validated, planned = tf("validate", "-json"), tf("plan", "-json", *arguments)
    shown = tf("plan", "-no-color", "-input=false", *arguments)

    assert ordered(validated.json()["diagnostics"]) == ordered(stack["validate"]["diagnostics"])
    assert validated.status == stack["validate"]["status"]
    said = [event["diagnostic"] for event in planned.events() if event["type"] == "diagnostic"]
    assert ordered(said) == ordered(stack["plan"]["diagnostics"])
    assert planned.status == stack["plan"]["status"]
    assert paragraphs(shown.err) == paragraphs(stack["text"])
