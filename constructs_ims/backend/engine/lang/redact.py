"""Keeping sensitive values out of messages: what a function refuses may quote the arguments that it was given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Final

from constructs_ims.backend.engine.lang.numbers import format_number
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.lang.typed import Sensitive, Value, is_number
from constructs_ims.schema.diagnostics import Diagnostic

HIDDEN: Final = "(sensitive value)"
_SHORT: Final = 3
_BEGINNING: Final = 8
"""How many characters of an abridged text are enough to know it by."""
_WORD: Final = re.compile(r"\w{5,}")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"' + r"|'([^']*)'|`([^`]*)`", re.DOTALL)


def sensitive_texts(values: Iterable[Value], hidden: bool = False) -> Iterator[str]:
    """Yield every text and number that stands under a mark in ``values``; with ``hidden`` all of them."""
    for value in values:
        match value:
            case Sensitive(inner):
                yield from sensitive_texts([inner], hidden=True)
            case list():
                yield from sensitive_texts(value, hidden)
            case dict():
                yield from sensitive_texts(value.values(), hidden)
                yield from value if hidden else ()
            case str() if hidden and value:
                yield value
            case _ if hidden and is_number(value):
                yield format_number(value)


def redacted(diagnostic: Diagnostic, texts: Iterable[str]) -> Diagnostic:
    """Return a diagnostic whose words are ``without`` the sensitive ``texts``."""
    texts, plain = list(texts), diagnostic.plain
    return replace(
        diagnostic,
        summary=without(diagnostic.summary, texts),
        detail=without(diagnostic.detail, texts),
        plain=(without(plain[0], texts), without(plain[1], texts)) if plain else None,
    )


def without(message: str, texts: Iterable[str]) -> str:
    """Return a message in which ``texts``, whole or in quoted parts, show as ``(sensitive value)``."""
    longest_first = sorted(set(_with_words(texts)), key=len, reverse=True)
    for text in longest_first:
        for written in {quote(text), f'"{text}"', f"`{text}`", f"'{text}'"}:
            message = message.replace(written, HIDDEN)
        message = _without_abridged(re.sub(_whole(text), HIDDEN, message), text)
    return _QUOTED.sub(lambda quoted: _shown(quoted, longest_first), message)


def _without_abridged(message: str, text: str) -> str:
    """Hide the beginning of a long text where a message shows no more of it, with ``...`` behind it."""
    start = message.find(text[:_BEGINNING]) if len(text) > _BEGINNING else -1
    while start >= 0:
        pairs = zip(message[start:], text, strict=False)
        end = start + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        if message.startswith("...", end):
            message, end = f"{message[:start]}{HIDDEN}{message[end:]}", start + len(HIDDEN)
        start = message.find(text[:_BEGINNING], end)
    return message


def _with_words(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts, and the words in them that a message may quote alone."""
    for text in texts:
        yield text
        yield from _WORD.findall(text)


def _whole(text: str) -> str:
    """Return the pattern of a text; a short one, which other words may have in them, counts as a word only."""
    return re.escape(text) if len(text) > _SHORT else rf"(?<!\w){re.escape(text)}(?!\w)"


def _shown(quoted: re.Match[str], texts: list[str]) -> str:
    inside = next((part for part in quoted.groups() if part), "").removesuffix("...")
    return HIDDEN if inside and any(inside in text or text in inside for text in texts) else quoted[0]
