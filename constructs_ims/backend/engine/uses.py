"""What the expressions of a configuration refer to, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from constructs_ims.backend.engine.addresses import ResourceAddress
from constructs_ims.backend.engine.configuration import Argument, Body, Condition, Configuration, Resource
from constructs_ims.backend.engine.configuration.blocks import COMMENT, Faults
from constructs_ims.backend.engine.configuration.expressions import read_argument
from constructs_ims.backend.engine.graph import behind_name, resource_of
from constructs_ims.backend.engine.lang import Traversal, asked_types, references
from constructs_ims.schema.attribute import Attribute, Schema
from constructs_ims.schema.paths import IndexStep, Path
from constructs_ims.schema.types import BOOL, DYNAMIC, Type

Use: TypeAlias = tuple[Traversal, Argument]
"""A reference and the argument whose expression it stands in."""


def all_references(
    configuration: Configuration, schema_of: Callable[[Resource], Schema | None]
) -> Iterator[tuple[Traversal, Type]]:
    """Yield the references of everything but variables, with the types that their places ask for.

    ``schema_of`` returns the schema of a resource, None where it has none of its own. What is wrong with bodies is
    found elsewhere.
    """
    quiet = Faults(configuration.sources)
    for resource in configuration.resources.values():
        schema = schema_of(resource)
        yield from ((traversal, DYNAMIC) for traversal, _ in meta_references(resource))
        yield from _body_references(resource.body, schema.block.by_name if schema else {}, quiet)
    for provider in configuration.providers.values():
        yield from _body_references(provider.body, {}, quiet)
    for argument in configuration.locals.values():
        yield from asked_types(argument.expression)
    for output in configuration.outputs.values():
        yield from asked_types(output.value.expression)
        yield from _condition_references(output.preconditions)
    for check in configuration.checks.values():
        yield from _condition_references(check.assertions)


def _body_references(
    body: Body, attributes: Mapping[str, Attribute], faults: Faults
) -> Iterator[tuple[Traversal, Type]]:
    for name, value in body.values.items():
        if name != COMMENT:
            expression = read_argument(value, body.place_of(name), faults).expression
            yield from asked_types(expression, attributes[name].type if name in attributes else DYNAMIC)


def _condition_references(conditions: Iterable[Condition]) -> Iterator[tuple[Traversal, Type]]:
    for condition in conditions:
        yield from asked_types(condition.condition.expression, BOOL)
        yield from asked_types(condition.error_message.expression)


def argument_references(argument: Argument | None) -> Iterator[Use]:
    """Yield the references of one expression."""
    if argument is not None:
        yield from ((found, argument) for found in references(argument.expression))


def condition_references(conditions: Iterable[Condition]) -> Iterator[Use]:
    """Yield the references of conditions and their messages."""
    for condition in conditions:
        yield from argument_references(condition.condition)
        yield from argument_references(condition.error_message)


def meta_references(resource: Resource) -> Iterator[Use]:
    """Yield the references of a resource's meta-arguments."""
    yield from argument_references(resource.count)
    yield from argument_references(resource.for_each)
    for trigger in resource.lifecycle.replace_triggered_by:
        yield from argument_references(trigger)
    yield from condition_references(resource.lifecycle.preconditions)
    for use in condition_references(resource.lifecycle.postconditions):
        if use[0].root != "self":
            yield use


def self_references(resource: Resource) -> Iterator[Use]:
    """Yield the references of postconditions to the object that they are about."""
    return (use for use in condition_references(resource.lifecycle.postconditions) if use[0].root == "self")


def imported_resource(to: Argument) -> ResourceAddress | None:
    """Return the resource that an import block's target is an instance of."""
    first = next(iter(references(to.expression)), None)
    return resource_of(first) if first else None


def path_inside(traversal: Traversal) -> Path:
    """Return a reference's steps from the attribute on, the instance key left out."""
    rest = behind_name(traversal)
    return rest[1:] if rest and isinstance(rest[0], IndexStep) else rest
