"""A kept plan: what it was made from, and the document it came to.

The configuration, the state and the options are kept as they were, so that the plan can be made once more, without
looking at anything outside, and proved to be the one that was shown. Nothing in the file is ever executed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_ims.backend.engine.files import write_atomically
from constructs_ims.backend.engine.json_text import from_json, to_compact
from constructs_ims.backend.engine.options import GivenVariable, PlanOptions
from constructs_ims.backend.engine.statefile import read_state, write_state
from constructs_ims.backend.sandbox.problems import OperationFailedError
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.backend.engine.changes import Plan
    from constructs_ims.backend.engine.state import State
    from constructs_ims.backend.sandbox.stack import SandboxStack

_FORMAT: Final = "constructs-ims-plan-1"
_KEPT: Final = ("*.tf.json", "*.tfvars.json")


def write_plan(path: Path, plan: Plan, directory: Path) -> None:
    """Keep a plan of the stack in ``directory``; the file may hold secrets, and only its owner can read it."""
    from constructs_ims.backend.engine.render.plan_json import plan_to_json

    document = {
        "format": _FORMAT,
        "mode": plan.mode,
        "targets": list(plan.targets),
        "replace": list(plan.replace),
        "workspace": plan.workspace,
        "timestamp": plan.timestamp,
        "variables": {name: found.value for name, found in plan.variables.items() if found.given},
        "files": {file.name: file.read_text(encoding="utf-8") for kind in _KEPT for file in directory.glob(kind)},
        "previous_state": write_state(plan.previous_state).decode(),
        "prior_state": write_state(plan.prior_state).decode(),
        "plan": plan_to_json(plan),
    }
    write_atomically(path, to_compact(document).encode())


def read_plan(path: Path, stack: SandboxStack) -> Plan:
    """Return the plan that a file keeps; raise ``OperationFailedError`` when there is none or it is not what it was."""
    document = _document(path)
    plan = _again(document, stack)
    if plan.errored or _essence(_as_json(plan)) != _essence(document["plan"]):
        raise OperationFailedError([_changed(path), *plan.diagnostics])
    return replace(plan, previous_state=_state(document["previous_state"], path))


def read_plan_document(path: Path) -> Mapping[str, Any]:
    """Return the JSON of the plan that a file keeps, as it was when the plan was made."""
    found: Mapping[str, Any] = _document(path)["plan"]
    return found


def _document(path: Path) -> dict[str, Any]:
    try:
        document = from_json(path.read_bytes())
    except FileNotFoundError:
        raise OperationFailedError([_missing(path)]) from None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        detail = f"{path} does not hold a plan of this program. Make one with -out, and give the same name here."
        raise OperationFailedError([error("Not a plan file", detail)])
    return document


def _again(document: Mapping[str, Any], stack: SandboxStack) -> Plan:
    options = PlanOptions(
        document["mode"],
        {name: GivenVariable(value) for name, value in document["variables"].items()},
        tuple(document["targets"]),
        tuple(document["replace"]),
        refresh=False,
        workspace=document["workspace"],
        timestamp=document["timestamp"],
    )
    with tempfile.TemporaryDirectory(prefix="constructs-ims-plan-") as scratch:
        for name, text in document["files"].items():
            (Path(scratch) / Path(name).name).write_text(text, encoding="utf-8")
        directory = stack.directory if _same_files(document["files"], stack.directory) else Path(scratch)
        return stack.engine().plan(directory, _starting_point(document, directory), options)


def _same_files(files: Mapping[str, str], directory: Path) -> bool:
    try:
        return all((directory / name).read_text(encoding="utf-8") == text for name, text in files.items())
    except (OSError, ValueError):
        return False


def _starting_point(document: Mapping[str, Any], path: Path) -> State:
    """Return the objects as they were found, and the outputs as they were stored: a plan settles outputs by itself."""
    found = _state(document["prior_state"], path)
    found.outputs = _state(document["previous_state"], path).outputs
    return found


def _state(text: str, path: Path) -> State:
    found = read_state(text.encode())
    if found.state is None:
        raise OperationFailedError([_changed(path), *found.diagnostics])
    return found.state


def _as_json(plan: Plan) -> Any:
    from constructs_ims.backend.engine.render.plan_json import plan_to_json

    return from_json(to_compact(plan_to_json(plan)).encode())


def _essence(document: Mapping[str, Any]) -> str:
    """Return what an apply would do: the part of a plan's document that must not differ."""
    return json.dumps([document.get("resource_changes"), document.get("output_changes")], sort_keys=True, default=str)


def _missing(path: Path) -> Diagnostic:
    return error("Failed to load plan file", f"There is no plan at {path}. Make one with -out.")


def _changed(path: Path) -> Diagnostic:
    return error("Saved plan is stale", f"The plan in {path} can no longer be carried out as it was made. Plan again.")
