"""A configuration as the plan's JSON prints it: expressions as written, with what they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from constructs_ims.backend.engine.configuration import Configuration, ProviderKey
from constructs_ims.backend.engine.configuration.model import (
    Argument,
    Body,
    ModuleCall,
    Output,
    Reference,
    Resource,
    Variable,
)
from constructs_ims.backend.engine.lang import Traversal, parse_json, references, render_traversal, to_json
from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.backend.engine.state.stored import SchemaOf
from constructs_ims.schema.attribute import Block, NestedBlock, Nesting
from constructs_ims.schema.paths import IndexStep


def configuration_to_json(configuration: Configuration, schema_of: SchemaOf) -> Record:
    """Return the ``configuration`` of a plan's document."""
    providers = {_provider_key(key): _provider(configuration, key) for key in _provider_keys(configuration)}
    document = Record(provider_config=providers) if providers else Record()
    document["root_module"] = _root_module(configuration, schema_of)
    return document


def _provider_keys(configuration: Configuration) -> Iterable[ProviderKey]:
    used = (resource.provider for resource in configuration.resources.values())
    required = ((name, "") for name in configuration.required_providers)
    return dict.fromkeys((*configuration.providers, *required, *((name, "") for name, _ in used)))


def _provider_key(key: ProviderKey) -> str:
    name, alias = key
    return f"{name}.{alias}" if alias else name


def _provider(configuration: Configuration, key: ProviderKey) -> Record:
    name, alias = key
    fields = Record(name=name, full_name=configuration.source_of(name))
    if alias:
        fields["alias"] = alias
    required = configuration.required_providers.get(name)
    if required and required.version:
        fields["version_constraint"] = required.version
    block = configuration.providers.get(key)
    if block and block.body.values:
        fields["expressions"] = {name: _expression(value) for name, value in block.body.values.items()}
    return fields


def _root_module(configuration: Configuration, schema_of: SchemaOf) -> Record:
    module = Record()
    if configuration.outputs:
        module["outputs"] = {name: _output(configuration, one) for name, one in configuration.outputs.items()}
    if configuration.resources:
        ordered = sorted(
            configuration.resources.values(), key=lambda one: (one.address.mode == "data", str(one.address))
        )
        module["resources"] = [_resource(configuration, one, schema_of) for one in ordered]
    if configuration.modules:
        module["module_calls"] = {name: _module_call(configuration, one) for name, one in configuration.modules.items()}
    if configuration.variables:
        module["variables"] = {name: _variable(one) for name, one in configuration.variables.items()}
    return module


def _module_call(configuration: Configuration, call: ModuleCall) -> Record:
    """Return a module call; what stands inside the module is not read."""
    fields = Record(source=call.source)
    if call.inputs:
        fields["expressions"] = {name: _argument(configuration, call.inputs[name]) for name in sorted(call.inputs)}
    if call.count:
        fields["count_expression"] = _argument(configuration, call.count)
    if call.for_each:
        fields["for_each_expression"] = _argument(configuration, call.for_each)
    fields["module"] = Record()
    if call.version:
        fields["version_constraint"] = call.version
    _add_dependencies(fields, call.depends_on)
    return fields


def _output(configuration: Configuration, output: Output) -> Record:
    fields = Record(sensitive=True) if output.sensitive else Record()
    fields["expression"] = _argument(configuration, output.value)
    _add_dependencies(fields, output.depends_on)
    if output.description:
        fields["description"] = output.description
    return fields


def _variable(variable: Variable) -> Record:
    fields = Record() if variable.is_required else Record(default=to_json(variable.default))
    if variable.description:
        fields["description"] = variable.description
    if variable.sensitive:
        fields["sensitive"] = True
    return fields


def _resource(configuration: Configuration, resource: Resource, schema_of: SchemaOf) -> Record:
    address = resource.address
    schema = schema_of(configuration.source_of(resource.provider[0]), address.mode, address.type)
    fields = Record(
        address=str(address),
        mode=address.mode,
        type=address.type,
        name=address.name,
        provider_config_key=_provider_key(resource.provider),
    )
    if expressions := _expressions(resource.body, schema.block if schema else None):
        fields["expressions"] = expressions
    fields["schema_version"] = schema.version if schema else 0
    if resource.count:
        fields["count_expression"] = _argument(configuration, resource.count)
    if resource.for_each:
        fields["for_each_expression"] = _argument(configuration, resource.for_each)
    _add_dependencies(fields, resource.depends_on)
    return fields


def _add_dependencies(fields: Record, dependencies: Iterable[Reference]) -> None:
    if found := [render_traversal(reference.traversal) for reference in dependencies]:
        fields["depends_on"] = found


def _expressions(body: Body, block: Block | None) -> dict[str, Any]:
    nested = block.blocks_by_name if block else {}
    return {
        name: _nested(value, nested[name]) if name in nested else _expression(value)
        for name, value in body.values.items()
        if name != "dynamic" and not name.startswith("//")
    }


def _nested(value: Any, nested: NestedBlock) -> Any:
    blocks = value if isinstance(value, list) else [value]
    written = [
        {name: _expression(item) for name, item in block.items()} for block in blocks if isinstance(block, Mapping)
    ]
    return (written or [{}])[0] if nested.nesting is Nesting.SINGLE else written


def _argument(configuration: Configuration, argument: Argument) -> Record:
    source = configuration.sources.get(argument.place.filename)
    return _expression(source.value_at(argument.place.path) if source else None)


def _expression(value: Any) -> Record:
    """Return an expression; in JSON files Terraform prints what is written there as if it were a constant."""
    fields = Record(constant_value=value)
    if found := list(_reference_texts(references(parse_json(value)))):
        fields["references"] = found
    return fields


def _reference_texts(found: Iterable[Traversal]) -> Iterator[str]:
    """Yield each reference, and behind it the ever smaller ones that it contains."""
    for traversal in found:
        subject = _subject_length(traversal)
        for length in range(len(traversal.steps), subject - 1, -1):
            yield render_traversal(Traversal(traversal.root, traversal.steps[:length]))
        if subject and isinstance(traversal.steps[subject - 1], IndexStep):
            yield render_traversal(Traversal(traversal.root, traversal.steps[: subject - 1]))


def _subject_length(traversal: Traversal) -> int:
    """Return how many steps belong to the address of the object itself."""
    match traversal.root:
        case "self":
            return 0
        case "data" | "resource":
            own = 2
        case _:
            own = 1
    named = traversal.root not in ("var", "local", "each", "count", "path", "terraform")
    has_key = named and len(traversal.steps) > own and isinstance(traversal.steps[own], IndexStep)
    return min(own + has_key, len(traversal.steps))
