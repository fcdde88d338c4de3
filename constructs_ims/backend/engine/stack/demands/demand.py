"""What the places of references ask of the values that they lead to: a type, elements, attributes, a form of text.

Nothing else is known of a value that has to be made up where its type is not known, and much of what a value must be
good for is not in its type: how many elements are read, which keys, and what a text is read as.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Final, TypeAlias

from constructs_ims.backend.engine.lang import Traversal
from constructs_ims.backend.engine.lang.functions.registry import find
from constructs_ims.backend.engine.lang.nodes import (
    Binary,
    Conditional,
    Expr,
    For,
    FunctionCall,
    GetAttribute,
    Index,
    Literal,
    Object,
    Splat,
    SplatElement,
    TemplateExpr,
    Tuple,
    Unary,
)
from constructs_ims.backend.engine.lang.references import children
from constructs_ims.schema.paths import AttributeStep, PathStep
from constructs_ims.schema.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    BoolType,
    ListType,
    MapType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    TupleType,
    Type,
)


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of one value. ``ANYTHING`` asks for nothing.

    ``scalar`` is a type of one value; ``element`` what is asked of each element of a collection, of which at least
    ``length`` are read; ``keys`` are those read of a map, ``attributes`` those of an object. ``form`` is what a text is
    read as: ``json``, ``base64``, ``cidr`` of which ``length`` bits are free, ``ip``, ``time``, ``duration``,
    ``number`` of the base ``pattern``, ``split`` at ``pattern``, a match of it or (``regexall``) several; ``inner`` is
    then asked of what is read. A number of the form ``position`` is below ``length``.
    """

    scalar: Type = DYNAMIC
    element: Demand | None = None
    is_map: bool = False
    is_list: bool = False
    """Whether its elements are read by position, or it is given to what takes lists alone."""
    length: int = 0
    keys: frozenset[str] = frozenset()
    attributes: Mapping[str, Demand] = field(default_factory=dict)
    form: str = ""
    pattern: str = ""
    inner: Demand | None = None

    def together(self, other: Demand) -> Demand:
        """Return what asks for all that either asks for."""
        if other is ANYTHING or self is other:
            return self
        if self is ANYTHING:
            return other
        if self.form == other.form == "split" and self.pattern != other.pattern:
            return _split_twice(self, other)
        form = self if self.form else other
        return Demand(
            _scalar(self.scalar, other.scalar),
            _both(self.element, other.element),
            self.is_map or other.is_map,
            self.is_list or other.is_list,
            max(self.length, other.length),
            self.keys | other.keys,
            merged((self.attributes, other.attributes)),
            form.form,
            form.pattern,
            _both(self.inner, other.inner),
        )

    def of_elements(self) -> Demand:
        """Return what is asked of each of its elements, whatever holds them."""
        inside = self.element or ANYTHING
        return inside.together(Demand(attributes=self.attributes)) if self.attributes else inside

    def of_attribute(self, name: str) -> Demand:
        """Return what is asked of what stands under a name, whether it is read as an attribute or by a key."""
        asked = self.attributes.get(name, ANYTHING)
        return asked.together(self.element) if self.element and name in self.keys else asked

    @property
    def _may_be_text(self) -> bool:
        """Whether it is asked for as one value, and as a collection at most by what takes texts too, as ``length``."""
        return self.scalar != DYNAMIC and self.element == ANYTHING and not (self.is_list or self.is_map)

    def type(self) -> Type:
        """Return the least type that gives what is asked: text where anything will do."""
        if self.attributes and not self.is_list:
            return ObjectType({name: self.of_attribute(name).type() for name in sorted({*self.attributes, *self.keys})})
        if self.element is not None and not self._may_be_text:
            inner = self.of_elements().type()
            return MapType(inner) if self.is_map and not self.is_list else ListType(inner)
        return STRING if self.scalar == DYNAMIC else self.scalar


ANYTHING: Final = Demand()


