"""The turns of the stacks: one that fails leaves out those that need it, and no others.

Of stacks that follow each other in a circle none has a turn.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from constructs_ims.backend.engine.stack.run.cancellation import Cancellation
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.cli.project.problems import Problem
from constructs_ims.cli.project.selection import IGNORE_MISSING, circle_of, followed
from constructs_ims.cli.project.stack import AppStack
from constructs_ims.cli.settings import ENGINE
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.cli.views.project import ProjectView


@dataclass
class Turns:
    """Gives each stack its turn, in the order of ``stacks``, each behind what it needs.

    For a destruction that order is the reverse, as a stack needs those that follow it to be gone. Once
    ``cancellation`` is set, a failure ends everything.
    """

    stacks: Sequence[AppStack]
    view: ProjectView
    cancellation: Cancellation
    destroy: bool = False
    has_failed: bool = False
    left: list[AppStack] = field(init=False)
    """The stacks whose turn is still to come."""

    def __post_init__(self) -> None:
        self.left = list(reversed(self.stacks) if self.destroy else self.stacks)

    def __iter__(self) -> Iterator[AppStack]:
        while self.left:
            stack = self.left.pop(0)
            if circle := circle_of(stack, self.stacks):
                self._fail(stack, [_in_a_circle(circle)])
            else:
                yield stack

    @contextmanager
    def work_on(self, stack: AppStack) -> Iterator[None]:
        """Show what goes wrong in a block, and take the turns of those that need ``stack``."""
        try:
            yield
        except OperationFailedError as failure:
            self._fail(stack, failure.diagnostics)

    def _fail(self, stack: AppStack, diagnostics: Iterable[Diagnostic]) -> None:
        self.has_failed = True
        not_begun = [other for other in self.left if self.cancellation.is_set() or self._needs(other, stack)]
        self.left = [other for other in self.left if other not in not_begun]
        problems = [Problem(_with_way(one, stack), stack) for one in diagnostics]
        self.view.failed(problems, stack, not_begun)

    def _needs(self, stack: AppStack, failed: AppStack) -> bool:
        first, second = (failed, stack) if self.destroy else (stack, failed)
        return second.name in followed(first, self.stacks)


def with_terraform(directory: str) -> str:
    """Return the command lines that deploy one stack in the sandbox with the real Terraform."""
    command = f"{ENGINE}=terraform terraform-ims -chdir={shlex.quote(directory)}"
    return f"{command} init && {command} apply"


def _in_a_circle(names: Sequence[str]) -> Diagnostic:
    detail = (
        f"The stacks depend on each other, or read each other's states: {' -> '.join(names)}. Take one out of the "
        f"circle, or name the stacks one at a time, with {IGNORE_MISSING} where it is asked for."
    )
    return error("Stacks in a circle", detail)


def _with_way(diagnostic: Diagnostic, stack: AppStack) -> Diagnostic:
    """Where the real Terraform would help, say how it is run from here."""
    if ENGINE not in diagnostic.detail:
        return diagnostic
    command = with_terraform(os.path.relpath(stack.directory))
    return replace(diagnostic, detail=f"{diagnostic.detail} That is:\n\n  {command}")
