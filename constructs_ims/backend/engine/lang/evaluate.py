"""The evaluator: an expression and a scope in, a value and diagnostics out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, assert_never

from constructs_ims.backend.engine.lang import value_operations as operations
from constructs_ims.backend.engine.lang.access import attribute, index, step_into
from constructs_ims.backend.engine.lang.frame import Frame
from constructs_ims.backend.engine.lang.nodes import (
    Binary,
    Conditional,
    Expr,
    For,
    FunctionCall,
    GetAttribute,
    Index,
    Invalid,
    Literal,
    Object,
    Span,
    Splat,
    SplatElement,
    TemplateExpr,
    TemplateLoop,
    Traversal,
    Tuple,
    Unary,
)
from constructs_ims.backend.engine.lang.operators import BINARY, UNARY
from constructs_ims.backend.engine.lang.origin import reference_span, rooted, steps_span
from constructs_ims.backend.engine.lang.scope import EvaluationError, Scope
from constructs_ims.backend.engine.lang.typed import Value, collapse, unknown
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors
from constructs_ims.schema.values import Unknown


@dataclass(frozen=True, slots=True)
class Result:
    """What an evaluation found; ``value`` is ``Unknown`` where an error stood in the way."""

    value: Value
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there was no error."""
        return not has_errors(self.diagnostics)


_NO_VARIABLES: Final[Mapping[str, Value]] = {}


def evaluate(expr: Expr, scope: Scope, variables: Mapping[str, Value] | None = None) -> Result:
    """Work out ``expr``. Never raises for what a user wrote; ``variables`` are root names that win over the scope's."""
    if type(expr) is Literal:
        return Result(expr.value)
    return _worked_out(expr, scope, variables, collapse)


def evaluate_typed(expr: Expr, scope: Scope, variables: Mapping[str, Value] | None = None) -> Result:
    """Work out ``expr`` like ``evaluate``, keeping the types of nulls and unknowns, which a console shows."""
    return _worked_out(expr, scope, variables, lambda value: value)


def _worked_out(
    expr: Expr, scope: Scope, variables: Mapping[str, Value] | None, settle: Callable[[Value], Value]
) -> Result:
    frame = Frame(scope, variables or _NO_VARIABLES, value_of)
    try:
        return Result(settle(value_of(expr, frame)), _found(expr, frame))
    except RecursionError:
        return Result(Unknown, (*_found(expr, frame), error("Expression too deeply nested", _TOO_DEEP)))


def _found(expr: Expr, frame: Frame) -> tuple[Diagnostic, ...]:
    return tuple(rooted(one, expr) for one in frame.diagnostics)


def value_of(expr: Expr, frame: Frame) -> Value:
    """Return the value of ``expr``, typed nulls and unknowns included; an error leaves ``Unknown`` and a diagnostic."""
    try:
        return _value(expr, frame)
    except EvaluationError as fault:
        frame.blame(expr, fault.diagnostics, _span(expr))
        return _value_of_failed(expr)


def _value_of_failed(expr: Expr) -> Value:
    """Return the unknown that stands for what failed; an operator has its type whatever its operands."""
    match expr:
        case Binary(symbol):
            return unknown(BINARY[symbol].result)
        case Unary(symbol):
            return unknown(UNARY[symbol].result)
        case _:
            return Unknown


def _span(expr: Expr) -> Span | None:
    """Return where a fault of a step into a value stands: at the step."""
    match expr:
        case Index(source) | GetAttribute(source):
            return source.at[1], expr.at[1]
        case Traversal():
            return reference_span(expr)
        case Conditional(_, then, otherwise):
            return then.at[0], otherwise.at[1]
        case _:
            return None


def _value(expr: Expr, frame: Frame) -> Value:
    match expr:
        case Literal(value):
            return value
        case Traversal():
            return _follow(expr, frame)
        case TemplateExpr(parts):
            return operations.join_template([value_of(part, frame) for part in parts], frame, parts)
        case FunctionCall():
            return _call(expr, frame)
        case Tuple(items):
            return [value_of(item, frame) for item in items]
        case Object(items):
            return operations.make_object([(value_of(key, frame), value_of(item, frame)) for key, item in items])
        case GetAttribute(source, name):
            return attribute(value_of(source, frame), name)
        case Index(source, key):
            return index(value_of(source, frame), value_of(key, frame))
        case Conditional():
            return _choose(expr, frame)
        case Binary(symbol, left, right):
            return operations.binary(symbol, value_of(left, frame), value_of(right, frame))
        case Unary(symbol, operand):
            return operations.unary(symbol, value_of(operand, frame))
        case _:
            return _iterate(expr, frame)


def _iterate(expr: Splat | SplatElement | For | TemplateLoop | Invalid, frame: Frame) -> Value:
    from constructs_ims.backend.engine.lang import iteration

    match expr:
        case For():
            return iteration.loop(expr, frame)
        case TemplateLoop(loop):
            return operations.join_loop(value_of(loop, frame), frame, loop)
        case Splat():
            return iteration.splat(expr, frame)
        case SplatElement():
            return frame.element
        case Invalid(diagnostics):
            raise EvaluationError(*diagnostics)
        case _:  # pragma: no cover
            assert_never(expr)


def _follow(expr: Traversal, frame: Frame) -> Value:
    steps: tuple[Any, ...]
    if expr.root in frame.variables:
        value, steps = frame.variables[expr.root], expr.steps
    else:
        value, steps = frame.scope.resolve(expr)
    for position, step in enumerate(steps):
        try:
            value = step_into(value, step)
        except EvaluationError as fault:
            at = len(expr.steps) - len(steps) + position
            frame.blame(expr, fault.diagnostics, steps_span(expr, slice(at, at + 1)))
            return Unknown
    return value


def _choose(expr: Conditional, frame: Frame) -> Value:
    condition = value_of(expr.condition, frame)
    then, then_faults = frame.aside(expr.then)
    otherwise, otherwise_faults = frame.aside(expr.otherwise)
    choice = operations.choose(condition, then, otherwise)
    if choice.taken is not None:
        frame.report(*(then_faults if choice.taken else otherwise_faults))
    return choice.value


def _call(expr: FunctionCall, frame: Frame) -> Value:
    from constructs_ims.backend.engine.lang.functions import call

    return call.call(expr, frame)


_TOO_DEEP: Final = "Split the expression with local values."
