"""What a stack requires, as its ``terraform`` block says: a release of Terraform, and providers."""

from __future__ import annotations

import re
from typing import Final

from constructs_ims.backend.engine.configuration.blocks import Block, Faults
from constructs_ims.backend.engine.configuration.expressions import literal_text, read_text
from constructs_ims.backend.engine.configuration.model import Body, RequiredProvider, full_source
from constructs_ims.backend.engine.configuration.source import Place
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.versions import TERRAFORM_VERSION, Clause, read_constraint, read_numbers

_PART: Final = re.compile(r"[^\W_]+(?:-+[^\W_]+)*")
_PART_RULE: Final = "must contain only letters, digits, and dashes, and may not use leading or trailing dashes"
_PREFIX: Final = "terraform-provider-"


def check_required_version(body: Body, faults: Faults) -> None:
    """Note a constraint on Terraform that cannot be read, or that the engine's release does not meet."""
    if body.values.get("required_version") is None:
        return
    place = body.place_of("required_version")
    clauses = _read_constraint(read_text(body, "required_version", faults), place, faults)
    for clause in clauses:
        if clause.prerelease:
            detail = (
                f"Prerelease version constraints are not supported: {clause.text}. Remove the prerelease information "
                "from the constraint. Prerelease versions of terraform will match constraints using their version core "
                "only."
            )
            faults.add_argument(error("Invalid required_version constraint", detail), place)
            return
    if not all(clause.allows(read_numbers(TERRAFORM_VERSION)) for clause in clauses):
        faults.add_argument(
            error(
                "Unsupported Terraform Core version",
                f"This configuration does not support Terraform version {TERRAFORM_VERSION}. "  # noqa: S608 - prose
                "To proceed, either choose another supported Terraform version or update this version constraint. "
                "Version constraints are normally set for good reason, so updating the constraint may lead to other "
                "errors or unexpected behavior.",
            ),
            place,
        )


def _read_constraint(text: str, place: Place, faults: Faults) -> tuple[Clause, ...]:
    try:
        return read_constraint(text)
    except ValueError:
        detail = "This string does not use correct version constraint syntax."
        faults.add(error("Invalid version constraint", detail), place)
        return ()


def check_block_version(body: Body, faults: Faults) -> None:
    """Note that a ``provider`` block has a version constraint, and one that cannot be read."""
    if version := read_text(body, "version", faults):
        place = body.place_of("version")
        detail = (
            "Terraform 0.13 and earlier allowed provider version constraints inside the provider configuration block, "
            "but that is now deprecated and will be removed in a future version of Terraform. To silence this warning, "
            "move the provider version constraint into the required_providers block."
        )
        faults.add(warning("Version constraints inside provider configuration blocks are deprecated", detail), place)
        _check_version(version, place, place, faults)


def _check_version(text: str, place: Place, entry: Place, faults: Faults) -> None:
    """Note a constraint on a provider that cannot be read; ``entry`` is what the constraint stands in."""
    for clause in _read_constraint(text, place, faults):
        if len(clause.numbers) > 3:
            detail = (
                f'Incorrect version constraint syntax: invalid specification "{clause.text.strip()}": too many '
                "numbered portions; only three are allowed (major, minor, patch)."
            )
            faults.add_argument(error("Invalid version constraint", detail), entry)


def read_required_provider(name: str, block: Block, faults: Faults) -> RequiredProvider:
    """Read one entry of ``required_providers``: an object with source and version, or a version alone."""
    place, value = block.body.place_of(name), block.body.values[name]
    _check_local_name(name, place, faults)
    version = literal_text(value)
    if version is not None:
        _check_version(version, place, place, faults)
        return RequiredProvider(full_source(name), version)
    if not isinstance(value, dict):
        detail = "required_providers entries must be strings or objects."
        faults.add_value(error("Invalid required_providers object", detail), place)
        return RequiredProvider(full_source(name))
    return _read_object(name, Body(value, place), faults)


def _check_local_name(name: str, place: Place, faults: Faults) -> None:
    if not _PART.fullmatch(name):
        detail = f"{name} is an invalid provider local name: {_PART_RULE}"
    elif name != name.lower():
        detail = f'Provider names must be normalized. Replace "{name}" with "{name.lower()}" to fix this error.'
    else:
        return
    faults.add_value(error("Invalid provider local name", detail), place)


def _read_object(name: str, body: Body, faults: Faults) -> RequiredProvider:
    source, version = name, ""
    for member, value in body.values.items():
        place = body.place_of(member)
        match member, value:
            case "source", str():
                fault = source_fault(value)
                source = name if fault else value
                if fault:
                    faults.add_value(fault, place)
            case "source", _:
                faults.add_value(error("Invalid source", "Source must be specified as a string."), place)
            case "version", str():
                version = value
                _check_version(value, place, body.place, faults)
            case "version", _:
                detail = "Version must be specified as a string."
                faults.add_value(error("Invalid version constraint", detail), place)
            case "configuration_aliases" | "//", _:
                pass
            case _:
                detail = (
                    'required_providers objects can only contain "version", "source" and "configuration_aliases" '
                    'attributes. To configure a provider, use a "provider" block.'
                )
                faults.add_key(error("Invalid required_providers object", detail), place)
    return RequiredProvider(full_source(source), version)


def source_fault(source: str) -> Diagnostic | None:
    """Return what is wrong with the source of a provider, ``huaweicloud/huaweicloud``; None when nothing is."""
    *around, type_ = source.split("/")
    if not source or len(around) > 2:
        summary = "Invalid provider source string"
        detail = 'The "source" attribute must be in the format "[hostname/][namespace/]name"'
    elif around and not _PART.fullmatch(around[-1]):
        summary = "Invalid provider namespace"
        detail = f'Invalid provider namespace "" in source "{source}": {_PART_RULE}"'
    elif not _PART.fullmatch(type_):
        summary = "Invalid provider type"
        detail = f'Invalid provider type "{type_}" in source "{source}": {_PART_RULE}"'
    elif type_.startswith(_PREFIX):
        summary = "Invalid provider type"
        shorter = "/".join((*around, type_.removeprefix(_PREFIX)))
        detail = (
            f'Provider source "{source}" has a type with the prefix "{_PREFIX}", which isn\'t valid. Although that '
            "prefix is often used in the names of version control repositories for Terraform providers, provider "
            f'source strings should not include it.\n\nDid you mean "{shorter}"?'
        )
    else:
        return None
    return error(summary, detail)
