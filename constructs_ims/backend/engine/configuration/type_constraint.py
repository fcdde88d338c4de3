"""Type constraints of variables, ``list(object({name = string, size = optional(number, 10)}))``, and their defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_ims.backend.engine.configuration.constants import evaluate_constant
from constructs_ims.backend.engine.lang import (
    ConversionError,
    Expr,
    Literal,
    Traversal,
    convert,
    parse_expression,
    references,
    syntax_errors,
)
from constructs_ims.backend.engine.lang.nodes import FunctionCall, Object, Span, Tuple
from constructs_ims.schema.diagnostics import error
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
)
from constructs_ims.schema.values import Unknown


@dataclass(frozen=True, slots=True)
class TypeConstraint:
    """A type, and what stands in for the optional attributes that an object leaves out.

    ``defaults`` are those of an object's own attributes; ``inner`` are the constraints further inside, by attribute
    name, by position in a tuple, or under ``""`` for the elements of a collection.
    """

    type: Type = DYNAMIC
    defaults: Mapping[str, Any] = field(default_factory=dict)
    inner: Mapping[str | int, TypeConstraint] = field(default_factory=dict)

    @property
    def settled(self) -> Type:
        """The type of a converted value, in which no attribute is optional any more."""
        return _without_optional(self.type)

    def convert(self, value: Any) -> Any:
        """Fill in defaults and convert; raises the ``ConversionError`` of ``lang.convert``."""
        return convert(self._filled(value) if self.defaults or self.inner else value, self.type)

    def _filled(self, value: Any) -> Any:
        if value is None or value is Unknown:
            return value
        if isinstance(value, dict):
            return self._filled_object(value)
        if isinstance(value, list):
            return [self._inner(position)._filled(item) for position, item in enumerate(value)]
        return value

    def _filled_object(self, value: Mapping[str, Any]) -> dict[str, Any]:
        whole = dict(value)
        for name, default in self.defaults.items():
            if whole.get(name) is None:
                whole[name] = default
        return {name: self._inner(name)._filled(item) for name, item in whole.items()}

    def _inner(self, step: str | int) -> TypeConstraint:
        return self.inner.get(step) or self.inner.get("") or ANY


ANY: Final = TypeConstraint()

_PRIMITIVES: Final[Mapping[str, Type]] = {"string": STRING, "number": NUMBER, "bool": BOOL}
_COLLECTIONS: Final[Mapping[str, Callable[[Type], Type]]] = {"list": ListType, "set": SetType, "map": MapType}
_ONE_ARGUMENT: Final = {
    **dict.fromkeys(_COLLECTIONS, "the element type"),
    "object": "the attribute types and values as a map",
    "tuple": "the element types as a list",
}
"""What the only argument of each type constructor specifies."""
_INVALID: Final = "Invalid type specification"
_NO_TYPE: Final = (
    "A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor "
    "call, like list(string)."
)


class TypeConstraintError(Exception):
    """A text is no type constraint; ``diagnostic`` says why, and ``span`` which part of the text that is about."""

    def __init__(self, detail: str, span: Span | None = None, summary: str = _INVALID) -> None:
        super().__init__(detail)
        self.diagnostic = error(summary, detail)
        self.span = span


def parse_type(text: Any) -> TypeConstraint:
    """Read a type constraint as a configuration has it; ``TypeConstraintError`` when it is none."""
    if text in ("list", "map"):
        return TypeConstraint(_COLLECTIONS[text](DYNAMIC))
    expression = parse_expression(text) if isinstance(text, str) else None
    if expression is None or syntax_errors(expression):
        raise TypeConstraintError(_NO_TYPE)
    try:
        return _read_type(expression, str(text))
    except TypeConstraintError as fault:
        if fault.span == expression.at:
            fault.span = None
        raise


def _read_type(expression: Expr, text: str) -> TypeConstraint:
    keyword = _keyword(expression)
    if keyword is None:
        return _read_constructor(expression, text)
    if keyword in _PRIMITIVES:
        return TypeConstraint(_PRIMITIVES[keyword])
    if keyword == "any":
        return TypeConstraint()
    if keyword in _ONE_ARGUMENT:
        raise TypeConstraintError(_one_argument(keyword), expression.at)
    raise TypeConstraintError(f'The keyword "{keyword}" is not a valid type specification.', expression.at)


def _keyword(expression: Expr) -> str | None:
    match expression:
        case Traversal(name, ()):
            return name
        case Literal(bool() | None as constant):
            return {True: "true", False: "false", None: "null"}[constant]
        case _:
            return None


def _one_argument(name: str) -> str:
    return f"The {name} type constructor requires one argument specifying {_ONE_ARGUMENT[name]}."


def _read_constructor(expression: Expr, text: str) -> TypeConstraint:
    match expression:
        case FunctionCall(name) if name in _PRIMITIVES:
            raise TypeConstraintError(
                f'Primitive type keyword "{name}" does not expect arguments.', _arguments(expression)
            )
        case FunctionCall("any"):
            raise TypeConstraintError(
                'Type constraint keyword "any" does not expect arguments.', _arguments(expression)
            )
        case FunctionCall("optional"):
            detail = 'Keyword "optional" is valid only as a modifier for object type attributes.'
            raise TypeConstraintError(detail, (expression.at[0], expression.at[0] + len("optional")))
        case FunctionCall(name, (argument,)) if name in _COLLECTIONS:
            return _collection(name, _read_type(argument, text))
        case FunctionCall("object", (argument,)):
            return _read_object(argument, text)
        case FunctionCall("tuple", (argument,)):
            return _read_tuple(argument, text)
        case FunctionCall(name) if name in _ONE_ARGUMENT:
            extra = expression.arguments[1].at if expression.arguments else _arguments(expression)
            raise TypeConstraintError(_one_argument(name), extra)
        case FunctionCall(name):
            raise TypeConstraintError(f'Keyword "{name}" is not a valid type constructor.', expression.at)
        case _:
            raise TypeConstraintError(_NO_TYPE, expression.at)


def _arguments(call: FunctionCall) -> Span:
    """Return where the arguments of a call stand, with their parentheses."""
    return call.opened - 1, call.at[1]


def _collection(name: str, element: TypeConstraint) -> TypeConstraint:
    inner: dict[str | int, TypeConstraint] = {"": element} if element.defaults or element.inner else {}
    return TypeConstraint(_COLLECTIONS[name](element.type), inner=inner)


def _read_tuple(argument: Expr, text: str) -> TypeConstraint:
    if not isinstance(argument, Tuple):
        raise TypeConstraintError("Tuple type constructor requires a list of element types.", argument.at)
    items = [_read_type(item, text) for item in argument.items]
    inner: dict[str | int, TypeConstraint] = {at: item for at, item in enumerate(items) if item.defaults or item.inner}
    return TypeConstraint(TupleType(tuple(item.type for item in items)), inner=inner)


def _read_object(argument: Expr, text: str) -> TypeConstraint:
    if not isinstance(argument, Object):
        detail = (
            "Object type constructor requires a map whose keys are attribute names and whose values are the "
            "corresponding attribute types."
        )
        raise TypeConstraintError(detail, argument.at)
    attributes: dict[str, TypeConstraint] = {}
    optional: dict[str, Any] = {}
    for key, value in argument.items:
        name = _attribute_name(key, text)
        if name in attributes:
            raise TypeConstraintError("Object constructor map keys must be unique.", key.at)
        attributes[name] = _read_attribute(name, value, text, optional)
    return _object(attributes, optional)


def _attribute_name(key: Expr, text: str) -> str:
    """Return a name that stands without quotes."""
    if isinstance(key, Literal) and isinstance(key.value, str) and text[slice(*key.at)].strip() == key.value:
        return key.value
    raise TypeConstraintError("Object constructor map keys must be attribute names.", key.at)


def _read_attribute(name: str, value: Expr, text: str, optional: dict[str, Any]) -> TypeConstraint:
    """Read the type of an object's attribute, noting in ``optional`` what stands in for it."""
    match value:
        case FunctionCall("optional", ()):
            detail = "Optional attribute modifier requires the attribute type as its argument."
            raise TypeConstraintError(detail, _arguments(value))
        case FunctionCall("optional", (type_,)):
            optional[name] = None
            return _read_type(type_, text)
        case FunctionCall("optional", (type_, default)):
            constant = _constant(default)
            constraint = _read_type(type_, text)
            optional[name] = _converted_default(constraint, constant, default)
            return constraint
        case FunctionCall("optional"):
            detail = (
                "Optional attribute modifier expects at most two arguments: the attribute type, and a default value."
            )
            raise TypeConstraintError(detail, _arguments(value))
        case _:
            return _read_type(value, text)


