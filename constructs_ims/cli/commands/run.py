"""``constructs-ims run -- COMMAND``: any command, with the offline world around it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Final

from constructs_ims.backend.child import run_child
from constructs_ims.backend.emulator import EmulatorError
from constructs_ims.backend.sandbox.directory import PROJECT_FILE, SANDBOX_VARIABLE, SandboxDirectory, SandboxError
from constructs_ims.backend.sandbox.environment import region_of
from constructs_ims.backend.sandbox.local_service import local_service
from constructs_ims.backend.terraform.environment import PROGRAMS, offline_environment
from constructs_ims.cdk_choice import CDKS
from constructs_ims.cli.project import read_project
from constructs_ims.cli.project.problems import ProjectError

_NOT_FOUND: Final = 127


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.usage = "constructs-ims run [-h] -- COMMAND [ARGUMENTS]"
    parser.epilog = (
        "The command finds a local IMS service, the provider and Terraform's configuration through its environment. "
        f"Everything it leaves behind is in the sandbox: .constructs-ims beside cdktf.json, or {SANDBOX_VARIABLE}."
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND", help="the command and its arguments")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        print("Error: No command: Name one, as in: constructs-ims run -- cdktf deploy", file=sys.stderr)
        return 2
    if command[0] not in PROGRAMS and shutil.which(command[0]) is None:
        print(f"Error: Command not found: {_missing(command[0])}", file=sys.stderr)
        return _NOT_FOUND
    sandbox = SandboxDirectory.locate(Path.cwd(), os.environ)
    try:
        _check_project(command[0], Path.cwd())
        with local_service(sandbox, region_of(os.environ), on_wait=_say_waiting) as service:
            environment = offline_environment(sandbox, service, os.environ)
            program = shutil.which(command[0], path=environment["PATH"]) or command[0]
            return run_child([program, *command[1:]], environment)
    except (EmulatorError, SandboxError, ProjectError) as failure:
        print(f"Error: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"Error: Sandbox not usable: {failure.filename}: {failure.strerror}.", file=sys.stderr)
        return 1


def _check_project(program: str, directory: Path) -> None:
    """Read what the CDK's command line is about to read: of a broken file it dies without a word on which it was."""
    if Path(program).name in CDKS and (directory / PROJECT_FILE).is_file():
        read_project(directory)


def _missing(program: str) -> str:
    if os.sep in program:
        return f"{program} is no program that can be run. Name one that is, or make it executable."
    return f"There is no program {program} on PATH. Install it, or name its path."


def _say_waiting() -> None:
    print("Another command still uses this sandbox's service; waiting for it to end.", file=sys.stderr)
