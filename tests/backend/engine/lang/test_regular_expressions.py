"""Regular expressions: linear time, Go's iteration over matches, any text as a pattern."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang import MappingScope, Result, evaluate, parse_expression

from ....generated import normal_texts, texts

NULLABLE = ["a*", "b?", "(?:ab)*", "é*", r"\b", "^", "$", "[^a]*"]
LITERAL = ["a", "b", "é", "(?:a|b)", "[ab]", ".", "a+", r"[^a]", "x{2}"]


def evaluated(expression: str, **variables: Any) -> Result:
    return evaluate(parse_expression(expression), MappingScope(variables))


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|a)*$", "(a*)*b$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*x"])
def test_patterns_that_backtracking_never_finishes(pattern: str) -> None:
    result = evaluated("can(regex(pattern, text))", pattern=pattern, text="a" * 50_000 + "!")

    assert result.value is False


def test_a_pattern_too_large_is_refused() -> None:
    result = evaluated("regexall(pattern, text)", pattern=r"((\pL{100}){10}\PL{100}){1}" * 40, text="a")

    assert "expression too large" in result.diagnostics[0].detail


@given(
    pattern=st.lists(st.sampled_from(NULLABLE + LITERAL), max_size=4).map("".join),
    text=normal_texts(["a", "b", "é", "x", " ", "本"]),
)
def test_all_matches_are_those_of_go(pattern: str, text: str) -> None:
    """Python's engine is the model; Go leaves out empty matches that touch the match before."""
    expected: list[str] = []
    last_end = -1
    for match in re.compile(pattern, re.ASCII).finditer(text):
        if match[0] or match.start() != last_end:
            expected.append(match[0])
        last_end = match.end()

    assert evaluated("regexall(pattern, text)", pattern=pattern.replace("$", r"\z"), text=text).value == expected


PIECES = [
    "(", "(?:", "(?P<n>", "(?<n>", "(?P<", "(?i)", ")", "[", "[^", "]", "[:alpha:]", "\\", "\\Q", "\\E", "\\p{L}",
    "\\C", "\\d", "*", "+", "?", "{2}", "{1001}", "|", "a", "-", "é", "^", "$", "\x00", "\ud800",
]  # fmt: skip


@given(pattern=texts(PIECES), text=normal_texts(PIECES))
def test_any_pattern_gives_matches_or_an_error(pattern: str, text: str) -> None:
    result = evaluated("regexall(pattern, text)", pattern=pattern, text=text)
    replaced = evaluated('replace(text, "/${pattern}/", "$0")', pattern=pattern, text=text)

    assert result.ok or "invalid regexp pattern" in result.diagnostics[0].detail
    assert not replaced.ok or replaced.value == text.replace("\ud800", "?")
