"""Checks a stack without state or services: everything that can be evaluated is, with unknown values for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from constructs_ims.backend.engine.configuration import Configuration, Import, ModuleCall, Resource
from constructs_ims.backend.engine.configuration.provisioners import combination_faults
from constructs_ims.backend.engine.graph.graph import Node
from constructs_ims.backend.engine.lang import FunctionSettings, evaluate, is_constant, is_sensitive, mark, unknown
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.backend.engine.planning.imports import id_faults, import_rounds, import_target
from constructs_ims.backend.engine.stack.ephemeral import ephemeral_faults
from constructs_ims.backend.engine.stack.evaluate.bodies import evaluate_body
from constructs_ims.backend.engine.stack.evaluate.sensitive import without_sensitive
from constructs_ims.backend.engine.stack.evaluate.stack_values import KnownObject, StackScope, Values, unknown_object
from constructs_ims.backend.engine.stack.modules.inputs import input_faults
from constructs_ims.backend.engine.stack.providers.arguments import argument_faults
from constructs_ims.backend.engine.stack.providers.pool import address_of
from constructs_ims.backend.engine.stack.run.expansion import repetition_faults
from constructs_ims.backend.engine.stack.run.nodes import SENSITIVE_OUTPUT
from constructs_ims.backend.engine.stack.stack import CompiledProvisioner, PreparedStack
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, has_errors
from constructs_ims.schema.types import NUMBER, STRING
from constructs_ims.schema.values import Unknown


def validate_stack(stack: PreparedStack) -> list[Diagnostic]:
    """Return all that is wrong with the expressions and arguments of a stack."""
    configuration = stack.configuration
    values = Values(configuration, FunctionSettings(configuration.directory))
    for variable in configuration.variables.values():
        value = unknown(variable.constraint.settled)
        values.variables[variable.name] = mark(value) if variable.sensitive else value
    found: list[Diagnostic] = []
    for node in stack.order:
        found += _validate(stack, values, node)
    found += ephemeral_faults(stack)
    for block in configuration.imports:
        found += _validate_import(configuration, values, block)
    return found


def _validate_import(configuration: Configuration, values: Values, block: Import) -> Iterator[Diagnostic]:
    """Yield what is wrong with an import block as far as its values are known."""
    if is_constant(block.id.expression):
        faults = id_faults(block, evaluate(block.id.expression, values.scope()).value)
        yield from (configuration.locate(one, block.id.place) for one in faults)
    rounds, unsuitable = import_rounds(block, values.scope())
    if block.for_each is not None:
        known = (one for one in unsuitable if one.code is not DiagnosticCode.UNKNOWN_REPETITION)
        yield from (configuration.locate(one, block.for_each.place) for one in known)
    for variables in rounds:
        _, unfit = import_target(configuration, block, values.scope(), variables)
        yield from (configuration.locate(one, block.to.place) for one in unfit)


def _validate(stack: PreparedStack, values: Values, node: Node) -> Iterator[Diagnostic]:
    configuration = stack.configuration
    match node.kind:
        case "local":
            argument = configuration.locals[node.name]
            result = evaluate(argument.expression, values.scope())
            values.locals[node.name] = result.value
            yield from (configuration.locate(one, argument.place) for one in result.diagnostics)
        case "output":
            output = configuration.outputs[node.name]
            result = evaluate(output.value.expression, values.scope())
            yield from (configuration.locate(one, output.value.place) for one in result.diagnostics)
            if result.ok and is_sensitive(result.value) and not output.sensitive:
                yield configuration.locate(SENSITIVE_OUTPUT, output.place)
        case "provider" if node.name in stack.provider_bodies:
            yield from _validate_provider(stack, values, node.name)
        case "module":
            yield from _validate_module(stack, values, configuration.modules[node.name])
        case "resource":
            yield from _validate_resource(stack, values, configuration.resources[node.name])
        case _:
            return


def _validate_provider(stack: PreparedStack, values: Values, key: tuple[str, str]) -> Iterator[Diagnostic]:
    configuration = stack.configuration
    body, address = stack.provider_bodies[key], address_of(configuration, key)
    evaluated = evaluate_body(body, values.scope(), configuration)
    yield from evaluated.diagnostics
    if not has_errors(evaluated.diagnostics):
        said = stack.pool.get(address).validate_provider(evaluated.value)
        found = without_sensitive(said, (evaluated.value, evaluated.sensitive))
        yield from (body.locate(one, configuration).at(address=str(address)) for one in found)


def _validate_module(stack: PreparedStack, values: Values, call: ModuleCall) -> Iterator[Diagnostic]:
    values.modules[call.name] = stack.module_outputs[call.name].unknown_value()
    yield from input_faults(call, stack.interfaces[call.name], _scope(values, call), stack.configuration)
    yield from repetition_faults(call, values.scope(), stack.configuration)


def _validate_resource(stack: PreparedStack, values: Values, resource: Resource) -> Iterator[Diagnostic]:
    address, configuration = resource.address, stack.configuration
    schema, body = stack.schemas.get(address), stack.bodies.get(address)
    if schema is None or body is None:
        return
    _make_readable(values, address, KnownObject(unknown_object(schema.block), schema), resource)
    evaluated = evaluate_body(body, _scope(values, resource), configuration)
    yield from evaluated.diagnostics
    if has_errors(evaluated.diagnostics):
        return
    yield from repetition_faults(resource, values.scope(), configuration)
    if address.mode == "managed":
        provider = stack.pool.serving(stack.providers[address], address)
        found = argument_faults(provider, address.type, schema.block, evaluated)
        yield from (body.locate(one, configuration).at(address=str(address)) for one in found)
        if body.is_constant and not found:
            stack.settled[address] = evaluated
    yield from _validate_conditions(stack, values, resource)
    for provisioner in stack.provisioners.get(address, ()):
        yield from _validate_provisioner(stack, values, resource, provisioner)


def _validate_conditions(stack: PreparedStack, values: Values, resource: Resource) -> Iterator[Diagnostic]:
    """Yield what is wrong with the expressions of conditions; whether they hold is for a plan to say."""
    lifecycle, configuration = resource.lifecycle, stack.configuration
    scope = _scope(values, resource)
    with_self = _scope_with_self(stack, values, resource)
    before = ((one, scope) for one in lifecycle.preconditions)
    after = ((one, with_self) for one in lifecycle.postconditions)
    for condition, names in (*before, *after):
        for argument in (condition.condition, condition.error_message):
            result = evaluate(argument.expression, names)
            yield from (configuration.locate(one, argument.place) for one in result.diagnostics)


def _validate_provisioner(
    stack: PreparedStack, values: Values, resource: Resource, provisioner: CompiledProvisioner
) -> Iterator[Diagnostic]:
    scope = _scope_with_self(stack, values, resource)
    evaluated = evaluate_body(provisioner.body, scope, stack.configuration)
    yield from evaluated.diagnostics
    yield from combination_faults(provisioner.type, evaluated.value)
    if provisioner.connection is not None:
        yield from evaluate_body(provisioner.connection, scope, stack.configuration).diagnostics


def _scope_with_self(stack: PreparedStack, values: Values, resource: Resource) -> StackScope:
    schema = stack.schemas[resource.address]
    return replace(_scope(values, resource), itself=KnownObject(unknown_object(schema.block), schema))


def _scope(values: Values, resource: Resource | ModuleCall) -> StackScope:
    if resource.count is not None:
        return StackScope(values, index=unknown(NUMBER))
    if resource.for_each is not None:
        return StackScope(values, each=(unknown(STRING), Unknown))
    return values.scope()


def _make_readable(values: Values, address: ResourceAddress, known: KnownObject, resource: Resource) -> None:
    if resource.count is None and resource.for_each is None:
        values.repetition[address] = "single"
        values.objects[address] = {None: known}
