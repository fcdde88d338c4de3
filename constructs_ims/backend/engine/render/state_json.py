"""A state as ``terraform show -json`` prints it: format version 1.0."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress, parse_address, sort_key
from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.backend.engine.lang.provider_addresses import provider_name
from constructs_ims.backend.engine.render.masks import sensitive_mask, steps_of
from constructs_ims.backend.engine.state.model import CheckObjectResult, CheckResult, ObjectState, OutputState, State
from constructs_ims.backend.engine.state.stored import SchemaOf, decode_object
from constructs_ims.schema.types import type_to_json

FORMAT_VERSION: Final = "1.0"
_MODULE_STEP: Final = re.compile(r'module\.[\w-]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?')


def state_to_json(state: State, schema_of: SchemaOf) -> Record:
    """Return the document of a state."""
    document = Record(format_version=FORMAT_VERSION)
    if state.is_empty and not state.check_results:
        return document
    document["terraform_version"] = state.terraform_version
    document["values"] = _values(state, schema_of)
    if state.check_results:
        document["checks"] = checks_to_json(state.check_results)
    return document


def _values(state: State, schema_of: SchemaOf) -> Record:
    values = Record()
    if state.outputs:
        values["outputs"] = {name: _output(output) for name, output in state.outputs.items()}
    values["root_module"] = modules_to_json(_resources(state, schema_of))
    return values


def _output(output: OutputState) -> Record:
    return Record(sensitive=output.sensitive, value=output.value, type=type_to_json(output.type))


def modules_to_json(resources: Iterable[tuple[str, Record]]) -> Record:
    """Return the root module of resources given with the modules they stand in, nested as the modules are.

    Within a module they keep their order.
    """
    by_module: dict[str, list[Record]] = defaultdict(list)
    for module, resource in resources:
        by_module[module].append(resource)
    return _module("", by_module, _with_parents(by_module))


def _with_parents(modules: Iterable[str]) -> list[str]:
    found = {""}
    for module in modules:
        steps = _MODULE_STEP.findall(module)
        found.update(".".join(steps[:length]) for length in range(1, len(steps) + 1))
    return sorted(found)


def _module(address: str, by_module: Mapping[str, list[Record]], modules: Sequence[str]) -> Record:
    module = Record()
    if by_module.get(address):
        module["resources"] = by_module[address]
    if address:
        module["address"] = address
    children = [_module(child, by_module, modules) for child in modules if _is_child(child, address)]
    if children:
        module["child_modules"] = children
    return module


def _is_child(child: str, parent: str) -> bool:
    steps = _MODULE_STEP.findall(child)
    return bool(steps) and ".".join(steps[:-1]) == parent


def _resources(state: State, schema_of: SchemaOf) -> Iterable[tuple[str, Record]]:
    for address, resource, instance in sorted(state.instances(), key=lambda found: sort_key(found[0])):
        if instance.current is not None:
            yield address.resource.module, _object(address, resource.provider, instance.current, schema_of)
        for key in sorted(instance.deposed):
            record = _object(address, resource.provider, instance.deposed[key], schema_of)
            record["deposed_key"] = key
            yield address.resource.module, record


def address_fields(address: InstanceAddress) -> Record:
    """Return the fields that say which object this is."""
    resource = address.resource
    fields = Record(address=str(address), mode=resource.mode, type=resource.type, name=resource.name)
    if address.key is not None:
        fields["index"] = address.key
    return fields


def _object(address: InstanceAddress, provider: str, obj: ObjectState, schema_of: SchemaOf) -> Record:
    source = provider_name(provider)
    schema = schema_of(source, address.resource.mode, address.resource.type)
    values = decode_object(schema, obj.attributes) if schema else dict(obj.attributes)
    hidden = schema.block.sensitive_paths if schema else ()
    record = address_fields(address)
    record.update(provider_name=source, schema_version=obj.schema_version)
    if values:
        record["values"] = values
    record["sensitive_values"] = sensitive_mask(values, map(steps_of, (*obj.sensitive_paths, *hidden)))
    if obj.dependencies:
        record["depends_on"] = list(obj.dependencies)
    if obj.is_tainted:
        record["tainted"] = True
    return record


def checks_to_json(checks: Iterable[CheckResult]) -> list[Record]:
    """Return the results of conditions, in the order of what they are shown as."""
    return [_check(check) for check in sorted(checks, key=lambda check: check.address)]


def _check(check: CheckResult) -> Record:
    record = Record(address=_check_address(check), status=str(check.status))
    if check.objects:
        ordered = sorted(check.objects, key=lambda obj: obj.address)
        record["instances"] = [_check_object(check, obj) for obj in ordered]
    return record


def _check_address(check: CheckResult) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": check.kind, "to_display": check.address}
    if check.kind == "resource":
        address: ResourceAddress = parse_address(check.address).resource
        fields.update(mode=address.mode, type=address.type, name=address.name)
        return {**fields, "module": address.module} if address.module else fields
    return {**fields, "name": check.address.rpartition(".")[2]}


def _check_object(check: CheckResult, obj: CheckObjectResult) -> Record:
    address: dict[str, Any] = {"to_display": obj.address}
    if check.kind == "resource" and (key := parse_address(obj.address).key) is not None:
        address["instance_key"] = key
    record = Record(address=address, status=str(obj.status))
    if obj.failure_messages:
        record["problems"] = [Record(message=message) for message in obj.failure_messages]
    return record
