"""``cdktf.json``: what it says, and what is wrong with it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.engine.lang.json_text import with_whole_pairs
from constructs_ims.backend.sandbox.directory import PROJECT_FILE
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.schema.diagnostics import error

DEFAULT_OUTPUT: Final = "cdktf.out"
_EXAMPLE: Final = '{"language": "python", "app": "python main.py"}'


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a ``cdktf.json``: the command that runs its app, and where that writes the stacks."""

    directory: Path
    app: str
    output: Path
    context: Mapping[str, Any] = field(default_factory=dict)
    relative_modules: Sequence[Any] = ()
    """Those of its ``terraformModules`` whose source is a relative path, as they are written."""


def read_project(directory: Path, app: str | None = None) -> Project:
    """Read the ``cdktf.json`` in ``directory``, which need not be there when an ``app`` is given in place of its own.

    Raise ``ProjectError`` when it is missing or broken.
    """
    path = directory / PROJECT_FILE
    content = _read(path) if app is None or path.exists() else {}
    return Project(
        directory,
        app or _app(content, path),
        Path(os.path.normpath(directory / _text(content, "output", path, DEFAULT_OUTPUT))),
        {**_context(content, path), **_target_versions(content)},
        _relative_modules(content, path),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(with_whole_pairs(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ProjectError(_missing(path)) from None
    except OSError as failure:
        raise ProjectError(error("Unreadable project file", f"{path}: {failure.strerror}.")) from None
    except UnicodeDecodeError as failure:
        raise ProjectError(error("Broken project file", f"{path} is not UTF-8 text: {failure}.")) from None
    except json.JSONDecodeError as failure:
        detail = (
            f"{path}, line {failure.lineno}, column {failure.colno}: {failure.msg}. The file must hold one JSON object."
        )
        raise ProjectError(error("Broken project file", detail)) from None
    except (ValueError, RecursionError):
        detail = f"{path} holds a number or a nesting that cannot be handled."
        raise ProjectError(error("Broken project file", detail)) from None
    if not isinstance(content, dict):
        raise ProjectError(error("Broken project file", f"{path} must hold one JSON object, not {_kind(content)}."))
    return content


def _missing(path: Path) -> Any:
    detail = (
        f"There is no {PROJECT_FILE} in {path.parent} or above it. Run the command where it is, give --app, or make "
        f"one beside your app that says how to run it: {_EXAMPLE}"
    )
    return error("No project here", detail)


def _app(content: Mapping[str, Any], path: Path) -> str:
    app = _text(content, "app", path, "")
    if not app.strip():
        detail = f'{path} names no "app". Give the command that runs your app, such as "python main.py".'
        raise ProjectError(error("No app named", detail))
    return app


def _text(content: Mapping[str, Any], key: str, path: Path, default: str) -> str:
    value = content.get(key, default)
    if not isinstance(value, str):
        raise ProjectError(error("Broken project file", f'"{key}" in {path} must be a string, not {_kind(value)}.'))
    return value or default


def _context(content: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    context = content.get("context") or {}
    if not isinstance(context, dict):
        raise ProjectError(
            error("Broken project file", f'"context" in {path} must be an object, not {_kind(context)}.')
        )
    return context


def _target_versions(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the releases that the app is for as cdktn-cli hands them to it; cdktn checks what stands there."""
    name = "targetVersions"
    return {name: content[name]} if content.get(name) is not None else {}


def _relative_modules(content: Mapping[str, Any], path: Path) -> Sequence[Any]:
    modules = content.get("terraformModules") or []
    if not isinstance(modules, list):
        detail = f'"terraformModules" in {path} must be an array, not {_kind(modules)}.'
        raise ProjectError(error("Broken project file", detail))
    return [module for module in modules if _source(module).startswith(("./", "../"))]


def _source(module: Any) -> str:
    source = module.get("source") if isinstance(module, dict) else module
    return source if isinstance(source, str) else ""


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
