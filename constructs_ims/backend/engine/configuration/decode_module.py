"""Decodes ``module`` blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from constructs_ims.backend.engine.configuration.blocks import (
    COMMENT,
    ConfigurationBlock,
    Faults,
    missing,
    without_repeated,
)
from constructs_ims.backend.engine.configuration.expressions import (
    optional_argument,
    read_named,
    read_references,
    read_text,
    static_reference,
)
from constructs_ims.backend.engine.configuration.model import Body, ModuleCall, ProviderKey
from constructs_ims.backend.engine.configuration.requirements import read_constraint_of
from constructs_ims.backend.engine.lang import Traversal
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import AttributeStep

_META: Final = ("source", "version", "count", "for_each", "depends_on", "providers")
_RESERVED: Final = ("lifecycle", "locals", "provider")
_LOCAL: Final = ("./", "../")
_NAME: Final = r"[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}[0-9A-Za-z])?"
_REGISTRY: Final = re.compile(rf"(?:[\w.-]+\.[\w.-]+(?::\d+)?/)?{_NAME}/{_NAME}/[0-9a-z]{{1,64}}(?://.*)?")
_REMOTE: Final = re.compile(
    r"\w+::.+|[\w+.-]+://.+|[\w.-]+@[\w.-]+:.+|(?:github\.com|gitlab\.com|bitbucket\.org)/.+|.*[.]s3[.-].+"
    r"|www\.googleapis\.com/.+|/.+"
)
"""The forms in which Terraform's installer knows where to fetch a module."""


def decode_module_call(block: ConfigurationBlock, faults: Faults) -> ModuleCall:
    """Read a module call; what is not meta is a value for an input variable of the module."""
    body = without_repeated(block.body, block.body.values, faults)
    if "count" in body.values and "for_each" in body.values:
        faults.add_key(_COUNT_AND_FOR_EACH, body.place_of("for_each"))
    for name in _RESERVED:
        if name in body.values:
            detail = f'The block type name "{name}" is reserved for use by Terraform in a future version.'
            faults.add_key(error("Reserved block type name in module block", detail), body.place_of(name))
    inputs = (name for name in body.values if name not in (*_META, *_RESERVED, COMMENT))
    return ModuleCall(
        block.labels[0],
        _source(body, faults),
        body.place,
        read_text(body, "version", faults),
        {name: read_named(body, name, faults) for name in inputs},
        optional_argument(body, "count", faults),
        optional_argument(body, "for_each", faults),
        read_references(body, "depends_on", faults),
        dict(_providers(body, faults)),
    )


_COUNT_AND_FOR_EACH: Final = error(
    'Invalid combination of "count" and "for_each"',
    'The "count" and "for_each" meta-arguments are mutually-exclusive, only one should be used to be explicit about '
    "the number of resources to be created.",
)


def is_local_source(source: str) -> bool:
    """Whether a module's source is a path that begins at the stack's directory."""
    return source.startswith(_LOCAL)


def _source(body: Body, faults: Faults) -> str:
    if "source" not in body.values:
        faults.add_missing(missing("source"), body.place)
        return ""
    source = read_text(body, "source", faults)
    if body.values["source"] is not None and (fault := _source_fault(source, has_version="version" in body.values)):
        faults.add_value(fault, body.place_of("source"))
    elif body.values.get("version") is not None:
        read_constraint_of(body, "version", faults)
    return source


def _source_fault(source: str, *, has_version: bool) -> Diagnostic | None:
    """Return why nothing can be fetched from a source; None where that is for the installer to find out."""
    if not source:
        return error(
            "Invalid module source address", "Failed to parse module source address: invalid source address: ."
        )
    if has_version and not _REGISTRY.fullmatch(source):
        why = (
            f'can\'t use local directory "{source}" as a module registry address'
            if is_local_source(source)
            else f'"{source}" is not of the form namespace/name/provider'
        )
        return error(
            "Invalid registry module source address",
            f"Failed to parse module registry address: {why}.\n\nTerraform assumed that you intended a module registry "
            'source address because you also set the argument "version", which applies only to registry modules.',
        )
    if is_local_source(source) or _REGISTRY.fullmatch(source) or _REMOTE.fullmatch(source):
        return None
    return error(
        "Invalid module source address",
        f'Terraform failed to determine your intended installation method for remote module package "{source}".\n\n'
        f'If you intended this as a path relative to the current module, use "./{source}" instead. The "./" prefix '
        "indicates that the address is a relative filesystem path.",
    )


def _providers(body: Body, faults: Faults) -> Iterator[tuple[str, ProviderKey]]:
    given, place = body.values.get("providers", {}), body.place_of("providers")
    if not isinstance(given, dict):
        faults.add(error("Invalid expression", "A static map expression is required."), place)
        return
    for name, value in given.items():
        match static_reference(value):
            case Traversal(local_name, ()):
                yield name, (local_name, "")
            case Traversal(local_name, (AttributeStep(alias),)):
                yield name, (local_name, alias)
            case _:
                faults.add_value(_NO_PROVIDER_KEY, place.child(name))


_NO_PROVIDER_KEY: Final = error(
    "Invalid provider configuration reference",
    "The providers argument requires a provider type name, optionally followed by a period and then a configuration "
    "alias.",
)
