"""Terraform's version, and version constraints as it writes them: ``>= 1.2.0, < 2.0``, ``~> 1.60``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

TERRAFORM_VERSION: Final = "1.11.4"
"""The release of Terraform that the engine and its command line behave as, and that states and plans name."""

_LARGEST: Final = 2**63 - 1
"""The largest number that a part of a version may be."""

Numbers: TypeAlias = tuple[int, ...]
"""A version, as many of its numbers as were written."""

_CLAUSE: Final = re.compile(
    r"\s*(=|!=|>=|<=|>|<|~>)?\s*(v?)([0-9]+(?:\.[0-9]+)*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\s*"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One demand of a constraint; ``prerelease`` is ``beta1`` in ``1.0.0-beta1``, which comes before ``1.0.0``."""

    text: str
    operator: str
    numbers: Numbers
    prerelease: str = ""
    has_prefix: bool = False
    """Whether a ``v`` stands before the numbers, which Terraform lets pass for itself but not for providers."""

    def allows(self, version: Numbers) -> bool:
        """Tell whether a release meets this demand."""
        most = max(len(version), len(self.numbers))
        given = (*_padded(version, most), True)
        wanted = (*_padded(self.numbers, most), not self.prerelease)
        match self.operator:
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
                fixed = len(self.numbers) - 1
                return given >= wanted and given[:fixed] == wanted[:fixed]


def _padded(numbers: Numbers, length: int) -> Numbers:
    return numbers + (0,) * (length - len(numbers))


def read_constraint(text: str) -> tuple[Clause, ...]:
    """Read a constraint, whose clauses must all be met; ``ValueError`` when it is none."""
    return tuple(map(_read_clause, text.split(",")))


def _read_clause(text: str) -> Clause:
    found = _CLAUSE.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no version constraint.')
    numbers = read_numbers(found[3])
    if any(number > _LARGEST for number in numbers):
        raise ValueError(f'"{text}" has a number that is too large.')
    return Clause(text, found[1] or "=", numbers, found[4] or "", bool(found[2]))


def read_numbers(text: str) -> Numbers:
    """Read the numbers of a version, ``1.73.2``."""
    return tuple(map(int, text.split(".")))
