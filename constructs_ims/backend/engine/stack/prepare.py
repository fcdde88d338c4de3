"""A configuration made ready to be walked: providers found, bodies compiled, references checked, the graph built."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from constructs_ims.backend.engine.configuration import Configuration, ModuleCall, ProviderKey, Reference, Resource
from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.configuration.module_interface import ModuleInterface
from constructs_ims.backend.engine.configuration.provisioners import CONNECTION, PROVISIONERS, missing_plugin
from constructs_ims.backend.engine.lang import references
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.stack.demands.collect import StackDemands, stack_demands
from constructs_ims.backend.engine.stack.demands.demand import Demand
from constructs_ims.backend.engine.stack.evaluate.bodies import CompiledBody, Evaluated, compile_body
from constructs_ims.backend.engine.stack.graph import Graph, Node, ancestors, cycles, node_of, topological
from constructs_ims.backend.engine.stack.modules.files import module_interface
from constructs_ims.backend.engine.stack.modules.inputs import check_input_names
from constructs_ims.backend.engine.stack.modules.outputs import OutputSource
from constructs_ims.backend.engine.stack.providers.builtin import REMOTE_STATE
from constructs_ims.backend.engine.stack.providers.memory import Memory
from constructs_ims.backend.engine.stack.providers.pool import (
    ProviderAddress,
    ProviderPool,
    address_of,
    display_source,
    parse_provider_address,
    perhaps_mistyped,
    provider_not_simulated,
    schemas_of,
    type_not_in_bindings,
    type_not_simulated,
)
from constructs_ims.backend.engine.stack.providers.shapes import Kind
from constructs_ims.backend.engine.stack.reference_checks import (
    check_import_id,
    check_self_references,
    checked_dependencies,
    checked_nodes,
    ignored_fault,
    redundant_ignore,
)
from constructs_ims.backend.engine.stack.references import (
    Use,
    argument_references,
    condition_references,
    imported_resource,
    meta_references,
    module_references,
)
from constructs_ims.backend.engine.state.model import ObjectState, State
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error


@dataclass(frozen=True, slots=True)
class CompiledProvisioner:
    """The bodies of a provisioner beside their declarations: its own, and that of its connection."""

    type: str
    body: CompiledBody
    connection: CompiledBody | None


@dataclass
class Stack:
    """A configuration with all that a walk needs to know of it beforehand."""

    configuration: Configuration
    pool: ProviderPool
    providers: dict[ResourceAddress, ProviderAddress] = field(default_factory=dict)
    schemas: dict[ResourceAddress, Schema] = field(default_factory=dict)
    bodies: dict[ResourceAddress, CompiledBody] = field(default_factory=dict)
    provider_bodies: dict[ProviderKey, CompiledBody] = field(default_factory=dict)
    graph: dict[Node, list[Node]] = field(default_factory=dict)
    order: list[Node] = field(default_factory=list)
    """The graph's nodes, each after those it depends on."""
    created_first: frozenset[ResourceAddress] = frozenset()
    """Resources whose replacements are made before the old objects go: by choice, or because a dependent's are."""
    provisioners: dict[ResourceAddress, list[CompiledProvisioner]] = field(default_factory=dict)
    plan_faults: list[Diagnostic] = field(default_factory=list)
    """What is wrong only where a plan is made: Terraform's validation does not look at it."""
    settled: dict[ResourceAddress, Evaluated] = field(default_factory=dict)
    """Bodies without expressions, as a validation found them to be sound; there is no more to find out about those."""
    interfaces: dict[str, ModuleInterface] = field(default_factory=dict)
    """What the files of each called module declare."""
    module_outputs: dict[str, OutputSource] = field(default_factory=dict)
    """Where the outputs of each module call come from."""
    _dependencies: dict[ResourceAddress, tuple[str, ...]] = field(default_factory=dict)

    def dependencies(self, address: ResourceAddress) -> tuple[str, ...]:
        """Return the resources that one is made from, directly or through others, as the state stores them."""
        found = self._dependencies.get(address)
        if found is None:
            node = Node("resource", address)
            nodes = ancestors(self.graph, self.graph.get(node, ()))
            found = tuple(sorted(str(one.name) for one in nodes if one.kind == "resource" and one != node))
            self._dependencies[address] = found
        return found


