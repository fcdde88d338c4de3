"""What is known of other providers' objects in the project of a stack: their types, and values that its file says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.bindings.cache import SchemaCache
from constructs_ims.backend.bindings.library import TypeLibrary
from constructs_ims.backend.bindings.packages import Search
from constructs_ims.backend.engine.configuration import read_configuration
from constructs_ims.backend.engine.lang.addresses import Mode
from constructs_ims.backend.engine.stack.providers.builtin import BUILTIN_SOURCE
from constructs_ims.backend.engine.stack.providers.said import SCHEMAS, SaidValues, schema_files
from constructs_ims.backend.sandbox.directory import PROJECT_FILE, nearest_project
from constructs_ims.backend.sandbox.output_demands import OutputDemands
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.provider import is_this_provider

CONTEXT: Final = "constructsIms"
"""The name in the ``context`` of ``cdktf.json`` under which simulation is set."""


@dataclass(frozen=True, slots=True)
class ProjectTypes:
    """The types and the said values of one project, and what is wrong with either."""

    library: TypeLibrary
    said: SaidValues
    faults: tuple[Diagnostic, ...] = ()
    output_demands: OutputDemands = field(default_factory=OutputDemands)


def project_of(directory: Path) -> Path:
    """Return the folder of the project that a stack's directory is in, else of the one that the process is in."""
    found = nearest_project(directory.absolute())
    return found if (found / PROJECT_FILE).is_file() else nearest_project(Path.cwd())


def project_types(project: Path, environment: Mapping[str, str], given: Mapping[str, Any]) -> ProjectTypes:
    """Return what is known for a project; ``given`` are settings that count before those of its file."""
    settings = _settings(project)
    context = settings.get("context")
    written = context.get(CONTEXT, {}) if isinstance(context, dict) else {}
    said = SaidValues()
    faults = [*said.take(written), *said.take(given)]
    files = (*_schema_files(given), *_schema_files(written))
    library = TypeLibrary(
        Search(project, settings, environment),
        tuple(project / name for name in files),
        SchemaCache.of_user(environment),
    )
    return ProjectTypes(library, said, (*faults, *library.faults()))


def type_origins(project: Path, environment: Mapping[str, str], stacks: Iterable[Path]) -> dict[str, str]:
    """Return where the types of each provider's objects in some stacks are from, by the provider's source.

    Providers of this package and Terraform's own are left out. What was passed over on the way is told too.
    """
    types = project_types(project, environment, {})
    wanted: dict[str, set[tuple[Mode, str]]] = {}
    for directory in stacks:
        configuration, _ = read_configuration(directory)
        for address, resource in configuration.resources.items():
            source = configuration.source_of(resource.provider[0])
            if source != BUILTIN_SOURCE and not is_this_provider(source):
                wanted.setdefault(source, set()).add((address.mode, address.type))
    for source, kinds in wanted.items():
        types.library.schemas(source, kinds)
    return {source: str(types.library.findings[source]) for source in sorted(wanted)}


def _settings(project: Path) -> Mapping[str, Any]:
    """Return what a project's file says; nothing where it cannot be read, which the commands tell."""
    try:
        content = json.loads((project / PROJECT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _schema_files(settings: Any) -> list[str]:
    named = settings.get(SCHEMAS) if isinstance(settings, Mapping) else None
    return schema_files(named) or []
