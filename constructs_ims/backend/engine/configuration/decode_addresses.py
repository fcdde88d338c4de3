"""Decodes the blocks that name addresses: ``moved``, ``removed`` and ``import``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from constructs_ims.backend.engine.configuration.blocks import (
    ConfigurationBlock,
    Faults,
    check_names,
    missing,
    nested_blocks,
    without_repeated,
)
from constructs_ims.backend.engine.configuration.decode_resource import read_provider_key
from constructs_ims.backend.engine.configuration.expressions import (
    STATIC_REFERENCE,
    read_address,
    read_flag,
    read_named,
    read_traversal,
    static_reference,
)
from constructs_ims.backend.engine.configuration.model import Argument, Body, Import, Moved, Removed
from constructs_ims.backend.engine.configuration.static_addresses import instance_fault, removed_resource
from constructs_ims.backend.engine.lang import Expr, Traversal, parse_expression, references, syntax_errors
from constructs_ims.backend.engine.lang.nodes import FunctionCall, GetAttribute, Index
from constructs_ims.backend.engine.lang.origin import at_reference
from constructs_ims.backend.engine.lang.references import children
from constructs_ims.schema.diagnostics import error

_NOT_MANAGED: Final = error("Invalid import address", "Only managed resources can be imported.")


def decode_moved(block: ConfigurationBlock, faults: Faults) -> Moved | None:
    """Decode a ``moved`` block; None after noting what is wrong with its addresses."""
    body = without_repeated(block.body, ("from", "to"), faults)
    source, target = (_moved_end(body, name, faults) for name in ("from", "to"))
    return Moved(source, target, body.place) if source is not None and target is not None else None


def _moved_end(body: Body, name: str, faults: Faults) -> Traversal | None:
    reference = _endpoint(body, name, faults)
    fault = instance_fault(reference) if reference is not None else None
    if fault is None:
        return reference
    faults.add(fault, body.place_of(name))
    return None


def _endpoint(body: Body, name: str, faults: Faults) -> Traversal | None:
    check_names(body, ("from", "to", "lifecycle", "provisioner"), faults)
    if name not in body.values:
        faults.add_missing(missing(name), body.place)
        return None
    return read_traversal(body.values[name], body.place_of(name), faults)


def decode_removed(block: ConfigurationBlock, faults: Faults) -> Removed | None:
    """Decode a ``removed`` block; None after noting what is wrong with its address."""
    body = without_repeated(block.body, ("from",), faults)
    reference = _endpoint(body, "from", faults)
    destroy = True
    for inner in nested_blocks(body, "lifecycle", faults):
        destroy = read_flag(inner.body, "destroy", faults, default=True)
    address, fault = removed_resource(reference) if reference is not None else (None, None)
    if fault is not None:
        faults.add(fault, body.place_of("from"))
    return Removed(address, destroy, body.place) if address is not None else None


def decode_import(block: ConfigurationBlock, others: Iterable[Import], faults: Faults) -> Import | None:
    """Decode an ``import`` block; None after noting that it cannot be of use."""
    body = without_repeated(block.body, ("to", "id", "for_each", "provider"), faults)
    check_names(body, ("to", "id", "for_each", "provider"), faults)
    absent = [name for name in ("to", "id") if name not in body.values]
    for name in absent:
        faults.add_missing(missing(name), body.place)
    if absent:
        return None
    for_each = read_named(body, "for_each", faults) if "for_each" in body.values else None
    to = read_address(body.values["to"], body.place_of("to"), faults)
    _check_target(body, to, for_each, faults)
    _check_imported_once(body, others, faults)
    return Import(
        to, read_named(body, "id", faults), body.place, body.values["to"], for_each, read_provider_key(body, faults)
    )


def _check_target(body: Body, to: Argument, for_each: Argument | None, faults: Faults) -> None:
    """Note an address that names no resource, or whose key is more than ``for_each`` lets it be."""
    place, text = body.place_of("to"), body.values["to"]
    static = static_reference(text)
    named = static or _without_keys(to.expression)
    if named is None:
        if isinstance(text, str) and "${" not in text and not syntax_errors(parse_expression(text)):
            faults.add_value(STATIC_REFERENCE, place)
            faults.add_argument(_NOT_MANAGED, place)
        return
    fault = instance_fault(named)
    if fault is not None or named.root in ("data", "ephemeral"):
        faults.add_argument(_NOT_MANAGED, place)
    if fault is not None:
        faults.add(fault, place)
    elif static is None and for_each is None:
        faults.add_value(STATIC_REFERENCE, place)
    elif static is None:
        _check_keys(to, named, faults)


def _without_keys(expression: Expr) -> Traversal | None:
    """Return the resource that an address names whose key is worked out, None where it names none."""
    match expression:
        case Traversal():
            return expression
        case Index(source):
            return _without_keys(source)
        case GetAttribute(source, name):
            inner = _without_keys(source)
            return None if inner is None else static_reference(f"{inner.root}.{name}")
        case _:
            return None


def _check_keys(to: Argument, named: Traversal, faults: Faults) -> None:
    for reference in references(to.expression):
        if reference != named and reference.root != "each":
            detail = (
                f'There is no variable named "{reference.root}".Only "each.key" and "each.value" can be used in import '
                "address index expressions."
            )
            faults.add(at_reference(error("Unknown variable", detail), reference, to.expression, slice(0, 0)), to.place)
    if any(isinstance(inner, FunctionCall) for inner in _nodes(to.expression)):
        faults.add_value(error("Function calls not allowed", "Functions may not be called here."), to.place)


def _nodes(expression: Expr) -> Iterable[Expr]:
    yield expression
    for child in children(expression):
        yield from _nodes(child)


def _check_imported_once(body: Body, others: Iterable[Import], faults: Faults) -> None:
    target: Any = body.values["to"]
    reference = static_reference(target)
    first = next((one for one in others if one.target == target), None)
    if reference is None or first is None:
        return
    detail = (
        f'An import block for the resource "{target}" was already declared at {faults.where(first.place)}. A resource '
        "can have only one import block."
    )
    fault = error(f'Duplicate import configuration for "{target}"', detail)
    faults.add(at_reference(fault, reference, reference, slice(None)), body.place_of("to"))
