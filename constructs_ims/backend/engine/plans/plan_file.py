"""Saved plans: one archive with the plan, the states it rests on, and a snapshot of the configuration.

A plan holds secrets, so only its owner may read the file. Each part is checked against a sum, so that a file that was
damaged or changed is told from one that was never a plan; a plan whose state has moved on is stale and refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.configuration import Configuration, read_configuration
from constructs_ims.backend.engine.lang.json_text import from_json
from constructs_ims.backend.engine.lang.provider_addresses import parse_provider_address
from constructs_ims.backend.engine.plans.changes import Plan
from constructs_ims.backend.engine.plans.plan_file_values import (
    decode_change,
    decode_check,
    decode_diagnostic,
    decode_module,
    decode_output,
    decode_relevant,
    decode_variable,
    encode_change,
    encode_check,
    encode_diagnostic,
    encode_module,
    encode_output,
    encode_relevant,
    encode_variable,
)
from constructs_ims.backend.engine.state.durable_files import storage_error, write_atomically
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.engine.state.module_record import instance_fields, read_instances
from constructs_ims.backend.engine.state.statefile import read_state, write_state
from constructs_ims.backend.engine.state.storage import LoadedState
from constructs_ims.backend.engine.state.stored import SchemaOf
from constructs_ims.schema.diagnostics import Diagnostic, error

FORMAT: Final = 1
_MANIFEST, _PLAN, _STATE, _PREVIOUS, _CONFIG = "manifest.json", "plan.json", "tfstate", "tfstate-prev", "config/"
_TERRAFORMS_OWN: Final = "tfplan"
_LARGEST: Final = 128 << 20
"""Bytes that a plan may have, packed or unpacked; more would be a way to fill the memory. 10,000 images have 40 MiB."""
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
"""What ``zipfile`` raises for an archive that was damaged in one place or another."""


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """A plan read from a file, or why there is none."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...] = ()


SchemasOf: TypeAlias = Callable[[Configuration, State], SchemaOf]
"""Finds out which schemas the objects of a configuration and a state have."""

_DIRECTORY: Final = (
    "The specified path is a directory, not a plan file. You can use the global -chdir flag to use this directory as "
    "the configuration root."
)


class _UnreadableError(Exception):
    """A sentence about what is wrong with a plan file."""


def write_plan(path: Path, plan: Plan) -> list[Diagnostic]:
    """Save a plan."""
    parts = _parts(plan)
    manifest = {"format": FORMAT, "sums": {name: _sum(content) for name, content in parts.items()}}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, content in {_MANIFEST: json.dumps(manifest).encode(), **parts}.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    try:
        write_atomically(path, archive.getvalue())
    except OSError as fault:
        return [storage_error("Failed to write plan file", "writing the plan file", path, fault)]
    return []


def read_plan(path: Path, schemas_of: SchemasOf, name: str | None = None) -> ReadPlan:
    """Read a saved plan, which messages call ``name``; ``schemas_of`` finds the schemas of its objects."""
    name = name or str(path)

    def unreadable(detail: str) -> ReadPlan:
        return ReadPlan(None, (error(f'Failed to load "{name}" as a plan file', detail),))

    try:
        return ReadPlan(_plan(_unpack(_content(path)), schemas_of))
    except IsADirectoryError:
        return unreadable(_DIRECTORY)
    except OSError as fault:
        return unreadable(f"Error: stat {name}: {(fault.strerror or str(fault)).lower()}")
    except _UnreadableError as fault:
        return unreadable(f"Error: {fault}")
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, RecursionError):
        return unreadable("Error: its contents are not those of a plan of this release. Make a new plan.")


def check_current(plan: Plan, loaded: LoadedState) -> list[Diagnostic]:
    """Say why a saved plan cannot be applied to the state as it is now; empty when it can."""
    made_from, now = plan.previous_state, loaded.state or State()
    if made_from.lineage and now.lineage != made_from.lineage:
        detail = (
            "The given plan file can not be applied because it was created from a different state lineage. Make a new "
            "plan from the present state."
        )
        return [error("Saved plan does not match the given state", detail)]
    if loaded.was_replayed or loaded.intents or now.serial != made_from.serial:
        detail = (
            "The given plan file can no longer be applied because the state was changed by another operation after the "
            "plan was created."
        )
        return [error("Saved plan is stale", detail)]
    if plan.errored:
        detail = (
            "Terraform could not apply the given plan because it was incomplete: making it ended in errors. Mend them "
            "and make a new plan."
        )
        return [error("Cannot apply incomplete plan", detail)]
    return []


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _parts(plan: Plan) -> dict[str, bytes]:
    sources = plan.configuration.sources
    return {
        _PLAN: json.dumps(_document(plan), ensure_ascii=False, separators=(",", ":")).encode(),
        _STATE: write_state(plan.prior_state),
        _PREVIOUS: write_state(plan.previous_state),
        **{_CONFIG + name: source.text.encode() for name, source in sources.items()},
    }


