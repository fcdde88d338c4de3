"""Defaults of optional attributes are filled in wherever a value leaves them out, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import Sandbox

TAG = 'object({key = optional(string, "k")})'
TYPE = f"object({{name = string, size = optional(number, 40), tags = optional(list({TAG}))}})"


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"name": "a"}, {"name": "a", "size": 40, "tags": None}),
        ({"name": "a", "size": None}, {"name": "a", "size": 40, "tags": None}),
        ({"name": "a", "size": 80}, {"name": "a", "size": 80, "tags": None}),
        ({"name": "a", "tags": [{}, {"key": "b"}]}, {"name": "a", "size": 40, "tags": [{"key": "k"}, {"key": "b"}]}),
        (None, None),
    ],
    ids=["left out", "null", "given", "inside a list", "no object"],
)
def test_defaults(given: Any, value: Any, tmp_path: Path) -> None:
    stack = {"variable": {"image": {"type": TYPE, "default": given}}, "output": {"image": {"value": "${var.image}"}}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(stack))

    with Sandbox() as sandbox:
        applied = sandbox.apply(tmp_path)

    assert applied.outputs.get("image") == value
