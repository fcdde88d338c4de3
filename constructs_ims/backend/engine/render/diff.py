"""Differences: what becomes of a value and of its parts, as a tree that ``diff_text`` writes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.schema.types import Type


@dataclass(frozen=True, slots=True)
class Diff:
    """What becomes of a value; ``replaces`` says that this forces a replacement."""

    action: Action
    replaces: bool


@dataclass(frozen=True, slots=True)
class PrimitiveDiff(Diff):
    """A text, number or truth value, or null of unknown type."""

    before: Any
    after: Any
    type: Type


@dataclass(frozen=True, slots=True)
class ListDiff(Diff):
    """A list or tuple, whose order matters."""

    elements: tuple[Diff, ...]


@dataclass(frozen=True, slots=True)
class SetDiff(Diff):
    """A set."""

    elements: tuple[Diff, ...]


@dataclass(frozen=True, slots=True)
class MapDiff(Diff):
    """A map: any number of values of one type."""

    elements: Mapping[str, Diff]


@dataclass(frozen=True, slots=True)
class ObjectDiff(Diff):
    """An object with the attributes that are worth a line."""

    attributes: Mapping[str, Diff]


@dataclass(frozen=True, slots=True)
class SensitiveDiff(Diff):
    """A value that must not be shown."""

    inner: Diff
    was_sensitive: bool
    will_be_sensitive: bool
    is_block: bool


@dataclass(frozen=True, slots=True)
class UnknownDiff(Diff):
    """A value that only the apply will tell; ``before`` is None where there was nothing to compare it with."""

    before: Diff | None


@dataclass(frozen=True, slots=True)
class TypeChangeDiff(Diff):
    """A value of one type that becomes one of another."""

    before: Diff
    after: Diff


@dataclass(frozen=True, slots=True)
class BlocksDiff:
    """The blocks of one type inside a block; what holds for all of them is said here."""

    blocks: tuple[Diff, ...]
    replaces: bool
    was_sensitive: bool
    will_be_sensitive: bool
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class BlockDiff(Diff):
    """A block, or a whole resource."""

    attributes: Mapping[str, Diff]
    blocks: Mapping[str, BlocksDiff]
