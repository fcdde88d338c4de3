"""``constructs-ims deploy``: brings the stacks into being in the sandbox.

It asks nothing unless told to (``--ask``): what it touches is a sandbox, which ``constructs-ims sandbox`` can save,
load and reset.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

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
    check_dependencies,
    deploy_stacks,
    sandbox_of,
    synthesized_stacks,
)
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.project.removed import left_behind
from constructs_ims.cli.views.project import project_view
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_ims.backend.sandbox import Sandbox
    from constructs_ims.cli.project import AppStack


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project_arguments(parser)
    add_planning_arguments(parser)
    add_dependency_arguments(parser)
    add_approval_arguments(parser)
    parser.add_argument("--outputs-file", type=Path, metavar="FILE", help="write the outputs to a JSON file")
    parser.add_argument(
        "--outputs-file-include-sensitive-outputs", action="store_true", help="write sensitive outputs there too"
    )


def run(arguments: argparse.Namespace) -> int:
    """Deploy each stack; exit with 1 when one fails or is not approved."""
    asked, planning = ProjectArguments.read(arguments), PlanningArguments.read(arguments)
    view = project_view(as_json=asked.json, color=asked.color)
    with reported(view), sandbox_of(asked, planning) as sandbox:
        if arguments.outputs_file is not None:
            _check_writable(arguments.outputs_file)
        check = any_choice if arguments.ignore_missing_stack_dependencies else check_dependencies
        stacks = synthesized_stacks(asked, view, check)
        if not asked.patterns:
            view.warned(left_behind(sandbox, stacks))
        outcome = deploy_stacks(sandbox, stacks, planning, view, approval(arguments))
        if arguments.outputs_file is not None and not outcome.has_failed:
            include = arguments.outputs_file_include_sensitive_outputs
            _write_outputs(arguments.outputs_file, sandbox, stacks, include_sensitive=include)
    view.finish()
    return outcome.status


def _check_writable(path: Path) -> None:
    """Find out before anything is deployed that the outputs cannot be written afterwards."""
    folder = path.absolute().parent
    if not folder.is_dir():
        detail = f"There is no directory {folder} to write {path.name} to. Make it first, or name another file."
        raise ProjectError(error("Outputs file not writable", detail))
    if path.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise ProjectError(error("Outputs file not writable", f"{path} cannot be written to. Name another file."))


def _write_outputs(path: Path, sandbox: Sandbox, stacks: Sequence[AppStack], *, include_sensitive: bool) -> None:
    document = {
        stack.name: {
            name: output.value
            for name, output in sandbox.state(stack.directory).outputs.items()
            if include_sensitive or not output.sensitive
        }
        for stack in stacks
    }
    path.write_text(json.dumps(document, indent=2, default=str) + "\n", encoding="utf-8")
