"""Checks a stack without state or services: everything that can be evaluated is, with unknown values for the rest."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_ims.backend.engine.addresses import ResourceAddress
from constructs_ims.backend.engine.configuration import Resource
from constructs_ims.backend.engine.evaluation.bodies import evaluate_body
from constructs_ims.backend.engine.evaluation.values import KnownObject, StackScope, Values, unknown_object
from constructs_ims.backend.engine.graph import Node
from constructs_ims.backend.engine.lang import FunctionSettings, Literal, evaluate, is_sensitive, mark, unknown
from constructs_ims.backend.engine.planning.expansion import repetition_faults
from constructs_ims.backend.engine.planning.imports import id_faults
from constructs_ims.backend.engine.planning.nodes import SENSITIVE_OUTPUT
from constructs_ims.backend.engine.providers.pool import address_of
from constructs_ims.backend.engine.stack import Stack
from constructs_ims.schema.diagnostics import Diagnostic, has_errors
from constructs_ims.schema.types import NUMBER, STRING
from constructs_ims.schema.values import Unknown


def validate_stack(stack: Stack) -> list[Diagnostic]:
    """Return all that is wrong with the expressions and arguments of a stack."""
    configuration = stack.configuration
    values = Values(configuration, FunctionSettings(configuration.directory))
    for variable in configuration.variables.values():
        value = unknown(variable.constraint.settled)
        values.variables[variable.name] = mark(value) if variable.sensitive else value
    found: list[Diagnostic] = []
    for node in stack.order:
        found += _validate(stack, values, node)
    for block in configuration.imports:
        if isinstance(block.id.expression, Literal):
            faults = id_faults(block, block.id.expression.value)
            found += (configuration.locate(one, block.id.place) for one in faults)
    return found


def _validate(stack: Stack, values: Values, node: Node) -> Iterator[Diagnostic]:
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
        case "resource":
            yield from _validate_resource(stack, values, configuration.resources[node.name])
        case _:
            return


def _validate_provider(stack: Stack, values: Values, key: tuple[str, str]) -> Iterator[Diagnostic]:
    configuration = stack.configuration
    body, address = stack.provider_bodies[key], address_of(configuration, key)
    evaluated = evaluate_body(body, values.scope(), configuration)
    yield from evaluated.diagnostics
    if not has_errors(evaluated.diagnostics):
        found = stack.pool.get(address).validate_provider(evaluated.value)
        yield from (body.locate(one, configuration).at(address=str(address)) for one in found)


def _validate_resource(stack: Stack, values: Values, resource: Resource) -> Iterator[Diagnostic]:
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
        found = stack.pool.serving(stack.providers[address], address).validate_resource(address.type, evaluated.value)
        yield from (body.locate(one, configuration).at(address=str(address)) for one in found)
        if body.is_constant and not found:
            stack.settled[address] = evaluated


def _scope(values: Values, resource: Resource) -> StackScope:
    if resource.count is not None:
        return StackScope(values, index=unknown(NUMBER))
    if resource.for_each is not None:
        return StackScope(values, each=(unknown(STRING), Unknown))
    return values.scope()


def _make_readable(values: Values, address: ResourceAddress, known: KnownObject, resource: Resource) -> None:
    if resource.count is None and resource.for_each is None:
        values.repetition[address] = "single"
        values.objects[address] = {None: known}
