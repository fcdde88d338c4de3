"""Decodes ``resource`` and ``data`` blocks, their lifecycle, and conditions wherever they stand."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from constructs_ims.backend.engine.configuration.blocks import (
    ConfigurationBlock,
    Faults,
    check_names,
    missing,
    nested_blocks,
    without_repeated,
)
from constructs_ims.backend.engine.configuration.expressions import (
    NO_LIST,
    optional_argument,
    read_address,
    read_flag,
    read_named,
    read_references,
    static_reference,
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
from constructs_ims.backend.engine.configuration.provisioners import decode_provisioners
from constructs_ims.backend.engine.configuration.reference_forms import located_form_fault
from constructs_ims.backend.engine.configuration.requirements import check_local_name
from constructs_ims.backend.engine.lang import Literal as Constant
from constructs_ims.backend.engine.lang import Traversal, references, render_traversal, syntax_errors
from constructs_ims.backend.engine.lang.addresses import RESERVED_ROOTS, ResourceAddress
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import AttributeStep

META: Final = frozenset({"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection", "//"})
_MANAGED_META: Final = frozenset({"provisioner", "connection"})
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


def decode_resource(block: ConfigurationBlock, faults: Faults, *, check: str | None = None) -> Resource:
    """Read a resource or data block; what is not meta stays in ``body``, for the provider's schema to decode."""
    body = without_repeated(block.body, _ARGUMENTS, faults)
    type_, name = block.labels
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
        read_provider_key(body, faults) or (_implied_provider(block, faults), ""),
        body.without(META if block.type == "resource" else META - _MANAGED_META),
        body.place,
        optional_argument(body, "count", faults),
        optional_argument(body, "for_each", faults),
        read_references(body, "depends_on", faults),
        _checked_lifecycle(block, _decode_lifecycle(body, faults, managed=block.type == "resource"), faults),
        decode_provisioners(body, faults) if block.type == "resource" else (),
        check,
        block.label_places[0] if block.label_places else body.place,
    )


def _implied_provider(block: ConfigurationBlock, faults: Faults) -> str:
    """Return the provider that a type names with its first word."""
    name = block.labels[0].partition("_")[0]
    if not name and "provider" not in block.body.values:
        detail = '"" is an invalid implied provider local name: must have at least one character'
        faults.add(error("Invalid provider local name", detail), block.body.place)
    return name


def read_provider_key(body: Body, faults: Faults) -> ProviderKey | None:
    """Read which provider configuration a block names, ``huaweicloud`` or ``huaweicloud.alias``; None without any."""
    if "provider" not in body.values:
        return None
    place, reference = body.place_of("provider"), static_reference(body.values["provider"])
    match reference:
        case Traversal(name, ()):
            alias = ""
        case Traversal(name, (AttributeStep(alias),)):
            pass
        case _:
            faults.add_value(_NO_PROVIDER_KEY, place)
            return None
    check_local_name(name, place, faults)
    return name.lower(), alias


_NO_PROVIDER_KEY: Final = error(
    "Invalid provider configuration reference",
    "The provider argument requires a provider type name, optionally followed by a period and then a configuration "
    "alias.",
)


def _decode_lifecycle(body: Body, faults: Faults, *, managed: bool) -> Lifecycle:
    blocks = list(nested_blocks(body, "lifecycle", faults))
    for extra in blocks[1:]:
        detail = f"This resource already has a lifecycle block at {faults.where(blocks[0].body.place)}."
        faults.add(error("Duplicate lifecycle block", detail), extra.body.place)
    if not blocks:
        return Lifecycle()
    inner = without_repeated(blocks[0].body, _LIFECYCLE[:4], faults)
    check_names(inner, _LIFECYCLE, faults)
    if not managed:
        _refuse_for_data(inner, faults)

    return Lifecycle(
        read_flag(inner, "create_before_destroy", faults),
        read_flag(inner, "prevent_destroy", faults),
        _ignored(inner, faults),
        _triggers(inner, faults),
        decode_conditions(inner, "precondition", faults),
        decode_conditions(inner, "postcondition", faults),
    )


