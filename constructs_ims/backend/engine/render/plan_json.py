"""A plan as ``terraform show -json`` prints it: format version 1.2. Its text and its events are made from this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from constructs_ims.backend.engine.lang import is_unknown, to_json, type_of
from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.backend.engine.lang.provider_addresses import provider_name
from constructs_ims.backend.engine.plans.changes import Action, OutputChange, Plan, ResourceChange
from constructs_ims.backend.engine.render.configuration_json import configuration_to_json
from constructs_ims.backend.engine.render.masks import (
    NOTHING_KNOWN,
    known_part,
    sensitive_mask,
    steps_of,
    unknown_mask,
)
from constructs_ims.backend.engine.render.simulated_modules import module_to_json
from constructs_ims.backend.engine.render.state_json import (
    address_fields,
    checks_to_json,
    modules_to_json,
    state_to_json,
)
from constructs_ims.backend.engine.state.stored import SchemaOf
from constructs_ims.schema.paths import Path
from constructs_ims.schema.types import DYNAMIC, ObjectType, type_to_json
from constructs_ims.schema.values import is_wholly_known

FORMAT_VERSION: Final = "1.2"


def plan_to_json(plan: Plan) -> Record:
    """Return the document of a plan; of its keys, ``simulated_modules`` is the one that is not Terraform's."""
    find = schemas_in(plan)
    document = Record(format_version=FORMAT_VERSION, terraform_version=plan.terraform_version)
    if plan.variables:
        shown = ((name, found.raw if found.given else found.value) for name, found in plan.variables.items())
        document["variables"] = {name: Record(value=to_json(value)) for name, value in shown if not is_unknown(value)}
    changes = _changes(plan)
    document["planned_values"] = _planned_values(plan, changes.get("resource_changes", ()))
    document.update(changes)
    if not plan.prior_state.is_empty:
        document["prior_state"] = state_to_json(replace(plan.prior_state, check_results=None), find)
    document["configuration"] = configuration_to_json(plan.configuration, find)
    if plan.relevant_attributes:
        document["relevant_attributes"] = list(_relevant(plan))
    if plan.checks:
        document["checks"] = checks_to_json(plan.checks)
    document.update(timestamp=plan.timestamp, **_verdict(plan))
    return document


def told_in_text(plan: Plan) -> Record:
    """Return the parts of the document that the text of a plan is made from."""
    return Record(**_changes(plan), relevant_attributes=list(_relevant(plan)), **_verdict(plan))


def _changes(plan: Plan) -> Record:
    masks, changes = _Masks(), Record()
    if plan.modules:
        changes["simulated_modules"] = [module_to_json(module) for module in plan.modules]
    if plan.drift:
        changes["resource_drift"] = [change_to_json(change, masks) for change in plan.drift]
    if plan.resource_changes:
        changes["resource_changes"] = [change_to_json(change, masks) for change in plan.resource_changes]
    if plan.output_changes:
        changes["output_changes"] = {name: _output_change(plan.output_changes[name]) for name in plan.output_changes}
    return changes


def _verdict(plan: Plan) -> dict[str, bool]:
    # Terraform looks for cycles in a plan that is made already, and lets what the plan says of itself stand.
    made = replace(plan, diagnostics=()) if plan.has_cycles else plan
    return {"applyable": made.applyable, "complete": made.complete, "errored": made.errored}


def schemas_in(plan: Plan) -> SchemaOf:
    """Return a finder of the schemas of a plan's objects."""
    known = {_schema_key(change): change.schema for change in (*plan.resource_changes, *plan.drift)}
    known.update(plan.schemas)
    return lambda provider, mode, type_name: known.get((provider, mode, type_name))


def _schema_key(change: ResourceChange) -> tuple[str, str, str]:
    return provider_name(change.provider), change.address.resource.mode, change.address.resource.type


def _relevant(plan: Plan) -> Iterator[Record]:
    found = {(one.resource, one.attribute) for one in plan.relevant_attributes}
    for resource, attribute in sorted(found, key=lambda one: (one[0], list(map(str, one[1])))):
        yield Record(resource=resource, attribute=list(attribute))


