"""References whose keys are expressions, ``x.y[each.key].z``, reduced to an address and a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from constructs_ims.backend.engine.lang import Expr, Scope, Traversal, evaluate, unmark
from constructs_ims.backend.engine.lang.nodes import GetAttribute, Index
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, error
from constructs_ims.schema.paths import AttributeStep, IndexStep, PathStep
from constructs_ims.schema.values import Unknown

_SENSITIVE_KEY: Final = error("Invalid index expression", "Import address index expression cannot be sensitive.")
_NO_KEY: Final = error("Invalid address", "Invalid resource instance key: either a string or an integer is required.")


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
                value, paths = unmark(result.value)
                if paths:
                    return None, (_SENSITIVE_KEY,)
                if value is Unknown:
                    return None, (error("Invalid index", "The key of this reference must be known."),)
                if isinstance(value, bool) or not isinstance(value, str | int):
                    return None, (_NO_KEY,)
                steps.append(IndexStep(value))
            case _:
                return None, (
                    error(
                        "Invalid reference",
                        "A reference to a resource or to one of its attributes is needed.",
                        code=DiagnosticCode.INVALID_REFERENCE,
                    ),
                )
        expression = source
    return Traversal(expression.root, (*expression.steps, *reversed(steps))), ()
