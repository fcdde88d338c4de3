"""The names that expressions can use when nothing is planned: variables, locals, and objects as the state has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_ims.backend.engine.configuration import read_configuration
from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.graph.graph import Node
from constructs_ims.backend.engine.lang import FunctionSettings, evaluate
from constructs_ims.backend.engine.stack.evaluate.stack_values import KnownObject, StackScope, Values
from constructs_ims.backend.engine.stack.evaluate.variables import settle_variables
from constructs_ims.backend.engine.stack.prepare import prepare_stack
from constructs_ims.backend.engine.stack.stack import PreparedStack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_ims.backend.engine.lang.addresses import ResourceAddress
    from constructs_ims.backend.engine.plans.options import GivenVariable
    from constructs_ims.backend.engine.state.model import State
    from constructs_ims.backend.sandbox.stack import SandboxStack
    from constructs_ims.schema.diagnostics import Diagnostic


def prepared(stack: SandboxStack, state: State) -> tuple[PreparedStack, list[Diagnostic]]:
    """Return a stack made ready to be walked, and what is wrong with it."""
    configuration, found = read_configuration(stack.directory)
    faults = Faults(configuration.sources, list(found))
    engine = stack.engine()
    pool = engine.pool()
    return prepare_stack(configuration, pool, faults, state), faults.found


def console_scope(
    stack: SandboxStack, state: State, given: Mapping[str, GivenVariable]
) -> tuple[StackScope, list[Diagnostic]]:
    """Return the scope of a console, with objects as the state has them, and what is wrong with stack or variables."""
    ready, diagnostics = prepared(stack, state)
    configuration = ready.configuration
    variables, _, found = settle_variables(configuration, given)
    functions = FunctionSettings(configuration.directory, applying=True, console=True)
    values = Values(configuration, functions, stack.workspace, variables)
    for node in ready.order:
        _settle(node, ready, values, state)
    return values.scope(), [*diagnostics, *found]


def _settle(node: Node, ready: PreparedStack, values: Values, state: State) -> None:
    if node.kind == "local":
        values.locals[node.name] = evaluate(ready.configuration.locals[node.name].expression, values.scope()).value
    elif node.kind == "module":
        values.modules[node.name] = ready.module_outputs[node.name].stored_value(state.modules.get(node.name, {}))
    elif node.kind == "resource":
        _load(node.name, ready, values, state)


def _load(address: ResourceAddress, ready: PreparedStack, values: Values, state: State) -> None:
    resource, schema = ready.configuration.resources[address], ready.schemas.get(address)
    instances = state.instances_of(address)
    if schema is None or not instances:
        return
    values.repetition[address] = resource.repetition
    values.objects[address] = {
        key: KnownObject.of_state(schema, found.current)
        for key, found in instances.items()
        if found.current is not None
    }
