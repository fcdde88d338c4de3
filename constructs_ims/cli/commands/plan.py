"""``constructs-ims plan`` (also ``diff``): what a deployment would change, offline and without changing anything."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from constructs_ims.cli.interrupts import Interrupts
from constructs_ims.cli.project.arguments import (
    ProjectArguments,
    add_planning_arguments,
    add_project_arguments,
    reported,
)
from constructs_ims.cli.project.deployment import (
    PlanningArguments,
    plan_stack,
    sandbox_of,
    synthesized_stacks,
)
from constructs_ims.cli.project.removed import left_behind
from constructs_ims.cli.project.turns import Turns
from constructs_ims.cli.views.project import project_view

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox.results import SandboxPlan

_CHANGES = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project_arguments(parser)
    add_planning_arguments(parser)
    parser.add_argument("--destroy", action="store_true", help="plan to destroy everything that is deployed")
    parser.add_argument("--full", action="store_true", help="show each attribute that only the apply will tell, too")
    parser.add_argument("--detailed-exitcode", action="store_true", help="exit with 2 when there are changes")


def run(arguments: argparse.Namespace) -> int:
    """Plan each stack and show the plans."""
    asked, planning = ProjectArguments.read(arguments), PlanningArguments.read(arguments)
    view = project_view(as_json=asked.json, color=asked.color, brief=not arguments.full)
    plans: list[SandboxPlan] = []
    with reported(view), sandbox_of(asked, planning) as sandbox:
        stacks = synthesized_stacks(asked, view)
        if not asked.patterns:
            view.warned(left_behind(sandbox, stacks))
        with Interrupts().heard(view) as interrupts:
            turns = Turns(stacks, view, interrupts.cancellation)
            for stack in turns:
                with turns.work_on(stack):
                    plan = plan_stack(
                        sandbox, stack, planning, view, interrupts, destroy=arguments.destroy, after=plans
                    )
                    view.planned(stack, plan, in_full=True)
                    plans.append(plan)
    view.finish()
    if turns.has_failed:
        return 1
    changes = any(plan.has_changes for plan in plans)
    return _CHANGES if changes and arguments.detailed_exitcode else 0