def prepare_stack(
    configuration: Configuration, pool: ProviderPool, faults: Faults, state: State | None = None
) -> Stack:
    """Make a configuration ready; what is wrong with it is noted in ``faults``."""
    stack = Stack(configuration, pool)
    _prepare_modules(stack, faults)
    _note_shapes(stack, faults, state)
    for resource in configuration.resources.values():
        _prepare_resource(stack, resource, faults)
    for provider in configuration.providers.values():
        address = address_of(configuration, (provider.name, provider.alias))
        if not pool.is_absent(address):
            block = pool.get(address).schema.block
            stack.provider_bodies[provider.name, provider.alias] = compile_body(provider.body, block, faults)
    _build_graph(stack, faults)
    stack.order = topological(stack.graph)
    if len(stack.order) < len(stack.graph):
        _note_cycles(stack, faults)
    stack.created_first = created_first(stack.order, stack.graph, configuration)
    return stack


def _prepare_modules(stack: Stack, faults: Faults) -> None:
    for name, call in stack.configuration.modules.items():
        interface, found = module_interface(call, stack.configuration.directory)
        stack.interfaces[name] = interface
        for fault in found:
            faults.add_key(fault, call.place)
        check_input_names(call, interface, faults)
        if not stack.pool.simulate:
            faults.add_key(_not_simulated(call), call.place)
        for key in call.providers.values():
            if key[1] and key not in stack.configuration.providers:
                source = stack.configuration.source_of(key[0])
                faults.add(error(f'missing provider provider["{source}"].{key[1]}'), call.place.child("providers"))


def _not_simulated(call: ModuleCall) -> Diagnostic:
    return error(
        "Module not available",
        f"module.{call.name} cannot be executed offline, and simulating it is switched off. Switch simulation on, or "
        "set CONSTRUCTS_IMS_ENGINE=terraform to run the real Terraform.",
    )


def demands_of(configuration: Configuration, pool: ProviderPool, outputs: Mapping[str, Demand]) -> StackDemands:
    """Return what a stack asks of its objects, of whose ``outputs`` others ask something; what is wrong is left out."""
    stack, faults = Stack(configuration, pool), Faults(configuration.sources)
    _prepare_modules(stack, faults)
    simulated = {resource.address: resource for resource in _simulated_resources(stack, faults)}
    pool.shapes.learn(_kinds(stack, simulated))
    return _demands(stack, simulated, outputs)


def _kinds(stack: Stack, addresses: Iterable[ResourceAddress]) -> Iterator[Kind]:
    """Yield the kinds of the resources at some addresses."""
    for address in addresses:
        provider = address_of(stack.configuration, stack.configuration.resources[address].provider)
        yield provider.source, address.mode, address.type


def _note_shapes(stack: Stack, faults: Faults, state: State | None) -> None:
    """Learn the types of simulated objects before any schema is asked for."""
    simulated = {
        resource.address: (address_of(stack.configuration, resource.provider).source, resource)
        for resource in _simulated_resources(stack, faults)
    }
    stored = list(_simulated_objects(stack, state)) if state else []
    remote_states = [one for one in stack.configuration.resources if one.type == REMOTE_STATE.name]
    if not simulated and not stored and not remote_states and not stack.configuration.modules:
        return
    shapes = stack.pool.shapes
    if stack.pool.simulate:
        shapes.learn([*_kinds(stack, simulated), *(kind for kind, _, _ in stored)])
        _note_lacking_types(stack, simulated, faults)
    for address, (source, resource) in simulated.items():
        shapes.note_body((source, address.mode, address.type), resource.body.values)
    demands = _demands(stack, simulated, stack.pool.asked_outputs(stack.configuration.directory))
    for name, call in stack.configuration.modules.items():
        asked_of_module = demands.modules.get(name, {})
        interface = stack.interfaces[name]
        stack.module_outputs[name] = OutputSource(call, interface, asked_of_module, shapes.said, stack.pool.stack)
        faults.found += stack.module_outputs[name].said_faults()
    for address in remote_states:
        shapes.asked_of[address] = demands.resources.get(address, {})
    for address, asked in demands.resources.items():
        if address in simulated:
            shapes.note_asked((simulated[address][0], address.mode, address.type), address, asked)
    for address, (source, _) in simulated.items():
        schema = shapes.known.get((source, address.mode, address.type))
        if schema is not None:
            faults.found += shapes.said.faults(address, schema.block)
    for kind, instance, found in stored:
        memory = Memory.read(found.private, found.attributes, str(instance))
        shapes.note_stored(kind, found.attributes, memory)


def _note_lacking_types(stack: Stack, simulated: Iterable[ResourceAddress], faults: Faults) -> None:
    """Warn of each type that the bindings of its provider have not, so that its attributes are inferred."""
    shapes, resources = stack.pool.shapes, stack.configuration.resources
    lacking: dict[Kind, ResourceAddress] = {}
    for address, kind in zip(simulated, _kinds(stack, simulated), strict=True):
        if kind not in shapes.known:
            lacking.setdefault(kind, address)
    for (source, _, _), address in lacking.items():
        if origin := shapes.types.origin(source):
            faults.add_key(type_not_in_bindings(origin, address), resources[address].place)


