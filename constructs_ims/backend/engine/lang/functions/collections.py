"""Functions on lists, sets, maps, tuples and objects: reading, joining and cutting them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from constructs_ims.backend.engine.lang.access import attribute, strip_top
from constructs_ims.backend.engine.lang.convert import ConversionError, to_type
from constructs_ims.backend.engine.lang.equality import compare, set_key
from constructs_ims.backend.engine.lang.functions.graphemes import graphemes
from constructs_ims.backend.engine.lang.functions.registry import (
    NOT_WHOLE,
    Allowed,
    FunctionError,
    Parameter,
    function,
    is_whole,
)
from constructs_ims.backend.engine.lang.iteration import pairs
from constructs_ims.backend.engine.lang.marks import is_sensitive, strip
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    TfList,
    TfMap,
    TfSet,
    Value,
    has_unknown,
    is_null,
    is_unknown,
    may_shrink,
    null,
    type_of,
    unknown,
)
from constructs_ims.backend.engine.lang.unify import unify
from constructs_ims.schema.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    DynamicType,
    ListType,
    MapType,
    ObjectType,
    SetType,
    StringType,
    TupleType,
    Type,
    friendly_name,
)
from constructs_ims.schema.values import Unknown

_LIST: Final = Parameter("list", DYNAMIC)
_ANY_LIST: Final = Parameter("list", ListType(DYNAMIC))
_INSIDE: Final = Allowed.INSIDE
_ANYWHERE: Final = Allowed.ANYWHERE


def elements(value: Value) -> list[Value]:
    """Return the elements of a known collection in order, each null and unknown with its type."""
    return [item for _, item in pairs(value)]


@function("length", Parameter("value", DYNAMIC), result=NUMBER, unknowns=_ANYWHERE, marks=_INSIDE)
def length(value: Value) -> Value:
    """Count elements, or the characters of a text."""
    match type_of(value):
        case StringType() if not is_unknown(value):
            return len(graphemes(value))
        case TupleType(items):
            return len(items)
        case ObjectType(attributes):
            return len(attributes)
        case ListType() | MapType() if not is_unknown(value):
            return len(value)
        case SetType() if not is_unknown(value):
            return unknown(NUMBER, not_null=True) if may_shrink(value) else len(value)
        case StringType() | ListType() | SetType() | MapType() | DynamicType():
            return unknown(NUMBER, not_null=True)
        case _:
            raise FunctionError("argument must be a string, a collection type, or a structural type")


def _read_from(arguments: Sequence[Value]) -> Type:
    """Return the type of an element of the first argument, which must be a list or a tuple."""
    type_ = type_of(arguments[0])
    if not isinstance(type_, ListType | TupleType | DynamicType):
        raise FunctionError(f"cannot read elements from {friendly_name(type_)}")
    return type_.element if isinstance(type_, ListType) else DYNAMIC


@function("element", _LIST, Parameter("index", NUMBER), result=_read_from, unknowns=_INSIDE, marks=_INSIDE)
def element(value: Value, position: Value) -> Value:
    """Return an element, counting round past the end."""
    _read_from((value,))
    if not is_whole(position):
        raise FunctionError(f"invalid index: {NOT_WHOLE}")
    if not value:
        raise FunctionError("cannot use element function with an empty list")
    if position < 0 and position % len(value) and not isinstance(value, TfList):
        raise FunctionError("cannot use element function with a negative index")
    return elements(value)[position % len(value)]


@function("one", _LIST, unknowns=_INSIDE, marks=_INSIDE)
def one(value: Value) -> Value:
    """Return the only element, or null of an empty sequence."""
    if isinstance(value, TfSet) and may_shrink(value):
        return unknown(value.element)
    if not isinstance(value, list) or len(value) > 1:
        raise FunctionError("must be a list, set, or tuple value with either zero or one elements", 0)
    if value:
        return elements(value)[0]
    return null(value.element) if isinstance(value, TfList | TfSet) else None


@function("contains", _LIST, Parameter("value", DYNAMIC), result=BOOL, unknowns=_INSIDE)
def contains(value: Value, wanted: Value) -> Value:
    """Tell whether a sequence has such an element."""
    if not isinstance(value, list):
        raise FunctionError("argument must be list, tuple, or set")
    answers = [compare(wanted, item) for item in elements(value)]
    if True in [answer for answer in answers if answer is not Unknown]:
        return True
    return unknown(BOOL, not_null=True) if any(map(is_unknown, answers)) else False


@function("index", _LIST, Parameter("value", DYNAMIC), result=NUMBER, unknowns=_INSIDE)
def index(value: Value, wanted: Value) -> Value:
    """Return the position of the first such element."""
    if isinstance(value, TfSet) or not isinstance(value, list):
        raise FunctionError("argument must be a list or tuple")
    if not value:
        raise FunctionError("cannot search an empty list")
    for position, item in enumerate(elements(value)):
        answer = compare(item, wanted)
        if answer is Unknown:
            return unknown(NUMBER, not_null=True)
        if answer is True:
            return position
    raise FunctionError("item not found")


@function("keys", Parameter("inputMap", DYNAMIC), unknowns=_ANYWHERE, marks=_INSIDE)
def keys(value: Value) -> Value:
    """Return the names, sorted."""
    match type_of(value):
        case ObjectType(attributes):
            return sorted(attributes)
        case MapType() if is_unknown(value):
            return unknown(ListType(STRING), not_null=True)
        case MapType():
            return TfList(sorted(value), STRING)
        case DynamicType():
            return Unknown
        case _:
            raise FunctionError("must have map or object type", 0)


def _values_type(arguments: Sequence[Value]) -> Type:
    type_ = type_of(arguments[0])
    if not isinstance(type_, MapType | ObjectType | DynamicType):
        raise FunctionError("values() requires a map as the first argument")
    return ListType(type_.element) if isinstance(type_, MapType) else DYNAMIC


@function("values", Parameter("mapping", DYNAMIC), result=_values_type, unknowns=_INSIDE, marks=_INSIDE)
def values(value: Value) -> Value:
    """Return the values, in the order of their names."""
    _values_type((value,))
    found = elements(value)
    return TfList(found, value.element) if isinstance(value, TfMap) else found


@function(
    "lookup",
    Parameter("inputMap", DYNAMIC),
    Parameter("key", STRING),
    variadic=Parameter("default", DYNAMIC, nullable=True),
    unknowns=_ANYWHERE,
    marks=_ANYWHERE,
)
def lookup(mapping: Value, key: Value, *default: Value) -> Value:
    """Return the value under a name, or the default."""
    if len(default) > 1:
        raise FunctionError(f"lookup() takes two or three arguments, got {2 + len(default)}")
    sensitive = isinstance(mapping, Sensitive) or isinstance(key, Sensitive)
    hidden = isinstance(key, Sensitive)
    found = _looked_up(strip_top(mapping), strip_top(key), default, hidden)
    return Sensitive(strip(found)) if sensitive else found


def _looked_up(mapping: Value, key: Value, default: tuple[Value, ...], hidden: bool) -> Value:
    type_ = type_of(mapping)
    if type_ == DYNAMIC:
        return Unknown
    if not isinstance(type_, MapType | ObjectType):
        raise FunctionError("lookup() requires a map as the first argument", 0)
    fallback = _default(type_, default)
    if is_unknown(mapping) or is_unknown(key):
        return unknown(type_.element) if isinstance(type_, MapType) else Unknown
    if key in mapping:
        return attribute(mapping, key)
    if default:
        return fallback
    name = "(sensitive value)" if hidden else f'"{key}"'
    if isinstance(type_, ObjectType):
        raise FunctionError(f"the given object has no attribute {name}", 0)
    raise FunctionError(f"lookup failed to find key {name}")


def _default(type_: Type, default: tuple[Value, ...]) -> Value:
    if not default or not isinstance(type_, MapType):
        return default[0] if default else None
    try:
        return to_type(default[0], type_.element)
    except ConversionError:
        raise FunctionError("the default value must have the same type as the map elements", 2) from None


@function("merge", variadic=Parameter("maps", DYNAMIC, nullable=True), unknowns=_ANYWHERE, marks=_INSIDE)
def merge(*maps: Value) -> Value:
    """Put the members of maps and objects into one; of equal names the last one stays."""
    types = list(map(type_of, maps))
    for type_, item in zip(types, maps, strict=True):
        if not isinstance(type_, MapType | ObjectType | DynamicType):
            raise FunctionError(f'arguments must be maps or objects, got "{friendly_name(type_)}"')
        if type_ == DYNAMIC and not is_null(item):
            return Unknown
    type_ = _merged_type(types)
    if any(map(is_unknown, maps)):
        return unknown(type_)
    merged = {name: value for item in maps if not is_null(item) for name, value in pairs(item)}
    return to_type(merged, type_) if isinstance(type_, MapType) else merged


def _merged_type(types: list[Type]) -> Type:
    return types[0] if types and all(type_ == types[0] for type_ in types) else DYNAMIC


def _all_sequences(sequences: Sequence[Value]) -> Type:
    for position, sequence in enumerate(sequences):
        if not isinstance(type_of(sequence), ListType | TupleType | DynamicType):
            kind = friendly_name(type_of(sequence))
            raise FunctionError(f"all arguments must be lists or tuples; got {kind}", position)
    return DYNAMIC


@function("concat", variadic=Parameter("seqs", DYNAMIC), result=_all_sequences, unknowns=_INSIDE, marks=_INSIDE)
def concat(*sequences: Value) -> Value:
    """Put sequences one after the other: lists of one type make a list, anything else a tuple."""
    if not sequences:
        raise FunctionError("at least one argument is required")
    _all_sequences(sequences)
    lists = [sequence for sequence in sequences if isinstance(sequence, TfList)]
    common = unify(list(map(type_of, lists))) if len(lists) == len(sequences) else None
    if isinstance(common, ListType):
        return TfList([item for one_list in lists for item in to_type(one_list, common)], common.element)
    return [item for sequence in sequences for item in elements(sequence)]


@function("reverse", _LIST, unknowns=_INSIDE, marks=_INSIDE)
def reverse(value: Value) -> Value:
    """Turn a sequence round."""
    if not isinstance(value, list):
        raise FunctionError(f"can only reverse list or tuple values, not {friendly_name(type_of(value))}", 0)
    turned = elements(value)[::-1]
    return TfList(turned, value.element) if isinstance(value, TfList | TfSet) else turned


def _cut(arguments: Sequence[Value]) -> Type:
    type_ = type_of(arguments[0])
    if isinstance(type_, SetType):
        raise FunctionError(_NO_SLICE_OF_SET, 0)
    if not isinstance(type_, ListType | TupleType | DynamicType):
        raise FunctionError("must be a list or tuple value", 0)
    return type_ if isinstance(type_, ListType) else DYNAMIC


@function(
    "slice",
    _LIST,
    Parameter("start_index", NUMBER),
    Parameter("end_index", NUMBER),
    result=_cut,
    unknowns=_INSIDE,
    marks=_INSIDE,
)
def slice_(value: Value, start: Value, end: Value) -> Value:
    """Return the elements from ``start`` up to, but without, ``end``."""
    _cut((value,))
    _check_bound(value, start, "start", 1)
    _check_bound(value, end, "end", 2)
    if start > end:
        raise FunctionError("start index must not be greater than end index", 1)
    cut = list(value)[start:end]
    return TfList(cut, value.element) if isinstance(value, TfList) else cut


def _check_bound(value: list[Value], bound: Value, name: str, argument: int) -> None:
    if not is_whole(bound):
        raise FunctionError(f"invalid {name} index: {NOT_WHOLE}", argument)
    if bound < 0:
        raise FunctionError(f"{name} index must not be less than zero", argument)
    if bound > len(value):
        raise FunctionError(f"{name} index must not be greater than the length of the list", argument)


_NO_SLICE_OF_SET: Final = (
    "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the "
    "result is not important"
)


@function("chunklist", _ANY_LIST, Parameter("size", NUMBER), unknowns=_INSIDE, marks=_INSIDE)
def chunklist(value: Value, size: Value) -> Value:
    """Cut a list into lists of ``size``; size 0 gives one with everything."""
    type_ = type_of(value)
    if not is_whole(size):
        raise FunctionError(f"invalid size: {NOT_WHOLE}")
    if size < 0:
        raise FunctionError("the size argument must be positive")
    if not value:
        return TfList([], type_)
    step = size or len(value)
    return TfList((TfList(value[at : at + step], value.element) for at in range(0, len(value), step)), type_)


@function("flatten", _LIST, unknowns=_ANYWHERE, marks=_ANYWHERE)
def flatten(value: Value) -> Value:
    """Put the elements of nested sequences into one tuple."""
    inner = strip_top(value)
    if is_unknown(inner) or (isinstance(inner, TfSet) and may_shrink(inner)):
        return Sensitive(Unknown) if value is not inner else Unknown
    if not isinstance(type_of(inner), ListType | SetType | TupleType | DynamicType):
        raise FunctionError("can only flatten lists, sets and tuples")
    found: list[Value] = []
    known, sensitive = _flatten_into(inner, found)
    result = found if known else Unknown
    return Sensitive(strip(result)) if sensitive or value is not inner else result


def _flatten_into(value: Value, found: list[Value]) -> tuple[bool, bool]:
    """Collect elements; tell whether all sequences are known, and whether one of them is sensitive."""
    known, sensitive = True, False
    for item in elements(value):
        inner = strip_top(item)
        if not isinstance(type_of(inner), ListType | SetType | TupleType):
            known = known and inner is not Unknown
            found.append(item)
            continue
        sensitive = sensitive or inner is not item
        if is_null(inner):
            found.append(inner)
            continue
        if is_unknown(inner):
            known = False
            continue
        inside = _flatten_into(inner, found)
        known, sensitive = known and inside[0], sensitive or inside[1]
    return known, sensitive


@function("compact", Parameter("list", ListType(STRING)), result=ListType(STRING))
def compact(value: Value) -> Value:
    """Leave out empty texts and nulls."""
    return TfList((item for item in value if not is_null(item) and item), STRING)


def _same(arguments: Sequence[Value]) -> Type:
    return type_of(arguments[0])


@function("distinct", _ANY_LIST, result=_same)
def distinct(value: Value) -> Value:
    """Leave out elements that stood before."""
    kept: dict[object, Value] = {}
    for item in value:
        kept.setdefault(set_key(item), item)
    return TfList(kept.values(), value.element)


@function("sort", Parameter("list", ListType(STRING)), result=ListType(STRING), unknowns=_INSIDE)
def sort(value: Value) -> Value:
    """Sort texts by their code points."""
    for position, item in enumerate(value):
        if is_null(item):
            raise FunctionError(f"given list element {position} is null; a null string cannot be sorted")
    if any(map(is_unknown, value)):
        return TfList([unknown(STRING, not_null=True)] * len(value), STRING)
    return TfList(sorted(value), STRING)


@function("alltrue", Parameter("list", ListType(BOOL)), result=BOOL, unknowns=_INSIDE)
def alltrue(value: Value) -> Value:
    """Tell whether every element is true."""
    for item in value:
        if is_unknown(item):
            return unknown(BOOL, not_null=True)
        if item is not True:
            return False
    return True


@function("anytrue", Parameter("list", ListType(BOOL)), result=BOOL, unknowns=_INSIDE)
def anytrue(value: Value) -> Value:
    """Tell whether an element is true."""
    if any(item is True for item in value):
        return True
    return unknown(BOOL, not_null=True) if any(map(is_unknown, value)) else False


def _summed(arguments: Sequence[Value]) -> Type:
    type_ = type_of(arguments[0])
    if isinstance(type_, ObjectType | MapType):
        raise FunctionError(f"argument must be list, set, or tuple. Received {friendly_name(type_)}", 0)
    return NUMBER


@function("sum", _LIST, result=_summed)
def sum_(value: Value) -> Value:
    """Add numbers up."""
    from constructs_ims.backend.engine.lang.numbers import add

    if not isinstance(value, list | dict):
        raise FunctionError("cannot sum noniterable", 0)
    if not value:
        raise FunctionError("cannot sum an empty list", 0)
    if not isinstance(value, list):
        raise FunctionError(f"argument must be list, set, or tuple. Received {friendly_name(type_of(value))}", 0)
    total: Value = 0
    for item in value:
        total = add(total, _summand(item))
    return total


def _summand(item: Value) -> Value:
    wrong = FunctionError("argument must be list, set, or tuple of number values", 0)
    if is_null(item):
        raise wrong
    try:
        return to_type(item, NUMBER)
    except ConversionError:
        raise wrong from None


@function("range", variadic=Parameter("params", NUMBER), result=ListType(NUMBER))
def range_(*bounds: Value) -> Value:
    """Count from a start to a limit, which is left out, by steps."""
    from constructs_ims.backend.engine.lang.numbers import add

    start, end, step = _range_bounds(bounds)
    if step == 0:
        raise FunctionError("step must not be zero", 2)
    if (end - start) * step < 0:
        word, sign = ("less", "negative") if step < 0 else ("greater", "positive")
        raise FunctionError(f"end must be {word} than start when step is {sign}", 1)
    found: list[Value] = []
    while start > end if step < 0 else start < end:
        if len(found) >= 1024:
            raise FunctionError(_TOO_LONG_RANGE)
        found.append(start)
        start = add(start, step)
    return TfList(found, NUMBER)


def _range_bounds(bounds: tuple[Value, ...]) -> tuple[Value, Value, Value]:
    match bounds:
        case (end,):
            return 0, end, -1 if end < 0 else 1
        case (start, end):
            return start, end, -1 if end < start else 1
        case (start, end, step):
            return start, end, step
        case _:
            raise FunctionError("must have one, two, or three arguments")


_TOO_LONG_RANGE: Final = (
    "more than 1024 values were generated; either decrease the difference between start and end or use a smaller step"
)


@function("coalesce", variadic=Parameter("vals", DYNAMIC, nullable=True), unknowns=_ANYWHERE)
def coalesce(*candidates: Value) -> Value:
    """Return the first value that is neither null nor an empty text."""
    type_ = unify(list(map(type_of, candidates)))
    if type_ is None or not candidates:
        raise FunctionError("all arguments must have the same type")
    for candidate in candidates:
        value = _coalesced(candidate, type_)
        if is_unknown(value):
            return unknown(type_, not_null=True)
        if not is_null(value) and value != "":
            return value
    raise FunctionError("no non-null, non-empty-string arguments")


def _coalesced(candidate: Value, type_: Type) -> Value:
    try:
        return to_type(candidate, type_)
    except ConversionError as fault:
        raise FunctionError(str(fault)) from None


@function("coalescelist", variadic=Parameter("vals", DYNAMIC, nullable=True), unknowns=_ANYWHERE)
def coalescelist(*candidates: Value) -> Value:
    """Return the first sequence that has elements."""
    if not candidates:
        raise FunctionError("at least one argument is required")
    for candidate in candidates:
        if is_unknown(candidate):
            return Unknown
        if not isinstance(type_of(candidate), ListType | TupleType):
            raise FunctionError("coalescelist arguments must be lists or tuples")
    for candidate in candidates:
        if not is_null(candidate) and candidate:
            return candidate
    raise FunctionError("no non-null arguments")


def _matched(arguments: Sequence[Value]) -> Type:
    """Return the type of the values; keys and searched keys must have one in common."""
    values_type, *key_types = map(type_of, arguments)
    if unify(key_types) is None:
        raise FunctionError("keys and searchset must be of the same type")
    return values_type


@function("matchkeys", Parameter("values", ListType(DYNAMIC)), Parameter("keys", ListType(DYNAMIC)),
          Parameter("searchset", ListType(DYNAMIC)), result=_matched, unknowns=_INSIDE)  # fmt: skip
def matchkeys(found: Value, names: Value, wanted: Value) -> Value:
    """Return the values whose key at the same position is one of those wanted."""
    _matched((found, names, wanted))
    if len(found) != len(names):
        raise FunctionError("length of keys and values should be equal")
    if has_unknown(names):
        return unknown(type_of(found))
    common = unify([type_of(names), type_of(wanted)]) or DYNAMIC
    names, wanted = to_type(names, common), to_type(wanted, common)
    pairs_given = zip(found, names, strict=True)
    kept = (value for value, name in pairs_given if any(compare(name, one) is True for one in wanted))
    return TfList(kept, found.element)


@function("transpose", Parameter("values", MapType(ListType(STRING))), result=MapType(ListType(STRING)))
def transpose(value: Value) -> Value:
    """Turn a map from names to lists of texts into one from those texts to lists of names."""
    turned: dict[str, list[str]] = {}
    for name in sorted(value):
        if is_null(value[name]):
            raise FunctionError("input must not contain null list")
        for item in value[name]:
            if is_null(item):
                raise FunctionError("input list must not contain null string")
            turned.setdefault(item, []).append(name)
    members = {name: TfList(sorted(turned[name]), STRING) for name in sorted(turned)}
    return TfMap(members, ListType(STRING))


def _zipped(arguments: Sequence[Value]) -> Type:
    values_type = type_of(arguments[1])
    if not isinstance(values_type, ListType | TupleType | DynamicType):
        raise FunctionError("values argument must be a list or tuple value")
    return MapType(values_type.element) if isinstance(values_type, ListType) else DYNAMIC


@function("zipmap", Parameter("keys", ListType(STRING)), Parameter("values"), result=_zipped, unknowns=_INSIDE,
          marks=_INSIDE)  # fmt: skip
def zipmap(names: Value, found: Value) -> Value:
    """Put names and values together."""
    _zipped((names, found))
    if any(map(is_unknown, names)):
        return unknown(MapType(found.element)) if isinstance(found, TfList) else Unknown
    if len(names) != len(found):
        counts = f"number of keys ({len(names)}) does not match number of values ({len(found)})"
        raise FunctionError(counts)
    for position, name in enumerate(names):
        if is_null(name):
            raise FunctionError(f"keys list has null value at index {position}")
    sensitive = any(map(is_sensitive, names))
    members = dict(zip(map(strip, names), elements(found), strict=True))
    built = TfMap(members, found.element) if isinstance(found, TfList) else members
    return Sensitive(strip(built)) if sensitive else built
