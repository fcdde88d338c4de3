"""Version constraints: ``>= 1.2.0, < 2.0``, ``~> 1.60``."""

from __future__ import annotations

import re
from typing import Final

_CLAUSE: Final = re.compile(
    r"\s*(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\s*"
)


def allows(constraint: str, version: str) -> bool:
    """Tell whether a version meets every clause; ``ValueError`` when the constraint is none."""
    given = _numbers(version)
    return all(_meets(given, clause) for clause in constraint.split(","))


def _meets(given: tuple[int, ...], clause: str) -> bool:
    found = _CLAUSE.fullmatch(clause)
    if not found:
        raise ValueError(f'"{clause.strip()}" is no version constraint. Write one like ">= 1.2.0, < 2.0.0".')
    wanted = _numbers(found[2])
    match found[1] or "=":
        case "=":
            return given == wanted
        case "!=":
            return given != wanted
        case ">=":
            return given >= wanted
        case "<=":
            return given <= wanted
        case ">":
            return given > wanted
        case "<":
            return given < wanted
        case _:
            fixed = max(len(found[2].split(".")) - 1, 1)
            return given >= wanted and given[:fixed] == wanted[:fixed]


def _numbers(version: str) -> tuple[int, ...]:
    parts = tuple(int(part) for part in version.split("-")[0].split("+")[0].split("."))
    return parts + (0,) * (3 - len(parts))
