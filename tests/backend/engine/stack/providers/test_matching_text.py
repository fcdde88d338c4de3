"""Texts that regular expressions match, judged by RE2."""

from __future__ import annotations

import warnings

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.stack.providers.matching_text import is_found, matching_text

PATTERNS = [
    "",
    "arn:aws:(.*)",
    r"^arn:aws:iam::(\d{12}):role/([\w-]+)$",
    "[[:alpha:]]+1",
    r"\bfoo\b",
    "[^[:space:]]+x",
    "^.{3,63}$",
    "(?i)ABC|d",
    r"v?(\d+)\.(\d+)",
    "(a|b)c{2,3}",
    r"[^@]+@[^@]+\.com",
    r"https?://([^/:]+)",
    "projects/(.+)/zones/(.+?)",
    "[^a-z0-9]",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_text_matches(pattern: str) -> None:
    first, again, other = (matching_text(pattern, seed) for seed in ("one", "one", "two"))

    assert first is not None
    assert re2.search(pattern, first)
    assert other is not None
    assert first == again
    assert (first == other) or "+" in pattern or "*" in pattern or "{" in pattern or "[^" in pattern


@pytest.mark.parametrize("pattern", ["(", r"\pL+", "a||b", "[a--b]", r"[^\x00-\x{10FFFF}]", r"a\z", "(?U)a+"])
def test_pattern_that_is_not_understood(pattern: str) -> None:
    assert matching_text(pattern, "one") is None
    assert is_found(pattern, "a")


@given(
    st.lists(
        st.sampled_from([*"ab1-^$()[]|?*+.:{}", r"\d", r"\W", "[^a]", "(?:", "(?P<n>", "{2}", "{1,}", "[[:upper:]]"]),
        max_size=8,
    ).map("".join)
)
def test_no_pattern_raises_or_warns(pattern: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = matching_text(pattern, "one")
        is_found(pattern, "a-1")
    if text is not None:
        try:
            compiled = re2.compile(pattern)
        except re2.error:  # Python reads more
            return
        assert compiled.search(text)
