"""What a stack requires, as its ``terraform`` block says: a release of Terraform, and providers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.configuration.expressions import literal_text
from constructs_ims.backend.engine.configuration.model import Body, RequiredProvider, full_source
from constructs_ims.backend.engine.configuration.source import Place, Repeated
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.versions import TERRAFORM_VERSION, Clause, read_constraint, read_numbers

_PART: Final = re.compile(r"[^\W_]+(?:-+[^\W_]+)*")
_PART_RULE: Final = "must contain only letters, digits, and dashes, and may not use leading or trailing dashes"


def check_required_version(body: Body, faults: Faults) -> None:
    """Note a constraint on Terraform that cannot be read, or that the engine's release does not meet."""
    if body.values.get("required_version") is None:
        return
    place = body.place_of("required_version")
    clauses = read_constraint_of(body, "required_version", faults)
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


def read_constraint_of(body: Body, name: str, faults: Faults) -> tuple[Clause, ...]:
    """Read an argument that is a version constraint, noting one that cannot be read."""
    text, place = literal_text(body.values[name]), body.place_of(name)
    if text is not None:
        return _read_constraint(text, place, faults)
    faults.add_value(error("Invalid version constraint", f"A string value is required for {name}."), place)
    return ()


def _read_constraint(text: str, place: Place, faults: Faults) -> tuple[Clause, ...]:
    try:
        return read_constraint(text)
    except ValueError:
        detail = "This string does not use correct version constraint syntax."
        faults.add(error("Invalid version constraint", detail), place)
        return ()


def check_block_version(body: Body, faults: Faults) -> None:
    """Note that a ``provider`` block has a version constraint, and one that cannot be read."""
    if "version" in body.values:
        place = body.place_of("version")
        detail = (
            "Terraform 0.13 and earlier allowed provider version constraints inside the provider configuration block, "
            "but that is now deprecated and will be removed in a future version of Terraform. To silence this warning, "
            "move the provider version constraint into the required_providers block."
        )
        faults.add_value(
            warning("Version constraints inside provider configuration blocks are deprecated", detail), place
        )
        if body.values["version"] is not None:
            _check_clauses(read_constraint_of(body, "version", faults), place, faults)


def _check_version(text: str, place: Place, entry: Place, faults: Faults) -> None:
    """Note a constraint on a provider that cannot be read; ``entry`` is what the constraint stands in."""
    _check_clauses(_read_constraint(text, place, faults), entry, faults)


def _check_clauses(clauses: Iterable[Clause], entry: Place, faults: Faults) -> None:
    for clause in clauses:
        if clause.has_prefix:
            why = 'a "v" prefix should not be used.'
        elif len(clause.numbers) > 3:
            why = (
                f'invalid specification "{clause.text.strip()}": too many numbered portions; only three are allowed '
                "(major, minor, patch)."
            )
        else:
            continue
        faults.add_argument(error("Invalid version constraint", f"Incorrect version constraint syntax: {why}"), entry)


def read_required_provider(name: str, body: Body, faults: Faults) -> RequiredProvider:
    """Read one entry of ``required_providers``: an object with source and version, or a version alone."""
    place, value = body.place_of(name), body.values[name]
    check_local_name(name, place, faults)
    version = literal_text(value)
    if version is not None:
        _check_version(version, place, place, faults)
        return RequiredProvider(full_source(name), version)
    if not isinstance(value, dict):
        detail = "required_providers entries must be strings or objects."
        faults.add_value(error("Invalid required_providers object", detail), place)
        return RequiredProvider(full_source(name))
    return _read_object(name, Body(value, place), faults)


def check_local_name(name: str, place: Place, faults: Faults) -> None:
    """Note a name that no provider can have in a stack."""
    if (fault := _part_fault(name)) is not None:
        detail = f"{name} is an invalid provider local name: {fault}"
    elif name != name.lower():
        detail = f'Provider names must be normalized. Replace "{name}" with "{name.lower()}" to fix this error.'
    else:
        return
    faults.add_value(error("Invalid provider local name", detail), place)


def _read_object(name: str, body: Body, faults: Faults) -> RequiredProvider:
    source, version = name, ""
    for member, value in body.values.items():
        place = body.place_of(member)
        value = value[-1] if isinstance(value, Repeated) else value
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
            case "configuration_aliases", _:
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
    parts = source.split("/")
    if len(parts) > 3 or not all(parts):
        detail = 'The "source" attribute must be in the format "[hostname/][namespace/]name"'
        return error("Invalid provider source string", detail)
    *around, type_ = parts
    if (fault := _part_fault(type_)) is not None:
        return error("Invalid provider type", f'Invalid provider type "{type_}" in source "{source}": {fault}"')
    if around and (fault := None if around[-1] == _LEGACY else _part_fault(around[-1])) is not None:
        detail = f'Invalid provider namespace "" in source "{source}": {fault}"'
        return error("Invalid provider namespace", detail)
    if len(around) > 1 and (fault := _hostname_fault(around[0])) is not None:
        detail = f'Invalid provider source hostname namespace "" in source "{source}": {fault}"'
        return error("Invalid provider source hostname", detail)
    return _prefix_fault(source, around, type_) if around else None


_LEGACY: Final = "-"
"""The namespace that providers had before there were namespaces."""


def _part_fault(part: str) -> str | None:
    if not part:
        return "must have at least one character"
    if "." in part:
        return "dots are not allowed"
    if not _PART.fullmatch(part):
        return _PART_RULE
    return "cannot use multiple consecutive dashes" if "--" in part else None


def _hostname_fault(host: str) -> str | None:
    name, colon, port = host.partition(":")
    if colon and not (port.isdecimal() and 0 < int(port) < 65536):
        return f'invalid port number "{port}"'
    labels = name.split(".")
    if not all(labels):
        return "hostname contains empty label (two consecutive periods)"
    for label in labels:
        if label.startswith("xn--"):
            return f'hostname label "{label}" specified in punycode format; service hostnames must be given in unicode'
        strange = next((sign for sign in label if not (sign.isalnum() or sign == "-")), None)
        if strange is not None:
            return f"idna: disallowed rune U+{ord(strange):04X}"
    return None


def _prefix_fault(source: str, around: list[str], type_: str) -> Diagnostic | None:
    if type_.startswith("terraform-provider-"):
        shorter = "/".join((*around, type_.removeprefix("terraform-provider-")))
        return error(
            "Invalid provider type",
            f'Provider source "{source}" has a type with the prefix "terraform-provider-", which isn\'t valid. '
            "Although that prefix is often used in the names of version control repositories for Terraform providers, "
            f'provider source strings should not include it.\n\nDid you mean "{shorter}"?',
        )
    if type_.startswith("terraform-"):
        return error(
            "Invalid provider type",
            f'Provider source "{full_source(source)}" has a type with the prefix "terraform-", which isn\'t allowed '
            "because it would be redundant to name a Terraform provider with that prefix. If you are the author of "
            "this provider, rename it to not include the prefix.",
        )
    return None
