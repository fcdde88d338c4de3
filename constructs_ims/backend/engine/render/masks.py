"""Parts of a value for JSON: what of it is known, where it is unknown, and where it is sensitive.

Masks have the shape of their value with True for what is meant: objects leave out what is not, lists say False there,
which is how Terraform writes ``after_unknown`` and ``after_sensitive``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from constructs_ims.schema.paths import AttributeStep, Path
from constructs_ims.schema.types import DYNAMIC, ListType, MapType, ObjectType, SetType, TupleType, Type
from constructs_ims.schema.values import Unknown

Steps: TypeAlias = tuple[Any, ...]
NOTHING_KNOWN: Final = object()
"""Stands for a value of which nothing is known, so that JSON leaves it out."""
_SEQUENCES, _MAPPINGS = (ListType, SetType, TupleType), (MapType, ObjectType)
_COLLECTIONS: Final = (*_SEQUENCES, *_MAPPINGS)
_NESTED: Final = (dict, list, tuple)


def steps_of(path: Path) -> Steps:
    """Return a path as JSON has it: names, positions and keys."""
    return tuple(step.name if isinstance(step, AttributeStep) else step.key for step in path)


def known_part(value: Any) -> Any:
    """Return what is known: unknown attributes are left out, unknown elements become null."""
    if value is Unknown:
        return NOTHING_KNOWN
    if isinstance(value, dict):
        known = {name: item for name, item in value.items() if item is not Unknown}
        nested = {name: known_part(item) for name, item in known.items() if isinstance(item, _NESTED)}
        return {**known, **nested} if nested else known
    if isinstance(value, list | tuple):
        return [None if item is Unknown else known_part(item) for item in value]
    return value


def unknown_mask(value: Any) -> Any:
    """Return where a value is unknown."""
    if value is Unknown:
        return True
    if isinstance(value, dict):
        return {
            name: True if item is Unknown else unknown_mask(item)
            for name, item in value.items()
            if item is Unknown or isinstance(item, _NESTED)
        }
    if isinstance(value, list | tuple):
        return [unknown_mask(item) for item in value]
    return False


def sensitive_mask(value: Any, paths: Iterable[Steps] = (), type_: Type = DYNAMIC) -> Any:
    """Return where a value is sensitive; by its type, what is unknown shows whether it will have elements."""
    sensitive = tuple(paths)
    if () in sensitive:
        return True
    if value is Unknown:
        return [] if isinstance(type_, _SEQUENCES) else {} if isinstance(type_, _MAPPINGS) else False
    if isinstance(value, dict):
        return _object_mask(value, sensitive, type_)
    if isinstance(value, list | tuple):
        return [
            sensitive_mask(item, _below(sensitive, index, item), _type_below(type_, index))
            for index, item in enumerate(value)
        ]
    return False


def _object_mask(value: Mapping[str, Any], paths: tuple[Steps, ...], type_: Type) -> dict[str, Any]:
    sensitive = {path[0] for path in paths}
    masks = {
        name: sensitive_mask(item, [path[1:] for path in paths if path[0] == name], _type_below(type_, name))
        for name, item in value.items()
        if name in sensitive
        or isinstance(item, _NESTED)
        or (item is Unknown and isinstance(_type_below(type_, name), _COLLECTIONS))
    }
    return {name: mask for name, mask in masks.items() if mask is not False}


def _type_below(type_: Type, step: str | int) -> Type:
    match type_:
        case ObjectType(attributes):
            return attributes.get(str(step), DYNAMIC)
        case TupleType(elements) if isinstance(step, int) and step < len(elements):
            return elements[step]
        case ListType(element) | SetType(element) | MapType(element):
            return element
        case _:
            return DYNAMIC


def _below(paths: tuple[Steps, ...], index: int, item: Any) -> tuple[Steps, ...]:
    """Return the paths behind one element; an element of a set is named by its value."""
    return tuple(path[1:] for path in paths if path[0] == index or (path[0] == item and item is not None))
