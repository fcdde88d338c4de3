"""What the commands on a project have in common on their command line, and how they open the project."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_ims.backend.sandbox.directory import SandboxError, nearest_project
from constructs_ims.cli.project.config import Project, read_project
from constructs_ims.cli.project.problems import Problem, ProjectError
from constructs_ims.cli.project.selection import IGNORE_MISSING
from constructs_ims.cli.settings import SIMULATE
from constructs_ims.schema.diagnostics import error, file_system_failure

if TYPE_CHECKING:
    from constructs_ims.cli.views.project import ProjectView


@dataclass(frozen=True, slots=True)
class ProjectArguments:
    """Which project, which of its stacks, and how to show what happens."""

    directory: Path
    patterns: tuple[str, ...] = ()
    app: str | None = None
    output: Path | None = None
    skip_synth: bool = False
    json: bool = False
    color: bool | None = None

    @classmethod
    def read(cls, arguments: argparse.Namespace) -> ProjectArguments:
        """Take the project's part out of parsed arguments."""
        return cls(
            Path.cwd(),
            tuple(arguments.stacks),
            arguments.app,
            arguments.output,
            arguments.skip_synth,
            arguments.json,
            False if arguments.no_color else None,
        )

    def project(self) -> Project:
        """Return the project; raise ``ProjectError`` when there is none."""
        project = read_project(nearest_project(self.directory), self.app)
        if self.output is None:
            return project
        return replace(project, output=Path(os.path.normpath(self.directory / self.output)))


def add_project_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what every command on a project takes."""
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="names or patterns of stacks; all when left out")
    parser.add_argument("--app", metavar="COMMAND", help="the command that runs the app, in place of cdktf.json's")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where the app writes its stacks")
    parser.add_argument("--skip-synth", action="store_true", help="use the stacks as synthesized before")
    parser.add_argument("--json", action="store_true", help="print one JSON document for machines")
    parser.add_argument("--no-color", action="store_true", help="print without color")


def add_planning_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what every command that plans takes."""
    parser.add_argument("--var", action="append", default=[], metavar="NAME=VALUE", help="set an input variable")
    parser.add_argument("--var-file", action="append", default=[], metavar="FILE", help="set variables from a file")
    parser.add_argument("--target", action="append", default=[], metavar="ADDRESS", help="work on this object alone")
    parser.add_argument("--parallelism", type=_count, default=10, metavar="N", help="objects to work on at once")
    parser.add_argument(
        "--no-simulation",
        action="store_true",
        help=f"fail on objects that no provider here knows, in place of simulating them; so does {SIMULATE}=off",
    )


def add_dependency_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how a choice that leaves out dependent stacks is insisted on."""
    parser.add_argument(
        IGNORE_MISSING, action="store_true", help="go on although stacks that belong to the chosen ones are left out"
    )


@contextmanager
def reported(view: ProjectView) -> Iterator[None]:
    """Show what goes wrong in a block, and leave with exit status 1; nothing of it reaches the user as a traceback."""
    from constructs_ims.backend.sandbox import OperationFailedError

    try:
        yield
    except ProjectError as failure:
        view.failed(failure.problems)
    except OperationFailedError as failure:
        view.failed(map(Problem, failure.diagnostics))
    except SandboxError as failure:
        view.failed([Problem(error(failure.summary, failure.detail))])
    except BrokenPipeError:
        raise
    except OSError as failure:
        view.failed([Problem(file_system_failure(failure))])
    else:
        return
    view.finish()
    raise SystemExit(1)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f'"{text}" is no number of objects. Use 1 or more.')
    return int(text)
