"""What operators, conditionals, templates and object constructors do with values that are worked out already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_ims.backend.engine.lang.access import strip_top
from constructs_ims.backend.engine.lang.convert import ConversionError, to_type
from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.equality import compare
from constructs_ims.backend.engine.lang.frame import Frame
from constructs_ims.backend.engine.lang.limits import INFINITE
from constructs_ims.backend.engine.lang.marks import is_sensitive, strip
from constructs_ims.backend.engine.lang.nodes import Expr, For
from constructs_ims.backend.engine.lang.operators import BINARY, UNARY, Operator
from constructs_ims.backend.engine.lang.scope import EvaluationError, about_part
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    Value,
    is_null,
    is_number,
    is_unknown,
    null,
    type_of,
    unknown,
)
from constructs_ims.backend.engine.lang.unify import unify
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.types import BOOL, DYNAMIC, STRING
from constructs_ims.schema.values import Unknown


def binary(symbol: str, left: Value, right: Value) -> Value:
    """Apply an operator to two operands."""
    row = BINARY[symbol]
    if type(left) is int and type(right) is int and row.operand != BOOL and symbol not in "/%":
        return _worked_out(row, left, right)
    faults: list[Diagnostic] = []
    operands = [_operand(left, row, "left", faults), _operand(right, row, "right", faults)]
    if faults:
        raise EvaluationError(*faults)
    result = _apply_binary(row, *map(strip, operands))
    return Sensitive(result) if any(map(is_sensitive, operands)) else result


def _apply_binary(row: Operator, left: Value, right: Value) -> Value:
    if row.symbol in ("==", "!="):
        return _equality(row, left, right)
    if is_null(left) or is_null(right):
        raise _failed("argument must not be null")
    if is_unknown(left) or is_unknown(right):
        return unknown(row.result, not_null=True)
    return _worked_out(row, left, right)


def _equality(row: Operator, left: Value, right: Value) -> Value:
    answer = compare(left, right)
    if answer is Unknown:
        return unknown(BOOL, not_null=True)
    return answer if row.symbol == "==" else not answer


def _worked_out(row: Operator, *values: Value) -> Value:
    try:
        return row.apply(*values)
    except ZeroDivisionError:
        raise _failed(_ZERO_BY_ZERO if values[0] == 0 else f"cannot divide by zero: {INFINITE}") from None
    except ValueError as fault:
        raise _failed(str(fault).rstrip(".")) from None


def unary(symbol: str, operand: Value) -> Value:
    """Apply an operator to one operand."""
    row = UNARY[symbol]
    faults: list[Diagnostic] = []
    value = _operand(operand, row, "unary", faults)
    if faults:
        raise EvaluationError(*faults)
    if isinstance(value, Sensitive):
        return Sensitive(unary(symbol, value.value))
    if is_null(value):
        raise _failed("argument must not be null")
    return unknown(row.result, not_null=True) if is_unknown(value) else _worked_out(row, value)


def _operand(value: Value, row: Operator, side: str, faults: list[Diagnostic]) -> Value:
    try:
        return to_type(value, row.operand)
    except ConversionError as fault:
        part = "operand" if side == "unary" else side
        detail = f"Unsuitable value for {side} operand: {fault.reason}."
        faults.append(about_part(error("Invalid operand", detail), part))
        return Unknown


def _failed(why: str) -> EvaluationError:
    return EvaluationError(error("Operation failed", f"Error during operation: {why}."))


@dataclass(frozen=True, slots=True)
class Choice:
    """What a conditional gives; ``taken`` tells which side, None when the condition is not known."""

    value: Value
    taken: bool | None


def choose(condition: Value, then: Value, otherwise: Value) -> Choice:
    """Pick one of two values, both brought to one type."""
    type_ = _result_type(then, otherwise)
    taken = _truth(strip_top(condition))
    if taken is None:
        chosen = _either(strip_top(then), strip_top(otherwise), type_)
    else:
        chosen = _converted(strip_top(then if taken else otherwise), type_, taken)
    sensitive = any(isinstance(value, Sensitive) for value in (condition, then, otherwise))
    return Choice(Sensitive(strip(chosen)) if sensitive else chosen, taken)


def _either(then: Value, otherwise: Value, type_: Any) -> Value:
    """Return what is known of a result before the condition is: that it is null, not null, or a certain number."""
    if is_null(then) and is_null(otherwise):
        return null(type_)
    if is_number(then) and is_number(otherwise) and then == otherwise:
        return then
    return unknown(type_, not_null=type_ != DYNAMIC and _is_not_null(then) and _is_not_null(otherwise))


def _is_not_null(value: Value) -> bool:
    return bool(getattr(value, "not_null", False)) if is_unknown(value) else not is_null(value)


def _truth(condition: Value) -> bool | None:
    if is_null(condition):
        raise EvaluationError(about_part(error("Null condition", _NULL_CONDITION), "condition"))
    if is_unknown(condition):
        return None
    try:
        return bool(to_type(condition, BOOL))
    except ConversionError:
        raise EvaluationError(about_part(error("Incorrect condition type", _NOT_A_CONDITION), "condition")) from None


def _result_type(then: Value, otherwise: Value) -> Any:
    then, otherwise = strip_top(then), strip_top(otherwise)
    if then is None:
        return type_of(otherwise)
    if otherwise is None:
        return type_of(then)
    type_ = unify([type_of(then), type_of(otherwise)])
    if type_ is None:
        from constructs_ims.backend.engine.lang.explain import describe_mismatch

        detail = describe_mismatch(type_of(then), type_of(otherwise))
        raise EvaluationError(error("Inconsistent conditional result types", f"{_INCONSISTENT} {detail}"))
    return type_


def _converted(value: Value, type_: Any, side: bool) -> Value:
    try:
        return to_type(value, type_)
    except ConversionError as fault:
        detail = f"The {str(side).lower()} result value has the wrong type: {fault.reason}."
        raise EvaluationError(error("Inconsistent conditional result types", detail)) from None


def join_template(parts: Sequence[Value], frame: Frame, sources: Sequence[Expr]) -> Value:
    """Join the parts of a template into one string; ``sources`` are what they come from, for messages."""
    texts: list[str] = []
    known, sensitive = True, False
    for position, part in enumerate(parts):
        text = part if type(part) is str else _interpolated(part, frame, sources[position])
        sensitive = sensitive or isinstance(text, Sensitive)
        text = strip(text)
        known = known and not is_unknown(text)
        if known:
            texts.append(text)
    joined = "".join(texts)
    result = normal_text(joined) if known else unknown(STRING, not_null=True, prefix=_safe_prefix(joined))
    return Sensitive(result) if sensitive else result


def _safe_prefix(text: str) -> str:
    """Return the part of a text that cannot change when more follows: a last letter might be combined with it."""
    return text if text.endswith(_DELIMITERS) else text[:-1]


def _interpolated(part: Value, frame: Frame, source: Expr) -> Value:
    if is_null(strip_top(part)):
        frame.blame(source, [error("Invalid template interpolation value", _NULL_IN_TEMPLATE)])
        return unknown(STRING)
    if is_unknown(strip_top(part)):
        return Sensitive(unknown(STRING)) if isinstance(part, Sensitive) else unknown(STRING)
    try:
        return to_type(part, STRING)
    except ConversionError as fault:
        detail = f"Cannot include the given value in a string template: {fault.reason}."
        frame.blame(source, [error("Invalid template interpolation value", detail)])
        return unknown(STRING)


def join_loop(items: Value, frame: Frame, loop: For) -> Value:
    """Join what the turns of a ``%{ for }`` gave."""
    inner = strip_top(items)
    if is_unknown(inner):
        return unknown(STRING, not_null=True)
    joined = join_template(inner, frame, [loop.value] * len(inner))
    return Sensitive(strip(joined)) if isinstance(items, Sensitive) else joined


def make_object(items: Sequence[tuple[Value, Value]]) -> Value:
    """Build an object; of items with the same key the last one stays."""
    built: dict[str, Value] = {}
    known, sensitive = True, False
    for key, item in items:
        name = key if type(key) is str else _object_key(key)
        sensitive = sensitive or isinstance(name, Sensitive)
        name = strip(name)
        known = known and not is_unknown(name)
        if known:
            built[name] = item
    result = built if known else Unknown
    return Sensitive(result) if sensitive else result


def _object_key(key: Value) -> Value:
    if is_null(strip_top(key)):
        raise EvaluationError(error("Null value as key", "Can't use a null value as a key."))
    try:
        return to_type(key, STRING)
    except ConversionError as fault:
        raise EvaluationError(error("Incorrect key type", f"Can't use this value as a key: {fault.reason}.")) from None


_DELIMITERS: Final = tuple("_-:;/\\,.?!(){}[]|~<>*&%$#@=+ ")
_ZERO_BY_ZERO: Final = "can't divide zero by zero or infinity by infinity"
_NULL_CONDITION: Final = "The condition value is null. Conditions must either be true or false."
_NOT_A_CONDITION: Final = "The condition expression must be of type bool."
_INCONSISTENT: Final = "The true and false result expressions must have consistent types."
_NULL_IN_TEMPLATE: Final = "The expression result is null. Cannot include a null value in a string template."