def _document(plan: Plan) -> dict[str, Any]:
    return {
        "mode": plan.mode,
        "directory": str(plan.configuration.directory.absolute()),
        "resource_changes": [encode_change(change) for change in plan.resource_changes],
        "output_changes": [encode_output(change) for change in plan.output_changes.values()],
        "variables": [[name, encode_variable(variable)] for name, variable in plan.variables.items()],
        "drift": [encode_change(change) for change in plan.drift],
        "checks": [encode_check(check) for check in plan.checks],
        "relevant_attributes": [encode_relevant(one) for one in plan.relevant_attributes],
        "diagnostics": [encode_diagnostic(one) for one in plan.diagnostics],
        "timestamp": plan.timestamp,
        "terraform_version": plan.terraform_version,
        "targets": list(plan.targets),
        "replace": list(plan.replace),
        "workspace": plan.workspace,
        "complete": plan.complete,
        "modules": [encode_module(one) for one in plan.modules],
        "module_outputs": {name: instance_fields(stored) for name, stored in plan.prior_state.modules.items()},
        "skipped_provisioners": list(plan.skipped_provisioners),
        "schemas": [list(key) for key in plan.schemas],
        "refreshed": plan.refreshed,
        "has_cycles": plan.has_cycles,
    }


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise _UnreadableError("it is larger than any plan needs to be. Make a new plan.")
    return content


def _unpack(content: bytes) -> Mapping[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _LARGEST:
                raise _UnreadableError("it unpacks to more than any plan needs. Make a new plan.")
            parts = {name: packed.read(name) for name in packed.namelist()}
    except _DAMAGE as fault:
        raise _UnreadableError("zip: not a valid zip file") from fault
    _check_parts(parts)
    return parts


def _check_parts(parts: Mapping[str, bytes]) -> None:
    if _MANIFEST not in parts:
        if _TERRAFORMS_OWN in parts:
            raise _UnreadableError("it was made by Terraform itself. Set CONSTRUCTS_IMS_ENGINE=terraform to apply it.")
        raise _UnreadableError("it is an archive, but no plan.")
    try:
        manifest = from_json(parts[_MANIFEST])
        version, sums = manifest["format"], dict(manifest["sums"])
    except (ValueError, KeyError, TypeError) as fault:
        raise _UnreadableError("its list of contents is damaged. Make a new plan.") from fault
    if version != FORMAT:
        raise _UnreadableError(f"its format {version} is that of another release. Make a new plan with this one.")
    present = {name: _sum(content) for name, content in parts.items() if name != _MANIFEST}
    if present != sums:
        wrong = sorted(name for name in {*present, *sums} if present.get(name) != sums.get(name))
        raise _UnreadableError(f"it was changed after it was saved ({', '.join(wrong)}). Make a new plan.")


def _plan(parts: Mapping[str, bytes], schemas_of: SchemasOf) -> Plan:
    document = from_json(parts[_PLAN])
    _check_plain(document)
    configuration, prior = _configuration(parts, Path(document["directory"])), _state(parts[_STATE])
    prior.modules = {name: read_instances(stored) for name, stored in document["module_outputs"].items()}
    if unknown := {name for name, _ in document["variables"]} - configuration.variables.keys():
        raise ValueError(f"a saved plan with the variable {min(unknown)}")
    schema_of = schemas_of(configuration, prior)
    outputs = [decode_output(data) for data in document["output_changes"]]
    return Plan(
        mode=document["mode"],
        resource_changes=tuple(decode_change(data, schema_of) for data in document["resource_changes"]),
        output_changes={change.name: change for change in outputs},
        prior_state=prior,
        previous_state=_state(parts[_PREVIOUS]),
        configuration=configuration,
        variables={name: decode_variable(data) for name, data in document["variables"]},
        drift=tuple(decode_change(data, schema_of) for data in document["drift"]),
        checks=tuple(decode_check(data) for data in document["checks"]),
        relevant_attributes=tuple(decode_relevant(data) for data in document["relevant_attributes"]),
        diagnostics=tuple(decode_diagnostic(data) for data in document["diagnostics"]),
        timestamp=document["timestamp"],
        terraform_version=document["terraform_version"],
        targets=tuple(document["targets"]),
        replace=tuple(document["replace"]),
        workspace=document["workspace"],
        complete=document["complete"],
        modules=tuple(decode_module(data) for data in document["modules"]),
        skipped_provisioners=tuple(document["skipped_provisioners"]),
        schemas={
            (provider, mode, type_name): schema
            for provider, mode, type_name in document["schemas"]
            if (schema := schema_of(provider, mode, type_name)) is not None
        },
        refreshed=document["refreshed"],
        has_cycles=document["has_cycles"],
    )


_PLAIN: Final[Mapping[str, tuple[type, ...]]] = {
    "directory": (str,),
    "timestamp": (str,),
    "terraform_version": (str,),
    "workspace": (str,),
    "targets": (list,),
    "replace": (list,),
    "skipped_provisioners": (list,),
    "complete": (bool,),
    "refreshed": (bool,),
    "has_cycles": (bool,),
}


def _check_plain(document: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` when a plain value of a plan is none of its kind."""
    if document["mode"] not in ("normal", "destroy", "refresh-only"):
        raise ValueError("the mode of a saved plan")
    for name, types in _PLAIN.items():
        value = document[name]
        if not isinstance(value, types) or (isinstance(value, list) and not all(isinstance(one, str) for one in value)):
            raise ValueError(f"the {name} of a saved plan")
    for change in (*document["resource_changes"], *document["drift"]):
        parse_provider_address(change["provider"])


def _state(content: bytes) -> State:
    found = read_state(content)
    if found.state is None:
        raise ValueError("a saved plan without a state")
    return found.state


def _configuration(parts: Mapping[str, bytes], directory: Path) -> Configuration:
    """Read the snapshot of the configuration as if it still stood where it was taken."""
    with tempfile.TemporaryDirectory(prefix="constructs-ims-plan-") as scratch:
        for name, content in parts.items():
            if name.startswith(_CONFIG):
                (Path(scratch) / Path(name).name).write_bytes(content)
        configuration, _ = read_configuration(Path(scratch))
    return replace(configuration, directory=directory)
