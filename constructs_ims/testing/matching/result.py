"""What came of a match: mismatches, each with its path, and the values to be captured if all of it matches."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, TypeAlias

from constructs_ims.schema.paths import attribute_path, render_path

Path: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the value that is matched to a place inside it."""


class Missing(enum.Enum):
    """What stands where nothing stands; another thing than null."""

    MISSING = "nothing"


MISSING: Final = Missing.MISSING
_LONGEST: Final = 300
"""Of a value that stands in one line."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One place where a value is not as the pattern says: what was expected there, in words, and what stands there.

    ``cost`` is how much it counts when candidates are compared: 0 for a remark on another mismatch.
    """

    path: Path
    expected: str
    actual: Any
    cost: int = 1

    def __str__(self) -> str:
        place = f"{render_path(attribute_path(*self.path))}: " if self.path else ""
        found = shown(self.actual)
        return f"{place}expected {self.expected}, found {found[:_LONGEST]}{'...' if len(found) > _LONGEST else ''}"


class ValueRecorder(Protocol):
    """Keeps the values that it is handed."""

    def record(self, value: Any) -> None:
        """Keep a value."""


@dataclass(slots=True)
class MatchResult:
    """The mismatches of one match, none where it succeeded, and the values that captures met."""

    mismatches: list[Mismatch] = field(default_factory=list)
    captured: list[tuple[ValueRecorder, Any]] = field(default_factory=list)

    @property
    def is_success(self) -> bool:
        """Whether the value is as the pattern says."""
        return not self.mismatches

    @property
    def cost(self) -> int:
        """How far the value is from the pattern."""
        return sum(mismatch.cost for mismatch in self.mismatches)

    def include(self, step: str | int, inner: MatchResult) -> None:
        """Take over the result for what stands at ``step``."""
        self.mismatches += [replace(mismatch, path=(step, *mismatch.path)) for mismatch in inner.mismatches]
        self.captured += inner.captured

    def commit(self) -> None:
        """Hand the captured values to their captures; to be called when the whole of a candidate matches."""
        for capture, value in self.captured:
            capture.record(value)


def mismatch(expected: str, actual: Any, *, path: Iterable[str | int] = (), cost: int = 1) -> MatchResult:
    """Return the result with a single mismatch."""
    return MatchResult([Mismatch(tuple(path), expected, actual, cost)])


def shown(value: Any) -> str:
    """Return a value as messages show it: as JSON on one line, ``nothing`` where there is none."""
    return "nothing" if value is MISSING else json.dumps(value, ensure_ascii=False, default=repr)


def type_name(value: Any) -> str:
    """Return what JSON calls the type of a value; ``nothing`` where there is none."""
    match value:
        case Missing():
            return "nothing"
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case dict():
            return "object"
        case _:
            return "array"
