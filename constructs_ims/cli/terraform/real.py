"""The same command line, run by the real Terraform on a copy of the stack inside the sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_ims.backend.emulator import EmulatorError
from constructs_ims.backend.sandbox.directory import SandboxDirectory, SandboxError
from constructs_ims.backend.sandbox.environment import region_of
from constructs_ims.backend.sandbox.local_service import local_service
from constructs_ims.backend.terraform.environment import offline_environment
from constructs_ims.backend.terraform.program import prepare_invocation, run_invocation
from constructs_ims.cli.terraform.terminal import brief
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.terminal import CommandTerminal

_PROGRAM = "terraform"


def run_terraform(
    words: Sequence[str], directory: Path, environment: Mapping[str, str], terminal: CommandTerminal
) -> int:
    """Run Terraform with ``words`` (as given in the current directory) and return its exit status."""
    sandbox = SandboxDirectory.locate(directory, environment)
    try:
        with local_service(sandbox, region_of(environment)) as service:
            child = offline_environment(sandbox, service, environment)
            invocation = prepare_invocation(_PROGRAM, words, Path.cwd(), sandbox, child)
            if invocation is None:
                return 0
            return run_invocation(invocation, sandbox)
    except (EmulatorError, SandboxError) as failure:
        terminal.complain(brief(error(failure.summary, failure.detail)))
        return 1
