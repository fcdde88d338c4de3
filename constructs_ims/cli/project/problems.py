"""What can be wrong with a project, carried to where it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_ims.schema.diagnostics import Diagnostic

if TYPE_CHECKING:
    from constructs_ims.cli.project.stack import AppStack


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnostic, with the stack and the path of the construct that it is about, where they are known."""

    diagnostic: Diagnostic
    stack: AppStack | None = None
    construct: str | None = None


class ProjectError(Exception):
    """The project cannot be used as it is; ``problems`` say why."""

    def __init__(self, *problems: Problem | Diagnostic) -> None:
        self.problems = tuple(one if isinstance(one, Problem) else Problem(one) for one in problems)
        super().__init__("\n".join(map(str, self.diagnostics)))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The problems without their places."""
        return tuple(problem.diagnostic for problem in self.problems)


def annotated_problems(stack: AppStack) -> list[Problem]:
    """Return the errors and warnings that a stack's constructs annotated."""
    found = ((annotation.diagnostic(), annotation.construct_path) for annotation in stack.annotations)
    return [Problem(diagnostic, stack, construct) for diagnostic, construct in found if diagnostic]