class _Masks:
    """Finds where values are sensitive, remembering for each schema the types of its attributes."""

    def __init__(self) -> None:
        self._types: dict[int, ObjectType] = {}

    def of(self, change: ResourceChange, value: Any, sensitive: tuple[Path, ...]) -> Any:
        """Return where ``value`` is sensitive."""
        if value is None:
            return False
        return sensitive_mask(value, map(steps_of, sensitive), self._type_of(change, value))

    def _type_of(self, change: ResourceChange, value: Any) -> ObjectType:
        schema = change.schema
        if schema is None:
            return ObjectType(change.types)
        if id(schema) not in self._types:
            self._types[id(schema)] = ObjectType({one.name: one.type for one in schema.block.attributes})
        type_ = self._types[id(schema)]
        if schema.name == "terraform_data":
            # The output has the type of the input, although its schema leaves that open.
            output = change.types.get("input") or type_of(value.get("input"))
            return ObjectType({**type_.attributes, **change.types, "output": output})
        return ObjectType({**type_.attributes, **change.types}) if change.types else type_


def change_to_json(change: ResourceChange, masks: _Masks) -> Record:
    """Return one entry of ``resource_changes`` or ``resource_drift``; ``simulated`` is the one key not Terraform's."""
    resource = change.address.resource
    fields = Record(address=str(change.address))
    if change.was_moved:
        fields["previous_address"] = str(change.previous_address)
    if resource.module:
        fields["module_address"] = resource.module
    fields.update(address_fields(change.address))
    fields["provider_name"] = provider_name(change.provider)
    if change.deposed:
        fields["deposed"] = change.deposed
    fields["change"] = _change(change, masks)
    if change.reason:
        fields["action_reason"] = str(change.reason)
    if change.simulated:
        fields["simulated"] = True
    return fields


def _change(change: ResourceChange, masks: _Masks) -> Record:
    is_known = is_wholly_known(change.after)
    fields = Record(
        actions=list(change.action.names),
        before=change.before,
        after=change.after if is_known else known_part(change.after),
        after_unknown={} if is_known else unknown_mask(change.after),
        before_sensitive=masks.of(change, change.before, change.before_sensitive),
        after_sensitive=masks.of(change, change.after, change.after_sensitive),
    )
    if change.replace_paths:
        fields["replace_paths"] = [list(steps_of(path)) for path in change.replace_paths]
    if change.importing is not None:
        id = change.importing.id
        fields["importing"] = Record(id=id) if id is not None else Record(unknown=True)
    return fields


def _planned_values(plan: Plan, records: Sequence[Record]) -> Record:
    values = Record()
    outputs = {
        name: _planned_output(change)
        for name, change in plan.output_changes.items()
        if change.action is not Action.DELETE
    }
    if outputs:
        values["outputs"] = outputs
    resources = _planned_resources(zip(plan.resource_changes, records, strict=True))
    values["root_module"] = modules_to_json(sorted(resources, key=lambda found: str(found[1]["address"])))
    return values


def _planned_output(change: OutputChange) -> Record:
    fields = Record(sensitive=change.sensitive)
    if is_wholly_known(change.after):
        type_ = change.type if change.type != DYNAMIC else type_of(change.after)
        fields.update(type=type_to_json(type_), value=to_json(change.after))
    return fields


def _planned_resources(changes: Iterable[tuple[ResourceChange, Record]]) -> Iterator[tuple[str, Record]]:
    for change, record in changes:
        is_gone = change.after is None and change.action is not Action.FORGET
        if is_gone or change.deposed or change.action is Action.DELETE:
            continue
        fields = address_fields(change.address)
        fields["provider_name"] = provider_name(change.provider)
        fields["schema_version"] = change.schema.version if change.schema else 0
        if values := record["change"]["after"]:
            fields["values"] = values
        fields["sensitive_values"] = record["change"]["after_sensitive"]
        yield change.address.resource.module, fields


def _output_change(change: OutputChange) -> Record:
    fields = Record(actions=list(change.action.names), before=to_json(change.before))
    known = known_part(change.after)
    if known is not NOTHING_KNOWN:
        fields["after"] = to_json(known)
    fields["after_unknown"] = False if is_wholly_known(change.after) else unknown_mask(change.after)
    fields["before_sensitive"] = fields["after_sensitive"] = change.sensitive
    return fields
