"""``count`` and ``for_each``: which instances a resource has, and what they may not be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from constructs_ims.backend.engine.configuration import Argument, Configuration, ModuleCall, Repetition, Resource
from constructs_ims.backend.engine.lang import (
    ConversionError,
    Scope,
    TfSet,
    Value,
    convert,
    evaluate,
    evaluate_typed,
    type_of,
    unmark,
)
from constructs_ims.backend.engine.lang.addresses import Key, ResourceAddress
from constructs_ims.backend.engine.lang.origin import Cause, explained
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.lang.typed import collapse
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, error, warning
from constructs_ims.schema.types import NUMBER, STRING, DynamicType, MapType, ObjectType, SetType, Type, friendly_name
from constructs_ims.schema.values import Unknown

_MOST_INSTANCES: Final = 1_000_000
_UNKNOWN_COUNT = error(
    "Invalid count argument",
    'The "count" value depends on resource attributes that cannot be determined until apply, so Terraform cannot '
    "predict how many instances will be created. To work around this, use the -target argument to first apply only "
    "the resources that the count depends on.",
    code=DiagnosticCode.UNKNOWN_REPETITION,
)
_UNKNOWN_MAP = error(
    "Invalid for_each argument",
    'The "for_each" map includes keys derived from resource attributes that cannot be determined until apply, and so '
    "Terraform cannot determine the full set of keys that will identify the instances of this resource.\n\n"
    "When working with unknown values in for_each, it's better to define the map keys statically in your "
    "configuration and place apply-time results only in the map values.\n\n"
    "Alternatively, you could use the -target planning option to first apply only the resources that the for_each "
    "value depends on, and then apply a second time to fully converge.",
    code=DiagnosticCode.UNKNOWN_REPETITION,
)

_UNKNOWN_SET = error(
    "Invalid for_each argument",
    'The "for_each" set includes values derived from resource attributes that cannot be determined until apply, and so '
    "Terraform cannot determine the full set of keys that will identify the instances of this resource.\n\n"
    "When working with unknown values in for_each, it's better to use a map value where the keys are defined "
    "statically in your configuration and where only the values contain apply-time results.\n\n"
    "Alternatively, you could use the -target planning option to first apply only the resources that the for_each "
    "value depends on, and then apply a second time to fully converge.",
    code=DiagnosticCode.UNKNOWN_REPETITION,
)


@dataclass(slots=True)
class Expansion:
    """The instances of a resource: keys with the ``each.value`` of each, in order; None when they cannot be told."""

    repetition: Repetition
    instances: Mapping[Key, Value] | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)


def expand(resource: Resource | ModuleCall, scope: Scope, configuration: Configuration) -> Expansion:
    """Evaluate ``count`` or ``for_each``."""
    if resource.count is not None:
        return _located(_expand_count(resource.count, scope), resource.count, configuration)
    if resource.for_each is not None:
        return _located(_expand_for_each(resource.for_each, scope), resource.for_each, configuration)
    return Expansion("single", {None: None})


def _located(expansion: Expansion, argument: Argument, configuration: Configuration) -> Expansion:
    expansion.diagnostics = [configuration.locate(one, argument.place) for one in expansion.diagnostics]
    return expansion


def _expand_count(argument: Argument, scope: Scope) -> Expansion:
    result = evaluate(argument.expression, scope)
    if not result.ok:
        return Expansion("count", None, list(result.diagnostics))
    value, _ = unmark(result.value)
    if value is Unknown:
        return Expansion("count", None, [explained(_UNKNOWN_COUNT, argument.expression, None)])
    try:
        convert(value, NUMBER)
    except ConversionError as unfit:
        wrong = error("Incorrect value type", f"Invalid expression value: {unfit}.")
        return Expansion("count", None, [explained(wrong, argument.expression, scope)])
    fault = _count_fault(value)
    if fault:
        wrong = error("Invalid count argument", f'The given "count" argument value is {fault}')
        return Expansion("count", None, [explained(wrong, argument.expression, None)])
    return Expansion("count", dict.fromkeys(range(int(convert(value, NUMBER)))))


def repetition_faults(resource: Resource | ModuleCall, scope: Scope, configuration: Configuration) -> list[Diagnostic]:
    """Return what is wrong with ``count`` or ``for_each`` already while what they depend on is not known."""
    return [
        one
        for one in expand(resource, scope, configuration).diagnostics
        if one.code is not DiagnosticCode.UNKNOWN_REPETITION
    ]


def _count_fault(value: Value) -> str | None:
    if value is None:
        return "null. An integer is required."
    number = convert(value, NUMBER)
    is_fraction = isinstance(number, Decimal) and number != number.to_integral_value()
    if is_fraction or not -(1 << 63) <= number < 1 << 63:
        return "unsuitable: value must be a whole number, between -9223372036854775808 and 9223372036854775807."
    if number > _MOST_INSTANCES:
        return f"unsuitable: this engine takes {_MOST_INSTANCES} instances of a resource at most."
    return "unsuitable: must be greater than or equal to zero." if number < 0 else None


def _expand_for_each(argument: Argument, scope: Scope) -> Expansion:
    """Evaluate a ``for_each``, whose faults are not located yet."""
    result = evaluate_typed(argument.expression, scope)
    if not result.ok:
        return Expansion("each", None, list(result.diagnostics))
    value, paths = unmark(collapse(result.value))
    is_sensitive = () in paths or (bool(paths) and isinstance(value, TfSet))
    fault = _for_each_fault(value, type_of(result.value), is_sensitive=is_sensitive)
    if fault:
        cause: Cause = (
            "sensitive" if is_sensitive else "unknown" if fault.code is DiagnosticCode.UNKNOWN_REPETITION else ""
        )
        return Expansion("each", None, [explained(fault, argument.expression, scope, cause=cause)])
    marked = collapse(result.value)
    if isinstance(value, TfSet):
        return Expansion("each", {key: key for key in value})
    return Expansion("each", {key: marked[key] for key in sorted(marked)})


def replaced_without_key(address: ResourceAddress, keys: Collection[Key]) -> Diagnostic:
    """Say that ``-replace`` names a resource whose instances have keys, or that has none."""
    listed = "".join(f"\n  -replace={quote(str(address.instance(key)))}" for key in keys)
    if not keys:
        why = "because this resource doesn't have any instances."
    elif len(keys) == 1:
        why = (
            "because it lacks an instance key.\n\nTo force replacement of the single declared instance, use the "
            f"following option instead:{listed}"
        )
    else:
        why = (
            "because it lacks an instance key.\n\nTo force replacement of particular instances, use one or more of the "
            f"following options instead:{listed}"
        )
    detail = f"Your force-replace request for {address} doesn't match any resource instances {why}"
    return warning("Incompletely-matched force-replace resource instance", detail)


def _for_each_fault(value: Value, type_: Type, *, is_sensitive: bool) -> Diagnostic | None:
    if is_sensitive:
        return error(
            "Invalid for_each argument",
            "Sensitive values, or values derived from sensitive values, cannot be used as for_each arguments. If "
            "used, the sensitive value could be exposed as a resource instance key.",
        )
    if value is None:
        return error(
            "Invalid for_each argument",
            'The given "for_each" argument value is unsuitable: the given "for_each" argument value is null. A map, '
            "or set of strings is allowed.",
        )
    if value is Unknown and isinstance(type_, SetType):
        return _UNKNOWN_SET
    if value is Unknown and isinstance(type_, DynamicType | MapType | ObjectType):
        return _UNKNOWN_MAP
    if isinstance(value, TfSet):
        return _set_fault(value)
    if isinstance(value, dict):
        return None
    return error(
        "Invalid for_each argument",
        'The given "for_each" argument value is unsuitable: the "for_each" argument must be a map, or set of '
        f"strings, and you have provided a value of type {friendly_name(type_)}.",
    )


def _set_fault(value: TfSet) -> Diagnostic | None:
    if any(item is Unknown for item in value):
        return _UNKNOWN_SET
    if value and value.element != STRING and not isinstance(value.element, DynamicType):
        return error(
            "Invalid for_each set argument",
            'The given "for_each" argument value is unsuitable: "for_each" supports maps and sets of strings, but '
            f"you have provided a set containing type {friendly_name(value.element)}.",
        )
    if any(item is None for item in value):
        return error(
            "Invalid for_each set argument",
            'The given "for_each" argument value is unsuitable: "for_each" sets must not contain null values.',
        )
    return None
