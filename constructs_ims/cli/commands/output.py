"""``constructs-ims output``: the outputs of what is deployed in the sandbox; the app is not run for it."""

from __future__ import annotations

import argparse
from dataclasses import replace

from constructs_ims.cli.project.arguments import ProjectArguments, add_project_arguments, reported
from constructs_ims.cli.project.deployment import sandbox_of, synthesized_stacks
from constructs_ims.cli.views.project import project_view


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the outputs of each stack."""
    asked = ProjectArguments.read(arguments)
    view = project_view(as_json=asked.json, color=asked.color)
    with reported(view), sandbox_of(asked) as sandbox:
        for stack in synthesized_stacks(replace(asked, skip_synth=True), view):
            view.outputs(stack, sandbox.state(stack.directory).outputs, asked=True)
    view.finish()
    return 0
