"""One line on what becomes of an object, as pytest and a Python shell show it."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.engine.lang.addresses import parse_address
from constructs_ims.backend.engine.plans.changes import Action, Importing, ResourceChange, brief_change
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.values import Unknown


def change(before: Any = None, after: Any = None, action: Action = Action.UPDATE, **more: Any) -> ResourceChange:
    return ResourceChange(parse_address("a.b"), 'provider["x"]', action, before, after, **more)


SEVEN = {f"x{number}": number for number in range(7)}


@pytest.mark.parametrize(
    ("changed", "line"),
    {
        "created": (change(None, {"x": 1}, Action.CREATE), "+ a.b"),
        "destroyed": (change({"x": 1}, None, Action.DELETE), "- a.b"),
        "deposed": (change({"x": 1}, None, Action.DELETE, deposed="00bee5fe"), "- a.b (deposed 00bee5fe)"),
        "as it was": (change({"x": 1}, {"x": 1}, Action.NO_OP), "a.b"),
        "moved": (
            change({"x": 1}, {"x": 1}, Action.NO_OP, previous_address=parse_address("a.c")),
            "a.b (moved from a.c)",
        ),
        "moved to where it was": (
            change({"x": 1}, {"x": 1}, Action.NO_OP, previous_address=parse_address("a.b")),
            "a.b",
        ),
        "imported": (change({"x": 1}, {"x": 2}, importing=Importing("7")), "~ a.b (import of 7, x: 1 -> 2)"),
        "changed": (change({"x": None, "y": "a"}, {"x": "b", "y": "a"}), '~ a.b (x: null -> "b")'),
        "new attribute": (change({}, {"x": 1}), "~ a.b (x: null -> 1)"),
        "unknown": (change({"x": 1}, {"x": Unknown}), "~ a.b"),
        "unknown that replaces": (
            change({"x": 1}, {"x": Unknown}, Action.DELETE_THEN_CREATE, replace_paths=(attribute_path("x"),)),
            "-/+ a.b (x: 1 -> (known after apply))",
        ),
        "sensitive before": (
            change({"x": 1}, {"x": 2}, before_sensitive=(attribute_path("x"),)),
            "~ a.b (x: (sensitive))",
        ),
        "sensitive after": (
            change({"x": 1}, {"x": 2}, after_sensitive=(attribute_path("x", "y"),)),
            "~ a.b (x: (sensitive))",
        ),
        "five": (
            change(dict.fromkeys(list(SEVEN)[:5]), {name: SEVEN[name] for name in list(SEVEN)[:5]}),
            "~ a.b (x0: null -> 0, x1: null -> 1, x2: null -> 2, x3: null -> 3, x4: null -> 4)",
        ),
        "six": (
            change({}, {name: SEVEN[name] for name in list(SEVEN)[:6]}),
            "~ a.b (x0: null -> 0, x1: null -> 1, x2: null -> 2, x3: null -> 3, x4: null -> 4, and 1 more)",
        ),
        "long text": (
            change({"x": "a" * 38}, {"x": "b" * 39}),
            f'~ a.b (x: "{"a" * 38}" -> "{"b" * 36}...)',
        ),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_line(changed: ResourceChange, line: str) -> None:
    assert brief_change(changed) == line
    assert repr(changed) == f"ResourceChange({line})"
