"""References whose keys are expressions, ``x.y[each.key].z``, reduced to an address and a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from constructs_ims.backend.engine.lang import Expr, Scope, Traversal, evaluate, unmark
from constructs_ims.backend.engine.lang.nodes import GetAttribute, Index
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import AttributeStep, IndexStep, PathStep
from constructs_ims.schema.values import Unknown


def reduce_reference(
    expression: Expr, scope: Scope, variables: Mapping[str, Any] | None = None
) -> tuple[Traversal | None, tuple[Diagnostic, ...]]:
    """Return the reference with every key evaluated, or why that cannot be."""
    steps: list[PathStep] = []
    while not isinstance(expression, Traversal):
        match expression:
            case GetAttribute(source, name):
                steps.append(AttributeStep(name))
            case Index(source, key):
                result = evaluate(key, scope, variables)
                if not result.ok:
                    return None, result.diagnostics
                value, _ = unmark(result.value)
                if value is Unknown or not isinstance(value, str | int):
                    return None, (
                        error("Invalid index", "The key of this reference must be a known string or number."),
                    )
                steps.append(IndexStep(value))
            case _:
                return None, (
                    error("Invalid reference", "A reference to a resource or to one of its attributes is needed."),
                )
        expression = source
    return Traversal(expression.root, (*expression.steps, *reversed(steps))), ()
