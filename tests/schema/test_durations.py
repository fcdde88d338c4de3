"""Lengths of time in Go's notation."""

from __future__ import annotations

import pytest

from constructs_ims.schema.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("0", 0),
        ("-1m", -60),
        ("+1m", 60),
        ("1.s", 1),
        (".5us", 5e-7),
        ("-", None),
        ("s", None),
        ("--1s", None),
        ("5", None),
        ("", None),
        ("1d", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == seconds
