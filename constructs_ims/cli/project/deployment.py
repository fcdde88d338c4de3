"""The work of the commands on a project: synthesize, choose stacks, and plan, deploy or destroy each in its turn."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_ims.backend.sandbox.directory import SandboxDirectory, nearest_project
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.cli.interrupts import AnswerInterruptedError, Interrupts
from constructs_ims.cli.project.app import synthesize
from constructs_ims.cli.project.arguments import ProjectArguments
from constructs_ims.cli.project.config import Project
from constructs_ims.cli.project.manifest import read_stacks
from constructs_ims.cli.project.problems import ProjectError, annotated_problems
from constructs_ims.cli.project.reads import with_reads
from constructs_ims.cli.project.selection import IGNORE_MISSING, missing_dependencies, missing_dependents, select_stacks
from constructs_ims.cli.project.stack import AppStack
from constructs_ims.cli.project.turns import Turns, with_terraform
from constructs_ims.cli.settings import ENGINE, setting_faults, simulates, wants_terraform
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox import Sandbox
    from constructs_ims.backend.sandbox.results import SandboxPlan
    from constructs_ims.cli.views.project import ProjectView


Check = Callable[[Sequence[AppStack], Sequence[AppStack]], None]
"""Given all stacks and the chosen ones, raises ``ProjectError`` when the choice cannot be worked with."""


def any_choice(_stacks: Sequence[AppStack], _chosen: Sequence[AppStack]) -> None:
    """Take any choice of stacks."""


@dataclass(frozen=True, slots=True)
class PlanningArguments:
    """What the planning of each stack is to take into account; ``variables`` as written on a command line."""

    variables: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    parallelism: int = 10
    simulate: bool = True

    @classmethod
    def read(cls, arguments: Any) -> PlanningArguments:
        """Take the planning's part out of parsed arguments.

        As with cdktf-cli, variable files beside ``cdktf.json`` count; what is given on the command line comes after.
        """
        from constructs_ims.backend.engine.stack.evaluate.variables import automatic_variable_files

        automatic = automatic_variable_files(nearest_project(Path.cwd()))
        variables = (
            *(("var-file", str(path)) for path in automatic),
            *(("var", text) for text in arguments.var),
            *(("var-file", text) for text in arguments.var_file),
        )
        return cls(variables, tuple(arguments.target), arguments.parallelism, not arguments.no_simulation)


def synthesized_stacks(
    arguments: ProjectArguments,
    view: ProjectView,
    check: Check = any_choice,
    removed: Sequence[AppStack] = (),
) -> list[AppStack]:
    """Run the app (unless that is to be skipped), check what it annotated, and return the chosen stacks in order.

    Raise ``ProjectError`` for a project, an app or a choice that cannot be worked with; ``check`` is given all stacks
    and the chosen ones, and may refuse the choice. Those in ``removed`` can be chosen where the app has none of the
    name.
    """
    project = arguments.project()
    stacks = with_reads(read_stacks(project.output) if arguments.skip_synth else _run_app(project, view))
    names = {stack.name for stack in stacks}
    stacks += (stack for stack in removed if stack.name not in names)
    chosen = select_stacks(stacks, arguments.patterns)
    faults = [problem for stack in chosen for problem in annotated_problems(stack) if problem.diagnostic.is_error]
    if faults:
        raise ProjectError(*faults)
    check(stacks, chosen)
    view.chosen(chosen)
    return chosen


def check_dependencies(stacks: Sequence[AppStack], chosen: Sequence[AppStack]) -> None:
    """Refuse a choice to deploy that leaves out what it builds on, as cdktf-cli does."""
    if missing := missing_dependencies(stacks, chosen):
        verb = "is" if len(missing) == 1 else "are"
        detail = (
            f"The chosen stacks build on {', '.join(missing)}, which {verb} not among them. Choose all of them, or "
            f"give {IGNORE_MISSING} to take the others as they were deployed before."
        )
        raise ProjectError(error("Stacks left out", detail))


def check_dependents(sandbox: Sandbox) -> Check:
    """Return what refuses a choice to destroy that leaves out deployed stacks which build on it, as cdktf-cli does."""

    def check(stacks: Sequence[AppStack], chosen: Sequence[AppStack]) -> None:
        missing = [stack.name for stack in missing_dependents(stacks, chosen) if _is_deployed(sandbox, stack)]
        if missing:
            detail = (
                f"{', '.join(missing)} {'builds' if len(missing) == 1 else 'build'} on the chosen stacks, and would "
                f"lose their outputs. Choose all of them, or give {IGNORE_MISSING}."
            )
            raise ProjectError(error("Stacks left out", detail))

    return check


def _is_deployed(sandbox: Sandbox, stack: AppStack) -> bool:
    try:
        return stack.directory.is_dir() and not sandbox.state(stack.directory).is_empty
    except OperationFailedError:
        return True  # a state that cannot be read is not nothing


@contextmanager
def sandbox_of(arguments: ProjectArguments, planning: PlanningArguments | None = None) -> Iterator[Sandbox]:
    """Open the project's sandbox."""
    from constructs_ims.backend.sandbox import Sandbox

    place = SandboxDirectory.locate(arguments.directory, os.environ)
    if planning is None:
        planning = PlanningArguments()
    else:
        check_settings()
    simulate = planning.simulate and simulates(os.environ)
    with Sandbox(place.path, parallelism=planning.parallelism, simulate=simulate) as sandbox:
        yield sandbox


