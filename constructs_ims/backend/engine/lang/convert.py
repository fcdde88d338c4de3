"""Terraform's type conversions."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from constructs_ims.backend.engine.lang.equality import make_set
from constructs_ims.backend.engine.lang.marks import strip
from constructs_ims.backend.engine.lang.numbers import format_number, parse_number
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    TfList,
    TfMap,
    TfSet,
    TypedUnknown,
    Value,
    collapse,
    is_null,
    is_number,
    is_unknown,
    may_shrink,
    null,
    type_of,
    unknown,
)
from constructs_ims.backend.engine.lang.unify import may_convert, unify
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path, PathStep
from constructs_ims.schema.types import (
    DYNAMIC,
    BoolType,
    DynamicType,
    ListType,
    MapType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    TupleType,
    Type,
    friendly_name,
)

_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}


class ConversionError(Exception):
    """A value does not fit a type: ``message`` says why (no capital, no full stop), ``path`` where inside the value."""

    def __init__(self, message: str, path: Path = (), *, by_type: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.by_type = by_type

    @property
    def reason(self) -> str:
        """The message as an operator or a function gives it: with its place only if the type alone was at fault."""
        return str(self) if self.by_type else self.message

    def __str__(self) -> str:
        """Return the message with its place, as Terraform words it."""
        return ": ".join([*map(_step_name, self.path), self.message])

    def diagnostic(self, summary: str) -> Diagnostic:
        """Return the fault as an error under ``summary``."""
        return error(summary, f"{str(self)[:1].upper()}{str(self)[1:]}.", self.path)


def convert(value: Value, type_: Type) -> Value:
    """Convert ``value`` to ``type_`` by Terraform's rules; ``ConversionError`` when it does not fit.

    Marks stay where they are. Nulls and unknowns convert to any type.
    """
    return collapse(to_type(value, type_))


def typed(value: Value, type_: Type) -> Value:
    """Attach ``type_`` to a plain value that conforms already, nulls and unknowns inside included. Never fails."""
    try:
        return to_type(value, type_)
    except ConversionError:
        return value


def to_type(value: Value, type_: Type) -> Value:
    """Convert like ``convert``, keeping the types of nulls and unknowns."""
    match type_:
        case DynamicType():
            return value
        case StringType() if type(value) is str:
            return value
        case _:
            return _to_other(value, type_)


def _to_other(value: Value, type_: Type) -> Value:
    if isinstance(value, Sensitive):
        return Sensitive(strip(to_type(value.value, type_)))
    if is_null(value) or is_unknown(value):
        return _empty_to(value, type_)
    return _CONVERTERS[type(type_)](value, type_)


def _empty_to(value: Value, type_: Type) -> Value:
    """Convert a null or an unknown: its type alone decides whether it can be done."""
    given = type_of(value)
    if given == type_:
        return value
    if given != DYNAMIC and not may_convert(given, type_):
        raise _required(type_)
    if is_null(value):
        return null(type_)
    return unknown(type_, not_null=isinstance(value, TypedUnknown) and value.not_null)


def _to_string(value: Value, type_: Type) -> Value:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case _ if is_number(value):
            return format_number(value)
        case _:
            raise _required(type_)


def _to_number(value: Value, type_: Type) -> Value:
    if is_number(value):
        return value
    if isinstance(value, str):
        try:
            return parse_number(_number_text(value))
        except ValueError:
            raise ConversionError("a number is required", by_type=False) from None
    raise _required(type_)


def _number_text(text: str) -> str:
    """Refuse what Python would read as a number and Terraform does not."""
    if not text.isascii() or "_" in text or text != text.strip() or text[:1] not in "+-.0123456789":
        raise ValueError(text)
    return text


def _to_bool(value: Value, type_: Type) -> Value:
    if type(value) is bool:
        return value
    if isinstance(value, str):
        return _text_to_bool(value)
    raise _required(type_)


def _text_to_bool(text: str) -> bool:
    if text in _TRUTHS:
        return _TRUTHS[text]
    meant = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}.get(text)
    hint = f'; to convert from string, use lowercase "{meant}"' if meant else ""
    raise ConversionError(f"a bool is required{hint}", by_type=False)


def _to_list(value: Value, type_: ListType) -> Value:
    if isinstance(value, TfList) and value.element == type_.element:
        return value
    if not isinstance(value, list):
        raise _required(type_)
    items, element = _elements(value, type_.element, type_)
    if isinstance(value, TfSet) and may_shrink(value):
        return unknown(ListType(element))
    return TfList(items, element)


def _to_set(value: Value, type_: SetType) -> Value:
    if isinstance(value, TfSet) and value.element == type_.element:
        return value
    if not isinstance(value, list):
        raise _required(type_)
    items, element = _elements(value, type_.element, type_)
    return make_set(items, element)


def _elements(value: list[Value], wanted: Type, whole: Type) -> tuple[list[Value], Type]:
    """Convert the items of a sequence to one element type, which is found when any would do."""
    element = _one_type(value, wanted, whole)
    return [_inner(item, element, IndexStep(position)) for position, item in enumerate(value)], element


def _one_type(value: Value, wanted: Type, whole: Type) -> Type:
    if isinstance(value, TfList | TfSet | TfMap) and not may_convert(value.element, wanted):
        raise ConversionError(f"incorrect {_KINDS[type(whole)]} element type: {constraint_name(wanted)} required")
    if not _has_dynamic(wanted):
        return wanted
    if isinstance(value, TfList | TfSet | TfMap) and wanted == DYNAMIC:
        return value.element
    types = [type_of(item) if wanted == DYNAMIC else _settled(item, wanted) for item in _counting_items(value)]
    element = unify(types)
    undecided = element == DYNAMIC and not isinstance(value, dict) and any(one != DYNAMIC for one in types)
    if element is None or undecided:
        raise ConversionError(f"all {_KINDS[type(whole)]} elements must have the same type")
    return element


_KINDS: Final[dict[type, str]] = {ListType: "list", SetType: "set", MapType: "map"}


def _counting_items(value: Value) -> list[Value]:
    """Return the items that decide on the element type: in a map a null without a type has no say."""
    if isinstance(value, dict):
        return [item for item in value.values() if not _is_bare_null(item)]
    return list(value)


def _is_bare_null(value: Value) -> bool:
    """Tell whether a value is null without a type, which fits in with any."""
    return value is None or (isinstance(value, Sensitive) and value.value is None)


def _settled(item: Value, wanted: Type) -> Type:
    return type_of(to_type(item, wanted))


def _has_dynamic(type_: Type) -> bool:
    match type_:
        case DynamicType():
            return True
        case ListType(element) | SetType(element) | MapType(element):
            return _has_dynamic(element)
        case TupleType(elements):
            return any(map(_has_dynamic, elements))
        case ObjectType(attributes):
            return any(map(_has_dynamic, attributes.values()))
        case _:
            return False


def _to_map(value: Value, type_: MapType) -> Value:
    if isinstance(value, TfMap) and value.element == type_.element:
        return value
    if not isinstance(value, dict):
        raise _required(type_)
    element = _one_type(value, type_.element, type_)
    return TfMap({name: _inner(value[name], element, IndexStep(name)) for name in sorted(value)}, element)


def _to_tuple(value: Value, type_: TupleType) -> Value:
    if not isinstance(value, list) or isinstance(value, TfSet):
        raise _required(type_)
    if len(value) != len(type_.elements):
        raise ConversionError(_tuple_length(len(value), len(type_.elements)))
    pairs = enumerate(zip(value, type_.elements, strict=True))
    return [_inner(item, wanted, IndexStep(position)) for position, (item, wanted) in pairs]


def _tuple_length(given: int, wanted: int) -> str:
    return f"tuple required, with {wanted} elements" if given else "tuple required"


def _to_object(value: Value, type_: ObjectType) -> Value:
    if not isinstance(value, dict):
        raise _required(type_)
    missing = [name for name in type_.attributes if name not in value and name not in type_.optional]
    if missing:
        raise ConversionError(_missing(sorted(missing)))
    return {
        name: _inner(value[name], wanted, AttributeStep(name)) if name in value else null(wanted)
        for name, wanted in type_.attributes.items()
    }


def _missing(names: list[str]) -> str:
    if len(names) == 1:
        return f'attribute "{names[0]}" is required'
    quoted = [f'"{name}"' for name in names]
    listed = f"{quoted[0]} and {quoted[1]}" if len(quoted) == 2 else f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
    return f"attributes {listed} are required"


def _inner(item: Value, wanted: Type, step: PathStep) -> Value:
    try:
        return to_type(item, wanted)
    except ConversionError as fault:
        raise ConversionError(fault.message, (step, *fault.path), by_type=fault.by_type) from None


def _required(wanted: Type) -> ConversionError:
    return ConversionError(f"{constraint_name(wanted)} required")


def constraint_name(type_: Type) -> str:
    """Return a type's name where it says what is asked for."""
    match type_:
        case DynamicType():
            return "any type"
        case ListType(DynamicType()):
            return "list of any single type"
        case SetType(DynamicType()):
            return "set of any single type"
        case MapType(DynamicType()):
            return "map of any single type"
        case _:
            return friendly_name(type_)


def _step_name(step: PathStep) -> str:
    match step:
        case AttributeStep(name):
            return f'attribute "{name}"'
        case IndexStep(str() as name):
            return f'element "{name}"'
        case IndexStep(position):
            return f"element {position}"


def text(value: str) -> str:
    """Return a string in the normal form (NFC) in which Terraform keeps all strings."""
    return value if value.isascii() else unicodedata.normalize("NFC", value)


_CONVERTERS: Final[dict[type, Callable[[Any, Any], Value]]] = {
    StringType: _to_string,
    NumberType: _to_number,
    BoolType: _to_bool,
    ListType: _to_list,
    SetType: _to_set,
    MapType: _to_map,
    TupleType: _to_tuple,
    ObjectType: _to_object,
}
