"""The lines of a file that a diagnostic points at, and where in the file's structure they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.schema.diagnostics import Explanation, Signature, SourcePosition, SourceRange
from constructs_ims.schema.types import Type, type_to_json

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

    def to_json(self, explanation: Explanation | None) -> Record:
        """Return the snippet, with what explains it, as diagnostics in JSON have it."""
        values = explanation.values if explanation else ()
        shown = Record(
            context=self.context,
            code=self.code,
            start_line=self.start_line,
            highlight_start_offset=self.start,
            highlight_end_offset=self.end,
            values=[Record(traversal=reference, statement=statement) for reference, statement in values],
        )
        if explanation and explanation.called:
            shown["function_call"] = _call_to_json(explanation.called, explanation.signature)
        return shown

    @property
    def parts(self) -> tuple[str, str, str]:
        """The code before, in and behind what it is about."""
        code = self.code.encode()
        cut = (code[: self.start], code[self.start : self.end], code[self.end :])
        before, inside, behind = (part.decode(errors="replace") for part in cut)
        return before, inside, behind


def _call_to_json(called: str, signature: Signature | None) -> Record:
    call = Record(called_as=called)
    if signature is not None:
        call["signature"] = _signature_to_json(called.rpartition("::")[2], signature)
    return call


def _signature_to_json(name: str, signature: Signature) -> Record:
    shown = Record(name=name, params=[_parameter_to_json(*one) for one in signature.parameters])
    if signature.variadic is not None:
        shown["variadic_param"] = _parameter_to_json(*signature.variadic)
    shown["return_type"] = type_to_json(signature.result)
    return shown


def _parameter_to_json(name: str, type_: Type) -> Record:
    return Record(name=name, type=type_to_json(type_))


def snippet_of(subject: SourceRange, sources: Sources) -> Snippet | None:
    """Return the lines that ``subject`` covers; None when its file is not at hand."""
    text = sources.get(subject.filename)
    if text is None:
        return None
    data = text.encode()
    first, last = subject.start.byte, max(subject.end.byte, subject.start.byte + 1)
    before = data.rfind(b"\n", 0, first) + 1
    behind = data.find(b"\n", last - 1)
    lines = data[before : behind if behind >= 0 else len(data)].decode(errors="replace").split("\n")
    code = "\n".join(line.removesuffix("\r") for line in lines)
    length = len(code.encode())
    start = min(max(first - before, 0), length)
    end = min(start + last - first, length)
    context = json_context(text, first - 1) if subject.filename.endswith(".json") else None
    return Snippet(context or None, code, subject.start.line, start, end)


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
    steps = next((steps for start, end, steps in _containers(text) if start <= offset < end), ())
    return "".join(step if step.startswith("[") else f".{step}" for step in steps).removeprefix(".")


@lru_cache(maxsize=4)  # for the many diagnostics of one stack
def _containers(text: str) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """Return start, end and steps of every object and array, inner ones before those around them."""
    return tuple(_found_containers(text.encode()))


def _found_containers(text: bytes) -> Iterator[tuple[int, int, tuple[str, ...]]]:
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
