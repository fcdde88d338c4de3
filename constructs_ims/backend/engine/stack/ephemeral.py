"""``terraform.applying``, the one ephemeral value there is here, kept out of what plans and states hold.

What an expression makes of it is ephemeral too, as far as its form tells. Few stacks use it, so that a look at the
files' texts mostly settles the matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from constructs_ims.backend.engine.configuration import Argument, Configuration
from constructs_ims.backend.engine.lang import Expr, Traversal
from constructs_ims.backend.engine.lang.nodes import FunctionCall, Object, Tuple
from constructs_ims.backend.engine.lang.references import children
from constructs_ims.backend.engine.stack.evaluate.bodies import CompiledBody
from constructs_ims.backend.engine.stack.stack import PreparedStack
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import AttributeStep

_SETTLED: Final = frozenset({"can", "ephemeralasnull", "issensitive", "keys", "length", "type"})
"""Functions whose results say nothing of an ephemeral value inside their arguments."""


def ephemeral_faults(stack: PreparedStack) -> Iterator[Diagnostic]:
    """Yield every place that would keep an ephemeral value."""
    configuration = stack.configuration
    if not any("applying" in source.text for source in configuration.sources.values()):
        return
    for output in configuration.outputs.values():
        if is_ephemeral(output.value.expression, configuration):
            yield _located(configuration, _OUTPUT, output.value)
    for address, resource in configuration.resources.items():
        if resource.count and is_ephemeral(resource.count.expression, configuration):
            yield _located(configuration, _COUNT, resource.count)
        each = resource.for_each
        if each and not isinstance(each.expression, Object | Tuple) and is_ephemeral(each.expression, configuration):
            yield _located(configuration, _FOR_EACH, each)
        body = stack.bodies.get(address)
        yield from _body_faults(body, configuration) if body else ()


def _body_faults(body: CompiledBody, configuration: Configuration) -> Iterator[Diagnostic]:
    for attribute, argument in body.attributes:
        if is_ephemeral(argument.expression, configuration):
            detail = (
                f'Ephemeral values are not valid for "{attribute.name}", because it is not a write-only attribute and '
                "must be persisted to state."
            )
            yield _located(configuration, error("Invalid use of ephemeral value", detail), argument)
    for _, items in body.blocks:
        for item in items:
            yield from _body_faults(item if isinstance(item, CompiledBody) else item.content, configuration)


def is_ephemeral(expression: Expr, configuration: Configuration, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the value of an expression is derived from ``terraform.applying``, through local values too."""
    match expression:
        case Traversal("terraform", (AttributeStep("applying"), *_)):
            return True
        case Traversal("local", (AttributeStep(name), *_)) if name in configuration.locals and name not in seen:
            return is_ephemeral(configuration.locals[name].expression, configuration, seen | {name})
        case FunctionCall(name) if name in _SETTLED:
            return False
        case _:
            return any(is_ephemeral(child, configuration, seen) for child in children(expression))


def _located(configuration: Configuration, diagnostic: Diagnostic, argument: Argument) -> Diagnostic:
    return diagnostic.at(subject=configuration.value_range(argument.place))


_OUTPUT: Final = error(
    "Ephemeral value not allowed",
    "This output value is not declared as returning an ephemeral value, so it cannot be set to a result derived from "
    "an ephemeral value.",
)
_COUNT: Final = error(
    "Invalid count argument",
    'The given "count" is derived from an ephemeral value, which means that Terraform cannot persist it between '
    "plan/apply rounds. Use only non-ephemeral values to specify the number of resource instances.",
)
_FOR_EACH: Final = error(
    "Invalid for_each argument",
    'The given "for_each" value is derived from an ephemeral value, which means that Terraform cannot persist it '
    "between plan/apply rounds. Use only non-ephemeral values to specify a resource's instance keys.",
)
