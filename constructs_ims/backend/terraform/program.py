"""The real Terraform (or OpenTofu) on a stack's copy in the sandbox: finding it, preparing the copy, starting it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.child import run_child
from constructs_ims.backend.sandbox.directory import USERS_LOCK, SandboxDirectory, SandboxError, open_private
from constructs_ims.backend.terraform.command_line import ArgumentError, fit_arguments, read_command_line
from constructs_ims.backend.terraform.environment import (
    inherited,
    mirror_of,
    named_program,
    programs_of,
    without_secrets,
)
from constructs_ims.backend.terraform.local_modules import UsedInModules, used_in_modules
from constructs_ims.backend.terraform.mirror import lay_mirror
from constructs_ims.backend.terraform.providers import (
    acting_elsewhere,
    acting_warning,
    hidden_remote_states,
    lack_of_modules,
    lack_of_providers,
    lack_of_states,
    missing_providers,
    remote_modules,
    users_mirror,
)
from constructs_ims.backend.terraform.versions import VersionError, suitable_version
from constructs_ims.backend.terraform.working_copy import WorkingCopy, has_configuration

if TYPE_CHECKING:
    from constructs_ims.backend.engine.configuration import Configuration
    from constructs_ims.backend.terraform.simulation import Simulation

_INSTALLING: Final = frozenset({"init", "get"})
_WITH_PROVIDERS: Final = _INSTALLING | {"plan", "apply", "destroy", "refresh", "import", "console", "test"}
"""Commands that install providers and modules, or have providers act."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A program to start: its path, its arguments (the name first), where, and with what environment."""

    program: Path
    arguments: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]


def prepare_invocation(
    name: str, arguments: Sequence[str], directory: Path, sandbox: SandboxDirectory, environment: Mapping[str, str]
) -> Invocation | None:
    """Return how to start ``name`` with ``arguments`` as given in ``directory``; None when there is nothing to do.

    Raise ``SandboxError`` when the program is missing, or the stack or an argument cannot be used offline.
    """
    line = read_command_line(arguments, directory)
    program = find_program(name, sandbox, environment)
    kept = inherited(environment) if users_mirror(environment) else without_secrets(inherited(environment))
    if line.works_in_place or not has_configuration(line.directory):
        data = {"TF_DATA_DIR": str(sandbox.terraform / "data")}
        return Invocation(program, (name, *arguments), directory, {**kept, **data})
    if line.command == ("providers", "lock"):
        return None  # the copy is locked by init, to what is laid here; the real lock is the production run's
    copy = WorkingCopy.of(line.directory, sandbox)
    try:
        fitted = fit_arguments(line)
        copy.refresh()
        simulated = _check_offline(line.command[0], copy, environment)
        if line.command[0] == "init":
            lay_mirror(mirror_of(sandbox), suitable_version(copy.version_constraints()))
            copy.forget_provider_lock([one.source for one in simulated])
    except ArgumentError as failure:
        raise SandboxError("Argument not supported", str(failure)) from failure
    except VersionError as failure:
        raise SandboxError("Unsuitable version constraint", str(failure)) from failure
    if simulated:
        kept["TF_CLI_CONFIG_FILE"] = _configuration_for(simulated, copy, environment)
    return Invocation(program, (name, *fitted), copy.directory, {**kept, "PWD": str(copy.directory)})


