"""What the expressions of a whole stack ask of its objects, through locals, meta-arguments and dynamic blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.configuration import Body, Condition, Configuration, ModuleCall, Resource
from constructs_ims.backend.engine.configuration.blocks import COMMENT, Faults
from constructs_ims.backend.engine.configuration.expressions import read_argument
from constructs_ims.backend.engine.configuration.module_interface import UNKNOWN_INTERFACE, ModuleInterface
from constructs_ims.backend.engine.graph.graph import behind_name, node_of, resource_of
from constructs_ims.backend.engine.lang import Expr, Traversal
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.backend.engine.lang.nodes import Literal
from constructs_ims.backend.engine.stack.demands.demand import (
    ANYTHING,
    Binding,
    Demand,
    demands,
    merged,
    of_type,
    through,
)
from constructs_ims.schema.attribute import Block, Schema
from constructs_ims.schema.paths import AttributeStep
from constructs_ims.schema.types import BOOL, NUMBER, STRING

SchemaOf: TypeAlias = Callable[[Resource], Schema | None]
"""Returns the schema of a resource, None where it has none of its own."""
InterfaceOf: TypeAlias = Callable[[ModuleCall], ModuleInterface]
"""Returns what the files of a module declare."""
_ROUNDS: Final = 20
"""How many locals a demand is followed through."""


@dataclass(slots=True)
class StackDemands:
    """What is asked of the attributes of each resource, of modules' outputs, and of the stack's locals on the way."""

    configuration: Configuration
    schema_of: SchemaOf
    interface_of: InterfaceOf = lambda call: UNKNOWN_INTERFACE
    resources: dict[ResourceAddress, dict[str, Demand]] = field(default_factory=dict)
    modules: dict[str, dict[str, Demand]] = field(default_factory=dict)
    locals: dict[str, Demand] = field(default_factory=dict)

    def ask(self, expression: Expr, wanted: Demand = ANYTHING, bound: Mapping[str, Binding] | None = None) -> None:
        """Note what an expression asks for of which ``wanted`` is asked."""
        for traversal, demand in demands(expression, wanted, bound):
            self._note(traversal, demand)

    def _note(self, traversal: Traversal, demand: Demand) -> None:
        if traversal.root == "local" and traversal.steps and isinstance(traversal.steps[0], AttributeStep):
            name = traversal.steps[0].name
            self.locals[name] = self.locals.get(name, ANYTHING).together(through(traversal.steps[1:], demand))
            return
        node, address = node_of(traversal), resource_of(traversal)
        if node is not None and node.kind == "module":
            self._note_module(node.name, through(traversal.steps[1:], demand))
        elif address is not None:
            resource = self.configuration.resources.get(address)
            self.note(address, _of_object(resource, through(behind_name(traversal), demand)))

    def _note_module(self, name: str, demand: Demand) -> None:
        known, asked = self.modules.get(name, {}), _of_object(self.configuration.modules.get(name), demand)
        self.modules[name] = merged((known, asked.attributes))

    def note(self, address: ResourceAddress, asked: Demand) -> None:
        """Note what is asked of an object of a resource."""
        known = self.resources.setdefault(address, {})
        known.update(merged((known, asked.attributes)))


def _of_object(repeated: Resource | ModuleCall | None, asked: Demand) -> Demand:
    """Return what is asked of each instance of what may be repeated, of whose value as a whole something is asked."""
    if repeated is not None and repeated.repetition != "single":
        return asked.of_elements()
    return asked.element.together(asked) if asked.element is not None else asked


def stack_demands(
    configuration: Configuration,
    schema_of: SchemaOf,
    interface_of: InterfaceOf,
    outputs: Mapping[str, Demand] | None = None,
) -> StackDemands:
    """Return what is asked of resources and modules. ``outputs`` is what others ask of the stack's outputs.

    What is wrong with bodies is found elsewhere.
    """
    found = StackDemands(configuration, schema_of, interface_of)
    quiet = Faults(configuration.sources)
    for call in configuration.modules.values():
        _of_module(found, call)
    for resource in configuration.resources.values():
        _of_resource(found, resource, quiet)
    for provider in configuration.providers.values():
        _of_body(found, provider.body, None, {}, quiet)
    for name, output in configuration.outputs.items():
        found.ask(output.value.expression, (outputs or {}).get(name, ANYTHING))
        _of_conditions(found, output.preconditions, {})
    for check in configuration.checks.values():
        _of_conditions(found, check.assertions, {})
    for block in configuration.imports:
        found.ask(block.id.expression, Demand(STRING))
    _of_locals(found)
    return found


def _of_locals(found: StackDemands) -> None:
    """Follow what is asked of locals into their expressions, until nothing more is asked."""
    followed: dict[str, Demand] = {}
    for _ in range(_ROUNDS):
        pending = {
            name: found.locals.get(name, ANYTHING)
            for name in found.configuration.locals
            if followed.get(name) != found.locals.get(name, ANYTHING)
        }
        if not pending:
            return
        for name, asked in pending.items():
            followed[name] = asked
            found.ask(found.configuration.locals[name].expression, asked)


def _of_module(found: StackDemands, call: ModuleCall) -> None:
    each = Binding()
    variables = found.interface_of(call).variables
    bound = {"each": each} if call.for_each else {"count": Binding(below=_count(call))}
    for name, argument in call.inputs.items():
        variable = variables.get(name)
        asked = of_type(variable.constraint.type) if variable else ANYTHING
        found.ask(argument.expression, asked, bound)
    _of_repetition(found, call, each)


def _of_repetition(found: StackDemands, repeated: Resource | ModuleCall, each: Binding) -> None:
    if repeated.count:
        found.ask(repeated.count.expression, Demand(NUMBER))
    if repeated.for_each:
        found.ask(repeated.for_each.expression, _repeated(each.asked))


def _count(repeated: Resource | ModuleCall) -> int:
    """Return how many instances there are, 0 where that has to be evaluated."""
    count = repeated.count.expression if repeated.count else None
    return count.value if isinstance(count, Literal) and type(count.value) is int else 0


def _of_resource(found: StackDemands, resource: Resource, quiet: Faults) -> None:
    each = Binding()
    bound = {"each": each} if resource.for_each else {"count": Binding(below=_count(resource))}
    schema = found.schema_of(resource)
    _of_body(found, resource.body, schema.block if schema else None, bound, quiet)
    lifecycle = resource.lifecycle
    _of_conditions(found, lifecycle.preconditions, bound)
    itself = Binding()
    _of_conditions(found, lifecycle.postconditions, {**bound, "self": itself})
    for provisioner in resource.provisioners:
        for body in filter(None, (provisioner.body, provisioner.connection)):
            _of_body(found, body, None, {**bound, "self": itself}, quiet)
    found.note(resource.address, itself.asked)
    for trigger in lifecycle.replace_triggered_by:
        found.ask(trigger.expression, ANYTHING, bound)
    if lifecycle.ignore_changes != "all":
        for reference in lifecycle.ignore_changes:
            found.note(resource.address, through(reference.path, ANYTHING))
    _of_repetition(found, resource, each)


def _repeated(each: Demand) -> Demand:
    """Return what is asked of a ``for_each``: a map, which it takes whatever is read of each value."""
    return Demand(element=each.attributes.get("value", ANYTHING), is_map=True)


def _of_conditions(found: StackDemands, conditions: Iterable[Condition], bound: Mapping[str, Binding]) -> None:
    for condition in conditions:
        found.ask(condition.condition.expression, Demand(BOOL), bound)
        found.ask(condition.error_message.expression, Demand(STRING), bound)


def _of_body(found: StackDemands, body: Body, block: Block | None, bound: Mapping[str, Binding], quiet: Faults) -> None:
    for name, value in body.values.items():
        if name == COMMENT:
            continue
        if name == "dynamic":
            for label, dynamic in _labelled(value):
                nested = block.blocks_by_name.get(label) if block else None
                _of_dynamic(found, label, dynamic, nested.block if nested else None, body, bound, quiet)
            continue
        attribute = block.by_name.get(name) if block else None
        nested = block.blocks_by_name.get(name) if block else None
        if nested is not None:
            for inner in objects(value):
                _of_body(found, Body(inner, body.place_of(name)), nested.block, bound, quiet)
        else:
            expression = read_argument(value, body.place_of(name), quiet).expression
            found.ask(expression, of_type(attribute.type) if attribute else ANYTHING, bound)


def _of_dynamic(
    found: StackDemands,
    label: str,
    dynamic: Mapping[str, Any],
    block: Block | None,
    body: Body,
    bound: Mapping[str, Binding],
    quiet: Faults,
) -> None:
    iterator = dynamic.get("iterator")
    each = Binding()
    inner = {**bound, iterator if isinstance(iterator, str) else label: each}
    for content in objects(dynamic.get("content")):
        _of_body(found, Body(content, body.place), block, inner, quiet)
    expression = read_argument(dynamic.get("for_each"), body.place, quiet).expression
    value = each.asked.attributes.get("value", ANYTHING)
    found.ask(expression, Demand(element=value), bound)


def _labelled(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for labels in objects(value):
        for label, blocks in labels.items():
            yield from ((label, block) for block in objects(blocks))


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that stand for the blocks of one type: one alone, or lists of them."""
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)
