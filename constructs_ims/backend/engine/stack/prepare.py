"""A configuration made ready to be walked: providers found, bodies compiled, references checked, the graph built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from constructs_ims.backend.engine.configuration import Configuration, Reference, Resource
from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.configuration.provisioners import CONNECTION, PROVISIONERS, missing_plugin
from constructs_ims.backend.engine.graph.configuration_references import (
    Use,
    argument_references,
    condition_references,
    imported_resource,
    meta_references,
    module_references,
)
from constructs_ims.backend.engine.graph.graph import Node, cycles, node_of, topological
from constructs_ims.backend.engine.lang import references
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.backend.engine.lang.provider_addresses import ProviderAddress
from constructs_ims.backend.engine.stack.evaluate.bodies import CompiledBody, compile_body
from constructs_ims.backend.engine.stack.providers.pool import (
    ProviderPool,
    address_of,
    display_source,
    schemas_of,
)
from constructs_ims.backend.engine.stack.reference_checks import (
    check_import_id,
    check_self_references,
    checked_dependencies,
    checked_nodes,
    ignored_fault,
    redundant_ignore,
)
from constructs_ims.backend.engine.stack.simulated import note_shapes, prepare_modules
from constructs_ims.backend.engine.stack.stack import CompiledProvisioner, PreparedStack, created_first, provider_keys
from constructs_ims.backend.engine.state.model import State
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error


def prepare_stack(
    configuration: Configuration, pool: ProviderPool, faults: Faults, state: State | None = None
) -> PreparedStack:
    """Make a configuration ready; what is wrong with it is noted in ``faults``."""
    stack = PreparedStack(configuration, pool)
    prepare_modules(stack, faults)
    note_shapes(stack, faults, state)
    for resource in configuration.resources.values():
        _prepare_resource(stack, resource, faults)
    for provider in configuration.providers.values():
        address = address_of(configuration, (provider.name, provider.alias))
        if pool.knows_settings(address):
            block = pool.get(address).schema.block
            stack.provider_bodies[provider.name, provider.alias] = compile_body(provider.body, block, faults)
    _build_graph(stack, faults)
    stack.order = topological(stack.graph)
    if len(stack.order) < len(stack.graph):
        _note_cycles(stack, faults)
    stack.created_first = created_first(stack.order, stack.graph, configuration)
    return stack


def _prepare_resource(stack: PreparedStack, resource: Resource, faults: Faults) -> None:
    address = resource.address
    provider = address_of(stack.configuration, resource.provider)
    stack.providers[address] = provider
    if resource.provider[1] and resource.provider not in stack.configuration.providers:
        faults.found.append(_no_provider_config(resource, provider))
    schema = stack.pool.schema(provider, address)
    if schema is None:
        faults.add_key(_no_such_type(stack, resource, provider), resource.type_place or resource.place)
        return
    stack.schemas[address] = schema
    stack.bodies[address] = compile_body(resource.body, schema.block, faults)
    stack.provisioners[address] = list(_compile_provisioners(resource, faults))
    _check_ignored(stack, resource, schema, faults)


def _compile_provisioners(resource: Resource, faults: Faults) -> Iterator[CompiledProvisioner]:
    for provisioner in resource.provisioners:
        block = PROVISIONERS.get(provisioner.type)
        if block is None:
            faults.found.append(missing_plugin(provisioner.type))
            continue
        connection = provisioner.connection
        yield CompiledProvisioner(
            provisioner.type,
            compile_body(provisioner.body, block, faults, null_is_given=True),
            None if connection is None else compile_body(connection, CONNECTION, faults, null_is_given=True),
        )


def _check_ignored(stack: PreparedStack, resource: Resource, schema: Schema, faults: Faults) -> None:
    ignored = resource.lifecycle.ignore_changes
    if not ignored or ignored == "all":
        return
    for reference in ignored:
        traversal, attribute = reference.traversal, schema.block.by_name.get(reference.traversal.root)
        fault = ignored_fault(schema.block, traversal)
        if fault is not None:
            faults.add(fault, reference.place)
        elif attribute is not None and not traversal.steps and not attribute.is_argument:
            faults.add_key(redundant_ignore(attribute.name), resource.type_place or resource.place)


def _no_provider_config(resource: Resource, provider: ProviderAddress) -> Diagnostic:
    return error(
        "Provider configuration not present",
        f"To work with {resource.address} its original provider configuration at {provider} is required, but it has "
        "been removed. This occurs when a provider configuration is removed while objects created by that provider "
        f"still exist in the state. Re-add the provider configuration to destroy {resource.address}, after which you "
        "can remove the provider configuration again.",
    )


def _no_such_type(stack: PreparedStack, resource: Resource, provider: ProviderAddress) -> Diagnostic:
    known = schemas_of(stack.pool.get(provider), resource.address.mode)
    kind = "data source" if resource.address.mode == "data" else "resource type"
    return error(
        f"Invalid {kind}",
        f'The provider {display_source(provider.source)} does not support {kind} "{resource.address.type}".'
        f"{did_you_mean(resource.address.type, known)}",
    )


def _build_graph(stack: PreparedStack, faults: Faults) -> None:
    configuration, graph = stack.configuration, stack.graph

    def add(node: Node, found: Iterable[Use], *needed: Node, depends_on: Iterable[Reference] = ()) -> None:
        chosen = checked_dependencies(stack, node, depends_on, faults)
        graph[node] = list(dict.fromkeys((*needed, *checked_nodes(stack, node, found, faults), *chosen)))

    for name, variable in configuration.variables.items():
        add(Node("var", name), _others(condition_references(variable.validations), name))
    for name, argument in configuration.locals.items():
        add(Node("local", name), argument_references(argument))
    for key in provider_keys(stack):
        body = stack.provider_bodies.get(key)
        add(Node("provider", key), body.references() if body else ())
    for address, resource in configuration.resources.items():
        uses, provider = _resource_references(stack, resource), Node("provider", resource.provider)
        add(Node("resource", address), uses, provider, depends_on=resource.depends_on)
        check_self_references(stack, resource, faults)
    for name, call in configuration.modules.items():
        add(Node("module", name), module_references(call), depends_on=call.depends_on)
    for block in configuration.imports:
        check_import_id(block, faults)
    for name, output in configuration.outputs.items():
        found = (*argument_references(output.value), *condition_references(output.preconditions))
        add(Node("output", name), found, depends_on=output.depends_on)
    for name, check in configuration.checks.items():
        add(Node("check", name), condition_references(check.assertions), *_check_data(check.data))


def _others(found: Iterable[Use], name: str) -> Iterator[Use]:
    """Leave out a variable's references to itself: its validations are about it."""
    itself = Node("var", name)
    return ((traversal, argument) for traversal, argument in found if node_of(traversal) != itself)


