"""Stepping into values: attributes and indexes, in Terraform's words when there is nothing there."""

from __future__ import annotations

from typing import Final

from constructs_ims.backend.engine.lang.convert import ConversionError, to_type
from constructs_ims.backend.engine.lang.marks import mark, strip
from constructs_ims.backend.engine.lang.scope import EvaluationError
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    TfList,
    TfMap,
    TfSet,
    Value,
    element_typed,
    is_null,
    is_unknown,
    type_of,
    unknown,
)
from constructs_ims.schema.diagnostics import DiagnosticCode, error
from constructs_ims.schema.paths import AttributeStep, PathStep
from constructs_ims.schema.types import (
    NUMBER,
    STRING,
    DynamicType,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
    friendly_name,
)
from constructs_ims.schema.values import Unknown


def step_into(value: Value, step: PathStep) -> Value:
    """Take one step into a value; ``EvaluationError`` when it leads nowhere."""
    return attribute(value, step.name) if isinstance(step, AttributeStep) else index(value, step.key)


def attribute(value: Value, name: str) -> Value:
    """Return ``value.name``."""
    if type(value) is dict and name in value:
        return value[name]
    if isinstance(value, Sensitive):
        return mark(attribute(value.value, name))
    if is_null(value):
        raise _error("Attempt to get attribute from null value", _NULL_ATTRIBUTES)
    if is_unknown(value):
        return _unknown_attribute(type_of(value), name)
    if isinstance(value, TfMap):
        if name in value:
            return element_typed(value[name], value.element)
        raise _error("Missing map element", f'This map does not have an element with the key "{name}".')
    raise _unsupported_attribute(type_of(value), name)


def _unknown_attribute(type_: Type, name: str) -> Value:
    match type_:
        case DynamicType():
            return Unknown
        case ObjectType(attributes) if name in attributes:
            return unknown(attributes[name])
        case MapType(element):
            return unknown(element)
        case _:
            raise _unsupported_attribute(type_, name)


def _unsupported_attribute(type_: Type, name: str) -> EvaluationError:
    match type_:
        case ObjectType():
            detail = f'This object does not have an attribute named "{name}".'
        case ListType(ObjectType()):
            detail = _LIST_ATTRIBUTES.format(name=name)
        case SetType(ObjectType()):
            detail = _SET_ATTRIBUTES
        case ListType() | SetType() | TupleType():
            detail = "This value does not have any attributes."
        case _:
            detail = f"Can't access attributes on a primitive-typed value ({friendly_name(type_)})."
    return EvaluationError(
        error("Unsupported attribute", detail, code=DiagnosticCode.UNSUPPORTED_ATTRIBUTE, named=name)
    )


def index(value: Value, key: Value) -> Value:
    """Return ``value[key]``."""
    if isinstance(value, Sensitive) or isinstance(key, Sensitive):
        return mark(index(strip_top(value), strip(key)))
    if is_null(value):
        raise _error("Attempt to index null value", "This value is null, so it does not have any indices.")
    if is_null(key):
        raise _error("Invalid index", "Can't use a null value as an indexing key.")
    if key is Unknown:
        return Unknown
    if is_unknown(value):
        return _unknown_index(type_of(value), key)
    if isinstance(value, TfSet):
        raise _error("Invalid index", _SET_INDEX)
    if isinstance(value, list):
        return _position(value, _key(key, NUMBER))
    if isinstance(value, dict):
        return _named(value, _key(key, STRING))
    raise _error("Invalid index", "This value does not have any indices.")


def strip_top(value: Value) -> Value:
    """Return a value without the mark on itself; marks inside stay."""
    return value.value if isinstance(value, Sensitive) else value


def _key(key: Value, type_: Type) -> Value:
    try:
        return to_type(key, type_)
    except ConversionError as fault:
        raise _error("Invalid index", f"{_NO_ELEMENT}: {fault.reason}.") from None


def _position(value: list[Value], key: Value) -> Value:
    if is_unknown(key):
        return unknown(value.element) if isinstance(value, TfList) else Unknown
    if type(key) is int and 0 <= key < len(value):
        return element_typed(value[key], value.element) if isinstance(value, TfList) else value[key]
    raise _error("Invalid index", f"{_NO_ELEMENT}{_why_no_position(value, key)}.")


def _why_no_position(value: list[Value], key: Value) -> str:
    if type(key) is not int:
        return ": indexing a sequence requires a whole number, but the given index has a fractional part"
    if key < 0:
        return ": a negative number is not a valid index for a sequence"
    if not value:
        return ": the collection has no elements"
    return _BEYOND if key == len(value) else ""


def _named(value: dict[str, Value], key: Value) -> Value:
    if is_unknown(key):
        return unknown(value.element) if isinstance(value, TfMap) else Unknown
    if key not in value:
        raise _error("Invalid index", f"{_NO_ELEMENT}.")
    return element_typed(value[key], value.element) if isinstance(value, TfMap) else value[key]


def _unknown_index(type_: Type, key: Value) -> Value:
    match type_:
        case ListType(element):
            _key(key, NUMBER)
            return unknown(element)
        case MapType(element):
            _key(key, STRING)
            return unknown(element)
        case DynamicType():
            return Unknown
        case TupleType(elements) if type(key) is int and 0 <= key < len(elements):
            return unknown(elements[key])
        case ObjectType(attributes) if type(key) is str and key in attributes:
            return unknown(attributes[key])
        case TupleType() | ObjectType() if is_unknown(key):
            return Unknown
        case TupleType() | ObjectType():
            raise _error("Invalid index", f"{_NO_ELEMENT}.")
        case SetType():
            raise _error("Invalid index", _SET_INDEX)
        case _:
            raise _error("Invalid index", "This value does not have any indices.")


def _error(summary: str, detail: str) -> EvaluationError:
    return EvaluationError(error(summary, detail))


_NO_ELEMENT: Final = "The given key does not identify an element in this collection value"
_BEYOND: Final = ": the given index is greater than or equal to the length of the collection"
_NULL_ATTRIBUTES: Final = "This value is null, so it does not have any attributes."
_LIST_ATTRIBUTES: Final = (
    'Can\'t access attributes on a list of objects. Did you mean to access attribute "{name}" for a specific element '
    "of the list, or across all elements of the list?"
)
_SET_ATTRIBUTES: Final = (
    "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of the set?"
)
_SET_INDEX: Final = (
    "Elements of a set are identified only by their value and don't have any separate index or key to select with, so "
    "it's only possible to perform operations across all elements of the set."
)
