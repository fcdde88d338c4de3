"""``Capture``: takes the value that stands somewhere in what matches."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

from constructs_ims.testing.matching.matchers import MatchContext, Matcher, matcher_for
from constructs_ims.testing.matching.result import MatchResult, mismatch, shown, type_name

__tracebackhide__ = True
__unittest = True

_MISSING_PATTERN: Any = object()
_T = TypeVar("_T")


class Capture(Matcher):
    """Matches every value but null and keeps it, once for every block that matches as a whole.

    ``pattern`` says what the value has to be; plain mappings in it are matched in part. ``next()`` goes on to the value
    of the next block, in the template's order. The readers raise ``AssertionError`` for a value of another type, and
    when nothing was captured.
    """

    def __init__(self, pattern: Any = _MISSING_PATTERN) -> None:
        self._inner = None if pattern is _MISSING_PATTERN else matcher_for(pattern, partial=True)
        self._values: list[Any] = []
        self._position = 0

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Match the value and have it captured."""
        if type_name(actual) in ("nothing", "null"):
            return mismatch(self.describe(context), actual)
        result = self._inner.match(actual, context) if self._inner else MatchResult()
        result.captured.append((self, actual))
        return result

    @property
    def keys(self) -> Collection[str]:
        """Those of its pattern."""
        return self._inner.keys if self._inner else ()

    def mentions(self, key: str) -> bool:
        """Tell whether its pattern asks for a key."""
        return self._inner is not None and self._inner.mentions(key)

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match."""
        return self._inner is None or self._inner.takes(type_)

    def describe(self, context: MatchContext | None = None) -> str:
        """Return what is to be captured."""
        return self._inner.describe(context) if self._inner else "a value to capture"

    def record(self, value: Any) -> None:
        """Keep a value."""
        self._values.append(value)

    def next(self) -> bool:
        """Go on to the next captured value; return False, and stay, when there is none."""
        has_more = self._position < len(self._values) - 1
        self._position += has_more
        return has_more

    def as_string(self) -> str:
        """Return the captured text."""
        return self._read("string", str)

    def as_number(self) -> float:
        """Return the captured number, an ``int`` where it is whole."""
        return self._read("number", lambda value: cast(float, value))

    def as_boolean(self) -> bool:
        """Return the captured truth value."""
        return self._read("boolean", bool)

    def as_array(self) -> list[Any]:
        """Return the captured array."""
        return self._read("array", list)

    def as_object(self) -> dict[str, Any]:
        """Return the captured object."""
        return self._read("object", dict)

    def _read(self, expected: str, read: Callable[[Any], _T]) -> _T:
        if not self._values:
            raise AssertionError("No value captured. A capture has one once an assertion with it has succeeded.")
        value = self._values[self._position]
        if type_name(value) != expected:
            raise AssertionError(f"Captured value is {type_name(value)}, expected {expected}: {shown(value)}")
        return read(value)
