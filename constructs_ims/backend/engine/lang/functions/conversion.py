"""Functions on types and marks: ``tostring`` and its kin, ``try``, ``can``, ``sensitive``."""

from __future__ import annotations

from typing import Final

from constructs_ims.backend.engine.lang.access import strip_top
from constructs_ims.backend.engine.lang.convert import ConversionError, constraint_name, to_type
from constructs_ims.backend.engine.lang.frame import Frame
from constructs_ims.backend.engine.lang.functions.registry import Allowed, FunctionError, Parameter, function
from constructs_ims.backend.engine.lang.marks import is_sensitive, mark, strip
from constructs_ims.backend.engine.lang.nodes import Expr
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.lang.scope import EvaluationError, is_static
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    TypedUnknown,
    TypeNotation,
    Value,
    has_unknown,
    is_unknown,
    type_of,
    unknown,
)
from constructs_ims.schema.diagnostics import Diagnostic, has_errors
from constructs_ims.schema.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
    friendly_name,
)
from constructs_ims.schema.values import Unknown

_ANY = Parameter("v", DYNAMIC, nullable=True)
_VALUE = Parameter("value", DYNAMIC, nullable=True)


def _declare_conversion(name: str, type_: Type) -> None:
    """Declare ``toX``: the conversion to ``type_``, worded as an argument fault when it cannot be done."""
    result = type_ if type_ in (STRING, NUMBER, BOOL) else DYNAMIC

    @function(name, _ANY, result=result, unknowns=Allowed.ANYWHERE, marks=Allowed.ANYWHERE)
    def to_wanted(value: Value) -> Value:
        try:
            converted = to_type(value, type_)
        except ConversionError as fault:
            raise FunctionError(_cannot(value, type_, fault), 0) from None
        return unknown(converted.type) if converted is not value and type(converted) is TypedUnknown else converted


def _cannot(value: Value, wanted: Type, fault: ConversionError) -> str:
    given = type_of(value)
    if isinstance(wanted, type(given)) or (isinstance(given, ObjectType | TupleType) and fault.path):
        return str(fault)
    if given == STRING and wanted in _FROM_TEXT:
        shown = "this sensitive string" if is_sensitive(value) else quote(str(value))
        hint = "" if is_sensitive(value) else f"; {_FROM_TEXT[wanted]}"
        return f"cannot convert {shown} to {friendly_name(wanted)}{hint}"
    return f"cannot convert {friendly_name(given)} to {constraint_name(wanted)}"


_FROM_TEXT: Final[dict[Type, str]] = {
    NUMBER: "given string must be a decimal representation of a number",
    BOOL: 'only the strings "true" or "false" are allowed',
}


for _function, _type in (
    ("tostring", STRING),
    ("tonumber", NUMBER),
    ("tobool", BOOL),
    ("tolist", ListType(DYNAMIC)),
    ("toset", SetType(DYNAMIC)),
    ("tomap", MapType(DYNAMIC)),
):
    _declare_conversion(_function, _type)


def _tried(frame: Frame, expression: Expr) -> tuple[Value, list[Diagnostic]]:
    """Work out an expression and return its faults; those that Terraform finds before any value is known are raised."""
    value, diagnostics = frame.aside(expression)
    static = [one for one in diagnostics if is_static(one)]
    if static:
        raise EvaluationError(*static)
    return value, diagnostics


@function("try", variadic=Parameter("expressions"), lazy=True)
def try_(frame: Frame, *expressions: Expr) -> Value:
    """Return the first expression's value that can be had without an error."""
    faults: list[Diagnostic] = []
    for expression in expressions:
        value, diagnostics = _tried(frame, expression)
        if not has_errors(diagnostics):
            return Unknown if has_unknown(strip(value)) else value
        faults += diagnostics
    if not expressions:
        raise FunctionError("at least one argument is required")
    listed = "\n".join(f"- {one.summary}\n  {one.detail}" for one in faults)
    raise FunctionError(
        f"no expression succeeded:\n{listed}\n\nAt least one expression must produce a successful result",
        cause=next((one for one in faults if one.code), None),
    )


@function("can", Parameter("expression"), lazy=True)
def can(frame: Frame, expression: Expr) -> Value:
    """Tell whether an expression can be worked out without an error."""
    value, diagnostics = _tried(frame, expression)
    if has_errors(diagnostics):
        return False
    return unknown(BOOL) if has_unknown(strip(value)) else True


@function("sensitive", _VALUE, unknowns=Allowed.ANYWHERE, marks=Allowed.ANYWHERE)
def sensitive(value: Value) -> Value:
    """Mark a value."""
    return mark(value)


@function("nonsensitive", _VALUE, unknowns=Allowed.ANYWHERE, marks=Allowed.ANYWHERE)
def nonsensitive(value: Value) -> Value:
    """Take the mark off a value; marks deeper inside stay."""
    return strip_top(value)


@function("issensitive", _VALUE, unknowns=Allowed.ANYWHERE, marks=Allowed.ANYWHERE)
def issensitive(value: Value) -> Value:
    """Tell whether a value is marked; of an unknown one without a mark it cannot be told."""
    if isinstance(value, Sensitive):
        return True
    return unknown(BOOL, not_null=True) if is_unknown(value) else False


@function("ephemeralasnull", _VALUE, unknowns=Allowed.ANYWHERE, marks=Allowed.ANYWHERE)
def ephemeralasnull(value: Value) -> Value:
    """Return the value: nothing here is ephemeral."""
    return value


@function("type", _VALUE, unknowns=Allowed.ANYWHERE, marks=Allowed.ANYWHERE)
def type_name(value: Value) -> Value:
    """Return the value's type in the language's own notation."""
    from constructs_ims.backend.engine.lang.console_text import type_expression

    inner = strip(value)
    return TypeNotation("type" if isinstance(inner, TypeNotation) else type_expression(type_of(inner)))
