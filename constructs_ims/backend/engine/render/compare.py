"""Comparing values: what is deleted, created, changed or left alone, by the rules of Terraform's plans.

Sensitive and unknown values hide what is in them, attributes that are null all along are not worth a line, and a value
of open type is compared as what it turns out to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from constructs_ims.backend.engine.lang.json_text import from_json, is_too_deep
from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.engine.render.change import EVERYTHING, RenderedChange, same
from constructs_ims.backend.engine.render.diff import (
    BlockDiff,
    BlocksDiff,
    Diff,
    ListDiff,
    MapDiff,
    ObjectDiff,
    PrimitiveDiff,
    SensitiveDiff,
    SetDiff,
    TypeChangeDiff,
    UnknownDiff,
)
from constructs_ims.backend.engine.render.pairing import paired_by_place, paired_by_value, paired_in_order
from constructs_ims.schema.attribute import Block, NestedBlock, Nesting
from constructs_ims.schema.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
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
)


def combine(current: Action, nested: Action) -> Action:
    """Return the action of a whole from its own and that of one of its parts."""
    return current if nested in (Action.NO_OP, current) else Action.UPDATE


def _whole_action(change: RenderedChange) -> Action:
    if change.before is None:
        return Action.NO_OP if change.after is None else Action.CREATE
    return Action.DELETE if change.after is None else Action.NO_OP


def _value_action(change: RenderedChange) -> Action:
    is_before = change.before is not None or change.before_explicit
    is_after = change.after is not None or change.after_explicit
    if is_before != is_after:
        return Action.CREATE if is_after else Action.DELETE
    is_same = same(change.before, change.after) and change.sensitivity in ((True, True), (False, False))
    return Action.NO_OP if is_same else Action.UPDATE


def diff_block(change: RenderedChange, block: Block | None) -> Diff:
    """Compare two objects of a block's schema; without a schema every attribute is taken as it comes."""
    if block is None:
        return _diff_attributes(replace(change, legacy=False), dict.fromkeys(change.keys, DYNAMIC), ())
    if hidden := _hidden(change, lambda inner: diff_block(inner, block), is_block=True):
        return hidden
    if change.legacy and _is_modern(block):
        change = replace(change, legacy=False)
    types = {attribute.name: attribute.type for attribute in block.attributes}
    return _diff_attributes(change, types, block.blocks)


def _diff_attributes(change: RenderedChange, types: Mapping[str, Type], nested: Iterable[NestedBlock]) -> BlockDiff:
    attributes, action = _diff_named(change, types)
    blocks: dict[str, BlocksDiff] = {}
    for one in nested:
        inner = change.attribute(one.name)
        if not inner.is_relevant:
            inner = inner.as_no_op()
        diffs, nested_action = _diff_blocks(inner, one)
        if nested_action is Action.NO_OP and inner.before is None and inner.after is None and inner.unknown is not True:
            continue
        sensitivity = inner.sensitivity
        blocks[one.name] = BlocksDiff(diffs, inner.forces_replacement, *sensitivity, inner.unknown is True)
        action = combine(action, nested_action)
    return BlockDiff(action, change.forces_replacement, attributes, blocks)


def _is_modern(block: Block) -> bool:
    """Tell whether the schema has types that the older plugin library, which mixes up null and "", cannot declare."""
    known = _MODERN.get(id(block))
    if known is None or known[0] is not block:
        known = block, any(_is_modern_type(attribute.type) for attribute in block.attributes)
        _MODERN[id(block)] = known
    return known[1]


_MODERN: Final[dict[int, tuple[Block, bool]]] = {}
"""What was found for a block, under its identity: comparing or hashing a whole schema costs more than looking again."""


def _is_modern_type(type_: Type) -> bool:
    match type_:
        case DynamicType() | TupleType() | ObjectType():
            return True
        case ListType(element) | SetType(element) | MapType(element):
            return isinstance(element, DynamicType | TupleType | ObjectType) or _is_modern_type(element)
        case _:
            return False


def _diff_blocks(change: RenderedChange, nested: NestedBlock) -> tuple[tuple[Diff, ...], Action]:
    if nested.nesting is Nesting.SINGLE:
        diff = diff_block(change, nested.block)
        return (diff,), diff.action
    pairs = paired_by_place(change) if nested.nesting is Nesting.LIST else paired_by_value(change)
    diffs = tuple(diff_block(change.element(*pair), nested.block) for pair in pairs)
    return diffs, _action_of(_whole_action(change), diffs)