def _checked_lifecycle(block: ConfigurationBlock, lifecycle: Lifecycle, faults: Faults) -> Lifecycle:
    """Note every condition that names the resource that it is about."""
    prefix = (block.labels[0],) if block.type == "resource" else ("data", block.labels[0])
    address = ".".join((*prefix, block.labels[1]))
    for kind, conditions in (("precondition", lifecycle.preconditions), ("postcondition", lifecycle.postconditions)):
        for argument in (one for condition in conditions for one in (condition.condition, condition.error_message)):
            if any(
                render_traversal(one).startswith((f"{address}.", f"{address}["))
                for one in references(argument.expression)
            ):
                detail = f"Configuration for {address} may not refer to itself."
                faults.add_value(error(f"Invalid reference in {kind}", detail), argument.place)
    return lifecycle


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
    if value == "all":
        return "all"
    if isinstance(value, list) and "*" in value:
        place = inner.place_of("ignore_changes")
        faults.add_value(_NO_WILDCARD, place)
        if len(value) > 1:
            faults.add_value(_MIXED_WILDCARD, place.child(value.index("*")))
        return ()
    return read_references(inner, "ignore_changes", faults)


_MIXED_WILDCARD: Final = error(
    "Invalid ignore_changes ruleset", 'Cannot mix wildcard string "*" with non-wildcard references.'
)
_NO_WILDCARD: Final = error(
    "Invalid ignore_changes wildcard",
    'The ["*"] form of ignore_changes wildcard is was deprecated and is now invalid. Use "ignore_changes = all" to '
    "ignore changes to all attributes.",
)


def _triggers(inner: Body, faults: Faults) -> tuple[Argument, ...]:
    value, place = inner.values.get("replace_triggered_by", []), inner.place_of("replace_triggered_by")
    if not isinstance(value, list):
        faults.add(NO_LIST, place)
        return ()
    addresses = [read_address(item, place.child(at), faults) for at, item in enumerate(value)]
    return tuple(address for address in addresses if _is_trigger(address, faults))


def _is_trigger(address: Argument, faults: Faults) -> bool:
    """Whether an address names one resource, with a key of an instance at most; noted where it does not."""
    found = references(address.expression)
    malformed = [fault for one in found if (fault := located_form_fault(one, address.expression))]
    if malformed or syntax_errors(address.expression) or isinstance(address.expression, Constant):
        for fault in malformed:
            faults.add(fault, address.place)
        return False
    wrong = [fault for one in found if (fault := _trigger_fault(one)) is not None]
    resources = [one for one in found if one.root not in RESERVED_ROOTS]
    if len(resources) != 1:
        what = "Multiple resource references" if resources else "Missing resource reference"
        detail = f"{what} in replace_triggered_by expression."
        wrong.append(error("Invalid replace_triggered_by expression", detail))
    for fault in wrong:
        faults.add_value(fault, address.place)
    return not wrong


def _trigger_fault(reference: Traversal) -> Diagnostic | None:
    """Return why a reference may not stand in ``replace_triggered_by``."""
    root = reference.root
    if root in ("each", "count"):
        allowed = "key" if root == "each" else "index"
        if reference.steps[0] == AttributeStep(allowed):
            return None
        summary = f"Invalid {root} reference in replace_triggered_by expression"
        return error(summary, f"Only {root}.{allowed} may be used in replace_triggered_by.")
    if root not in RESERVED_ROOTS:
        return None
    return error(
        "Invalid reference in replace_triggered_by expression",
        "Only resources, count.index, and each.key may be used in replace_triggered_by.",
    )


def decode_conditions(body: Body, name: str, faults: Faults) -> tuple[Condition, ...]:
    """Read the blocks of conditions of one kind: ``precondition``, ``postcondition``, ``validation`` or ``assert``."""
    return tuple(_decode_condition(block, name, faults) for block in nested_blocks(body, name, faults))


_CONDITION: Final = ("condition", "error_message")


def _decode_condition(block: ConfigurationBlock, name: str, faults: Faults) -> Condition:
    body, kind = without_repeated(block.body, _CONDITION, faults), name
    check_names(body, _CONDITION, faults)
    absent = [name for name in _CONDITION if body.values.get(name) is None]
    for name in absent:
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
    return Condition(condition, message, body.place, not absent)
