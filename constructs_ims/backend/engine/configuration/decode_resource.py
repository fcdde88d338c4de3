"""Decodes ``resource`` and ``data`` blocks, their lifecycle, and conditions wherever they stand."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

from constructs_ims.backend.engine.addresses import ResourceAddress
from constructs_ims.backend.engine.configuration.blocks import (
    Block,
    Faults,
    check_names,
    check_repeated,
    missing,
    nested_blocks,
)
from constructs_ims.backend.engine.configuration.expressions import (
    read_address,
    read_flag,
    read_named,
    read_references,
    read_traversal,
)
from constructs_ims.backend.engine.configuration.model import (
    Argument,
    Body,
    Condition,
    Lifecycle,
    ProviderKey,
    Reference,
    Resource,
)
from constructs_ims.backend.engine.configuration.source import Place
from constructs_ims.backend.engine.lang import references
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.paths import AttributeStep

META: Final = frozenset({"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection", "//"})
_ARGUMENTS: Final = ("count", "for_each", "depends_on", "provider")
_LIFECYCLE: Final = (
    "create_before_destroy",
    "prevent_destroy",
    "ignore_changes",
    "replace_triggered_by",
    "precondition",
    "postcondition",
)
_Ignored: TypeAlias = Literal["all"] | tuple[Reference, ...]


def decode_resource(block: Block, faults: Faults, *, check: str | None = None) -> Resource:
    """Read a resource or data block; what is not meta stays in ``body``, for the provider's schema to decode."""
    body = block.body
    type_, name = block.labels
    check_repeated(body, _ARGUMENTS, faults)
    if "count" in body.values and "for_each" in body.values:
        faults.add_key(
            error(
                'Invalid combination of "count" and "for_each"',
                'The "count" and "for_each" meta-arguments are mutually-exclusive, only one should be used to be '
                "explicit about the number of resources to be created.",
            ),
            body.place_of("for_each"),
        )
    return Resource(
        ResourceAddress("managed" if block.type == "resource" else "data", type_, name),
        read_provider_key(body, faults) or (type_.partition("_")[0], ""),
        body.without(META),
        body.place,
        _optional_argument(body, "count", faults),
        _optional_argument(body, "for_each", faults),
        read_references(body, "depends_on", faults),
        _decode_lifecycle(body, faults, managed=block.type == "resource"),
        bool(list(nested_blocks(body, "provisioner", faults, labels=1))),
        check,
        block.label_places[0] if block.label_places else body.place,
    )


def _optional_argument(body: Body, name: str, faults: Faults) -> Argument | None:
    if name not in body.values:
        return None
    return read_named(body, name, faults)


def read_provider_key(body: Body, faults: Faults) -> ProviderKey | None:
    """Read which provider configuration a block names, ``huaweicloud`` or ``huaweicloud.alias``; None without any."""
    value, place = body.values.get("provider"), body.place_of("provider")
    traversal = None if value is None else read_traversal(value, place, faults)
    if traversal is None:
        return None
    match traversal.steps:
        case ():
            return traversal.root, ""
        case (AttributeStep(alias),):
            return traversal.root, alias
        case _:
            faults.add(
                error(
                    "Invalid provider reference", 'Write the name of a provider, or a name and an alias: "aws.east".'
                ),
                place,
            )
            return None


def _decode_lifecycle(body: Body, faults: Faults, *, managed: bool) -> Lifecycle:
    blocks = list(nested_blocks(body, "lifecycle", faults))
    for extra in blocks[1:]:
        faults.add(error("Duplicate lifecycle block", "This resource already has a lifecycle block."), extra.body.place)
    if not blocks:
        return Lifecycle()
    inner = blocks[0].body
    check_names(inner, _LIFECYCLE, faults)
    if not managed:
        _refuse_for_data(inner, faults)

    return Lifecycle(
        read_flag(inner, "create_before_destroy", faults),
        read_flag(inner, "prevent_destroy", faults),
        _ignored(inner, faults),
        _triggers(inner.values.get("replace_triggered_by"), inner.place_of("replace_triggered_by"), faults),
        decode_conditions(inner, "precondition", faults),
        decode_conditions(inner, "postcondition", faults),
    )


def _refuse_for_data(inner: Body, faults: Faults) -> None:
    for name in _LIFECYCLE[:4]:
        if name in inner.values:
            faults.add_key(
                error(
                    "Invalid data resource lifecycle argument",
                    f'The lifecycle argument "{name}" is defined only for managed resources ("resource" blocks), and '
                    "is not valid for data resources.",
                ),
                inner.place_of(name),
            )


def _ignored(inner: Body, faults: Faults) -> _Ignored:
    value = inner.values.get("ignore_changes")
    if value in ("all", "${all}") or value == ["*"]:
        return "all"
    return read_references(inner, "ignore_changes", faults)


def _triggers(value: Any, place: Place, faults: Faults) -> tuple[Argument, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        faults.add(error("Invalid expression", "A static list expression is required."), place)
        return ()
    return tuple(read_address(item, place.child(at), faults) for at, item in enumerate(value))


def decode_conditions(body: Body, name: str, faults: Faults) -> tuple[Condition, ...]:
    """Read the blocks of conditions of one kind: ``precondition``, ``postcondition``, ``validation`` or ``assert``."""
    return tuple(_decode_condition(block, name, faults) for block in nested_blocks(body, name, faults))


def _decode_condition(block: Block, name: str, faults: Faults) -> Condition:
    body, kind = block.body, name
    check_names(body, ("condition", "error_message"), faults)
    for name in ("condition", "error_message"):
        if body.values.get(name) is None:
            faults.add_missing(missing(name), body.place)
    condition, message = (read_named(body, name, faults) for name in ("condition", "error_message"))
    if "condition" in body.values and not references(condition.expression):
        faults.add(
            error(
                f"Invalid {kind} expression",
                "The condition expression must refer to at least one object from elsewhere in the configuration, or "
                "else its result would not be checking anything.",
            ),
            condition.place,
        )
    return Condition(condition, message, body.place)