def check_settings() -> None:
    """Raise ``ProjectError`` for environment variables that ask planning for what cannot be."""
    faults = setting_faults(os.environ)
    if wants_terraform(os.environ):
        detail = (
            f"{ENGINE} asks for the real Terraform, and constructs-ims works with its own engine alone. Unset it, or "
            f"run Terraform stack by stack: {with_terraform('cdktf.out/stacks/STACK')}"
        )
        faults.append(error("Engine not at hand", detail))
    if faults:
        raise ProjectError(*faults)


def plan_stack(
    sandbox: Sandbox,
    stack: AppStack,
    planning: PlanningArguments,
    view: ProjectView,
    interrupts: Interrupts,
    *,
    destroy: bool,
    after: Sequence[SandboxPlan] = (),
) -> SandboxPlan:
    """Plan one stack, to be deployed ``after`` others; raise ``OperationFailedError`` when that fails."""
    return sandbox.plan(
        stack.directory,
        destroy=destroy,
        targets=planning.targets,
        arguments=planning.variables,
        working_directory=Path.cwd(),
        observer=view.planning(stack),
        cancellation=interrupts.cancellation,
        after=after,
        on_wait=lambda: view.waiting(stack),
    )


@dataclass(frozen=True, slots=True)
class DeploymentOutcome:
    """How the work on the stacks ended: whether all were approved, and whether one failed."""

    was_approved: bool
    has_failed: bool

    @property
    def status(self) -> int:
        """The exit status."""
        return 0 if self.was_approved and not self.has_failed else 1


def deploy_stacks(
    sandbox: Sandbox,
    stacks: Sequence[AppStack],
    planning: PlanningArguments,
    view: ProjectView,
    approve: Callable[[AppStack, SandboxPlan], bool],
    *,
    destroy: bool = False,
) -> DeploymentOutcome:
    """Bring each stack to where its plan wants it, in order.

    One that fails leaves out those that need it; one that is not approved ends it all.
    """
    with Interrupts().heard(view) as interrupts:
        turns = Turns(stacks, view, interrupts.cancellation, destroy=destroy)
        for stack in turns:
            with turns.work_on(stack), _locked(sandbox, stack, view, interrupts):
                plan = plan_stack(sandbox, stack, planning, view, interrupts, destroy=destroy)
                view.planned(stack, plan, in_full=False)
                if plan.has_changes and not _approved(stack, plan, approve, interrupts):
                    view.declined(stack, turns.left)
                    return DeploymentOutcome(was_approved=False, has_failed=turns.has_failed)
                _apply(sandbox, stack, plan, view, interrupts)
    return DeploymentOutcome(was_approved=True, has_failed=turns.has_failed)


def _locked(
    sandbox: Sandbox, stack: AppStack, view: ProjectView, interrupts: Interrupts
) -> AbstractContextManager[None]:
    """Keep other runs away from a stack from its plan to the end of its apply."""
    return sandbox.locked(stack.directory, cancellation=interrupts.cancellation, on_wait=lambda: view.waiting(stack))


def _approved(
    stack: AppStack, plan: SandboxPlan, approve: Callable[[AppStack, SandboxPlan], bool], interrupts: Interrupts
) -> bool:
    try:
        with interrupts.awaiting_answer():
            return approve(stack, plan)
    except AnswerInterruptedError:
        raise ProjectError(_not_answered(stack)) from None


def _apply(sandbox: Sandbox, stack: AppStack, plan: SandboxPlan, view: ProjectView, interrupts: Interrupts) -> None:
    start = time.monotonic()
    observer = view.applying(stack, plan)
    result = sandbox.apply(plan, observer=observer, cancellation=interrupts.cancellation)
    view.applied(stack, result, time.monotonic() - start)
    view.outputs(stack, result.state.outputs)


def _run_app(project: Project, view: ProjectView) -> list[AppStack]:
    start = time.monotonic()
    view.synthesizing(project)
    stacks = synthesize(project, os.environ, view.app_said, view.app_complained)
    view.synthesized(stacks, time.monotonic() - start)
    return stacks


def _not_answered(stack: AppStack) -> Diagnostic:
    return error("Approval interrupted", f'Stack "{stack.name}" was left as it is. Answer "yes" to go on with it.')
