"""For-expressions and splats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from constructs_ims.backend.engine.lang.access import strip_top
from constructs_ims.backend.engine.lang.convert import ConversionError, to_type
from constructs_ims.backend.engine.lang.frame import Frame
from constructs_ims.backend.engine.lang.marks import strip
from constructs_ims.backend.engine.lang.nodes import Expr, For, Splat
from constructs_ims.backend.engine.lang.redact import HIDDEN
from constructs_ims.backend.engine.lang.scope import EvaluationError, about_part
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    TfList,
    TfMap,
    TfSet,
    Value,
    collection,
    element_typed,
    is_null,
    is_unknown,
    type_of,
    unknown,
)
from constructs_ims.schema.diagnostics import error, has_errors
from constructs_ims.schema.types import (
    BOOL,
    DYNAMIC,
    STRING,
    DynamicType,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    friendly_name,
)
from constructs_ims.schema.values import Unknown


class _Undecided(Exception):  # noqa: N818 - not a fault: the result cannot be told yet
    """A condition or key is unknown, so what the loop gives is too."""


class _Loop:
    """One run of a for-expression; ``sensitive`` once a mark bears on the result as a whole."""

    def __init__(self, expr: For, frame: Frame) -> None:
        self.expr = expr
        self.sensitive = False
        self._names: dict[str, Value] = {**frame.variables}
        self._frame = frame.inner({})
        self._frame.variables = self._names

    def turns(self, collection: Value) -> Iterator[None]:
        """Go through the elements that the condition keeps, the names set for each."""
        for key, item in pairs(collection):
            if self.expr.key_name is not None:
                self._names[self.expr.key_name] = key
            self._names[self.expr.value_name] = item
            if self._kept():
                yield

    def check_condition(self) -> bool:
        """Tell whether the condition can be worked out at all, before any element is known; report why not."""
        if self.expr.condition is None:
            return True
        names = {self.expr.value_name: Unknown, self.expr.key_name or self.expr.value_name: Unknown}
        value, faults = self._frame.inner(names).aside(self.expr.condition)
        self._frame.report(*faults)
        if not has_errors(faults):
            _condition(value)
        return not has_errors(faults)

    def value(self) -> Value:
        """Work out the value for the element at hand."""
        return self._frame.value(self.expr.value)

    def key(self, expr: Expr) -> str:
        """Work out the key for the element at hand."""
        return str(self._settled(_text_key(self._frame.value(expr))))

    def _kept(self) -> bool:
        if self.expr.condition is None:
            return True
        return bool(self._settled(_condition(self._frame.value(self.expr.condition))))

    def _settled(self, value: Value) -> Any:
        self.sensitive = self.sensitive or isinstance(value, Sensitive)
        inner = strip(value)
        if is_unknown(inner):
            raise _Undecided
        return inner


def loop(expr: For, frame: Frame) -> Value:
    """Work out a for-expression."""
    given = frame.sound_value(expr.collection)
    inner = _iterable(given)
    run = _Loop(expr, frame)
    if type_of(inner) != DYNAMIC and not run.check_condition():
        return Unknown
    if is_unknown(inner):
        return Sensitive(Unknown) if isinstance(given, Sensitive) else Unknown
    try:
        built = _tuple(run, inner) if expr.key is None else _object(run, expr.key, inner)
    except _Undecided:
        built = Unknown
    return Sensitive(strip(built)) if isinstance(given, Sensitive) or run.sensitive else built


def _iterable(given: Value) -> Value:
    inner = strip_top(given)
    if is_null(inner):
        raise EvaluationError(about_part(error("Iteration over null value", _NULL_COLLECTION), "collection"))
    if not isinstance(type_of(inner), _ITERABLE):
        detail = (
            f"A value of type {friendly_name(type_of(inner))} cannot be used as the collection in a 'for' expression."
        )
        raise EvaluationError(about_part(error("Iteration over non-iterable value", detail), "collection"))
    return inner


_ITERABLE: Final = (ListType, SetType, MapType, TupleType, ObjectType, DynamicType)


def pairs(collection: Value) -> Iterable[tuple[Value, Value]]:
    """Return keys and elements in Terraform's order: positions, sorted names, or a set's elements themselves."""
    match collection:
        case TfSet(element=element):
            return ((element_typed(item, element),) * 2 for item in collection)
        case TfList(element=element):
            return ((position, element_typed(item, element)) for position, item in enumerate(collection))
        case TfMap(element=element):
            return ((name, element_typed(collection[name], element)) for name in sorted(collection))
        case dict():
            return ((name, collection[name]) for name in sorted(collection))
        case _:
            return enumerate(collection)


def _tuple(run: _Loop, collection: Value) -> Value:
    return [run.value() for _ in run.turns(collection)]


def _object(run: _Loop, key_expr: Expr, collection: Value) -> Value:
    built: dict[str, Value] = {}
    for _ in run.turns(collection):
        key, value = run.key(key_expr), run.value()
        if run.expr.group:
            built.setdefault(key, []).append(value)
        elif key in built:
            shown = HIDDEN if run.sensitive else key
            raise EvaluationError(about_part(error("Duplicate object key", _DUPLICATE.format(key=shown)), "key"))
        else:
            built[key] = value
    return built


def _text_key(key: Value) -> Value:
    if is_null(strip_top(key)):
        raise EvaluationError(about_part(error("Invalid object key", _NULL_KEY), "key"))
    if is_unknown(strip_top(key)):
        return key
    try:
        return to_type(key, STRING)
    except ConversionError as fault:
        detail = f"The key expression produced an invalid result: {fault.reason}."
        raise EvaluationError(about_part(error("Invalid object key", detail), "key")) from None


def _condition(value: Value) -> Value:
    if is_null(strip_top(value)):
        raise EvaluationError(about_part(error("Condition is null", _NULL_CONDITION), "condition"))
    try:
        return to_type(value, BOOL)
    except ConversionError as fault:
        detail = f"The 'if' clause value is invalid: {fault.reason}."
        raise EvaluationError(about_part(error("Invalid 'for' condition", detail), "condition")) from None


def splat(expr: Splat, frame: Frame) -> Value:
    """Work out a splat; a value that is no sequence counts as a sequence of one, null as one of none."""
    given = frame.sound_value(expr.source)
    if isinstance(given, Sensitive):
        return Sensitive(strip(_splat(expr, given.value, frame)))
    return _splat(expr, given, frame)


def _splat(expr: Splat, source: Value, frame: Frame) -> Value:
    sequence = isinstance(type_of(source), ListType | SetType | TupleType)
    if is_null(source):
        if sequence:
            raise EvaluationError(about_part(error("Splat of null value", _NULL_SPLAT), "source"))
        return []
    if is_unknown(source):
        return _splat_unknown(expr, source, frame)
    items = [item for _, item in pairs(source)] if sequence else [source]
    values = [_each(expr, item, frame) for item in items]
    return _like(source, values, expr, frame)


def _each(expr: Splat, item: Value, frame: Frame) -> Value:
    return frame.inner(element=item).value(expr.each)


def _like(source: Value, values: list[Value], expr: Splat, frame: Frame) -> Value:
    """Make a list of what came of a list or set, a tuple of the rest."""
    if not isinstance(source, TfList | TfSet):
        return values
    element = type_of(values[0]) if values else type_of(_each(expr, unknown(source.element), frame))
    return collection(ListType, values, element)


def _splat_unknown(expr: Splat, source: Value, frame: Frame) -> Value:
    match type_of(source):
        case ListType(element) | SetType(element):
            return unknown(ListType(type_of(_each(expr, unknown(element), frame))))
        case TupleType(elements):
            return [_each(expr, unknown(element), frame) for element in elements]
        case DynamicType():
            return Unknown
        case type_:
            return Unknown if not getattr(source, "not_null", False) else [_each(expr, unknown(type_), frame)]


_NULL_COLLECTION: Final = "A null value cannot be used as the collection in a 'for' expression."
_NULL_CONDITION: Final = "The value of the 'if' clause must not be null."
_NULL_KEY: Final = "Key expression in 'for' expression must not produce a null value."
_NULL_SPLAT: Final = "Splat expressions (with the * symbol) cannot be applied to null sequences."
_DUPLICATE: Final = (
    "Two different items produced the key \"{key}\" in this 'for' expression. If duplicates are expected, use the "
    "ellipsis (...) after the value expression to enable grouping by key."
)