def _check_offline(command: str, copy: WorkingCopy, environment: Mapping[str, str]) -> Sequence[Simulation]:
    """Refuse to install what cannot be had offline, and name what could act elsewhere before it does.

    Return the providers that ``init`` is to install as simulated ones.
    """
    if command not in _WITH_PROVIDERS:
        return ()
    # Loaded only here: it brings the engine along.
    from constructs_ims.backend.engine.configuration import read_configuration

    configuration = read_configuration(copy.directory)[0]
    inside, mirror = used_in_modules(copy.source), users_mirror(environment)
    sources = sorted({*configuration.provider_sources, *inside.sources})
    if mirror and (acting := acting_elsewhere(sources, mirror)):
        print(acting_warning(acting, mirror), file=sys.stderr)
    if states := hidden_remote_states(copy.source):
        raise SandboxError("Remote state elsewhere", lack_of_states(states))
    if command not in _INSTALLING:
        return ()
    missing = missing_providers(sources, mirror)
    simulated = _simulated(missing, copy, configuration, inside, environment) if missing else []
    if lacking := set(missing) - {one.source for one in simulated}:
        raise SandboxError("Provider not available offline", lack_of_providers(sorted(lacking)))
    if remote := remote_modules(copy.source):
        raise SandboxError("Module not available offline", lack_of_modules(remote))
    return simulated


def _simulated(
    missing: Sequence[str],
    copy: WorkingCopy,
    configuration: Configuration,
    inside: UsedInModules,
    environment: Mapping[str, str],
) -> list[Simulation]:
    """Return those of the missing providers that are simulated, which is told."""
    from constructs_ims.backend.engine.state.model import State
    from constructs_ims.backend.engine.state.statefile import read_state
    from constructs_ims.backend.sandbox.types import project_of, project_types
    from constructs_ims.backend.terraform.simulation import simulations

    state = (read_state(copy.state.read_bytes()).state if copy.state.is_file() else None) or State()
    types = project_types(project_of(copy.source), environment, {})
    if addresses := ", ".join(sorted(map(str, types.said.addresses))):
        print(f"Not used, for Terraform tells a provider no addresses: what is said of {addresses}", file=sys.stderr)
    found = list(simulations(missing, configuration, state, types.library, types.said, inside))
    for one in found:
        print(f"Simulated: {one.source} {one.version}, types from {types.library.origin(one.source)}", file=sys.stderr)
    return found


def _configuration_for(simulated: Sequence[Simulation], copy: WorkingCopy, environment: Mapping[str, str]) -> str:
    from constructs_ims.backend.terraform.simulation import lay_simulated

    directory = copy.sandbox.terraform / "simulated" / copy.directory.name
    return str(lay_simulated(simulated, directory, mirror_of(copy.sandbox), users_mirror(environment)))


def find_program(name: str, sandbox: SandboxDirectory, environment: Mapping[str, str]) -> Path:
    """Return the real program called ``name``; raise ``SandboxError`` when there is none."""
    if given := named_program(environment):
        return given
    own = programs_of(sandbox).resolve()
    folders = [
        folder for folder in environment.get("PATH", "").split(os.pathsep) if folder and Path(folder).resolve() != own
    ]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        detail = (
            f"There is no {name} on PATH. Install it, or let the engine of this package take its place: "
            "TERRAFORM_BINARY_NAME=terraform-ims."
        )
        raise SandboxError("Program not found", detail)
    return Path(found)


def main() -> int:
    """Run the program named by the first argument inside the sandbox that the environment names."""
    name, *arguments = sys.argv[1:]
    sandbox = SandboxDirectory.locate(Path.cwd(), os.environ)
    try:
        invocation = prepare_invocation(name, arguments, Path.cwd(), sandbox, os.environ)
    except SandboxError as failure:
        print(f"Error: {failure.summary}\n\n{failure.detail}", file=sys.stderr)
        return 1
    return 0 if invocation is None else run_invocation(invocation, sandbox)


def run_invocation(invocation: Invocation, sandbox: SandboxDirectory) -> int:
    """Run the program to its end and return its exit status.

    When the terminal goes away, as it does when cdktf is interrupted, the program is interrupted and not killed, so
    that it finishes what is in flight and writes its state; and until then the sandbox's service stays up.
    """
    command = [str(invocation.program), *invocation.arguments[1:]]
    with open_private(sandbox.path / USERS_LOCK) as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        return run_child(command, invocation.environment, directory=invocation.directory, hangup=signal.SIGINT)