def _constant(default: Expr) -> Any:
    """Evaluate an expression that refers to nothing and calls no function."""
    result = evaluate_constant(default)
    if result.diagnostics:
        fault = result.diagnostics[0]
        names = references(default)
        at = (names[0].at[0], names[0].at[0] + len(names[0].root)) if names else default.at
        raise TypeConstraintError(fault.detail, at, fault.summary)
    return result.value


def _converted_default(constraint: TypeConstraint, constant: Any, default: Expr) -> Any:
    try:
        return constraint.convert(constant)
    except ConversionError as fault:
        detail = f"This default value is not compatible with the attribute's type constraint: {fault}."
        raise TypeConstraintError(detail, default.at, "Invalid default value for optional attribute") from None


def _without_optional(type_: Type) -> Type:
    match type_:
        case ObjectType(attributes):
            return ObjectType({name: _without_optional(inner) for name, inner in attributes.items()})
        case ListType(element) | SetType(element) | MapType(element):
            return type(type_)(_without_optional(element))
        case TupleType(elements):
            return TupleType(tuple(map(_without_optional, elements)))
        case _:
            return type_


def _object(attributes: Mapping[str, TypeConstraint], optional: Mapping[str, Any]) -> TypeConstraint:
    shape = {name: constraint.type for name, constraint in attributes.items()}
    inner: dict[str | int, TypeConstraint] = {
        name: constraint for name, constraint in attributes.items() if constraint.defaults or constraint.inner
    }
    defaults = {name: default for name, default in optional.items() if default is not None}
    return TypeConstraint(ObjectType(shape, frozenset(optional)), defaults, inner)
