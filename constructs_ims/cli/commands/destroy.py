"""``constructs-ims destroy``: destroys what the stacks have in the sandbox, dependents first.

A stack that the app no longer has is destroyed as its state has it, when it is named.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from constructs_ims.cli.project.app import AppFailedError
from constructs_ims.cli.project.approval import add_approval_arguments, approval
from constructs_ims.cli.project.arguments import (
    ProjectArguments,
    add_dependency_arguments,
    add_planning_arguments,
    add_project_arguments,
    reported,
)
from constructs_ims.cli.project.deployment import (
    PlanningArguments,
    any_choice,
    check_dependents,
    deploy_stacks,
    sandbox_of,
    synthesized_stacks,
)
from constructs_ims.cli.project.manifest import MANIFEST_FILE
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.project.removed import stacks_from_states
from constructs_ims.cli.views.project import project_view
from constructs_ims.schema.diagnostics import warning


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project_arguments(parser)
    add_planning_arguments(parser)
    add_dependency_arguments(parser)
    add_approval_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Destroy each stack; exit with 1 when one fails or is not approved."""
    asked, planning = ProjectArguments.read(arguments), PlanningArguments.read(arguments)
    view = project_view(as_json=asked.json, color=asked.color)
    with (
        reported(view),
        sandbox_of(asked, planning) as sandbox,
        stacks_from_states(sandbox, asked.patterns) as removed,
    ):
        check = any_choice if arguments.ignore_missing_stack_dependencies else check_dependents(sandbox)
        with _naming_the_last_stacks(asked):
            stacks = synthesized_stacks(asked, view, check, removed)
        outcome = deploy_stacks(sandbox, stacks, planning, view, approval(arguments), destroy=True)
    view.finish()
    return outcome.status


@contextmanager
def _naming_the_last_stacks(asked: ProjectArguments) -> Iterator[None]:
    """Say, of an app that fails, how its stacks are destroyed all the same."""
    try:
        yield
    except AppFailedError as failure:
        if not (asked.project().output / MANIFEST_FILE).is_file():
            raise
        detail = "Its stacks can be destroyed as they were synthesized last: constructs-ims destroy --skip-synth"
        raise ProjectError(*failure.problems, warning("Nothing destroyed", detail)) from failure
