"""``constructs-ims sandbox``: empties the offline world, saves it under a name, and goes back to it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_ims.backend.sandbox.directory import SandboxDirectory
from constructs_ims.cli.project.arguments import reported
from constructs_ims.cli.views.project import project_view

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox import Sandbox


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    as_json = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    as_json.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    common: dict[str, Any] = {"parents": [as_json], "allow_abbrev": False}
    actions.add_parser("reset", help="delete every image and forget every state", **common)
    actions.add_parser("list", help="show what is there, and what was saved", **common)
    for name, purpose in _NAMED:
        action = actions.add_parser(name, help=purpose, **common)
        action.add_argument("name", metavar="NAME", help="the name of the snapshot")


_NAMED: Final = (
    ("save", "keep the world as it is now"),
    ("load", "go back to what was saved"),
    ("delete", "forget what was saved"),
)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked with the project's sandbox."""
    from constructs_ims.backend.sandbox import Sandbox

    place = SandboxDirectory.locate(Path.cwd(), os.environ)
    with reported(project_view(as_json=arguments.json, color=None)), Sandbox(place.path) as sandbox:
        said = _act(arguments, sandbox)
        print(json.dumps(_facts(sandbox)) if arguments.json else said)
    return 0


def _act(arguments: argparse.Namespace, sandbox: Sandbox) -> str:
    match arguments.action:
        case "reset":
            sandbox.reset(on_wait=_tell_wait)
            return "The sandbox is empty."
        case "save":
            sandbox.save(arguments.name, on_wait=_tell_wait)
            return f'Saved as "{arguments.name}".'
        case "load":
            sandbox.load(arguments.name, on_wait=_tell_wait)
            return f'The sandbox is what it was when "{arguments.name}" was saved.'
        case "delete":
            sandbox.delete_snapshot(arguments.name, on_wait=_tell_wait)
            return f'"{arguments.name}" is deleted.'
        case _:
            return _listing(sandbox)


def _tell_wait() -> None:
    print("Waiting for the runs that are at work in the sandbox...", file=sys.stderr)


def _facts(sandbox: Sandbox) -> dict[str, object]:
    return {
        "directory": str(sandbox.directory),
        "images": len(sandbox.images()),
        "stacks": sandbox.states.stacks(),
        "snapshots": sandbox.snapshots(),
    }


def _listing(sandbox: Sandbox) -> str:
    facts = _facts(sandbox)
    shown = {name: ", ".join(value) or "none" if isinstance(value, list) else value for name, value in facts.items()}
    return "\n".join(f"{name:<10} {value}" for name, value in shown.items())