def _scalar(left: Type, right: Type) -> Type:
    """Return the type that can be given where either is asked for: numbers and truth values can be text as well."""
    if left in (DYNAMIC, STRING):
        return left if right == DYNAMIC else right
    return left


def _split_twice(left: Demand, right: Demand) -> Demand:
    """Return what asks for a text that is split at two separators, as ARNs are: the parts at one hold the other."""
    outer, nested = (left, right) if left.length >= right.length else (right, left)
    return replace(outer, inner=nested.together(outer.inner or ANYTHING))


def _both(left: Demand | None, right: Demand | None) -> Demand | None:
    return left.together(right) if left and right else left or right


def merged(parts: Iterable[Mapping[str, Demand]]) -> dict[str, Demand]:
    """Return what is asked under each name in any of ``parts``."""
    found: dict[str, Demand] = {}
    for part in parts:
        for name, asked in part.items():
            found[name] = found.get(name, ANYTHING).together(asked)
    return found


def of_type(type_: Type) -> Demand:
    """Return the demand for a value of a type."""
    match type_:
        case ListType(element) | SetType(element):
            return _list(of_type(element))
        case MapType(element):
            return _map(of_type(element))
        case ObjectType(attributes):
            return Demand(attributes={name: of_type(inner) for name, inner in attributes.items()})
        case TupleType(elements):
            inside = ANYTHING
            for inner in elements:
                inside = inside.together(of_type(inner))
            return _list(inside, len(elements))
        case StringType() | NumberType() | BoolType():
            return Demand(type_)
        case _:
            return ANYTHING


def _list(element: Demand = ANYTHING, length: int = 0) -> Demand:
    return Demand(element=element, is_list=True, length=length)


def _map(element: Demand = ANYTHING, keys: frozenset[str] = frozenset()) -> Demand:
    return Demand(element=element, is_map=True, keys=keys)


def _any_collection(element: Demand = ANYTHING) -> Demand:
    return Demand(element=element)


def through(steps: Iterable[PathStep], wanted: Demand) -> Demand:
    """Return what a value is asked for of which ``wanted`` is asked behind some steps."""
    for step in reversed(list(steps)):
        if isinstance(step, AttributeStep):
            wanted = Demand(attributes={step.name: wanted})
        elif isinstance(step.key, str):
            wanted = _map(wanted, frozenset({step.key}))
        else:
            wanted = _list(wanted, int(step.key) + 1)
    return wanted


Asked: TypeAlias = tuple[Traversal, Demand]
"""A reference and what its place asks of the value that the whole of it leads to."""


@dataclass(slots=True)
class Binding:
    """A name that stands for an element while an expression is walked, and what is asked of it."""

    asked: Demand = ANYTHING
    below: int = 0
    """The number that it is a position below, 0 where that is not known."""

    def ask(self, demand: Demand) -> None:
        """Ask for something more."""
        self.asked = self.asked.together(demand)


Bindings: TypeAlias = Mapping[str, Binding]
_Special: TypeAlias = Callable[[FunctionCall, Demand], Iterator[Demand]]


def demands(expr: Expr, wanted: Demand = ANYTHING, bound: Bindings | None = None) -> Iterator[Asked]:
    """Yield every reference with what is asked of it, where ``wanted`` is asked of the whole expression.

    What is asked of names in ``bound`` is noted there.
    """
    yield from _walk(expr, wanted, bound or {})


