"""Which stacks to work on, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from graphlib import CycleError, TopologicalSorter

from constructs_ims.cli.project.manifest import Stack
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error


def select_stacks(stacks: Sequence[Stack], patterns: Iterable[str] = ()) -> list[Stack]:
    """Return the stacks whose names match any of ``patterns`` (all without patterns), dependencies first.

    Raise ``ProjectError`` when a pattern matches nothing or the stacks depend on each other in a circle.
    """
    wanted = list(patterns)
    faults = [fault for pattern in wanted for fault in _no_match(stacks, pattern)]
    if faults:
        raise ProjectError(*faults)
    chosen = {stack.name for stack in stacks if not wanted or any(fnmatchcase(stack.name, p) for p in wanted)}
    return [stack for stack in in_order(stacks) if stack.name in chosen]


def in_order(stacks: Sequence[Stack]) -> list[Stack]:
    """Return all stacks, each behind those it depends on; otherwise in the app's order."""
    by_name = {stack.name: stack for stack in stacks}
    sorter = TopologicalSorter({stack.name: [d for d in stack.dependencies if d in by_name] for stack in stacks})
    try:
        return [by_name[name] for name in sorter.static_order()]
    except CycleError as cycle:
        names = " -> ".join(reversed(cycle.args[1]))
        raise ProjectError(error("Stacks in a circle", f"The stacks depend on each other: {names}.")) from None


def missing_dependencies(stacks: Sequence[Stack], chosen: Sequence[Stack]) -> list[str]:
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


def missing_dependents(stacks: Sequence[Stack], chosen: Sequence[Stack]) -> list[Stack]:
    """Return the stacks that build on any of ``chosen``, directly or through others, and that are not chosen."""
    names = {stack.name for stack in chosen}
    return [s for s in stacks if s.name not in names and not names.isdisjoint(missing_dependencies(stacks, [s]))]


def _no_match(stacks: Sequence[Stack], pattern: str) -> Iterable[Diagnostic]:
    if any(fnmatchcase(stack.name, pattern) for stack in stacks):
        return
    names = [stack.name for stack in stacks]
    known = f"The app has {', '.join(names)}." if names else "The app has no stacks."
    yield error("No such stack", f'No stack matches "{pattern}". {known}{did_you_mean(pattern, names)}')
