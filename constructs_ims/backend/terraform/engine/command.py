"""Terraform's commands in the directory of one plan."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from signal import SIGINT

from constructs_ims.backend.child import child_environment
from constructs_ims.backend.engine.stack.run.cancellation import Cancellation


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended: its exit status, what it printed, and what it said on standard error."""

    status: int
    output: str
    complaint: str


@dataclass(frozen=True, slots=True)
class TerraformCommand:
    """The program, the directory that it works in, and the environment that it sees.

    Once ``cancellation`` is set, Terraform is asked to finish what is in flight.
    """

    program: Path
    directory: Path
    environment: Mapping[str, str] = field(repr=False)
    cancellation: Cancellation = field(default_factory=Cancellation)

    def run(self, *arguments: str) -> Finished:
        """Run a command to its end."""
        child = subprocess.Popen(
            [str(self.program), *arguments],
            cwd=self.directory,
            env=child_environment(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # a terminal's Ctrl-C would reach it a second time, and cut it short
        )
        with child, self.cancellation.watched(lambda: child.send_signal(SIGINT)):
            try:
                output, complaint = child.communicate()
            except BaseException:
                child.kill()
                raise
        return Finished(child.returncode, output, complaint)

    def interrupted_by(self, cancellation: Cancellation) -> TerraformCommand:
        """Return the same with another interrupt."""
        return replace(self, cancellation=cancellation)

    def with_configuration(self, path: Path) -> TerraformCommand:
        """Return the same with another configuration file of Terraform's own."""
        return replace(self, environment={**self.environment, "TF_CLI_CONFIG_FILE": str(path)})