def _walk(expr: Expr, wanted: Demand, bound: Bindings) -> Iterator[Asked]:
    match expr:
        case Traversal(root, steps):
            if root in bound:
                bound[root].ask(through(steps, wanted))
            else:
                yield expr, wanted
        case SplatElement():
            if _SPLAT in bound:
                bound[_SPLAT].ask(wanted)
        case GetAttribute(source, name):
            yield from _walk(source, Demand(attributes={name: wanted}), bound)
        case Index(source, key):
            yield from _walk(key, _position_in(source), bound)
            yield from _walk(source, _indexed(key, wanted, bound), bound)
        case Splat(source, each):
            yield from _splat(source, each, wanted, bound)
        case For():
            yield from _loop(expr, wanted, bound)
        case Conditional(condition, then, otherwise):
            yield from _walk(condition, Demand(BOOL), bound)
            yield from _walk(then, wanted, bound)
            yield from _walk(otherwise, wanted, bound)
        case Binary(operator, left, right):
            yield from _walk(left, _operand(operator, right), bound)
            yield from _walk(right, _operand(operator, left), bound)
        case Unary(operator, operand):
            yield from _walk(operand, Demand(BOOL if operator == "!" else NUMBER), bound)
        case FunctionCall():
            yield from _call(expr, wanted, bound)
        case TemplateExpr(parts):
            asked = _parts(parts, wanted) if len(parts) > 1 else wanted
            for part in parts:
                yield from _walk(part, asked, bound)
        case Tuple(items):
            for item in items:
                yield from _walk(item, wanted.of_elements(), bound)
        case Object(items):
            for key, value in items:
                yield from _walk(key, Demand(STRING), bound)
                yield from _walk(value, _of_item(key, wanted), bound)
        case _:
            for child in children(expr):
                yield from _walk(child, ANYTHING, bound)


_SPLAT: Final = "*"
"""The name that the element of a splat is bound to, which no variable can have."""


def _of_item(key: Expr, wanted: Demand) -> Demand:
    """Return what is asked of one item of an object, whose key may stand fast."""
    name = key.value if isinstance(key, Literal) else key.root if isinstance(key, Traversal) and not key.steps else None
    asked = wanted.attributes.get(name, ANYTHING) if isinstance(name, str) else ANYTHING
    return asked.together(wanted.element) if wanted.element else asked


def _position_in(source: Expr) -> Demand:
    """Return what is asked of a key: a position in a list that is written out."""
    return Demand(NUMBER, form="position", length=len(source.items)) if isinstance(source, Tuple) else ANYTHING


_PREFIX_LENGTH: Final = re.compile(r"/[0-9]+")


def _parts(parts: Sequence[Expr], wanted: Demand) -> Demand:
    """Return what is asked of the parts of a text: of an address before its prefix, and of numbers in a number."""
    if wanted.scalar == NUMBER:
        return Demand(NUMBER)
    match parts:
        case [_, Literal(str(ending))] if wanted.form == "cidr" and _PREFIX_LENGTH.fullmatch(ending):
            return Demand(STRING, form="ip")
        case _:
            return Demand(STRING, form="octet") if wanted.form in ("cidr", "ip") else Demand(STRING)


def _indexed(key: Expr, wanted: Demand, bound: Bindings) -> Demand:
    """Return what is asked of a value that a key or position is looked up in."""
    match key:
        case Literal(str() as name):
            return _map(wanted, frozenset({name}))
        case Literal(int() as position) if not isinstance(position, bool) and 0 <= position < _MOST:
            return _list(wanted, position + 1)
        case Traversal("each", (AttributeStep("key"), *_)):
            return _map(wanted)
        case Traversal(root) if root in bound and 0 < bound[root].below <= _MOST:
            return _list(wanted, bound[root].below)
        case TemplateExpr():
            return _map(wanted)
        case Traversal(root) if root != "count":
            return _any_collection(wanted)
        case _:
            return _list(wanted)


_MOST: Final = 100
"""How many elements are made up at most because somebody reads one behind them."""


def _splat(source: Expr, each: Expr, wanted: Demand, bound: Bindings) -> Iterator[Asked]:
    element = Binding()
    yield from _walk(each, wanted.of_elements(), {**bound, _SPLAT: element})
    yield from _walk(source, _list(element.asked, wanted.length), bound)


