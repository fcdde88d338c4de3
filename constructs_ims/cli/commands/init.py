"""``constructs-ims init``: lays a new project, and says what to type in it."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from constructs_ims.cdk_choice import CDKS
from constructs_ims.cli.new_project import project_files
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.schema.diagnostics import error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("directory", nargs="?", default=".", help="where the project is laid; made if it is not there")
    parser.add_argument(
        "--cdk", choices=CDKS, help="the CDK that the app uses; cdktn where it is installed, else cdktf"
    )


def run(arguments: argparse.Namespace) -> int:
    """Lay the project; exit with 1, and with nothing written, when one of its files is there already."""
    directory, cdk = Path(arguments.directory), arguments.cdk or suggested_cdk()
    files = project_files(cdk)
    try:
        unignored = _lines_to_add(directory, files)
        if unignored is not None:
            del files[_IGNORED]
        lay(files, directory)
    except ProjectError as failure:
        print(f"Error: {failure}", file=sys.stderr)
        return 1
    print(next_steps(directory, files, cdk))
    if unignored:
        print(f"\n{_IGNORED} was there and is left as it is. Add to it: {', '.join(unignored)}")
    return 0


_IGNORED: Final = ".gitignore"


def _lines_to_add(directory: Path, files: Mapping[str, str]) -> list[str] | None:
    """Return what a ``.gitignore`` that is there lacks, None where there is none."""
    present = directory / _IGNORED
    if not present.is_file():
        return None
    try:
        kept = present.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as failure:
        detail = f"{failure.filename}: {failure.strerror}. Name a directory that can be read."
        raise ProjectError(error("Project not written", detail)) from failure
    known = {line.strip().strip("/") for line in kept}
    return [line for line in files[_IGNORED].splitlines() if line.strip("/") not in known]


def suggested_cdk() -> str:
    """Return ``cdktn`` where it is installed, which only its extra does, and else ``cdktf``."""
    from importlib.util import find_spec

    return "cdktn" if find_spec("cdktn") else "cdktf"


def lay(files: Mapping[str, str], directory: Path) -> None:
    """Write ``files`` into ``directory``. Raise ``ProjectError`` when one is there already, or cannot be written."""
    existing = [name for name in files if (directory / name).exists() or (directory / name).is_symlink()]
    if existing:
        detail = f"{directory} has {', '.join(existing)} already, and nothing is overwritten. Name a new directory."
        raise ProjectError(error("Files exist", detail))
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            with (directory / name).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as failure:
        detail = f"{failure.filename}: {failure.strerror}. Name a directory that can be written to."
        raise ProjectError(error("Project not written", detail)) from failure


def next_steps(directory: Path, files: Mapping[str, str], cdk: str) -> str:
    """Return what is said of a project that has been laid: its files, and the commands to type."""
    enter = [] if directory.resolve() == Path.cwd() else [f"cd {shlex.quote(str(directory))}"]
    commands = ["constructs-ims deploy", "pytest --snapshot-update", f"{cdk} deploy"]
    meanings = ["deploy it offline", "test it, and write its snapshot", "deploy it in the cloud"]
    lines = [f"  {command:<24} # {meaning}" for command, meaning in zip(commands, meanings, strict=True)]
    return "\n".join([f"New project for {cdk}: {', '.join(files)}", "", *(f"  {line}" for line in enter), *lines])
