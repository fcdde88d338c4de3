"""``ignore_changes`` as arithmetic on objects: what of a configuration gives way to the prior object. Pure.

Only a whole attribute, an attribute of an object, an element of a list and a key of a map can be ignored, as in
Terraform: a path that its types do not have changes nothing, and a key on what is no map ignores all that it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from constructs_ims.backend.engine.configuration import Reference
from constructs_ims.backend.engine.lang import TfMap
from constructs_ims.backend.engine.plans.object_change import same
from constructs_ims.schema.attribute import Block, Nesting
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path
from constructs_ims.schema.types import DYNAMIC, ListType, MapType, ObjectType, TupleType, Type
from constructs_ims.schema.values import Unknown


class _Ignored(NamedTuple):
    path: Path
    prior: Any
    key: str | None
    """The key of a map at ``path``, None where all that stands there is ignored."""


class _NoSuchPathError(Exception):
    """A path does not lead anywhere in a value."""


def with_ignored(
    ignored: Sequence[Reference] | Literal["all"], block: Block, prior: Object | None, config: Object
) -> Object:
    """Return ``config`` with prior values where a lifecycle says that changes are ignored."""
    if prior is None or not ignored:
        return config
    if ignored == "all":
        arguments = {attribute.name for attribute in block.arguments} | block.blocks_by_name.keys()
        return {name: prior.get(name) if name in arguments else value for name, value in config.items()}
    return with_ignored_changes(block, prior, config, (reference.path for reference in ignored))


def with_ignored_changes(block: Block, prior: Object, config: Object, paths: Iterable[Path]) -> Object:
    """Return ``config`` with the prior values at ``paths``."""
    type_ = _type_of_block(block)
    found = [ignored for path in paths if (ignored := _changed(type_, prior, config, path)) is not None]
    result: Any = config
    for ignored in sorted(found, key=lambda one: len(one.path), reverse=True):
        result = _replaced(result, type_, ignored.path, ignored)
    return dict(result)


def _type_of_block(block: Block) -> Type:
    nested = {one.name: _type_of_nested(one.block, one.nesting) for one in block.blocks}
    return ObjectType({**{attribute.name: attribute.type for attribute in block.attributes}, **nested})


def _type_of_nested(block: Block, nesting: Nesting) -> Type:
    inner = _type_of_block(block)
    return ListType(inner) if nesting is Nesting.LIST else inner if nesting is Nesting.SINGLE else DYNAMIC


def _changed(type_: Type, prior: Object, config: Object, path: Path) -> _Ignored | None:
    """Return what a path ignores, None where nothing has changed there or nothing can be."""
    last = path[-1].key if path and isinstance(path[-1], IndexStep) else None
    key = last if isinstance(last, str) else None
    place = path if key is None else path[:-1]
    try:
        before, after = _at(prior, type_, place), _at(config, type_, place)
    except _NoSuchPathError:
        return None
    return None if same(before, after) else _Ignored(place, before, key)


def _at(value: Any, type_: Type, path: Path) -> Any:
    for step in path:
        value, type_ = _step(value, type_, step)
    return value


def _step(value: Any, type_: Type, step: AttributeStep | IndexStep) -> tuple[Any, Type]:
    """Take a step that a type has, into a value that may be unknown."""
    if value is None:
        raise _NoSuchPathError
    match step:
        case AttributeStep(name) if _is_object(value, type_):
            inner = type_.attributes.get(name, DYNAMIC) if isinstance(type_, ObjectType) else DYNAMIC
            key: Any = name
        case IndexStep(str(key)) if _is_map(value, type_):
            inner = type_.element if isinstance(type_, MapType) else DYNAMIC
        case IndexStep(int(key)) if isinstance(value, list) and not isinstance(key, bool):
            inner = _element_type(type_, key)
        case _ if value is Unknown and type_ == DYNAMIC:
            return Unknown, DYNAMIC
        case _:
            raise _NoSuchPathError
    if value is Unknown:
        return Unknown, inner
    try:
        return value[key], inner
    except LookupError:
        raise _NoSuchPathError from None


def _element_type(type_: Type, position: int) -> Type:
    if isinstance(type_, TupleType):
        return type_.elements[position] if position < len(type_.elements) else DYNAMIC
    return type_.element if isinstance(type_, ListType) else DYNAMIC


def _is_map(value: Any, type_: Type) -> bool:
    return isinstance(value, TfMap) if type_ == DYNAMIC else isinstance(type_, MapType)


def _is_object(value: Any, type_: Type) -> bool:
    if type_ == DYNAMIC:
        return isinstance(value, Mapping) and not isinstance(value, TfMap)
    return isinstance(type_, ObjectType)


def _replaced(value: Any, type_: Type, path: Path, ignored: _Ignored) -> Any:
    if not path:
        return _with_prior(value, type_, ignored)
    step = path[0]
    try:
        inner, inner_type = _step(value, type_, step)
    except _NoSuchPathError:
        return value
    if value is Unknown:
        return value
    changed = _replaced(inner, inner_type, path[1:], ignored)
    if isinstance(step, IndexStep) and isinstance(step.key, int):
        items = [*value[: step.key], changed, *value[step.key + 1 :]]
        return type(value)(items, value.element) if hasattr(value, "element") else items
    key = step.name if isinstance(step, AttributeStep) else step.key
    members = {**value, key: changed}
    return type(value)(members, value.element) if hasattr(value, "element") else members


def _with_prior(value: Any, type_: Type, ignored: _Ignored) -> Any:
    """Return the prior value, or of a map the value with the prior element at the ignored key."""
    known = ignored.prior if value is None else value
    if ignored.key is None or not _is_map(known, type_):
        return ignored.prior
    if value is Unknown:
        return value
    before = ignored.prior if isinstance(ignored.prior, Mapping) else {}
    members = {name: item for name, item in (value or {}).items() if name != ignored.key}
    if ignored.key in before:
        members[ignored.key] = before[ignored.key]
    if not members and value is None:
        return None
    return TfMap(members, known.element) if isinstance(known, TfMap) else members