def _action_of(action: Action, parts: Iterable[Diff]) -> Action:
    for part in parts:
        action = combine(action, part.action)
    return action


def diff_value(change: RenderedChange, type_: Type = DYNAMIC) -> Diff:
    """Compare two values of a type; ``DYNAMIC`` takes them for what they are."""
    if change.legacy:
        change = replace(change, before=_null_if_empty(change.before), after=_null_if_empty(change.after))
    if hidden := _hidden(change, lambda inner: diff_value(inner, type_)):
        return hidden
    match type_:
        case DynamicType():
            return _diff_dynamic(change)
        case ObjectType(attributes):
            named, action = _diff_named(change, attributes)
            return ObjectDiff(action, change.forces_replacement, named)
        case MapType(element):
            diffs = {key: diff_value(_shown(change.attribute(key)), element) for key in change.keys}
            action = _action_of(_whole_action(change), diffs.values())
            return MapDiff(action, change.forces_replacement, diffs)
        case ListType(element):
            pairs = paired_in_order(change, lambda _: isinstance(element, ObjectType))
            return _diff_list(change, ((pair, element) for pair in pairs))
        case TupleType(elements):
            return _diff_list(change, (((index, index), element) for index, element in enumerate(elements)))
        case SetType(element):
            parts = tuple(diff_value(change.element(*pair), element) for pair in paired_by_value(change))
            return SetDiff(_action_of(_whole_action(change), parts), change.forces_replacement, parts)
        case _:
            return PrimitiveDiff(_value_action(change), change.forces_replacement, change.before, change.after, type_)


def _shown(change: RenderedChange) -> RenderedChange:
    return change if change.is_relevant else change.as_no_op()


def _null_if_empty(value: Any) -> Any:
    return None if isinstance(value, str) and not value else value


def _diff_named(change: RenderedChange, types: Mapping[str, Type]) -> tuple[dict[str, Diff], Action]:
    """Compare attributes by name; those that are null all along are not worth mentioning."""
    diffs: dict[str, Diff] = {}
    action = _whole_action(change)
    plain = _PlainAttributes(change)
    for name, type_ in types.items():
        if plain.has(name, type_):
            if quick := plain.diff(name, type_):
                diffs[name] = quick
                action = combine(action, quick.action)
            continue
        inner = replace(_shown(change.attribute(name)), before_explicit=False, after_explicit=False)
        diff = diff_value(inner, type_)
        if diff.action is Action.NO_OP and inner.before is None and inner.after is None:
            continue
        diffs[name] = diff
        action = combine(action, diff.action)
    return diffs, action


class _PlainAttributes:
    """Compares texts, numbers and truth values that nothing special is said of, at a tenth of the usual cost.

    A plan of a thousand images has sixty thousand of them; the result is that of ``diff_value``.
    """

    def __init__(self, change: RenderedChange) -> None:
        self.before = change.before if isinstance(change.before, dict) else {}
        self.after = change.after if isinstance(change.after, dict) else {}
        self.unknown = change.unknown if isinstance(change.unknown, dict) else {}
        self.legacy = change.legacy
        masks = (change.before_sensitive, change.after_sensitive)
        self.special = {path[0] for path in change.replace if path}.union(*(m for m in masks if isinstance(m, dict)))
        self.is_usable = change.relevant == EVERYTHING

    def has(self, name: str, type_: Type) -> bool:
        """Tell whether the attribute can be compared here."""
        return self.is_usable and name not in self.special and isinstance(type_, StringType | NumberType | BoolType)

    def diff(self, name: str, type_: Type) -> Diff | None:
        """Return what becomes of an attribute, None when it is null all along."""
        before, after = self.before.get(name), self.after.get(name)
        is_null = before is None and after is None
        if self.legacy:
            before, after = None if before == "" else before, None if after == "" else after
        if self.unknown.get(name) is True:
            if before is None:
                return NEW_UNKNOWN
            return UnknownDiff(Action.UPDATE, False, PrimitiveDiff(Action.DELETE, False, before, None, type_))
        if is_null:
            return None
        return PrimitiveDiff(_plain_action(before, after), False, before, after, type_)


