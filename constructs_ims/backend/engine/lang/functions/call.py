"""Calling functions: looking them up, fitting the arguments to the parameters, and wording what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from constructs_ims.backend.engine.lang.access import strip_top
from constructs_ims.backend.engine.lang.convert import ConversionError, to_type
from constructs_ims.backend.engine.lang.frame import Frame
from constructs_ims.backend.engine.lang.functions.registry import (
    CONSOLE_ONLY,
    Allowed,
    Function,
    FunctionError,
    Parameter,
    find,
    names,
    result_type,
)
from constructs_ims.backend.engine.lang.limits import BEYOND_LIMITS
from constructs_ims.backend.engine.lang.marks import is_sensitive, strip
from constructs_ims.backend.engine.lang.nodes import FunctionCall, Span
from constructs_ims.backend.engine.lang.origin import Origin, originating, start_span
from constructs_ims.backend.engine.lang.redact import redacted, sensitive_texts
from constructs_ims.backend.engine.lang.scope import EvaluationError
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    Value,
    has_unknown,
    is_null,
    is_unknown,
    type_of,
    unknown,
)
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error
from constructs_ims.schema.types import DYNAMIC, DynamicType, ListType, SetType, TupleType, Type
from constructs_ims.schema.values import Unknown


def call(expr: FunctionCall, frame: Frame) -> Value:
    """Work out a function call."""
    declared = find(expr.name)
    if declared is None or (expr.name in CONSOLE_ONLY and not frame.scope.functions.console):
        name = (expr.at[0], expr.opened - 1)
        raise EvaluationError(originating(_unknown_function(expr.name), Origin(expr, name)))
    if declared.lazy:
        _check_count(declared, expr, len(expr.arguments), frame)
        return _blaming(expr, frame, lambda: _guarded(declared, expr.name, frame, *expr.arguments))
    faults = len(frame.diagnostics)
    arguments, expansion_known = _arguments(expr, frame)
    if len(frame.diagnostics) > faults or not expansion_known:
        return Unknown
    _check_count(declared, expr, len(arguments), frame)
    return _blaming(expr, frame, lambda: apply(declared, expr.name, arguments, frame))


def _blaming(expr: FunctionCall, frame: Frame, work: Callable[[], Value]) -> Value:
    """Call a function; what it refuses is blamed on the argument at fault, or on the call."""
    try:
        return work()
    except EvaluationError as fault:
        for one in fault.diagnostics:
            if isinstance(one.origin, int):
                argument = expr.arguments[min(one.origin, len(expr.arguments) - 1)]
                frame.blame(argument, [one], start_span(argument), expr.name)
            else:
                frame.blame(expr, [one], start_span(expr), expr.name)
        return Unknown


def _arguments(expr: FunctionCall, frame: Frame) -> tuple[list[Value], bool]:
    """Return the argument values, and whether all are there: an unknown ``...`` argument hides how many there are."""
    arguments = [frame.value(argument) for argument in expr.arguments]
    if not expr.expand:
        return arguments, True
    last = arguments.pop()
    inner = strip_top(last)
    if not isinstance(type_of(inner), ListType | SetType | TupleType | DynamicType):
        raise EvaluationError(
            error("Invalid expanding argument value", f"{_EXPANDING} must be of a tuple, list, or set type.")
        )
    if is_null(inner):
        raise EvaluationError(error("Invalid expanding argument value", f"{_EXPANDING} must not be null."))
    if is_unknown(inner):
        return arguments, False
    sensitive = isinstance(last, Sensitive)
    return arguments + [Sensitive(strip(item)) if sensitive else item for item in inner], True


def _check_count(declared: Function, expr: FunctionCall, given: int, frame: Frame) -> None:
    name, wanted = expr.name, len(declared.parameters)
    if given < wanted:
        qualifier = " at least" if declared.variadic else ""
        missing = declared.parameters[given].name
        detail = f'Function "{name}" expects{qualifier} {wanted} argument(s). Missing value for "{missing}".'
        closing = (expr.at[1] - 1, expr.at[1])
        raise EvaluationError(_on_call(error("Not enough function arguments", detail), expr, closing, frame))
    if given > wanted and declared.variadic is None:
        detail = f'Function "{name}" expects only {wanted} argument(s).'
        surplus = start_span(expr.arguments[min(wanted, len(expr.arguments) - 1)])
        raise EvaluationError(_on_call(error("Too many function arguments", detail), expr, surplus, frame))


def _on_call(diagnostic: Diagnostic, expr: FunctionCall, span: Span, frame: Frame) -> Diagnostic:
    return originating(diagnostic, Origin(expr, span, expr, frame.scope, frame.variables, expr.name))


def apply(declared: Function, name: str, arguments: list[Value], frame: Frame) -> Value:
    """Call a function with values; what it refuses is told without the sensitive ones."""
    try:
        return _apply(declared, name, arguments, frame)
    except EvaluationError as fault:
        secrets = tuple(sensitive_texts(arguments))
        raise EvaluationError(*(redacted(one, secrets) for one in fault.diagnostics)) from None


def _apply(declared: Function, name: str, arguments: list[Value], frame: Frame) -> Value:
    fitted = [_fit(declared, position, value) for position, value in enumerate(arguments)]
    for position, value in enumerate(fitted):
        _check_null(declared.parameter(position), value, position)
    match declared.marks:
        case Allowed.ANYWHERE:
            return _known(declared, name, fitted, frame)
        case Allowed.INSIDE:
            sensitive = any(isinstance(argument, Sensitive) for argument in fitted)
            bare = list(map(strip_top, fitted))
        case Allowed.NOWHERE:
            sensitive = any(map(is_sensitive, fitted))
            bare = list(map(strip, fitted)) if sensitive else fitted
    result = _known(declared, name, bare, frame)
    return Sensitive(strip(result)) if sensitive else result


def _check_null(parameter: Parameter, value: Value, position: int) -> None:
    if not parameter.nullable and is_null(strip_top(value)):
        raise EvaluationError(_invalid_argument(parameter.name, "argument must not be null", position))


def _fit(declared: Function, position: int, value: Value) -> Value:
    parameter = declared.parameter(position)
    if type(parameter.type) is DynamicType:
        return value
    try:
        return to_type(value, parameter.type)
    except ConversionError as fault:
        raise EvaluationError(_invalid_argument(parameter.name, fault.reason, position)) from None


def _known(declared: Function, name: str, arguments: list[Value], frame: Frame) -> Value:
    if any(map(_TOO_UNKNOWN[declared.unknowns], arguments)):
        type_ = _result_type(declared, name, arguments)
        return unknown(type_, not_null=type_ != DYNAMIC)
    context = (frame,) if declared.contextual else ()
    result = _guarded(declared, name, *context, *arguments)
    if callable(declared.result) or declared.result == DYNAMIC or is_unknown(result):
        return result
    return to_type(result, declared.result) if type(result) is list else result


def _result_type(declared: Function, name: str, arguments: list[Value]) -> Type:
    try:
        return result_type(declared, arguments)
    except FunctionError as fault:
        raise EvaluationError(_failed(declared, name, fault)) from None


def _guarded(declared: Function, name: str, *arguments: object) -> Value:
    try:
        return declared.implementation(*arguments)
    except FunctionError as fault:
        raise EvaluationError(_failed(declared, name, fault)) from None
    except ConversionError as fault:
        raise EvaluationError(_failed(declared, name, FunctionError(fault.reason))) from None
    except (ValueError, ArithmeticError):  # numbers too large for Python to write, and their like
        raise EvaluationError(_failed(declared, name, FunctionError(_NOT_HANDLED))) from None


_NOT_HANDLED: Final = f"an argument or the result is too large to be handled. {BEYOND_LIMITS}"


def _failed(declared: Function, name: str, fault: FunctionError) -> Diagnostic:
    if fault.argument is None:
        failed = error("Error in function call", f'Call to function "{name}" failed: {fault.message}.')
        return replace(failed, code=fault.cause.code, named=fault.cause.named) if fault.cause else failed
    return _invalid_argument(declared.parameter(fault.argument).name, fault.message, fault.argument)


def _invalid_argument(parameter: str, why: str, position: int) -> Diagnostic:
    found = error("Invalid function argument", f'Invalid value for "{parameter}" parameter: {why}.')
    return replace(found, origin=position)


def _never(value: Value) -> bool:
    del value
    return False


_TOO_UNKNOWN: Final = {Allowed.NOWHERE: has_unknown, Allowed.INSIDE: is_unknown, Allowed.ANYWHERE: _never}


def _unknown_function(name: str) -> Diagnostic:
    parts = name.split("::")
    if parts[0] == "provider":
        return _provider_function(name, parts)
    if len(parts) > 1 and parts[0] != "core":
        return error("Unknown provider function", _BAD_NAMESPACE.format(namespace="::".join(parts[:-1])))
    return error(
        "Call to unknown function",
        f'There is no function named "{name}".{did_you_mean(name, set(names()) - CONSOLE_ONLY)}',
    )


def _provider_function(name: str, parts: list[str]) -> Diagnostic:
    provider = parts[1] if len(parts) > 1 else ""
    detail = (
        f'There is no function named "{name}". Ensure that provider name "{provider}" is declared in this module\'s '
        f'required_providers block, and that this provider offers a function named "{parts[-1]}".'
    )
    summary = "Unknown provider function"
    return (
        error(summary, detail)
        if provider == "terraform"
        else replace(error(summary, detail), plain=(summary, _FOREIGN.format(name=name)))
    )


_FOREIGN: Final = (
    "{name} is run by its provider, and offline there are the functions of terraform.io/builtin/terraform alone. "
    "Compute the value in Python, or use CONSTRUCTS_IMS_ENGINE=terraform with a mirror that has the provider."
)
_BAD_NAMESPACE: Final = (
    'The function namespace "{namespace}" is not valid. Provider function calls must use the "provider::" namespace '
    "prefix."
)
_EXPANDING: Final = "The expanding argument (indicated by ...)"
