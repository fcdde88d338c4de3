"""``manifest.json``: the stacks that an app has synthesized, and what it had to say about them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.engine.lang.json_text import with_whole_pairs
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.project.stack import AppStack, ConstructAnnotation
from constructs_ims.schema.diagnostics import Diagnostic, error

MANIFEST_FILE: Final = "manifest.json"


def read_stacks(output: Path, manifest: Path | None = None) -> list[AppStack]:
    """Read the stacks in an app's output directory; raise ``ProjectError`` when there is no sound manifest.

    ``manifest`` is its manifest where that is not in place yet.
    """
    path = output / MANIFEST_FILE
    try:
        content = json.loads(with_whole_pairs((manifest or path).read_text(encoding="utf-8")))
        entries = content["stacks"]
        names = {str(entries[name].get("constructPath", name)): name for name in entries}
        stacks = [_stack(name, entries[name], output, names) for name in entries]
    except FileNotFoundError:
        raise ProjectError(error("Nothing synthesized", _no_manifest(path))) from None
    except OSError as failure:
        raise ProjectError(error("Unreadable manifest", f"{path}: {failure.strerror}.")) from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as failure:
        detail = f"{path} is not a manifest as CDKTF writes it ({failure}). Synthesize the app anew."
        raise ProjectError(error("Broken manifest", detail)) from None
    _check_directories(stacks)
    return stacks


def check_contents(stacks: Sequence[AppStack], output: Path, folder: Path) -> None:
    """Raise ``ProjectError`` when the app has written one stack over another of the same id.

    ``folder`` is where the files are that belong into ``output``.
    """
    for stack in stacks:
        path = _first_path(folder / os.path.relpath(stack.directory, output) / "cdk.tf.json")
        if path is not None and not path.startswith(f"{stack.construct_path}/"):
            other = f"/{path}".partition(f"/{stack.name}/")[0].removeprefix("/")
            raise ProjectError(_one_directory(stack, f"{other}/{stack.name}".removeprefix("/")))


def _first_path(configuration: Path) -> str | None:
    """Return the construct path of a resource or data source, as cdktf notes it; None when there is none."""
    try:
        content = json.loads(configuration.read_text(encoding="utf-8"))
        bodies = (
            body for kind in ("resource", "data") for named in content.get(kind, {}).values() for body in named.values()
        )
        return next((str(body["//"]["metadata"]["path"]) for body in bodies if "//" in body), None)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # not as cdktf writes it: what is wrong with it is said where it is planned


def _check_directories(stacks: Sequence[AppStack]) -> None:
    """Raise ``ProjectError`` when two stacks have one directory."""
    seen: dict[Path, AppStack] = {}
    for stack in stacks:
        first = seen.setdefault(stack.directory, stack)
        if first is not stack:
            raise ProjectError(_one_directory(first, stack.construct_path))


def _one_directory(stack: AppStack, other: str) -> Diagnostic:
    ids = [path.replace("/", "-") for path in (stack.construct_path, other)]
    detail = (
        f'The stacks "{stack.construct_path}" and "{other}" have the same id, and the app writes both to the directory '
        f'stacks/{stack.directory.name}, one over the other. Give each an id of its own, such as "{ids[0]}" and '
        f'"{ids[1]}".'
    )
    return error("Two stacks with one id", detail)


def _no_manifest(path: Path) -> str:
    return f"There is no {path}. Run the app first: constructs-ims synth"


def _stack(name: str, entry: Mapping[str, Any], output: Path, names: Mapping[str, str]) -> AppStack:
    dependencies = map(str, entry.get("dependencies") or ())
    return AppStack(
        name,
        output / str(entry["workingDirectory"]),
        tuple(names.get(path, path) for path in dependencies),
        tuple(map(_annotation, entry.get("annotations") or ())),
        str(entry.get("constructPath", name)),
    )


def _annotation(entry: Mapping[str, Any]) -> ConstructAnnotation:
    return ConstructAnnotation(
        str(entry["level"]).removeprefix("@cdktf/"), str(entry["constructPath"]), str(entry["message"])
    )
