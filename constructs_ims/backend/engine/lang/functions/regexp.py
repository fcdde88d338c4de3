"""Go's regular expressions: RE2 matches in linear time; group names, errors and the iteration over matches are Go's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import re2

from constructs_ims.backend.engine.lang.typed import Value, null
from constructs_ims.schema.types import STRING, ObjectType, TupleType, Type

_TOKEN: Final = re.compile(
    r"\\Q.*?(?:\\E|\Z)"  # literal text
    r"|\\[pP]\{[^}]*\}|\\(?P<escaped>.)"
    r"|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]"  # a character class
    r"|\(\?P?<(?P<name>[^>]*)(?P<end>>|\Z)"
    r"|(?P<group>\((?!\?))",
    re.DOTALL,
)
_NAME: Final = re.compile(r"\w+", re.ASCII)
_REFERENCE: Final = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)
_REASONS: Final = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "trailing \\": "trailing backslash at end of expression",
    "no argument for repetition operator": "missing argument to repetition operator",
    "invalid repetition size": "invalid repeat count",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
    "pattern too large - compile failed": "expression too large",
}
"""Go's words for RE2's reasons, where they differ."""


class PatternError(Exception):
    """A pattern that is none in RE2's syntax: ``why``, and the ``part`` at fault, in Go's wording."""

    def __init__(self, why: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {why}: `{part}`")
        self.why = why
        self.part = part


@dataclass(frozen=True, slots=True)
class RegexpMatch:
    """One match in a text of UTF-8 bytes: where the whole and each group stand, (-1, -1) for a group without part."""

    text: bytes
    spans: tuple[tuple[int, int], ...]

    def group(self, number: int) -> str | None:
        """Return what a group matched; None where it took no part. Group 0 is the whole match."""
        start, end = self.spans[number]
        return None if start < 0 else self.text[start:end].decode()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; ``names`` has the name of each group, None for one without. Names may repeat."""

    program: Any
    names: tuple[str | None, ...]

    def first_match(self, text: str) -> RegexpMatch | None:
        """Return the leftmost match."""
        return self._search(text.encode(errors="replace"), 0)

    def matches(self, text: str) -> Iterator[RegexpMatch]:
        """Return all matches, leaving out empty ones that touch the match before, as Go does."""
        encoded = text.encode(errors="replace")
        position, last_end = 0, -1
        while position <= len(encoded) and (match := self._search(encoded, position)):
            start, end = match.spans[0]
            if end > start or start != last_end:
                yield match
            last_end = end
            position = end if end > position else _next_character(encoded, position)

    def _search(self, text: bytes, position: int) -> RegexpMatch | None:
        match = self.program.search(text, position)
        return match and RegexpMatch(text, tuple(map(match.span, range(len(self.names) + 1))))


def _next_character(text: bytes, position: int) -> int:
    position += 1
    while position < len(text) and text[position] & 0xC0 == 0x80:
        position += 1
    return position


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Pattern:
    """Compile a pattern; ``PatternError`` when it is none."""
    names: list[str | None] = []
    unnamed = _TOKEN.sub(lambda token: _without_name(token, names), pattern)
    options = re2.Options()
    options.log_errors = False
    try:
        return Pattern(re2.compile(unnamed.encode(errors="replace"), options), tuple(names))
    except re2.error as fault:
        raise _refused(fault.args[0].decode(errors="replace"), pattern, unnamed) from None


def _without_name(token: re.Match[str], names: list[str | None]) -> str:
    """Write a token as RE2 is to have it, and note the name of a group: Go allows the same name for several."""
    if token["escaped"] == "C":
        raise PatternError("invalid escape sequence", "\\C")
    name: str | None = token["name"]
    if name is None and token["group"] is None:
        return token[0]
    if name is not None and not (token["end"] and _NAME.fullmatch(name)):
        raise PatternError("invalid named capture", token[0])
    names.append(name)
    return "("


def _refused(message: str, pattern: str, unnamed: str) -> PatternError:
    why, _, part = message.partition(": ")
    return PatternError(_REASONS.get(why, why), pattern if part == unnamed else part)


def replace_all(pattern: Pattern, text: str, template: str) -> str:
    """Replace all matches; ``$1`` and ``${name}`` in ``template`` stand for groups, ``$$`` for a dollar sign."""
    parts: list[str] = []
    encoded, position = text.encode(errors="replace"), 0
    for match in pattern.matches(text):
        start, end = match.spans[0]
        parts += [encoded[position:start].decode(), _expand(pattern, template, match)]
        position = end
    return "".join(parts) + encoded[position:].decode()


def _expand(pattern: Pattern, template: str, match: RegexpMatch) -> str:
    return _REFERENCE.sub(
        lambda reference: _referenced(pattern, match, reference[1] or reference[2]),
        template,
    )


def _referenced(pattern: Pattern, match: RegexpMatch, name: str | None) -> str:
    """Return what a reference stands for; of groups with the same name the first one that took part counts."""
    if name is None:
        return "$"
    if name.isdecimal():
        numbers = [int(name)] if int(name) < len(match.spans) else []
    else:
        numbers = [number for number, group_name in enumerate(pattern.names, 1) if group_name == name]
    return next((text for text in map(match.group, numbers) if text is not None), "")


def match_type(pattern: Pattern) -> Type:
    """Return the type of what a match gives."""
    if any(pattern.names):
        return ObjectType({name: STRING for name in pattern.names if name})
    return TupleType((STRING,) * len(pattern.names)) if pattern.names else STRING


def match_value(pattern: Pattern, match: RegexpMatch) -> Value:
    """Return the text of a match, or its groups by name or by position; a group that took no part is null."""
    groups = [null(STRING) if text is None else text for text in map(match.group, range(len(match.spans)))]
    if any(pattern.names):
        return dict(zip(filter(None, pattern.names), groups[1:], strict=True))
    return groups[1:] if pattern.names else groups[0]
