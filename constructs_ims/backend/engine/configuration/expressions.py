"""Expressions of a configuration: parsed from JSON values, with every syntax error noted at its place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.configuration.model import Argument, Body, Reference
from constructs_ims.backend.engine.configuration.source import Place, Repeated
from constructs_ims.backend.engine.lang import (
    ConversionError,
    Expr,
    Literal,
    Traversal,
    Value,
    convert,
    from_json,
    parse_expression,
    parse_json,
    parse_traversal,
    syntax_errors,
)
from constructs_ims.backend.engine.lang.json_text import number_text
from constructs_ims.schema.diagnostics import Diagnostic, SourcePosition, error
from constructs_ims.schema.types import BOOL


def read_argument(value: Any, place: Place, faults: Faults) -> Argument:
    """Parse a JSON value whose strings are templates."""
    source = faults.sources.get(place.filename)
    if source is not None and source.has_repeated_keys:
        value = _without_repeated_keys(value, place, faults)
    expression = parse_json(value)
    if not isinstance(expression, Literal):
        _note_syntax_errors(expression, value, place, faults)
    return Argument(expression, place)


def _without_repeated_keys(value: Any, place: Place, faults: Faults) -> Any:
    """Return a value with the first of every key that an object in it has more than once, each of which is noted."""
    match value:
        case Repeated():
            return _without_repeated_keys(value[0], place.child(0), faults)
        case dict():
            for name, item in value.items():
                if isinstance(item, Repeated):
                    faults.add_repeated_key(name, place.child(name))
            return {name: _without_repeated_keys(item, place.child(name), faults) for name, item in value.items()}
        case list():
            return [_without_repeated_keys(item, place.child(at), faults) for at, item in enumerate(value)]
        case _:
            return value


def read_address(value: Any, place: Place, faults: Faults) -> Argument:
    """Parse an address that ``replace_triggered_by`` watches; Terraform takes no template there, ``"${a.b}"``."""
    if not isinstance(value, str):
        faults.add(error("Invalid reference expression", "A single reference string is required."), place)
        return Argument(Literal(None), place)
    if "${" in value and syntax_errors(parse_expression(value)):
        faults.found += _template_faults(value, place, faults)
        return Argument(Literal(None), place)
    return read_argument(f"${{{value}}}", place, faults)


def _template_faults(value: str, place: Place, faults: Faults) -> list[Diagnostic]:
    """Say in Terraform's two faults, and in one for Python's users, that an address stands in a template."""
    source = faults.sources.get(place.filename)
    at = source.value_range(place.path) if source else None
    [first, *_] = syntax_errors(parse_expression(value, place.filename, at.start if at else None))
    second = (
        error("Invalid expression", "Expected the start of an expression, but found an invalid expression token.")
        if value.startswith("${")
        else error(
            "Extra characters after expression",
            "An expression was successfully parsed, but extra characters were found after it.",
        )
    )
    plain = (
        "Template in replace_triggered_by",
        f'"{value}" is a template, and Terraform takes an address alone here, which cdktf does not write. Give it as '
        'text: f"{watched.terraform_resource_type}.{watched.friendly_unique_id}".',
    )
    return [replace(one, subject=first.subject, plain=plain) for one in (first, second)]


def read_named(body: Body, name: str, faults: Faults) -> Argument:
    """Parse an argument of a body; one that is left out is null."""
    return read_argument(body.values.get(name), body.place_of(name), faults)


def optional_argument(body: Body, name: str, faults: Faults) -> Argument | None:
    """Parse an argument of a body; None where it is left out."""
    return read_named(body, name, faults) if name in body.values else None


def _note_syntax_errors(expression: Expr, value: Any, place: Place, faults: Faults) -> None:
    found = syntax_errors(expression)
    if found and isinstance(value, str):
        found = syntax_errors(parse_json(value, place.filename, _start(place, faults)))
    for diagnostic in found:
        faults.add(diagnostic, place)


def _start(place: Place, faults: Faults) -> SourcePosition | None:
    source = faults.sources.get(place.filename)
    at = source.value_range(place.path) if source else None
    return SourcePosition(at.start.line, at.start.column + 1, at.start.byte + 1) if at else None


STATIC_REFERENCE: Final = error(
    "Invalid expression",
    "A single static variable reference is required: only attribute access and indexing with constant keys. No "
    "calculations, function calls, template expressions, etc are allowed here.",
)


def static_reference(value: Any) -> Traversal | None:
    """Return a static reference such as ``huaweicloud_x.name[0]``; None where a value is none."""
    parsed = parse_traversal(value) if isinstance(value, str) and not value.startswith("${") else None
    return parsed if isinstance(parsed, Traversal) else None


def read_traversal(value: Any, place: Place, faults: Faults) -> Traversal | None:
    """Parse a static reference."""
    parsed = static_reference(value)
    if parsed is None:
        faults.add_value(replace(STATIC_REFERENCE, plain=_plain_reference(value)), place)
    return parsed


def _plain_reference(value: Any) -> tuple[str, str] | None:
    """Say for Python's users that a reference stands in a template, as cdktf writes the ``depends_on`` of outputs."""
    address = value[2:-1] if isinstance(value, str) and value.startswith("${") and value.endswith("}") else ""
    if static_reference(address) is None:
        return None
    detail = (
        f'"{value}" is a template, and Terraform takes an address alone here: write "{address}". cdktf writes the '
        f"depends_on of a TerraformOutput so; leave it out there, and call "
        f'output.add_override("depends_on", ["{address}"]).'
    )
    return "Template where an address belongs", detail


NO_LIST: Final = error("Invalid expression", "A static list expression is required.")


def read_references(body: Body, name: str, faults: Faults) -> tuple[Reference, ...]:
    """Parse an argument that is a list of static references, as ``depends_on`` is."""
    if name not in body.values:
        return ()
    value, place = body.values[name], body.place_of(name)
    if not isinstance(value, list):
        faults.add(NO_LIST, place)
        return ()
    found = ((read_traversal(item, place.child(at), faults), place.child(at)) for at, item in enumerate(value))
    return tuple(Reference(traversal, at) for traversal, at in found if traversal is not None)


def read_constant(value: Any, place: Place, faults: Faults) -> Value:
    """Take a JSON value as it stands, with no template in it evaluated: Terraform has no names there to do so with."""
    return from_json(_without_repeated_keys(value, place, faults))


def read_flag(body: Body, name: str, faults: Faults, *, default: bool = False) -> bool:
    """Read an argument that is a literal bool; Terraform takes the words too."""
    value = body.values.get(name, default)
    if isinstance(value, bool):
        return value
    if value is None:
        faults.add(_NO_NULL, body.place_of(name))
        return default
    try:
        return bool(convert(value, BOOL))
    except ConversionError as fault:
        faults.add(error("Unsuitable value type", f"Unsuitable value: {fault}"), body.place_of(name))
        return default


def read_text(body: Body, name: str, faults: Faults) -> str:
    """Read an argument that is a literal string, "" where it is left out."""
    if name not in body.values:
        return ""
    value = body.values[name]
    text = literal_text(value)
    if text is None:
        fault = _NO_NULL if value is None else error("Unsuitable value type", "Unsuitable value: string required")
        faults.add(fault, body.place_of(name))
    return text or ""


_NO_NULL: Final = error("Unsuitable value type", "Unsuitable value: null value is not allowed")


def literal_text(value: Any) -> str | None:
    """Return a literal as a string, to which Terraform converts numbers and bools; None for any other value."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return number_text(value)
        case _:
            return None
