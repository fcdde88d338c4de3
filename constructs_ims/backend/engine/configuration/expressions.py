"""Expressions of a configuration: parsed from JSON values, with every syntax error noted at its place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.configuration.model import Argument, Body, Reference
from constructs_ims.backend.engine.configuration.source import Place
from constructs_ims.backend.engine.json_text import number_text
from constructs_ims.backend.engine.lang import (
    Expr,
    Literal,
    Traversal,
    parse_expression,
    parse_json,
    parse_traversal,
    syntax_errors,
)
from constructs_ims.schema.diagnostics import Diagnostic, SourcePosition, error


def read_argument(value: Any, place: Place, faults: Faults) -> Argument:
    """Parse a JSON value whose strings are templates."""
    expression = parse_json(value)
    if not isinstance(expression, Literal):
        _note_syntax_errors(expression, value, place, faults)
    return Argument(expression, place)


def read_address(value: Any, place: Place, faults: Faults) -> Argument:
    """Parse an address that ``replace_triggered_by`` watches; Terraform takes no template there, ``"${a.b}"``."""
    if not isinstance(value, str):
        faults.add(error("Invalid reference expression", "A single reference string is required."), place)
        return Argument(Literal(None), place)
    if "${" in value:
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


def read_expression(value: Any, place: Place, faults: Faults) -> Argument:
    """Parse a string that is an expression by itself, with or without ``${}``, as the addresses of imports are."""
    if not isinstance(value, str) or value.strip().startswith("${"):
        return read_argument(value, place, faults)
    expression = parse_expression(value)
    for diagnostic in syntax_errors(expression):
        faults.add(diagnostic, place)
    static = parse_traversal(value)
    return Argument(static if isinstance(static, Traversal) else expression, place)


def read_traversal(value: Any, place: Place, faults: Faults) -> Traversal | None:
    """Parse a static reference such as ``huaweicloud_x.name[0]``."""
    parsed = parse_traversal(value) if isinstance(value, str) and not value.startswith("${") else None
    if isinstance(parsed, Traversal):
        return parsed
    faults.add(
        error(
            "Invalid expression",
            "A single static variable reference is required: only attribute access and indexing with constant keys. "
            "No calculations, function calls, template expressions, etc are allowed here.",
        ),
        place,
    )
    return None


def read_references(body: Body, name: str, faults: Faults) -> tuple[Reference, ...]:
    """Parse an argument that is a list of static references, as ``depends_on`` is."""
    value, place = body.values.get(name), body.place_of(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        faults.add(error("Invalid expression", "A static list expression is required."), place)
        return ()
    found = ((read_traversal(item, place.child(at), faults), place.child(at)) for at, item in enumerate(value))
    return tuple(Reference(traversal, at) for traversal, at in found if traversal is not None)


def read_flag(body: Body, name: str, faults: Faults, *, default: bool = False) -> bool:
    """Read an argument that is a literal bool; Terraform takes the words too."""
    value = body.values.get(name, default)
    if value is None or isinstance(value, bool):
        return bool(value)
    if value not in ("true", "false"):
        wanted = "a bool is required" if isinstance(value, str) else "bool required"
        faults.add(error("Unsuitable value type", f"Unsuitable value: {wanted}"), body.place_of(name))
    return bool(value == "true")


def read_text(body: Body, name: str, faults: Faults) -> str:
    """Read an argument that is a literal string, "" where it is left out."""
    value = body.values.get(name)
    text = "" if value is None else literal_text(value)
    if text is None:
        faults.add(error("Unsuitable value type", "Unsuitable value: string required"), body.place_of(name))
    return text or ""


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