def _loop(loop: For, wanted: Demand, bound: Bindings) -> Iterator[Asked]:
    key, value = Binding(), Binding(below=_range_end(loop.collection))
    inner = {**bound, loop.value_name: value, **({loop.key_name: key} if loop.key_name else {})}
    each = wanted.of_elements()
    if loop.key is not None:
        yield from _walk(loop.key, Demand(STRING), inner)
    yield from _walk(loop.value, each.of_elements() if loop.group else each, inner)
    if loop.condition is not None:
        yield from _walk(loop.condition, Demand(BOOL), inner)
    length = wanted.length if loop.condition is None and loop.key is None else 0
    yield from _walk(loop.collection, replace(_looped(loop, value.asked, key.asked), length=length), bound)


def _range_end(collection: Expr) -> int:
    """Return the number that all of a collection are below, 0 where that is not told."""
    match collection:
        case FunctionCall("range", [Literal(int(end))]) | FunctionCall("range", [_, Literal(int(end))]):
            return int(end)
        case _:
            return 0


def _looped(loop: For, value: Demand, key: Demand) -> Demand:
    """Return what a loop asks of its collection: a map where both key and value are named and the key is no number."""
    if loop.key_name is not None and key.scalar != NUMBER:
        return _map(value)
    return _any_collection(value)


def _operand(operator: str, other: Expr) -> Demand:
    if operator in ("+", "-", "*", "/", "%", "<", "<=", ">", ">="):
        return Demand(NUMBER)
    if operator in ("&&", "||"):
        return Demand(BOOL)
    if isinstance(other, Literal) and isinstance(other.value, bool):
        return Demand(BOOL)
    return Demand(NUMBER) if isinstance(other, Literal) and isinstance(other.value, int) else ANYTHING


def _call(call: FunctionCall, wanted: Demand, bound: Bindings) -> Iterator[Asked]:
    asked = list(_arguments(call, wanted))
    for position, (argument, demand) in enumerate(zip(call.arguments, asked, strict=False)):
        is_spread = call.expand and position == len(call.arguments) - 1
        yield from _walk(argument, _list(demand) if is_spread else demand, bound)


