"""JSON files with places: what was read, and, when a diagnostic asks, on which line it stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.json_text import read_number
from constructs_ims.schema.diagnostics import Diagnostic, SourcePosition, SourceRange, error

Steps: TypeAlias = tuple[str | int, ...]
"""Keys and positions that lead from the top of a file to a value."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a file."""

    filename: str
    path: Steps = ()

    def child(self, *steps: str | int) -> Place:
        """Return the place of a value further inside."""
        return Place(self.filename, self.path + steps)


class Repeated(list[Any]):
    """The values of a key that one JSON object has more than once: several blocks, or a mistake."""


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets of one value, in characters: its key (the value's own start where it has none) and the value."""

    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(frozen=True)
class SourceFile:
    """One file: its name as the user would write it, its text, and its data (numbers exact)."""

    filename: str
    text: str = field(repr=False)
    data: Any = field(repr=False, default=None)

    def value_range(self, path: Steps) -> SourceRange | None:
        """Return where a value stands; None when nothing is there."""
        span = self._spans.get(path)
        return self._range(*span.value) if span else None

    def key_range(self, path: Steps) -> SourceRange | None:
        """Return where a key stands, in its quotes."""
        span = self._spans.get(path)
        return self._range(*span.key) if span else None

    def end_range(self, path: Steps) -> SourceRange | None:
        """Return the closing bracket of a value: where Terraform points when something is missing inside."""
        span = self._spans.get(path)
        return self._range(span.value[1] - 1, span.value[1]) if span else None

    def position(self, offset: int) -> SourcePosition:
        """Return the place of a character."""
        line = bisect_right(self._line_starts, offset)
        start = self._line_starts[line - 1]
        return SourcePosition(line, offset - start + 1, len(self.text[:offset].encode()))

    def _range(self, start: int, end: int) -> SourceRange:
        return SourceRange(self.filename, self.position(start), self.position(end))

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    @cached_property
    def _spans(self) -> dict[Steps, Span]:
        return dict(_spans(self.text))


def read_source(filename: str, text: str) -> tuple[SourceFile, list[Diagnostic]]:
    """Read the text of a JSON file; a file that is broken has the data ``{}`` and a diagnostic with its place."""
    text = text.removeprefix("\ufeff")
    try:
        data = json.loads(text, parse_float=read_number, object_pairs_hook=_object)
    except json.JSONDecodeError as fault:
        source = SourceFile(filename, text, {})
        position = source.position(fault.pos)
        subject = SourceRange(filename, position, position)
        return source, [error("Invalid JSON", f"The file is no JSON: {_decapitalised(fault.msg)}.").at(subject=subject)]
    except RecursionError:
        return SourceFile(filename, text, {}), [error("Invalid JSON", f"{filename} is nested too deeply to be read.")]
    return SourceFile(filename, text, data), []


def _decapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) == len(pairs):
        return data
    several: dict[str, Any] = {}
    for key, value in pairs:
        several.setdefault(key, Repeated()).append(value)
    return {key: values if len(values) > 1 else values[0] for key, values in several.items()}


_TOKEN: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+)')


def _spans(text: str) -> Iterator[tuple[Steps, Span]]:
    """Yield the span of every value; a second one under a repeated key stands at the key and its position."""
    tokens = [(found[1], found.start(1), found.end(1)) for found in _TOKEN.finditer(text)]
    yield from _Scanner(tokens).value(0, (), None)[0]


@dataclass(slots=True)
class _Scanner:
    tokens: list[tuple[str, int, int]]

    def value(self, at: int, path: Steps, key: tuple[int, int] | None) -> tuple[list[tuple[Steps, Span]], int]:
        """Return the spans of the value whose first token is ``at``, and the token after it."""
        if at >= len(self.tokens):
            return [], at
        text, start, end = self.tokens[at]
        if text == "{":
            inner, at = self.members(at + 1, path)
        elif text == "[":
            inner, at = self.items(at + 1, path)
        else:
            inner, at = [], at + 1
        end = self.tokens[min(at, len(self.tokens)) - 1][2]
        return [(path, Span(key or (start, start), (start, end))), *inner], at

    def members(self, at: int, path: Steps) -> tuple[list[tuple[Steps, Span]], int]:
        """Return the spans inside an object, and the token after its closing brace."""
        found: list[tuple[Steps, Span]] = []
        seen: dict[str, int] = {}
        while at < len(self.tokens) and self.tokens[at][0] != "}":
            text, start, end = self.tokens[at]
            if text == ",":
                at += 1
                continue
            name = json.loads(text)
            times = seen[name] = seen.get(name, -1) + 1
            steps: Steps = (*path, name, times) if times else (*path, name)
            spans, at = self.value(at + 2, steps, (start, end))
            found += spans if times else [*spans, ((*path, name, 0), spans[0][1])] if spans else []
        return found, at + 1

    def items(self, at: int, path: Steps) -> tuple[list[tuple[Steps, Span]], int]:
        """Return the spans inside an array, and the token after its closing bracket."""
        found: list[tuple[Steps, Span]] = []
        position = 0
        while at < len(self.tokens) and self.tokens[at][0] != "]":
            if self.tokens[at][0] == ",":
                at += 1
                continue
            spans, at = self.value(at, (*path, position), None)
            found += spans
            position += 1
        return found, at + 1