def _check_data(data: ResourceAddress | None) -> tuple[Node, ...]:
    return (Node("resource", data),) if data else ()


def _resource_references(stack: PreparedStack, resource: Resource) -> Iterator[Use]:
    yield from meta_references(resource)
    body = stack.bodies.get(resource.address)
    if body is not None:
        yield from body.references()
    for provisioner in stack.provisioners.get(resource.address, ()):
        yield from _others_than_self(resource.address, provisioner.body)
        if provisioner.connection is not None:
            yield from _others_than_self(resource.address, provisioner.connection)
    for block in stack.configuration.imports:
        if imported_resource(block.to) == resource.address:
            bound = frozenset({"each"} if block.for_each else ())
            uses = ((found, block.id) for found in references(block.id.expression, bound))
            itself = Node("resource", resource.address)
            yield from (use for use in (*uses, *argument_references(block.for_each)) if node_of(use[0]) != itself)


def _others_than_self(address: ResourceAddress, body: CompiledBody) -> Iterator[Use]:
    """Yield the references that provisioners have to other objects than the one that they belong to."""
    itself = Node("resource", address)
    return (use for use in body.references(frozenset({"self"})) if node_of(use[0]) != itself)


def _note_cycles(stack: PreparedStack, faults: Faults) -> None:
    for group in cycles(stack.graph):
        names = ", ".join(sorted(f"{node} (expand)" if node.kind == "local" else str(node) for node in group))
        faults.found.append(error(f"Cycle: {names}"))
