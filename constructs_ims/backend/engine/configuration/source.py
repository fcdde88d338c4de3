"""JSON files with places: what was read, and, when a diagnostic asks, on which line it stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.lang.json_text import DEEPEST, is_too_deep, read_number, with_whole_pairs
from constructs_ims.backend.engine.lang.lexer import Source
from constructs_ims.backend.engine.lang.origin import Origin
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

    @cached_property
    def has_repeated_keys(self) -> bool:
        """Whether an object anywhere in the file has a key more than once."""
        return _has_repeated(self.data)

    def value_range(self, path: Steps) -> SourceRange | None:
        """Return where a value stands; None when nothing is there."""
        span = self._spans.get(path)
        return self._range(*span.value) if span else None

    def value_span(self, path: Steps) -> tuple[int, int] | None:
        """Return the offsets of a value, in characters; None when nothing is there."""
        span = self._spans.get(path)
        return span.value if span else None

    def key_range(self, path: Steps) -> SourceRange | None:
        """Return where a key stands, in its quotes."""
        span = self._spans.get(path)
        return self._range(*span.key) if span else None

    def opening_range(self, path: Steps) -> SourceRange | None:
        """Return where a block begins: its opening bracket, or that of the list it stands in; all of other values."""
        span = self._spans.get(path)
        if span is None:
            return None
        around = self._spans.get(path[:-1]) if isinstance(path[-1:] and path[-1], int) else None
        if around and self.text[around.value[0]] == "[" and self.text[span.value[0]] == "{":
            span = around
        start, end = span.value
        return self._range(start, start + 1 if self.text[start] in "{[" else end)

    def argument_range(self, path: Steps) -> SourceRange | None:
        """Return where an argument stands, from its name to the end of its value."""
        span = self._spans.get(path)
        return self._range(span.key[0], span.value[1]) if span else None

    def end_range(self, path: Steps) -> SourceRange | None:
        """Return the closing bracket of a value: where Terraform points when something is missing inside."""
        span = self._spans.get(path)
        return self._range(span.value[1] - 1, span.value[1]) if span else None

    def path_at(self, place: SourcePosition, depth: int) -> Steps | None:
        """Return the way, ``depth`` keys long, to the value that a place lies in, its key included."""
        if place.line > len(self._line_starts):
            return None
        offset = self._line_starts[place.line - 1] + place.column - 1
        around = (
            path
            for path, span in self._spans.items()
            if len(path) == depth
            and span.key[0] <= offset < span.value[1]
            and all(isinstance(key, str) for key in path)
        )
        return next(around, None)

    def located(self, diagnostic: Diagnostic, path: Steps) -> Diagnostic:
        """Return a diagnostic with its place filled in, and what explains it where it originates in an expression.

        One on a block or a list points at the opening bracket.
        """
        origin = diagnostic.origin
        if not isinstance(origin, Origin):
            return diagnostic.at(subject=self.opening_range(path))
        found = replace(diagnostic, explanation=origin.explanation())
        return found.at(subject=self._origin_range(origin, path) or self.value_range(path))

    def _origin_range(self, origin: Origin, path: Steps) -> SourceRange | None:
        inner = origin.text_in(self.value_at(path)) if origin.span else None
        if inner is None or origin.span is None:
            return None
        steps, text, is_key = inner
        place = self.key_range((*path, *steps)) if is_key else self.value_range((*path, *steps))
        return self.text_range(place, text, origin.span) if place else None

    def text_range(self, place: SourceRange, text: str, span: tuple[int, int]) -> SourceRange:
        """Return where ``span`` of a string's ``text`` stands, as if nothing in it had been escaped."""
        begin, end = span
        return Source(f'"{text}', self.filename, place.start).range(begin + 1, end + 1)

    def value_at(self, path: Steps) -> Any:
        """Return a value as it is written, None when nothing is there."""
        value = self.data
        try:
            for step in path:
                value = value[step]
        except (LookupError, TypeError):
            return None
        return value

    def position(self, offset: int) -> SourcePosition:
        """Return the place of a character."""
        line = bisect_right(self._line_starts, offset)
        start = self._line_starts[line - 1]
        return SourcePosition(line, offset - start + 1, len(self.text[:offset].encode()))

    def text_between(self, start: int, end: int) -> SourceRange:
        """Return the range between two characters."""
        return self._range(start, end)

    def _range(self, start: int, end: int) -> SourceRange:
        return SourceRange(self.filename, self.position(start), self.position(end))

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    @cached_property
    def _spans(self) -> dict[Steps, Span]:
        return dict(_spans(self.text))


def _has_repeated(data: Any) -> bool:
    if isinstance(data, Repeated):
        return True
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return any(_has_repeated(item) for item in inner if isinstance(item, dict | list))


def range_text(found: SourceRange | None, filename: str) -> str:
    """Write a range as messages do: ``cdk.tf.json:5,14-15``, with the line of its end where that is another."""
    if found is None:
        return filename
    start, end = found.start, found.end
    last = f"{end.column}" if start.line == end.line else f"{end.line},{end.column}"
    return f"{found.filename}:{start.line},{start.column}-{last}"


def read_source(filename: str, text: str) -> tuple[SourceFile, list[Diagnostic]]:
    """Read the text of a JSON file; a file that is broken has the data ``{}`` and a diagnostic with its place."""
    text = with_whole_pairs(text)
    try:
        try:
            data = json.loads(
                text,
                parse_float=read_number,
                parse_int=read_number,
                object_pairs_hook=_object,
                parse_constant=_no_constant,
            )
        except ValueError as fault:
            return SourceFile(filename, text, {}), [_broken(filename, text, fault)]
        if not is_too_deep(data):
            return SourceFile(filename, text, data), []
    except RecursionError:
        pass
    detail = f"{filename} is nested deeper than {DEEPEST} levels, too deep to be read."
    return SourceFile(filename, text, {}), [error("Invalid JSON", detail)]


_BYTE_ORDER_MARK: Final = "\ufeff"


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _broken(filename: str, text: str, fault: ValueError) -> Diagnostic:
    place = None
    reason = "a number in it cannot be read"
    if isinstance(fault, json.JSONDecodeError):
        reason, place = fault.msg, SourceFile(filename, text, {}).text_between(fault.pos, fault.pos + 1)
        if text.startswith(_BYTE_ORDER_MARK):
            reason = "it begins with a byte order mark"
    detail = f"{filename} is no JSON: {reason}. Synthesize the app again, or mend the file."
    return error("Invalid JSON", detail).at(subject=place)


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


def _name(text: str) -> str:
    return str(json.loads(text))


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
            name = _name(text)
            times = seen[name] = seen.get(name, -1) + 1
            steps: Steps = (*path, name, times) if times else (*path, name)
            spans, at = self.value(at + 2, steps, (start, end))
            found += spans if times or not spans else [((*path, name, 0), spans[0][1]), *spans]
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
