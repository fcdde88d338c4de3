"""Constant expressions: nothing can be referred to in them and no function called."""

from __future__ import annotations

from constructs_ims.backend.engine.lang import Expr, MappingScope, Result, evaluate, references
from constructs_ims.backend.engine.lang.nodes import FunctionCall
from constructs_ims.backend.engine.lang.references import children
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.values import Unknown


def evaluate_constant(expression: Expr) -> Result:
    """Evaluate an expression where Terraform has neither names nor functions, as in a variables file."""
    if references(expression):
        return Result(Unknown, (error("Variables not allowed", "Variables may not be used here."),))
    if _has_calls(expression):
        return Result(Unknown, (error("Function calls not allowed", "Functions may not be called here."),))
    return evaluate(expression, MappingScope({}))


def _has_calls(expression: Expr) -> bool:
    return isinstance(expression, FunctionCall) or any(map(_has_calls, children(expression)))
