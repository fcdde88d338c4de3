"""The types of other providers' objects for the project that a stack belongs to."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.bindings.library import TypeLibrary
from constructs_ims.backend.bindings.packages import Search
from constructs_ims.backend.sandbox_directory import PROJECT_FILE, nearest_project

SCHEMAS: Final = "constructsImsSchemas"
"""The name in the ``context`` of ``cdktf.json`` of a file, or several, of ``terraform providers schema -json``."""


def project_of(directory: Path) -> Path:
    """Return the folder of the project that a stack's directory is in, else of the one that the process is in."""
    found = nearest_project(directory.absolute())
    return found if (found / PROJECT_FILE).is_file() else nearest_project(Path.cwd())


def project_settings(project: Path) -> Mapping[str, Any]:
    """Return what a project's file says; nothing where it cannot be read, which the commands tell."""
    try:
        content = json.loads((project / PROJECT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def type_library(project: Path) -> TypeLibrary:
    """Return what knows the types for a project."""
    settings = project_settings(project)
    return TypeLibrary(Search(project, settings, os.environ), schema_files(project, settings))


def schema_files(project: Path, settings: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the files of schemas that a project names."""
    context = settings.get("context")
    named = context.get(SCHEMAS) if isinstance(context, dict) else None
    names = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return tuple(project / name for name in names if isinstance(name, str))
