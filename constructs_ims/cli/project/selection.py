"""Which stacks to work on, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from graphlib import CycleError, TopologicalSorter
from typing import Final

from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.project.stack import AppStack
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error

IGNORE_MISSING: Final = "--ignore-missing-stack-dependencies"


def select_stacks(
    stacks: Sequence[AppStack], patterns: Iterable[str] = (), *, needs_order: bool = True
) -> list[AppStack]:
    """Return the stacks whose names match any of ``patterns`` (all without patterns), those that others need first.

    Raise ``ProjectError`` when a pattern matches nothing, or the stacks follow each other in a circle; without
    ``needs_order`` those come in the app's order.
    """
    wanted = list(patterns)
    faults = [fault for pattern in wanted for fault in _no_match(stacks, pattern)]
    if faults:
        raise ProjectError(*faults)
    chosen = [stack for stack in stacks if not wanted or any(fnmatchcase(stack.name, p) for p in wanted)]
    try:
        return in_order(chosen, stacks)
    except ProjectError:
        if needs_order:
            raise
        return chosen


def in_order(chosen: Sequence[AppStack], stacks: Sequence[AppStack]) -> list[AppStack]:
    """Return ``chosen``, each behind those of them that it follows, directly or through others of ``stacks``.

    Otherwise they come in the app's order. Raise ``ProjectError`` when they follow each other in a circle.
    """
    by_name = {stack.name: stack for stack in chosen}
    sorter = TopologicalSorter(
        {stack.name: [other.name for other in chosen if other.name in followed(stack, stacks)] for stack in chosen}
    )
    try:
        return [by_name[name] for name in sorter.static_order()]
    except CycleError as cycle:
        names = " -> ".join(reversed(cycle.args[1]))
        detail = (
            f"The stacks depend on each other, or read each other's states: {names}. Take one out of the circle, or "
            f"name the stacks one at a time, with {IGNORE_MISSING} where it is asked for."
        )
        raise ProjectError(error("Stacks in a circle", detail)) from None


def followed(stack: AppStack, stacks: Iterable[AppStack]) -> set[str]:
    """Return the names of the other stacks that ``stack`` follows, directly or through others."""
    by_name = {other.name: other for other in stacks}
    found: set[str] = set()
    ahead = set(stack.follows)
    while ahead:
        name = ahead.pop()
        if name in by_name and name not in found:
            found.add(name)
            ahead |= by_name[name].follows
    return found - {stack.name}


def missing_dependencies(stacks: Sequence[AppStack], chosen: Sequence[AppStack]) -> list[str]:
    """Return the names of stacks that ``chosen`` builds on, directly or through others, and that are not chosen."""
    by_name = {stack.name: stack for stack in stacks}
    needed: set[str] = set()
    ahead = [name for stack in chosen for name in stack.dependencies]
    while ahead:
        name = ahead.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            ahead += by_name[name].dependencies
    return sorted(needed - {stack.name for stack in chosen})


def missing_dependents(stacks: Sequence[AppStack], chosen: Sequence[AppStack]) -> list[AppStack]:
    """Return the stacks that build on any of ``chosen``, directly or through others, and that are not chosen."""
    names = {stack.name for stack in chosen}
    return [s for s in stacks if s.name not in names and not names.isdisjoint(missing_dependencies(stacks, [s]))]


def _no_match(stacks: Sequence[AppStack], pattern: str) -> Iterable[Diagnostic]:
    if any(fnmatchcase(stack.name, pattern) for stack in stacks):
        return
    names = [stack.name for stack in stacks]
    known = f"The app has {', '.join(names)}." if names else "The app has no stacks."
    yield error("No such stack", f'No stack matches "{pattern}". {known}{did_you_mean(pattern, names)}')