NEW_UNKNOWN: Final = UnknownDiff(Action.CREATE, False, None)
"""An attribute that nobody gave and only the apply will tell: most attributes of an object that is new."""


def _plain_action(before: Any, after: Any) -> Action:
    if before is None:
        return Action.NO_OP if after is None else Action.CREATE
    if after is None:
        return Action.DELETE
    return Action.NO_OP if same(before, after) else Action.UPDATE


def _diff_list(change: RenderedChange, pairs: Iterable[tuple[tuple[int, int], Type]]) -> ListDiff:
    parts = tuple(diff_value(change.element(*pair), type_) for pair, type_ in pairs)
    return ListDiff(_action_of(_whole_action(change), parts), change.forces_replacement, parts)


def _hidden(
    change: RenderedChange, compare: Callable[[RenderedChange], Diff], *, is_block: bool = False
) -> Diff | None:
    """Return the difference of a value that is sensitive or unknown as a whole, None when it is neither."""
    before, after = change.sensitivity
    if before or after:
        inner = compare(replace(change, before_sensitive=False, after_sensitive=False, legacy=True))
        is_nothing = change.before is None and change.after is None
        is_nothing = is_nothing and not (change.before_explicit or change.after_explicit)
        is_marked = inner.action is Action.NO_OP and before != after and not is_nothing
        action = Action.UPDATE if is_marked else inner.action
        return SensitiveDiff(action, change.forces_replacement, inner, before, after, is_block)
    if change.unknown is not True:
        return None
    known = None if change.before is None else compare(change.as_delete())
    action = _value_action(replace(change, after_explicit=True))
    return UnknownDiff(action, change.forces_replacement, known)


def _diff_dynamic(change: RenderedChange) -> Diff:
    """Compare values by the types they turn out to have; Terraform does not mark there what forces a replacement."""
    change = replace(change, replace=())
    before, after = _json_type(change.before), _json_type(change.after)
    comes = before is None and not change.before_explicit
    goes = after is None and not change.after_explicit
    if type(before) is type(after) or comes or goes:
        return _diff_as(change, after if before is None else before)
    return TypeChangeDiff(
        Action.UPDATE, False, _diff_as(change.as_delete(), before), _diff_as(change.as_create(), after)
    )


def _json_type(value: Any) -> Type | None:
    match value:
        case None:
            return None
        case bool():
            return BOOL
        case str():
            return STRING
        case dict():
            return MapType(DYNAMIC)
        case list() | tuple():
            return ListType(DYNAMIC)
        case _:
            return NUMBER


def _diff_as(change: RenderedChange, type_: Type | None) -> Diff:
    match type_:
        case MapType():
            diffs = {key: _dynamic_child(_shown(change.attribute(key))) for key in change.keys}
            return ObjectDiff(_action_of(_whole_action(change), diffs.values()), change.forces_replacement, diffs)
        case ListType():
            pairs = paired_in_order(change, lambda value: isinstance(value, dict))
            parts = tuple(_dynamic_child(change.element(*pair)) for pair in pairs)
            return ListDiff(_action_of(_whole_action(change), parts), change.forces_replacement, parts)
        case _:
            action = _value_action(replace(change, before_sensitive=False, after_sensitive=False))
            replaces = change.forces_replacement
            return PrimitiveDiff(action, replaces, change.before, change.after, type_ or DYNAMIC)


def _dynamic_child(change: RenderedChange) -> Diff:
    hidden = _hidden(change, _dynamic_child)
    if isinstance(hidden, UnknownDiff) and hidden.before is None:
        return NEW_UNKNOWN
    return hidden or _diff_dynamic(change)


def parse_json_text(text: str) -> Any:
    """Return what a text says when it is a JSON object or array, else None."""
    if not text.startswith(("{", "[")):
        return None
    try:
        value = from_json(text)
    except ValueError:
        return None
    return None if is_too_deep(value) else value


def diff_json_text(before: Any, after: Any, action: Action) -> Diff:
    """Compare two texts that are JSON by what they say."""
    is_before, is_after = action is not Action.CREATE, action is not Action.DELETE
    return _dynamic_child(
        RenderedChange(before, after, legacy=False, before_explicit=is_before, after_explicit=is_after)
    )
