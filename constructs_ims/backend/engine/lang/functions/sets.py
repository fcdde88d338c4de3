"""Functions on sets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from constructs_ims.backend.engine.lang.convert import to_type
from constructs_ims.backend.engine.lang.equality import make_set, set_key
from constructs_ims.backend.engine.lang.functions.collections import elements
from constructs_ims.backend.engine.lang.functions.registry import Allowed, FunctionError, Parameter, function
from constructs_ims.backend.engine.lang.typed import TfList, TfSet, Value, is_null, type_of
from constructs_ims.backend.engine.lang.unify import unify
from constructs_ims.schema.types import DYNAMIC, DynamicType, ListType, SetType, TupleType, Type

_FIRST: Final = Parameter("first_set", SetType(DYNAMIC))
_MOST_COMBINATIONS: Final = 1_000_000
_OTHERS: Final = Parameter("other_sets", SetType(DYNAMIC))


def _common(sets: Sequence[Value]) -> Type:
    """Return the type of the sets together; an empty set without a type fits in with any."""
    types = [type_of(one) for one in sets if not (isinstance(one, TfSet) and not one and one.element == DYNAMIC)]
    common = unify(types) if types else SetType(DYNAMIC)
    if common is None:
        raise FunctionError("given sets must all have compatible element types")
    return common


def _combine(sets: Sequence[Value], choose: Callable[[list[dict[Any, Value]]], list[Value]]) -> Value:
    type_ = _common(sets)
    keyed = [{set_key(item): item for item in to_type(one, type_)} for one in sets]
    return make_set(choose(keyed), type_.element if isinstance(type_, SetType) else DYNAMIC)


@function("setunion", _FIRST, variadic=_OTHERS, result=_common, unknowns=Allowed.INSIDE)
def setunion(*sets: Value) -> Value:
    """Return what is in any set."""
    type_ = _common(sets)
    items = [item for one in sets for item in to_type(one, type_)]
    return make_set(items, type_.element if isinstance(type_, SetType) else DYNAMIC)


@function("setintersection", _FIRST, variadic=_OTHERS, result=_common)
def setintersection(*sets: Value) -> Value:
    """Return what is in all sets."""
    return _combine(sets, lambda keyed: [keyed[0][key] for key in set(keyed[0]).intersection(*keyed[1:])])


@function("setsubtract", Parameter("a", SetType(DYNAMIC)), Parameter("b", SetType(DYNAMIC)), result=_common)
def setsubtract(*sets: Value) -> Value:
    """Return what is in the first set and not in the second."""
    return _combine(sets, lambda keyed: [item for key, item in keyed[0].items() if key not in keyed[1]])


def _product_type(sets: Sequence[Value]) -> Type:
    """Check that all arguments are sequences, which can be told before they are known."""
    for position, one in enumerate(sets):
        if not isinstance(type_of(one), ListType | SetType | TupleType | DynamicType):
            raise FunctionError("a set or a list is required", position)
    return DYNAMIC


@function("setproduct", variadic=Parameter("sets"), result=_product_type, unknowns=Allowed.INSIDE,
          marks=Allowed.INSIDE)  # fmt: skip
def setproduct(*sets: Value) -> Value:
    """Return every way to take one element of each: a list of tuples, or a set of them if one argument is a set."""
    if len(sets) < 2:
        raise FunctionError("at least two arguments are required")
    _product_type(sets)
    if math.prod(map(len, sets)) > _MOST_COMBINATIONS:
        raise FunctionError(f"the product has more than {_MOST_COMBINATIONS} elements")
    types = [_element_type(one, position) for position, one in enumerate(sets)]
    rows = itertools.product(*map(elements, sets))
    tuples = [[to_type(item, type_) for item, type_ in zip(row, types, strict=True)] for row in rows]
    row_type = TupleType(tuple(types))
    return make_set(tuples, row_type) if any(isinstance(one, TfSet) for one in sets) else TfList(tuples, row_type)


def _element_type(value: Value, position: int) -> Type:
    if isinstance(value, TfList | TfSet):
        return value.element
    common = unify(list(map(type_of, value)))
    if common is None or (common == DYNAMIC and value and not all(map(is_null, value))):
        raise FunctionError("all elements must be of the same type", position)
    return common