def _arguments(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """Yield what a function asks of its arguments, one for each, where ``wanted`` is asked of its result."""
    name, arguments = call.name, call.arguments
    special = _SPECIAL.get(name)
    if special is not None:
        yield from special(call, wanted)
        return
    function = find(name)
    types = [parameter.type for parameter in function.parameters] if function else []
    beyond = function.variadic.type if function and function.variadic else DYNAMIC
    yield from (of_type(types[at] if at < len(types) else beyond) for at in range(len(arguments)))


def _same(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """All arguments stand for the result."""
    return repeat(wanted, len(call.arguments))


def _as_list(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """All arguments are sequences of what the result has."""
    return repeat(replace(_list(wanted.of_elements()), length=wanted.length), len(call.arguments))


def _first_as_list(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """The first argument is a sequence of what the result has; the others are numbers."""
    return iter([replace(_list(wanted.of_elements()), length=wanted.length), *repeat(Demand(NUMBER), 3)])


def _list_of_text(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """The argument is a list of texts, of which the result has most."""
    return iter([_list(Demand(STRING).together(wanted.of_elements()), wanted.length)])


def _slice(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """The first argument has at least as many elements as the end says."""
    match call.arguments:
        case [_, _, Literal(int(end))] if type(end) is int and 0 <= end < _MOST:
            length = end
        case _:
            length = wanted.length
    return iter([_list(wanted.of_elements(), length), *repeat(Demand(NUMBER), 2)])


def _setproduct(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """Each argument is a collection of what stands at one position of the results."""
    return repeat(_list(wanted.of_elements().of_elements()), len(call.arguments))


def _element(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([_list(wanted, 1), Demand(NUMBER)])


def _one(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([replace(_any_collection(wanted), length=1)])


def _toset(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([_list(wanted.of_elements())])


def _of_map(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """A map of what the result has."""
    return repeat(replace(wanted, is_map=not wanted.attributes, element=wanted.of_elements()), len(call.arguments))


def _lookup(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """A key that there is another value for need not be there."""
    key = call.arguments[1] if len(call.arguments) == 2 else None
    return iter([_indexed(key, wanted, {}) if isinstance(key, Literal) else _map(wanted), Demand(STRING), wanted])


def _keys(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([_map()])


def _values(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([_map(wanted.of_elements())])


def _contains(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([_list(_of_literal(call, 1)), ANYTHING])


def _of_literal(call: FunctionCall, at: int) -> Demand:
    other = call.arguments[at] if at < len(call.arguments) else None
    return _operand("==", other) if other is not None else ANYTHING


def _sum(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([_list(Demand(NUMBER), 1)])


def _length(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([_any_collection()])


def _flatten(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([_list(wanted.of_elements(), wanted.length)])


def _chunklist(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """The first argument has the elements of all chunks but the last, and those that are read of a chunk."""
    chunk = wanted.of_elements()
    match call.arguments:
        case [_, Literal(int(size))] if type(size) is int and 0 < size < _MOST:
            length = min(max(0, wanted.length - 1) * size + chunk.length, _MOST)
        case _:
            length = wanted.length
    return iter([_list(chunk.of_elements(), length), Demand(NUMBER)])


def _join(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter(
        [Demand(STRING), *repeat(_list(Demand(NUMBER if wanted.scalar == NUMBER else STRING)), len(call.arguments))]
    )


def _zipmap(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([_list(Demand(STRING)), _list(wanted.of_elements())])


def _format(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """The verbs of a format say what stands for them."""
    yield Demand(STRING)
    of_text = Demand(NUMBER) if wanted.scalar == NUMBER else ANYTHING
    pattern = call.arguments[0] if call.arguments else None
    text = pattern.value if isinstance(pattern, Literal) and isinstance(pattern.value, str) else ""
    if wanted.form == "cidr" and re.fullmatch(r"%[sv]/[0-9]+", text):
        yield Demand(STRING, form="ip")
        return
    verbs = [word[-1] for word in _verbs(text)]
    for at in range(len(call.arguments) - 1):
        verb = verbs[at] if at < len(verbs) else "v"
        yield Demand(NUMBER) if verb in "bdoxXeEfFgG" else Demand(BOOL) if verb == "t" else of_text


def _verbs(text: str) -> Iterator[str]:
    rest = text.replace("%%", "")
    while "%" in rest:
        rest = rest.partition("%")[2]
        at = next((at for at, letter in enumerate(rest) if letter.isalpha()), None)
        if at is None:
            return
        yield rest[: at + 1]


def _read_as(form: str, *others: Demand) -> _Special:
    """The first argument is a text of some form, of whose content the result is asked for."""

    def asked(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
        return iter([Demand(STRING, form=form, inner=wanted), *others, *repeat(Demand(NUMBER), len(call.arguments))])

    return asked


def _text(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """The first argument is a text of the form that the result, which is most of it, is asked for."""
    form = Demand(STRING, form="number") if wanted.scalar == NUMBER else Demand(STRING)
    return iter([replace(wanted, scalar=STRING) if wanted.form else form, *repeat(Demand(STRING), len(call.arguments))])


def _substr(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([next(_text(call, wanted)), Demand(NUMBER), Demand(NUMBER)])


def _split(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    separator = call.arguments[0] if call.arguments else None
    text = separator.value if isinstance(separator, Literal) and isinstance(separator.value, str) else ""
    form = Demand(STRING, form="split", pattern=text, length=wanted.length, inner=wanted.of_elements())
    is_read = wanted.length > 1 or wanted.of_elements().form or wanted.of_elements().scalar not in (DYNAMIC, STRING)
    return iter([Demand(STRING), form if text and is_read else Demand(STRING)])


def _regex(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    form = Demand(STRING, form="regex", pattern=_pattern(call), inner=wanted)
    return iter([Demand(STRING), form if form.pattern else Demand(STRING)])


def _regexall(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    form = Demand(STRING, form="regexall", pattern=_pattern(call), length=wanted.length, inner=wanted.of_elements())
    is_read = wanted.element not in (None, ANYTHING) or wanted.length or wanted.is_list
    return iter([Demand(STRING), form if form.pattern and is_read else Demand(STRING)])


def _pattern(call: FunctionCall) -> str:
    """Return the pattern that a function is given first, "" where it does not stand fast."""
    pattern = call.arguments[0] if call.arguments else None
    return pattern.value if isinstance(pattern, Literal) and isinstance(pattern.value, str) else ""


def _network(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    """The first argument is a network in which the subnet or the host that the others name has room."""
    given = [one.value for one in call.arguments[1:] if isinstance(one, Literal) and type(one.value) is int]
    bits = 0
    if given and call.name == "cidrsubnet":
        bits = given[0]
    elif given and call.name == "cidrhost":
        bits = (abs(given[0]) + 1).bit_length()
    elif given and call.name == "cidrsubnets":
        bits = max(given) + (len(given) - 1).bit_length()
    return iter([Demand(STRING, form="cidr", length=bits), *repeat(Demand(NUMBER), len(call.arguments))])


def _parseint(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    base = call.arguments[1] if len(call.arguments) > 1 else None
    text = str(base.value) if isinstance(base, Literal) and type(base.value) is int else ""
    return iter([Demand(STRING, form="number", pattern=text), Demand(NUMBER)])


def _timecmp(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return repeat(Demand(STRING, form="time"), 2)


def _formatdate(call: FunctionCall, wanted: Demand) -> Iterator[Demand]:
    return iter([Demand(STRING), Demand(STRING, form="time")])


_SPECIAL: Final[Mapping[str, _Special]] = {
    **dict.fromkeys(("coalesce", "try", "can", "sensitive", "nonsensitive", "ephemeralasnull"), _same),
    **dict.fromkeys(("concat", "coalescelist", "setunion", "setintersection", "setsubtract"), _as_list),
    **dict.fromkeys(("tolist", "reverse", "distinct"), _first_as_list),
    **dict.fromkeys(("compact", "sort"), _list_of_text),
    "slice": _slice,
    "setproduct": _setproduct,
    "chunklist": _chunklist,
    "flatten": _flatten,
    "element": _element,
    "one": _one,
    "toset": _toset,
    "tomap": _of_map,
    "merge": _of_map,
    "lookup": _lookup,
    "keys": _keys,
    "values": _values,
    "contains": _contains,
    "index": _contains,
    "sum": _sum,
    "length": _length,
    "zipmap": _zipmap,
    "tonumber": lambda call, wanted: iter([Demand(NUMBER)]),
    "tobool": lambda call, wanted: iter([Demand(BOOL)]),
    "tostring": lambda call, wanted: iter([Demand(STRING)]),
    **dict.fromkeys(("format", "formatlist"), _format),
    **dict.fromkeys(("chomp", "lower", "replace", "trim", "trimprefix", "trimspace", "trimsuffix", "upper"), _text),
    "substr": _substr,
    "jsondecode": _read_as("json"),
    "yamldecode": _read_as("json"),
    "csvdecode": _read_as("csv"),
    "base64decode": _read_as("base64"),
    "textdecodebase64": _read_as("base64", Demand(STRING)),
    "base64gunzip": _read_as("gzip"),
    **dict.fromkeys(("cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets"), _network),
    "parseint": _parseint,
    "timeadd": _read_as("time", Demand(STRING, form="duration")),
    "timecmp": _timecmp,
    "formatdate": _formatdate,
    "split": _split,
    "regex": _regex,
    "regexall": _regexall,
    "join": _join,
}
