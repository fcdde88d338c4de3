"""Running the app: the environment that cdktf-cli would give it, and what to show when it fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from constructs_ims.backend.child import child_environment
from constructs_ims.cli.project.app_failure import app_failed, nothing_written
from constructs_ims.cli.project.config import Project
from constructs_ims.cli.project.manifest import MANIFEST_FILE, check_contents, read_stacks
from constructs_ims.cli.project.output_directory import publish, staging_directory
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.project.stack import AppStack
from constructs_ims.node import NodeNotFoundError, choose_node
from constructs_ims.schema.diagnostics import error

_NODES_ADVICE: Final = re.compile(r"\(node:\d+\) \[DEP\d+\]|\(Use `node --trace-deprecation ")
"""What Node says of old calls inside of cdktf, which nobody who writes an app can mend."""


class AppFailedError(ProjectError):
    """The app failed, or wrote no stacks; those that it wrote before are as they were."""


def synthesize(
    project: Project,
    environment: Mapping[str, str] = os.environ,
    say: Callable[[str], None] = lambda _: None,
    complain: Callable[[Sequence[str]], None] = lambda _: None,
) -> list[AppStack]:
    """Run the app and return the stacks that it synthesized.

    The app writes to a directory beside the output directory, which takes over what is sound: other commands may read
    it all the while. Each line that the app prints goes to ``say`` at once; what it writes to standard error goes to
    ``complain`` when it has succeeded, and into the error when it has not.

    Raise ``ProjectError`` when what it wrote cannot be used, ``AppFailedError`` when it fails. Directories of stacks
    that the app no longer has are removed, as cdktf-cli does.
    """
    manifest = project.output / MANIFEST_FILE
    before, old_directories = _version(manifest), _stack_directories(project.output)
    with staging_directory(project.output) as staged:
        status, printed, said = _run(
            project, app_environment(replace(project, output=staged), environment), say, staged
        )
        if status:
            raise AppFailedError(app_failed(project, status, said or printed))
        written = staged / MANIFEST_FILE
        if not written.exists():
            if _version(manifest) in (None, before):
                raise AppFailedError(nothing_written(project, manifest, said))
            written = manifest  # of an app that chose the output directory itself
        stacks = read_stacks(project.output, written)
        check_contents(stacks, project.output, written.parent)
        publish(staged, project.output, old_directories - {stack.directory for stack in stacks})
    complain([line for line in said if not _NODES_ADVICE.match(line)])
    return stacks


def _version(file: Path) -> tuple[int, int] | None:
    """Return what changes when a file is written, None while there is no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _stack_directories(output: Path) -> set[Path]:
    """Return the directories of the stacks in the manifest that was written last."""
    try:
        return {stack.directory for stack in read_stacks(output)}
    except ProjectError:
        return set()


def app_environment(project: Project, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the app: what cdktf-cli sets, this Python first on PATH, and a Node for jsii."""
    given = {name: value for name, value in environment.items() if not name.startswith("TF_VAR_")}
    own = str(Path(sys.executable).parent)
    result = {
        **given,
        "PATH": os.pathsep.join(filter(None, [own, given.get("PATH", "")])),
        "CDKTF_OUTDIR": str(project.output),
        "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS": "true",
        "CDKTF_CONTEXT_JSON": json.dumps(
            {**project.context, **_context(given), "cdktfRelativeModules": list(project.relative_modules)}
        ),
        "SYNTH_HCL_OUTPUT": "false",
        "PYTHONUNBUFFERED": "1",
    }
    if shutil.which("terraform-ims", path=own):
        # Some constructs ask for Terraform's version while they are synthesized.
        result.setdefault("TERRAFORM_BINARY_NAME", "terraform-ims")
    try:
        choose_node(result)
    except NodeNotFoundError as failure:
        raise ProjectError(error("Node not found", str(failure))) from failure
    return result


def _context(environment: Mapping[str, str]) -> Mapping[str, object]:
    try:
        context = json.loads(environment.get("CDKTF_CONTEXT_JSON") or "{}")
    except (ValueError, RecursionError):
        return {}
    return context if isinstance(context, dict) else {}


def _run(
    project: Project, environment: Mapping[str, str], say: Callable[[str], None], staged: Path
) -> tuple[int, list[str], list[str]]:
    """Run the app's command line in a shell, as cdktf-cli does; each line that it prints goes to ``say`` at once.

    Return its exit status, what it printed, and what it wrote to standard error, where ``staged`` has the name of the
    output directory.
    """
    printed: list[str] = []
    said: list[str] = []
    names = str(staged), str(project.output)
    with subprocess.Popen(  # noqa: S602 - cdktf.json holds a shell command, written by the user
        project.app,
        shell=True,
        cwd=project.directory,
        env=child_environment(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        readers = [
            threading.Thread(target=_read, args=(process.stdout, printed, say, names), daemon=True),
            threading.Thread(target=_read, args=(process.stderr, said, _ignore, names), daemon=True),
        ]
        for reader in readers:
            reader.start()
        status = process.wait()
        for reader in readers:
            reader.join()
    return status, printed, said


def _read(stream: IO[str], lines: list[str], say: Callable[[str], None], names: tuple[str, str]) -> None:
    for text in stream:
        line = text.rstrip("\n").replace(*names)
        lines.append(line)
        say(line)


def _ignore(_line: str) -> None:
    """Keep a line to ourselves."""
