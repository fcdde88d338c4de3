"""What of a stack is simulated, and what the stack asks of that: modules, resources of absent providers, outputs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from constructs_ims.backend.engine.configuration import Configuration, ModuleCall, Resource
from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.lang.provider_addresses import ProviderAddress, parse_provider_address
from constructs_ims.backend.engine.stack.demands.collect import StackDemands, stack_demands
from constructs_ims.backend.engine.stack.demands.demand import Demand
from constructs_ims.backend.engine.stack.modules.files import module_interface
from constructs_ims.backend.engine.stack.modules.inputs import check_input_names
from constructs_ims.backend.engine.stack.modules.outputs import OutputSource
from constructs_ims.backend.engine.stack.providers.builtin import REMOTE_STATE
from constructs_ims.backend.engine.stack.providers.memory import Memory
from constructs_ims.backend.engine.stack.providers.pool import (
    ProviderPool,
    address_of,
    perhaps_mistyped,
    provider_not_simulated,
    schemas_of,
    type_not_in_bindings,
    type_not_simulated,
)
from constructs_ims.backend.engine.stack.providers.shapes import Kind
from constructs_ims.backend.engine.stack.stack import PreparedStack
from constructs_ims.backend.engine.state.model import ObjectState, State
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, error


def demands_of(configuration: Configuration, pool: ProviderPool, outputs: Mapping[str, Demand]) -> StackDemands:
    """Return what a stack asks of its objects, of whose ``outputs`` others ask something; what is wrong is left out."""
    stack, faults = PreparedStack(configuration, pool), Faults(configuration.sources)
    prepare_modules(stack, faults)
    simulated = {resource.address: resource for resource in _simulated_resources(stack, faults)}
    pool.shapes.learn(_kinds(stack, simulated))
    return _demands(stack, simulated, outputs)


def _kinds(stack: PreparedStack, addresses: Iterable[ResourceAddress]) -> Iterator[Kind]:
    """Yield the kinds of the resources at some addresses."""
    for address in addresses:
        provider = address_of(stack.configuration, stack.configuration.resources[address].provider)
        yield provider.source, address.mode, address.type


def note_shapes(stack: PreparedStack, faults: Faults, state: State | None) -> None:
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
    for kind, instance, found in stored:
        memory = Memory.read(found.private, found.attributes, str(instance))
        shapes.note_stored(kind, found.attributes, memory)
    for address, (source, resource) in simulated.items():
        kind = (source, address.mode, address.type)
        read = shapes.asked_of.get(address, {}) if shapes.is_inferred(kind) else None
        faults.found += shapes.said.faults(address, shapes.schema(kind).block, resource.body.values, read)


def _note_lacking_types(stack: PreparedStack, simulated: Iterable[ResourceAddress], faults: Faults) -> None:
    """Warn of each type that the bindings of its provider have not, so that its attributes are inferred."""
    shapes, resources = stack.pool.shapes, stack.configuration.resources
    lacking: dict[Kind, ResourceAddress] = {}
    for address, kind in zip(simulated, _kinds(stack, simulated), strict=True):
        if kind not in shapes.known:
            lacking.setdefault(kind, address)
    for (source, _, _), address in lacking.items():
        if origin := shapes.types.origin(source):
            faults.add_key(type_not_in_bindings(origin, address), resources[address].place)


def _simulated_objects(stack: PreparedStack, state: State) -> Iterator[tuple[Kind, InstanceAddress, ObjectState]]:
    for address, _, stored in state.objects():
        provider = parse_provider_address(state.resources[address.resource].provider)
        if stack.pool.is_simulated(provider, address.resource):
            yield (provider.source, address.resource.mode, address.resource.type), address, stored


def _demands(
    stack: PreparedStack, simulated: Container[ResourceAddress], outputs: Mapping[str, Demand]
) -> StackDemands:
    shapes = stack.pool.shapes

    def schema_of(resource: Resource) -> Schema | None:
        provider = address_of(stack.configuration, resource.provider)
        if resource.address in simulated:
            return shapes.known.get((provider.source, resource.address.mode, resource.address.type))
        return stack.pool.schema(provider, resource.address)

    return stack_demands(stack.configuration, schema_of, lambda call: stack.interfaces[call.name], outputs)


def _simulated_resources(stack: PreparedStack, faults: Faults) -> list[Resource]:
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


def prepare_modules(stack: PreparedStack, faults: Faults) -> None:
    """Note the interface of each called module, what is wrong with its inputs, and where its outputs come from."""
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
