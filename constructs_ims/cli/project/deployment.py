"""The work of the commands on a project: synthesize, choose stacks, and plan, deploy or destroy each in its turn."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_ims.backend.sandbox_directory import SandboxDirectory
from constructs_ims.cli.interrupts import AnswerInterruptedError, Interrupts
from constructs_ims.cli.project.app import synthesize
from constructs_ims.cli.project.arguments import ProjectArguments
from constructs_ims.cli.project.config import Project
from constructs_ims.cli.project.manifest import Stack, read_stacks
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.project.selection import missing_dependencies, select_stacks
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors, warning

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox import Sandbox
    from constructs_ims.backend.sandbox.results import SandboxPlan
    from constructs_ims.cli.views.project import ProjectView


@dataclass(frozen=True, slots=True)
class PlanningArguments:
    """What the planning of each stack is to take into account; ``variables`` as written on a command line."""

    variables: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    parallelism: int = 10
    refresh_only: bool = False

    @classmethod
    def read(cls, arguments: Any) -> PlanningArguments:
        """Take the planning's part out of parsed arguments."""
        variables = (*(("var", text) for text in arguments.var), *(("var-file", text) for text in arguments.var_file))
        return cls(tuple(variables), tuple(arguments.target), arguments.parallelism)


def synthesized_stacks(arguments: ProjectArguments, view: ProjectView) -> list[Stack]:
    """Run the app (unless that is to be skipped), check what it annotated, and return the chosen stacks in order.

    Raise ``ProjectError`` for a project, an app or a choice that cannot be worked with.
    """
    project = arguments.project()
    stacks = read_stacks(project.output) if arguments.skip_synth else _run_app(project, view)
    chosen = select_stacks(stacks, arguments.patterns)
    faults = [fault for stack in chosen for fault in _annotated_faults(stack)]
    if has_errors(faults):
        raise ProjectError(*faults)
    if missing := missing_dependencies(stacks, chosen):
        view.warned([_left_out(missing)])
    return chosen


@contextmanager
def sandbox_of(arguments: ProjectArguments, planning: PlanningArguments | None = None) -> Iterator[Sandbox]:
    """Open the project's sandbox."""
    from constructs_ims.backend.sandbox import Sandbox

    place = SandboxDirectory.locate(arguments.directory, os.environ)
    with Sandbox(place.path, parallelism=planning.parallelism if planning else 10) as sandbox:
        yield sandbox


def plan_stack(
    sandbox: Sandbox,
    stack: Stack,
    planning: PlanningArguments,
    view: ProjectView,
    interrupts: Interrupts,
    *,
    destroy: bool = False,
) -> SandboxPlan:
    """Plan one stack; raise ``OperationFailedError`` when that fails."""
    return sandbox.plan(
        stack.directory,
        destroy=destroy,
        targets=planning.targets,
        arguments=planning.variables,
        working_directory=Path.cwd(),
        refresh_only=planning.refresh_only,
        observer=view.planning(stack),
        interrupt=interrupts.wish,
    )


def deploy_stacks(
    sandbox: Sandbox,
    stacks: Sequence[Stack],
    planning: PlanningArguments,
    view: ProjectView,
    approve: Callable[[Stack, SandboxPlan], bool],
    *,
    destroy: bool = False,
) -> bool:
    """Bring each stack to where its plan wants it, in order; False when one was not approved, which ends it all."""
    with Interrupts().heard(view) as interrupts:
        for stack in reversed(stacks) if destroy else stacks:
            plan = plan_stack(sandbox, stack, planning, view, interrupts, destroy=destroy)
            view.planned(stack, plan, in_full=False)
            if plan.has_changes and not _approved(stack, plan, approve, interrupts):
                return False
            _apply(sandbox, stack, plan, view, interrupts)
    return True


def _approved(
    stack: Stack, plan: SandboxPlan, approve: Callable[[Stack, SandboxPlan], bool], interrupts: Interrupts
) -> bool:
    try:
        with interrupts.awaiting_answer():
            return approve(stack, plan)
    except AnswerInterruptedError:
        raise ProjectError(_not_answered(stack)) from None


def _apply(sandbox: Sandbox, stack: Stack, plan: SandboxPlan, view: ProjectView, interrupts: Interrupts) -> None:
    start = time.monotonic()
    observer = view.applying(stack, plan)
    result = sandbox.apply(plan, observer=observer, interrupt=interrupts.wish)
    view.applied(stack, result, time.monotonic() - start)
    view.outputs(stack, result.state.outputs)


def _run_app(project: Project, view: ProjectView) -> list[Stack]:
    start = time.monotonic()
    view.synthesizing(project)
    stacks = synthesize(project, os.environ, view.app_said)
    view.synthesized(stacks, time.monotonic() - start)
    return stacks


def _annotated_faults(stack: Stack) -> Iterable[Diagnostic]:
    found = (annotation.diagnostic() for annotation in stack.annotations)
    return (diagnostic for diagnostic in found if diagnostic and diagnostic.is_error)


def _not_answered(stack: Stack) -> Diagnostic:
    return error("Approval interrupted", f'Stack "{stack.name}" was left as it is. Answer "yes" to go on with it.')


def _left_out(names: Sequence[str]) -> Diagnostic:
    listed = ", ".join(names)
    detail = f"The chosen stacks build on {listed}, which is not among them; it is taken as it was deployed before."
    return warning("Stacks left out", detail)