def _simulated_objects(stack: Stack, state: State) -> Iterator[tuple[Kind, InstanceAddress, ObjectState]]:
    for address, _, stored in state.objects():
        provider = parse_provider_address(state.resources[address.resource].provider)
        if stack.pool.is_simulated(provider, address.resource):
            yield (provider.source, address.resource.mode, address.resource.type), address, stored


def _demands(stack: Stack, simulated: Container[ResourceAddress], outputs: Mapping[str, Demand]) -> StackDemands:
    shapes = stack.pool.shapes

    def schema_of(resource: Resource) -> Schema | None:
        provider = address_of(stack.configuration, resource.provider)
        if resource.address in simulated:
            return shapes.known.get((provider.source, resource.address.mode, resource.address.type))
        return stack.pool.schema(provider, resource.address)

    return stack_demands(stack.configuration, schema_of, lambda call: stack.interfaces[call.name], outputs)


def _simulated_resources(stack: Stack, faults: Faults) -> list[Resource]:
    configuration, pool = stack.configuration, stack.pool
    found = []
    judged: dict[Diagnostic, None] = {}
    for resource in configuration.resources.values():
        address = address_of(configuration, resource.provider)
        if pool.is_simulated(address, resource.address):
            found.append(resource)
            diagnostic = _word_on_simulation(pool, address, resource.address)
            if diagnostic is not None and diagnostic not in judged:
                judged[diagnostic] = None
                faults.add_key(diagnostic, resource.place)
    return found


def _word_on_simulation(pool: ProviderPool, provider: ProviderAddress, resource: ResourceAddress) -> Diagnostic | None:
    """Return what there is to say of a simulated type: an error where simulation is off, else what looks mistyped."""
    if pool.is_absent(provider):
        return None if pool.simulate else provider_not_simulated(provider.source)
    known = schemas_of(pool.get(provider), resource.mode)
    judge = perhaps_mistyped if pool.simulate else type_not_simulated
    return judge(provider.source, resource, known)


def _prepare_resource(stack: Stack, resource: Resource, faults: Faults) -> None:
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


def _check_ignored(stack: Stack, resource: Resource, schema: Schema, faults: Faults) -> None:
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


def _no_such_type(stack: Stack, resource: Resource, provider: ProviderAddress) -> Diagnostic:
    known = schemas_of(stack.pool.get(provider), resource.address.mode)
    kind = "data source" if resource.address.mode == "data" else "resource type"
    return error(
        f"Invalid {kind}",
        f'The provider {display_source(provider.source)} does not support {kind} "{resource.address.type}".'
        f"{did_you_mean(resource.address.type, known)}",
    )


def _build_graph(stack: Stack, faults: Faults) -> None:
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


def provider_keys(stack: Stack) -> list[ProviderKey]:
    """Return every provider configuration that the stack declares or its resources imply."""
    used = (resource.provider for resource in stack.configuration.resources.values())
    return list(dict.fromkeys((*stack.configuration.providers, *used)))


def provider_node(stack: Stack, address: str) -> Node:
    """Return the node of a provider that a state names, which the configuration may not have any more."""
    wanted = parse_provider_address(address)
    keys = (key for key in provider_keys(stack) if address_of(stack.configuration, key) == wanted)
    return Node("provider", next(keys, wanted))


def _resource_references(stack: Stack, resource: Resource) -> Iterator[Use]:
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


def _note_cycles(stack: Stack, faults: Faults) -> None:
    for group in cycles(stack.graph):
        names = ", ".join(sorted(f"{node} (expand)" if node.kind == "local" else str(node) for node in group))
        faults.found.append(error(f"Cycle: {names}"))


def created_first(
    order: Sequence[Node], graph: Graph[Node], configuration: Configuration
) -> frozenset[ResourceAddress]:
    """Return who replaces by creating first: those that say so, and all that they depend on within the graph.

    ``order`` has each node after those it depends on.
    """
    resources = configuration.resources
    chosen: set[Node] = set()
    for node in reversed(order):
        resource = resources.get(node.name) if node.kind == "resource" else None
        if node in chosen or (resource is not None and resource.lifecycle.create_before_destroy):
            chosen.add(node)
            chosen.update(graph[node])
    return frozenset(node.name for node in chosen if node.kind == "resource" and node.name.mode == "managed")
