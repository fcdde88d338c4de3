"""``constructs-ims synth``: runs the app and names the stacks that it synthesized."""

from __future__ import annotations

import argparse

from constructs_ims.cli.project.arguments import ProjectArguments, add_project_arguments, reported
from constructs_ims.cli.project.deployment import synthesized_stacks
from constructs_ims.cli.views.project import project_view


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the app; exit with 1 when it fails or has annotated errors."""
    asked = ProjectArguments.read(arguments)
    view = project_view(as_json=asked.json, colour=asked.colour)
    with reported(view):
        synthesized_stacks(asked, view)
    view.finish()
    return 0
