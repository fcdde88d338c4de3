"""What is remembered of a simulated object, in its own form and in that of an earlier release."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_ims.backend.engine.stack.providers.made_up import made_up
from constructs_ims.backend.engine.stack.providers.memory import Memory
from constructs_ims.schema.types import NUMBER, STRING

TEXT, NUMERAL = (lambda place: made_up(STRING, f"a.b.{place}")), (lambda place: made_up(NUMBER, f"a.b.{place}"))


def test_memory_is_read_as_it_was_written() -> None:
    memory = Memory("a.b").with_made_up([("name",), ("rule", "port")]).with_made_up([("name",)])

    assert Memory.read(memory.write(), {}, "another") == memory
    assert memory.made_up == {("name",), ("rule", "port")}


@pytest.mark.parametrize("private", [b"", b"{", b"{}", b'{"seed": "a"}', b'{"seed": "a", "made_up": 7}', b"\xff"])
def test_what_is_no_memory_is_begun_anew(private: bytes) -> None:
    assert Memory.read(private, {"name": TEXT("name")}, "new") == Memory("new")


@pytest.mark.parametrize(
    ("value", "is_made_up"),
    [
        (TEXT("x"), True),
        (NUMERAL("x"), True),
        ("by the user", False),
        (7.5, False),
        (True, False),
        (None, False),
        (TEXT("y"), False),
        (str(NUMERAL("x")), False),
        ([TEXT("x[0]"), TEXT("x[1]")], True),
        ([TEXT("x[0]"), "by the user"], False),
        ([], False),
        ({}, False),
        ({"size": NUMERAL("x.size"), "names": [TEXT("x.names[0]")]}, True),
        ({"size": NUMERAL("x.size"), "names": [TEXT("x.size")]}, False),
    ],
    ids=json.dumps,
)
def test_earlier_release_kept_the_address_alone(value: Any, is_made_up: bool) -> None:
    """Which values are made up is then found by making them again."""
    found = Memory.read(b"a.b", {"x": value, "other": "by the user"}, "new")

    assert found == Memory("a.b", frozenset([("x",)]) if is_made_up else frozenset())
