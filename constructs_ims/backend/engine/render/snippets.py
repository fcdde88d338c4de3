"""The lines of a file that a diagnostic points at, and where in the file's structure they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.json_text import Record
from constructs_ims.schema.diagnostics import SourcePosition, SourceRange

Sources: TypeAlias = Mapping[str, str]
"""The texts of files under the names that diagnostics call them by."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Whole lines of a file: ``start`` and ``end`` bound in ``code``, in bytes, what the diagnostic is about."""

    context: str | None
    code: str
    start_line: int
    start: int
    end: int

    def to_json(self) -> Record:
        """Return the snippet as diagnostics in JSON have it."""
        return Record(
            context=self.context,
            code=self.code,
            start_line=self.start_line,
            highlight_start_offset=self.start,
            highlight_end_offset=self.end,
            values=[],
        )

    @property
    def parts(self) -> tuple[str, str, str]:
        """The code before, in and behind what it is about."""
        code = self.code.encode()
        cut = (code[: self.start], code[self.start : self.end], code[self.end :])
        before, inside, behind = (part.decode(errors="replace") for part in cut)
        return before, inside, behind


def snippet_of(subject: SourceRange, sources: Sources) -> Snippet | None:
    """Return the lines that ``subject`` covers; None when its file is not at hand."""
    text = sources.get(subject.filename)
    if text is None:
        return None
    lines = text.split("\n")
    first, last = subject.start.line, max(subject.end.line, subject.start.line)
    code = "\n".join(line.removesuffix("\r") for line in lines[first - 1 : last])
    length = len(code.encode())
    before = len("\n".join(lines[: first - 1]).encode()) + (first > 1)
    start = min(max(subject.start.byte - before, 0), length)
    end = min(start + max(subject.end.byte - subject.start.byte, 1), length)
    context = json_context(text, subject.start.byte - 1) if subject.filename.endswith(".json") else None
    return Snippet(context or None, code, first, start, end)


def range_to_json(subject: SourceRange) -> Record:
    """Return a stretch of a file as diagnostics in JSON have it; an empty one counts as one character."""
    is_empty = subject.start.byte == subject.end.byte
    end = SourcePosition(subject.end.line, subject.end.column + is_empty, subject.end.byte + is_empty)
    return Record(filename=subject.filename, start=_position(subject.start), end=_position(end))


def _position(position: SourcePosition) -> Record:
    return Record(line=position.line, column=position.column, byte=position.byte)


_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]')


@dataclass(slots=True)
class _Level:
    is_array: bool
    start: int
    step: str
    index: int = 0
    key: str = ""

    @property
    def child(self) -> str:
        return f"[{self.index}]" if self.is_array else self.key


def json_context(text: str, offset: int) -> str:
    """Return the objects and arrays around a byte of a JSON file: ``resource.terraform_data.a.lifecycle[0]``."""
    steps = next((steps for start, end, steps in _containers(text.encode()) if start <= offset < end), ())
    return "".join(step if step.startswith("[") else f".{step}" for step in steps).removeprefix(".")


def _containers(text: bytes) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield start, end and steps of every object and array, inner ones before those around them."""
    levels: list[_Level] = []
    for token in _TOKEN.finditer(text):
        match token[0]:
            case b"{" | b"[":
                step = levels[-1].child if levels else ""
                levels.append(_Level(token[0] == b"[", token.start(), step))
            case b"}" | b"]":
                if levels:
                    steps = tuple(level.step for level in levels[1:])
                    yield levels.pop().start, token.end(), steps
            case b"," if levels:
                levels[-1].index += 1
                levels[-1].key = ""
            case b"," | b":":
                pass
            case _ if levels and not levels[-1].key:
                levels[-1].key = token[0][1:-1].decode(errors="replace")


def sources_of(files: Mapping[str, Any]) -> Sources:
    """Return the texts of the files of a configuration."""
    return {name: file.text for name, file in files.items()}
