"""``constructs-ims doctor``: checks whether all that the commands need is there, and says what to do about it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from constructs_ims.backend.child import answer_of_child
from constructs_ims.backend.emulator.store import stored_images
from constructs_ims.backend.extras import missing_parts, offline_extra_missing
from constructs_ims.backend.sandbox.directory import SandboxDirectory, nearest_project
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError, sandbox_faults
from constructs_ims.backend.sandbox.types import type_origins
from constructs_ims.cdk_choice import CDKS
from constructs_ims.cli.project.app import app_environment
from constructs_ims.cli.project.config import Project, read_project
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.views.style import Palette

_EMULATOR_PORT: Final = 8765


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """What one check found; a ``failed`` one keeps something essential from working."""

    name: str
    verdict: Literal["ok", "missing", "failed"]
    detail: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--json", action="store_true", help="print JSON for machines")


def run(arguments: argparse.Namespace) -> int:
    """Print what every check found; exit with 1 when one has failed."""
    findings = [check() for check in CHECKS]
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _print(findings)
    return int(any(finding.verdict == "failed" for finding in findings))


def check_python() -> DoctorFinding:
    """Name the Python; an older one than the package needs would not have come this far."""
    return DoctorFinding("Python", "ok", f"{platform.python_version()} at {sys.executable}")


def check_offline_parts() -> DoctorFinding:
    """The engine, the provider and the emulator need the extra ``offline``."""
    if missing := missing_parts():
        return DoctorFinding("offline parts", "failed", offline_extra_missing(missing).detail)
    return DoctorFinding("offline parts", "ok", "engine, provider and local IMS service")


def check_node() -> DoctorFinding:
    """Apps run on jsii, which needs Node."""
    try:
        environment = app_environment(Project(Path.cwd(), "", Path("cdktf.out")), os.environ)
    except ProjectError as failure:
        return DoctorFinding("Node", "failed", failure.diagnostics[0].detail)
    node = environment.get("JSII_NODE") or shutil.which("node", path=environment["PATH"])
    return _program("Node", node or "node", ["--version"])


def check_terraform() -> DoctorFinding:
    """Only some ways through need the real Terraform."""
    found = shutil.which("terraform")
    if found is None:
        return DoctorFinding(
            "Terraform", "missing", "Not on PATH; needed only where CONSTRUCTS_IMS_ENGINE=terraform is set."
        )
    return _program("Terraform", found, ["version"])


def check_cdk_cli() -> DoctorFinding:
    """``constructs-ims`` stands in for the command line of either CDK."""
    found = next(filter(None, map(shutil.which, CDKS)), None)
    if found is None:
        return DoctorFinding("cdktf-cli", "missing", "Neither cdktf nor cdktn is on PATH; constructs-ims does without.")
    return DoctorFinding(f"{Path(found).stem}-cli", "ok", found)


def check_project() -> DoctorFinding:
    """Most commands work on the project around."""
    try:
        project = read_project(nearest_project(Path.cwd()))
    except ProjectError as failure:
        return DoctorFinding("project", "missing", failure.diagnostics[0].detail)
    return DoctorFinding("project", "ok", f'runs "{project.app}"')


def check_sandbox() -> DoctorFinding:
    """The sandbox is written to, and sound; looking makes none."""
    place = SandboxDirectory.locate(Path.cwd(), os.environ)
    path = place.path
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        return DoctorFinding("sandbox", "failed", f"{path}: {existing} is not a directory that can be written to.")
    try:
        with sandbox_faults():
            place.check()
            stored_images(place.database)
    except OperationFailedError as failure:
        return DoctorFinding("sandbox", "failed", failure.diagnostics[0].detail)
    return DoctorFinding("sandbox", "ok", f"{path}{'' if path.exists() else ' (made on first use)'}")


def check_types() -> DoctorFinding:
    """Other providers' objects are simulated with the types that the app's bindings say."""
    try:
        project = read_project(nearest_project(Path.cwd()))
    except ProjectError:
        return DoctorFinding(
            "simulated types", "missing", "No project whose stacks could have objects of other providers."
        )
    stacks = sorted(path.parent for path in project.output.glob("stacks/*/cdk.tf.json"))
    origins = type_origins(project.directory, os.environ, stacks)
    told = "; ".join(f"{source.removeprefix('registry.terraform.io/')}: {origin}" for source, origin in origins.items())
    return DoctorFinding("simulated types", "ok", told or "no synthesized stack has objects of other providers")


def check_port() -> DoctorFinding:
    """The emulator listens there unless told otherwise."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", _EMULATOR_PORT))
        except OSError as failure:
            detail = f"{_EMULATOR_PORT}: {failure.strerror}. Give constructs-ims emulator another --port."
            return DoctorFinding("port", "missing", detail)
    return DoctorFinding("port", "ok", f"{_EMULATOR_PORT} is free")


CHECKS: Final[tuple[Callable[[], DoctorFinding], ...]] = (
    check_python,
    check_offline_parts,
    check_node,
    check_terraform,
    check_cdk_cli,
    check_project,
    check_sandbox,
    check_types,
    check_port,
)


def _program(name: str, path: str, arguments: list[str]) -> DoctorFinding:
    try:
        answer = answer_of_child([path, *arguments])
    except (OSError, subprocess.SubprocessError) as failure:
        return DoctorFinding(name, "failed", f"{path} does not run: {failure}.")
    return DoctorFinding(name, "ok", f"{answer.splitlines()[0] if answer else ''} at {path}")


def _print(findings: list[DoctorFinding]) -> None:
    style = Palette.of(sys.stdout)
    marks = {"ok": style.green("ok     "), "missing": style.yellow("missing"), "failed": style.red("failed ")}
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        print(f"{marks[finding.verdict]}  {finding.name:<{width}}  {finding.detail}")
