"""A plan out of the document that ``terraform show -json`` prints of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from constructs_ims.backend.engine.configuration import Configuration
from constructs_ims.backend.engine.lang import from_json, type_of
from constructs_ims.backend.engine.lang.addresses import parse_address
from constructs_ims.backend.engine.plans.changes import (
    Action,
    ActionReason,
    Importing,
    OutputChange,
    Plan,
    ResourceChange,
    VariableValue,
)
from constructs_ims.backend.engine.plans.options import PlanOptions
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.engine.state.stored import SchemaOf, dynamic_names
from constructs_ims.backend.terraform.engine.command import TerraformCommand
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import Path, attribute_path
from constructs_ims.schema.types import DYNAMIC
from constructs_ims.schema.values import Unknown, is_wholly_known

_ACTIONS: Final = {action.names: action for action in Action}
_REASONS: Final = {str(reason): reason for reason in ActionReason}


@dataclass(frozen=True)
class TerraformPlan(Plan):
    """A plan that the real Terraform made: its JSON, and the command that has it in its directory.

    ``command`` is None of a plan that could not be begun.
    """

    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    command: TerraformCommand | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a plan was made from, and what was said while it was made."""

    configuration: Configuration
    state: State
    options: PlanOptions
    schema_of: SchemaOf
    command: TerraformCommand
    simulated: frozenset[str] = frozenset()
    """The addresses of the providers that are simulated."""
    diagnostics: tuple[Diagnostic, ...] = ()


def read_plan(document: Mapping[str, Any], grounds: Grounds) -> TerraformPlan:
    """Return the plan that a document describes; an empty document is that of a plan that could not be begun."""
    options = grounds.options
    variables = document.get("variables", {}).items()
    return TerraformPlan(
        options.mode,
        [_change(record, grounds) for record in document.get("resource_changes", ())],
        {name: _output(name, record) for name, record in sorted(document.get("output_changes", {}).items())},
        grounds.state,
        grounds.state,
        grounds.configuration,
        {name: VariableValue(from_json(record.get("value"))) for name, record in variables},
        [_change(record, grounds) for record in document.get("resource_drift", ())],
        diagnostics=grounds.diagnostics,
        timestamp=document.get("timestamp", ""),
        targets=options.targets,
        replace=options.replace,
        workspace=options.workspace,
        complete=document.get("complete", False),
        document=document,
        command=grounds.command if document else None,
    )


def _change(record: Mapping[str, Any], grounds: Grounds) -> ResourceChange:
    address, change = parse_address(record["address"]), record["change"]
    source = record["provider_name"]
    schema = grounds.schema_of(source, address.resource.mode, address.resource.type)
    previous, importing = record.get("previous_address"), change.get("importing")
    return ResourceChange(
        address=address,
        provider=f'provider["{source}"]',
        action=_ACTIONS[tuple(change["actions"])],
        before=_object(schema, change.get("before"), False),
        after=_object(schema, change.get("after"), change.get("after_unknown", False)),
        previous_address=parse_address(previous) if previous else None,
        deposed=record.get("deposed"),
        reason=_REASONS.get(record.get("action_reason", "")),
        before_sensitive=tuple(_paths(change.get("before_sensitive"))),
        after_sensitive=tuple(_paths(change.get("after_sensitive"))),
        replace_paths=tuple(attribute_path(*steps) for steps in change.get("replace_paths", ())),
        importing=None if importing is None else Importing(importing.get("id")),
        schema=schema,
        simulated=source in grounds.simulated,
    )


def _output(name: str, record: Mapping[str, Any]) -> OutputChange:
    after = from_json(record["after"]) if "after" in record else None
    after = _with_unknown(after, record.get("after_unknown", False))
    return OutputChange(
        name,
        _ACTIONS[tuple(record["actions"])],
        from_json(record.get("before")),
        after,
        record.get("before_sensitive") is True,
        record.get("after_sensitive") is True,
        type_of(after) if is_wholly_known(after) else DYNAMIC,
    )


def _object(schema: Schema | None, known: Any, unknown: Any) -> Object | None:
    """Return an object with every attribute of its schema, ``Unknown`` where ``unknown`` says so; None for no object.

    Numbers are as providers have them, and as expressions do in attributes of any type.
    """
    if known is None and not unknown:
        return None
    any_typed = dynamic_names(schema) if schema and not schema.inferred else ()
    values = {name: (from_json if name in any_typed else _plain)(value) for name, value in (known or {}).items()}
    made: Object = _with_unknown(values, unknown)
    if schema is None:
        return made
    blocks = (nested.name for nested in schema.block.blocks)
    return {**{name: made.get(name) for name in (*schema.block.by_name, *blocks)}, **made}


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case _:
            return value


def _with_unknown(known: Any, unknown: Any) -> Any:
    """Return a value with ``Unknown`` where a mask of its shape has True."""
    if unknown is True:
        return Unknown
    if isinstance(unknown, dict) and unknown:
        values = known or {}
        return {**values, **{name: _with_unknown(values.get(name), mask) for name, mask in unknown.items()}}
    if isinstance(unknown, list) and unknown:
        values = [*(known or ()), *[None] * (len(unknown) - len(known or ()))]
        masks = [*unknown, *[False] * (len(values) - len(unknown))]
        return [_with_unknown(value, mask) for value, mask in zip(values, masks, strict=True)]
    return known


def _paths(mask: Any, path: tuple[str | int, ...] = ()) -> Iterator[Path]:
    """Yield the places at which a mask has True."""
    if mask is True:
        yield attribute_path(*path)
    elif isinstance(mask, dict):
        for name, nested in mask.items():
            yield from _paths(nested, (*path, name))
    elif isinstance(mask, list):
        for position, nested in enumerate(mask):
            yield from _paths(nested, (*path, position))
