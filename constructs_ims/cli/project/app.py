"""Running the app: the environment that cdktf-cli would give it, and what to show when it fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from constructs_ims.cli.project.app_failure import app_failed, nothing_written
from constructs_ims.cli.project.config import Project
from constructs_ims.cli.project.manifest import MANIFEST_FILE, Stack, read_stacks
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.node import NodeNotFoundError, choose_node
from constructs_ims.schema.diagnostics import error

_NODES_ADVICE: Final = re.compile(r"\(node:\d+\) \[DEP\d+\]|\(Use `node --trace-deprecation ")
"""What Node says of old calls inside of cdktf, which nobody who writes an app can mend."""


def synthesize(
    project: Project,
    environment: Mapping[str, str] = os.environ,
    say: Callable[[str], None] = lambda _: None,
    complain: Callable[[Sequence[str]], None] = lambda _: None,
) -> list[Stack]:
    """Run the app and return the stacks that it synthesized.

    Each line that it prints goes to ``say`` at once; what it writes to standard error goes to ``complain`` when it has
    succeeded, and into the error when it has not.

    Raise ``ProjectError`` when it fails. Directories of stacks that the app no longer has are removed, as cdktf-cli
    does.
    """
    before = _stack_directories(project.output)
    with _new_manifest(project.output / MANIFEST_FILE) as manifest:
        status, printed, said = _run(project, app_environment(project, environment), say)
        if status:
            raise ProjectError(app_failed(project, status, said or printed))
        if not manifest.exists():
            raise ProjectError(nothing_written(project, manifest, said))
        stacks = read_stacks(project.output)
    complain([line for line in said if not _NODES_ADVICE.match(line)])
    for orphan in before - {stack.directory for stack in stacks}:
        shutil.rmtree(orphan, ignore_errors=True)
    return stacks


@contextmanager
def _new_manifest(path: Path) -> Iterator[Path]:
    """Have the manifest written anew in a block; the old one stays when that fails."""
    old = path.read_bytes() if path.is_file() else None
    path.unlink(missing_ok=True)
    try:
        yield path
    except BaseException:
        if old is not None and path.parent.is_dir():
            path.write_bytes(old)
        raise


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
    project: Project, environment: Mapping[str, str], say: Callable[[str], None]
) -> tuple[int, list[str], list[str]]:
    """Run the app's command line in a shell, as cdktf-cli does; each line that it prints goes to ``say`` at once.

    Return its exit status, what it printed, and what it wrote to standard error.
    """
    printed: list[str] = []
    said: list[str] = []
    with subprocess.Popen(  # noqa: S602 - cdktf.json holds a shell command, written by the user
        project.app,
        shell=True,
        cwd=project.directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        readers = [
            threading.Thread(target=_read, args=(process.stdout, printed, say), daemon=True),
            threading.Thread(target=_read, args=(process.stderr, said, _ignore), daemon=True),
        ]
        for reader in readers:
            reader.start()
        status = process.wait()
        for reader in readers:
            reader.join()
    return status, printed, said


def _read(stream: IO[str], lines: list[str], say: Callable[[str], None]) -> None:
    for line in stream:
        lines.append(line.rstrip("\n"))
        say(line.rstrip("\n"))


def _ignore(_line: str) -> None:
    """Keep a line to ourselves."""


def _stack_directories(output: Path) -> set[Path]:
    stacks = output / "stacks"
    return {path for path in stacks.iterdir() if path.is_dir()} if stacks.is_dir() else set()
