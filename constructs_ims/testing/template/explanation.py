"""Why a template is not as expected: a block shown with its mismatches marked where they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from typing import Any, Final

from constructs_ims.backend.documents.secrets import SENSITIVE
from constructs_ims.testing.matching.result import MISSING, Mismatch, Path, shown

_MARK: Final = ">> "
_NO_MARK: Final = "   "
_WIDEST: Final = 60
_MOST_MISMATCHES: Final = 20
_MOST_CHILDREN: Final = 24
_BESIDE: Final = 2


def explain(value: Any, mismatches: Sequence[Mismatch]) -> str:
    """Show a value with what mismatches in it marked, and below it each mismatch with its path."""
    listed = [f"{_NO_MARK}{mismatch}" for mismatch in mismatches[:_MOST_MISMATCHES]]
    if (left := len(mismatches) - _MOST_MISMATCHES) > 0:
        listed.append(f"{_NO_MARK}and {left} more")
    return "\n".join([*_lines(value, mismatches, (), "", ""), *listed])


def without_secret(mismatch: Mismatch, shown_value: Any) -> Mismatch:
    """Return a mismatch that tells nothing of what is hidden in the value as it is shown."""
    value = shown_value
    for step in mismatch.path:
        if value == SENSITIVE:
            break
        is_there = step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
        value = value[step] if is_there else MISSING
    return replace(mismatch, expected="another value", actual=SENSITIVE) if value == SENSITIVE else mismatch


def _lines(value: Any, mismatches: Sequence[Mismatch], path: Path, label: str, comma: str) -> Iterator[str]:
    here = [mismatch for mismatch in mismatches if mismatch.path == path]
    below = [
        mismatch for mismatch in mismatches if len(mismatch.path) > len(path) and mismatch.path[: len(path)] == path
    ]
    if below and isinstance(value, str):
        value, label = json.loads(value), f"{label}a string with JSON "
    indent = "  " * len(path)
    remark = f"  <- expected {' and '.join(mismatch.expected for mismatch in here)}" if here else ""
    mark = _MARK if here else _NO_MARK
    if not below and (path or not isinstance(value, dict | list)):
        yield f"{mark}{indent}{label}{_abridged(value)}{comma}{remark}"
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield f"{mark}{indent}{label}{opening}{remark}"
    children = _children(value, below, len(path))
    marked = {mismatch.path[len(path)] for mismatch in below}
    drawn = _drawn([step for step, _ in children], marked)
    for number, (step, child) in enumerate(children):
        if number in drawn:
            key = f"{shown(step)}: " if isinstance(value, dict) else ""
            yield from _lines(child, below, (*path, step), key, "," if number < len(children) - 1 else "")
        elif number == 0 or number - 1 in drawn:
            end = next((later for later in range(number, len(children)) if later in drawn), len(children))
            is_marked = any(step in marked for step, _ in children[number:end])
            yield f"{_MARK if is_marked else _NO_MARK}{indent}  ... {end - number} more"
    yield f"{_NO_MARK}{indent}{closing}{comma}"


def _children(value: Any, below: Sequence[Mismatch], depth: int) -> list[tuple[str | int, Any]]:
    """Return what stands inside a value, and what is missing there."""
    standing = dict(value) if isinstance(value, dict) else dict(enumerate(value if isinstance(value, list) else ()))
    missing = {mismatch.path[depth]: MISSING for mismatch in below if mismatch.path[depth] not in standing}
    together: dict[Any, Any] = standing | missing
    return sorted(together.items()) if isinstance(value, dict) else list(together.items())


def _drawn(steps: Sequence[str | int], marked: Set[str | int]) -> Set[int]:
    """Return the positions of the children that are drawn: all, or of many those that mismatch and the ones beside."""
    everything = range(len(steps))
    if len(steps) <= _MOST_CHILDREN:
        return set(everything)
    at = [position for position in everything if steps[position] in marked][:_MOST_MISMATCHES]
    return {near for position in at for near in range(position - _BESIDE, position + _BESIDE + 1) if near in everything}


def _abridged(value: Any) -> str:
    text = shown(value)
    if len(text) <= _WIDEST or isinstance(value, str):
        return text
    return "{ ... }" if isinstance(value, dict) else "[ ... ]"
