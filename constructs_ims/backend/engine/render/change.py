"""A value before and after, as the plan's JSON has it: the input of every comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

Paths: TypeAlias = tuple[tuple[Any, ...], ...]
"""Paths into a value as the plan's JSON has them: names, positions, keys."""

EVERYTHING: Final[Paths] = ((),)
"""The paths that match every value."""


@dataclass(frozen=True, slots=True)
class RenderedChange:
    """A value before and after, in the terms of the plan's JSON.

    ``unknown`` and the two ``sensitive`` are True for the whole value, or lists and objects of the same shape.
    ``explicit`` tells a null that is there from nothing being there. ``replace`` are the paths, from here, that force a
    replacement, ``relevant`` those whose change is worth showing. ``legacy`` is a schema that cannot tell an empty text
    from null; Terraform takes that for granted once more where it splits a change, and so must this.
    """

    before: Any
    after: Any
    unknown: Any = False
    before_sensitive: Any = False
    after_sensitive: Any = False
    replace: Paths = ()
    relevant: Paths = EVERYTHING
    before_explicit: bool = False
    after_explicit: bool = False
    legacy: bool = True

    @property
    def forces_replacement(self) -> bool:
        """Whether this very value, or all around it, forces a replacement."""
        return () in self.replace

    @property
    def sensitivity(self) -> tuple[bool, bool]:
        """Whether the value as a whole was sensitive, and whether it will be."""
        return self.before_sensitive is True, self.after_sensitive is True

    @property
    def is_relevant(self) -> bool:
        """Whether the value, something in it, or all around it is worth showing."""
        return bool(self.relevant)

    def as_no_op(self) -> RenderedChange:
        """Return the value before, unchanged."""
        return replace(
            self,
            after=self.before,
            after_explicit=self.before_explicit,
            unknown=False,
            after_sensitive=self.before_sensitive,
            legacy=True,
        )

    def as_delete(self) -> RenderedChange:
        """Return the value before, going away."""
        return replace(self, after=None, after_explicit=False, unknown=None, after_sensitive=None, legacy=True)

    def as_create(self) -> RenderedChange:
        """Return the value after, coming."""
        return replace(self, before=None, before_explicit=False, before_sensitive=None, legacy=True)

    def attribute(self, name: str) -> RenderedChange:
        """Return the change of one attribute or map element."""
        befores, afters = _mapping(self.before), _mapping(self.after)
        return RenderedChange(
            befores.get(name),
            afters.get(name),
            _mapping(self.unknown).get(name),
            _mapping(self.before_sensitive).get(name),
            _mapping(self.after_sensitive).get(name),
            _below(self.replace, name),
            _relevant_below(self.relevant, name),
            name in befores,
            name in afters,
            self.legacy,
        )

    def element(self, before: int, after: int) -> RenderedChange:
        """Return the change of a list's element from one position to another; a position behind the end is nothing."""
        befores, afters = sequence(self.before), sequence(self.after)
        return replace(
            self,
            before=_at(befores, before),
            after=_at(afters, after),
            unknown=_at(sequence(self.unknown), after),
            before_sensitive=_at(sequence(self.before_sensitive), before),
            after_sensitive=_at(sequence(self.after_sensitive), after),
            replace=_below(self.replace, before if before < len(befores) else after),
            relevant=EVERYTHING,
            before_explicit=before < len(befores),
            after_explicit=after < len(afters),
        )

    @property
    def keys(self) -> list[str]:
        """Every key that is there before or after, or will be."""
        parts = (self.before, self.after, self.unknown, self.before_sensitive, self.after_sensitive)
        return sorted(set().union(*map(_mapping, parts)))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> Sequence[Any]:
    """Return the elements of a list, none for anything else."""
    return value if isinstance(value, list | tuple) else ()


def _at(values: Sequence[Any], index: int) -> Any:
    return values[index] if index < len(values) else None


def _below(paths: Paths, step: Any) -> Paths:
    """Return the paths that go on behind ``step``; one that ends here says nothing of what is inside."""
    return tuple(path[1:] for path in paths if path and same(path[0], step)) if paths else paths


def _relevant_below(paths: Paths, step: Any) -> Paths:
    """Return the relevant paths behind ``step``; all that is inside a relevant value is relevant."""
    return paths if paths == EVERYTHING else tuple(path[1:] for path in paths if not path or same(path[0], step))


def same(a: Any, b: Any) -> bool:
    """Compare as JSON: ``1`` is not ``true``, and neither is anything inside."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return bool(a == b)
