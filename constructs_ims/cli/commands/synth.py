"""``constructs-ims synth``: runs the app and names the stacks that it synthesized, or compares them with kept files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_ims.backend.documents.normalization import ALL_RULES, Rule
from constructs_ims.cli.project.arguments import ProjectArguments, add_project_arguments, reported
from constructs_ims.cli.project.deployment import synthesized_stacks
from constructs_ims.cli.project.kept_files import difference_error, differences
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.views.project import project_view
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.cli.project.kept_files import Difference
    from constructs_ims.cli.project.stack import AppStack
    from constructs_ims.cli.views.project import ProjectView


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project_arguments(parser)
    parser.add_argument(
        "--check", type=Path, metavar="DIR", help="fail with a diff where a stack is not what a file in DIR holds"
    )
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        choices=[rule.value for rule in Rule],
        metavar="RULE",
        help=f"with --check, do not normalise one thing that varies: {', '.join(Rule)}",
    )
    parser.add_argument("--update", action="store_true", help="write what --check finds different to its files")


def run(arguments: argparse.Namespace) -> int:
    """Run the app; exit with 1 when it fails, has annotated errors, or is not as it is kept."""
    asked = ProjectArguments.read(arguments)
    view = project_view(as_json=asked.json, color=asked.color)
    with reported(view):
        if arguments.update and arguments.check is None:
            raise ProjectError(
                error("Directory missing", "--update writes the files of --check. Give --check DIR too.")
            )
        if arguments.check is not None and arguments.check.is_file():
            raise ProjectError(
                error("Directory expected", f"--check is {arguments.check}, which is a file. Give a directory.")
            )
        stacks = synthesized_stacks(asked, view)
        if arguments.check is not None:
            found = kept_differences(stacks, asked, arguments)
            settle(found, stacks, view, update=arguments.update)
    view.finish()
    return 0


def kept_differences(
    stacks: list[AppStack], asked: ProjectArguments, arguments: argparse.Namespace
) -> list[Difference]:
    """Compare stacks with the files in the directory that was asked for."""
    all_names = None if asked.patterns else [stack.name for stack in stacks]
    rules = ALL_RULES - {Rule(rule) for rule in arguments.keep}
    return list(differences(arguments.check, stacks, all_names, rules, asked.project().directory))


def settle(found: list[Difference], stacks: list[AppStack], view: ProjectView, *, update: bool) -> None:
    """Show the differences and write the files, or raise ``ProjectError`` where they are not to be written."""
    if update:
        for difference in found:
            difference.settle()
    view.compared(stacks, found, settled=update)
    if found and not update:
        raise difference_error(found)
