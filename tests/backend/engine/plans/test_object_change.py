"""Whether what a provider made is what was planned."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.engine.plans.object_change import conforms
from constructs_ims.schema.values import Unknown

DYNAMIC = {"a": Unknown, "b": None, "c": []}


@pytest.mark.parametrize(
    ("planned", "actual", "does"),
    [
        (Unknown, [1], True),
        ({"a": Unknown}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {}, False),
        ([1], [1, 2], False),
        ([DYNAMIC], [{"a": 1}, {"a": 2}], True),
        ([{**DYNAMIC, "b": "x"}], [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}], False),
        ([{"b": None, "c": []}, Unknown], [{}, {}, {}], False),
        ([Unknown, Unknown], [1], True),
        ([Unknown], [1, 2], False),
        ("a", "a", True),
        ("a", "b", False),
        (1, True, False),
    ],
)
def test_conforms(planned: Any, actual: Any, does: bool) -> None:
    assert conforms(planned, actual) is does
