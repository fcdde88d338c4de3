"""What the expressions of a configuration refer to, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from constructs_ims.backend.engine.configuration import Argument, Condition, ModuleCall, Resource
from constructs_ims.backend.engine.graph.graph import behind_name, resource_of
from constructs_ims.backend.engine.lang import Traversal, references
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.schema.paths import IndexStep, Path

Use: TypeAlias = tuple[Traversal, Argument]
"""A reference and the argument whose expression it stands in."""


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


def module_references(call: ModuleCall) -> Iterator[Use]:
    """Yield the references of a module call's inputs and meta-arguments."""
    for argument in (call.count, call.for_each, *call.inputs.values()):
        yield from argument_references(argument)


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
