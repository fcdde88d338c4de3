"""Terraform and the providers that it is given, prepared once for all stacks, threads and processes that share them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constructs_ims.backend.sandbox.directory import open_private, write_private
from constructs_ims.backend.terraform.engine.command import TerraformCommand
from constructs_ims.backend.terraform.engine.messages import read_messages
from constructs_ims.backend.terraform.environment import named_program
from constructs_ims.backend.terraform.mirror import lay_mirror, offline_installation
from constructs_ims.backend.terraform.providers import users_mirror
from constructs_ims.backend.terraform.simulation import Simulation, lay_simulated
from constructs_ims.backend.terraform.versions import suitable_version
from constructs_ims.schema.diagnostics import Diagnostic

_PREPARED = (".terraform", ".terraform.lock.hcl")
"""What ``terraform init`` leaves in a stack's directory."""


@dataclass(frozen=True, slots=True)
class TerraformInstallation:
    """The program, and a directory with the mirror of providers and what ``init`` made for each set of requirements.

    Several processes may share ``directory``: each set is prepared by the first that needs it.
    """

    program: Path
    directory: Path
    others: Path | None = None
    """A mirror of other providers that the user names, which then act on their real services."""

    @property
    def configuration_file(self) -> Path:
        """Terraform's own configuration, by which it takes providers from mirrors alone."""
        path = self.directory / "terraform.rc"
        if not path.is_file():
            self.directory.mkdir(parents=True, exist_ok=True)
            write_private(path, f"disable_checkpoint = true\n\n{offline_installation(self._mirror, self.others)}")
        return path

    def prepare(
        self,
        command: TerraformCommand,
        requirements: Any,
        constraints: list[str],
        simulated: Collection[Simulation] = (),
    ) -> tuple[Diagnostic, ...]:
        """Make a stack's copy ready, as ``terraform init`` does; return what is wrong.

        ``requirements`` is all that decides what ``init`` installs, as plain data; ``None`` has it run in the copy
        itself. ``constraints`` are those for the version of this package's provider; raise ``VersionError`` where no
        release meets them. ``simulated`` are other providers that are simulated.
        """
        command = self._with_simulated(command, simulated)
        if requirements is not None:
            requirements = [requirements, [one.to_json() for one in simulated]]
        if requirements is None:
            with self._locked("mirror"):
                lay_mirror(self._mirror, suitable_version(constraints))
            return _initialize(command)
        key = hashlib.sha256(json.dumps(requirements, sort_keys=True).encode()).hexdigest()[:16]
        kept = self.directory / "prepared" / key
        with self._locked(key):
            if not (kept / "complete").is_file():
                lay_mirror(self._mirror, suitable_version(constraints))
                diagnostics = _initialize(command)
                if any(one.is_error for one in diagnostics):
                    return diagnostics
                _copy(command.directory, kept)
                (kept / "complete").touch()
                return diagnostics
        _copy(kept, command.directory)
        return ()

    def _with_simulated(self, command: TerraformCommand, simulated: Collection[Simulation]) -> TerraformCommand:
        """Return the command with a mirror of its own for what is simulated, so that no two stacks share schemas."""
        if not simulated:
            return command
        text = json.dumps([one.to_json() for one in simulated], sort_keys=True)
        directory = self.directory / "simulated" / hashlib.sha256(text.encode()).hexdigest()[:16]
        with self._locked(directory.name):
            return command.with_configuration(lay_simulated(simulated, directory, self._mirror, self.others))

    @property
    def _mirror(self) -> Path:
        return self.directory / "providers"

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        """Keep other threads and processes away while something is prepared."""
        path = self.directory / "locks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_private(path) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def installed_terraform(directory: Path, environment: Mapping[str, str]) -> TerraformInstallation | None:
    """Return the Terraform that ``environment`` names or has on its PATH, None where there is none.

    Raise ``SandboxError`` when it names a program or a mirror of providers that is not there.
    """
    found = named_program(environment) or shutil.which("terraform", path=environment.get("PATH"))
    return TerraformInstallation(Path(found), directory, users_mirror(environment)) if found else None


def _initialize(command: TerraformCommand) -> tuple[Diagnostic, ...]:
    done = command.run("init", "-json", "-input=false")
    return read_messages(done.output, done.complaint, failed=done.status != 0).diagnostics


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in _PREPARED:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, symlinks=True, dirs_exist_ok=True)
        elif (source / name).is_file():
            shutil.copyfile(source / name, target / name)
