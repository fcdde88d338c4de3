"""Asking before acting, for who wants to be asked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox.results import SandboxPlan
    from constructs_ims.cli.project.stack import AppStack


def add_approval_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how approval is given."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--ask", action="store_true", help="show each stack's plan and ask before acting")
    group.add_argument("--auto-approve", action="store_true", help="do not ask; what happens without --ask anyway")


def approval(arguments: argparse.Namespace) -> Callable[[AppStack, SandboxPlan], bool]:
    """Return who is asked: nobody, or the person at the terminal."""
    return _ask if arguments.ask and not arguments.json else _yes


def _yes(_stack: AppStack, _plan: SandboxPlan) -> bool:
    return True


def _ask(stack: AppStack, plan: SandboxPlan) -> bool:
    print(plan.text(color=sys.stdout.isatty(), brief=True))
    print(f'Go on with stack "{stack.name}"? Only "yes" counts: ', end="", flush=True)
    answer = sys.stdin.readline()
    if not answer:
        print()
        raise ProjectError(error("Nobody to ask", "The input ended before the question was answered. Leave out --ask."))
    return answer.strip() == "yes"
