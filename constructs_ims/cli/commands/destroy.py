"""``constructs-ims destroy``: destroys what the stacks have in the sandbox, dependents first."""

from __future__ import annotations

import argparse

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
from constructs_ims.cli.views.project import project_view


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project_arguments(parser)
    add_planning_arguments(parser)
    add_dependency_arguments(parser)
    add_approval_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Destroy each stack; exit with 1 when one fails or is not approved."""
    asked, planning = ProjectArguments.read(arguments), PlanningArguments.read(arguments)
    view = project_view(as_json=asked.json, colour=asked.colour)
    with reported(view), sandbox_of(asked, planning) as sandbox:
        check = any_choice if arguments.ignore_missing_stack_dependencies else check_dependents(sandbox)
        stacks = synthesized_stacks(asked, view, check)
        outcome = deploy_stacks(sandbox, stacks, planning, view, approval(arguments), destroy=True)
    view.finish()
    return outcome.status
