"""Which stacks to work on, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from typing import Final

from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.project.stack import AppStack
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error

IGNORE_MISSING: Final = "--ignore-missing-stack-dependencies"


def select_stacks(stacks: Sequence[AppStack], patterns: Iterable[str] = ()) -> list[AppStack]:
    """Return the stacks whose names match any of ``patterns`` (all without patterns), those that others need first.

    Raise ``ProjectError`` when a pattern matches nothing.
    """
    wanted = list(patterns)
    faults = [fault for pattern in wanted for fault in _no_match(stacks, pattern)]
    if faults:
        raise ProjectError(*faults)
    chosen = [stack for stack in stacks if not wanted or any(fnmatchcase(stack.name, p) for p in wanted)]
    return in_order(chosen, stacks)


def in_order(chosen: Sequence[AppStack], stacks: Sequence[AppStack]) -> list[AppStack]:
    """Return ``chosen``, each behind those of them that it follows, directly or through others of ``stacks``.

    Otherwise, and where some follow each other in a circle, they come in the app's order.
    """
    by_name = {stack.name: stack for stack in chosen}
    behind = {stack.name: followed(stack, stacks) & by_name.keys() for stack in chosen}
    sorter = TopologicalSorter(
        {
            name: [other for other in by_name if other in before and name not in behind[other]]
            for name, before in behind.items()
        }
    )
    return [by_name[name] for name in sorter.static_order()]


def circle_of(stack: AppStack, chosen: Sequence[AppStack]) -> list[str]:
    """Return the names on the way from ``stack`` back to itself through ``chosen``; none where there is no such way."""
    by_name = {other.name: other for other in chosen}
    ways = [[stack.name]]
    seen = set[str]()
    for way in ways:
        for name in (other for other in by_name if other in by_name[way[-1]].follows):
            if name == stack.name:
                return [*way, name]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


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
