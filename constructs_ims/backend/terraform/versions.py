"""Terraform's version constraints: which release number of the provider suits a stack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from constructs_ims.schema.versions import Clause, read_constraint

Version: TypeAlias = tuple[int, int, int]

DEFAULT_VERSION: Final = "1.999.0"
"""The version under which the provider is laid when nobody asks for another.

It meets what stacks of the 1.x provider usually say, ``>= 1.73.2, < 2.0.0`` and ``~> 1.73``, and no release of the
vendor's can be mistaken for it.
"""
FIRST_VERSION: Final = (1, 73, 2)
"""The vendor's first release that has the resource."""


class VersionError(ValueError):
    """A version or a constraint that is none, or a constraint that no usable release meets."""


def parse_version(text: str) -> Version:
    """Read a version of three numbers; raise ``VersionError`` when it is none."""
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text)
    if not found:
        raise VersionError(f'"{text}" is no version. Use three numbers, as in "{DEFAULT_VERSION}".')
    return int(found[1]), int(found[2]), int(found[3])


def suitable_version(constraints: Iterable[str]) -> str:
    """Return a version that meets all ``constraints``, the default one where it does.

    Raise ``VersionError`` when a constraint cannot be read, or no release with the resource can meet them.
    """
    constraints = list(constraints)
    clauses = [clause for constraint in constraints for clause in _read_clauses(constraint)]
    usable = (version for version in _candidates(clauses) if version >= FIRST_VERSION)
    found = next((version for version in usable if all(clause.allows(version) for clause in clauses)), None)
    if found is None:
        shown = " and ".join(f'"{constraint}"' for constraint in constraints)
        raise VersionError(
            f"No release of the provider that has huaweicloud_ims_image_metadata meets {shown}; the first is "
            f"{_shown(FIRST_VERSION)}. Loosen the version of huaweicloud in required_providers."
        )
    return _shown(found)


def fitting_version(constraints: Iterable[str]) -> str:
    """Return a version that meets all ``constraints``, whatever releases there are; raise ``VersionError`` for none."""
    clauses = [clause for constraint in constraints for clause in _read_clauses(constraint)]
    found = next((one for one in _candidates(clauses) if all(clause.allows(one) for clause in clauses)), None)
    if found is None:
        raise VersionError("No version can meet these constraints together.")
    return _shown(found)


def _read_clauses(constraint: str) -> tuple[Clause, ...]:
    try:
        clauses = read_constraint(constraint)
    except ValueError:
        clauses = ()
    if not clauses or any(len(clause.numbers) > 3 for clause in clauses):
        raise VersionError(f'"{constraint}" is no version constraint. Write it as in ">= 1.73.2, < 2.0.0".')
    return clauses


def _candidates(clauses: Iterable[Clause]) -> Iterator[Version]:
    """Yield the default version, then those next to each bound: one of them meets whatever can be met."""
    yield parse_version(DEFAULT_VERSION)
    for clause in clauses:
        major, minor, patch = (*clause.numbers, 0, 0)[:3]
        yield from ((major, minor, 999), (major, minor, patch), (major, minor, patch + 1))
        if patch:
            yield major, minor, patch - 1
        if minor:
            yield major, minor - 1, 999
    yield FIRST_VERSION


def _shown(version: Version) -> str:
    return ".".join(map(str, version))
