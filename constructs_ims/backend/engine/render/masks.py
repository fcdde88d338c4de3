"""Parts of a value for JSON: what of it is known, where it is unknown, and where it is sensitive.

Masks have the shape of their value with True for what is meant: objects leave out what is not, lists say False there,
which is how Terraform writes ``after_unknown`` and ``after_sensitive``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from constructs_ims.schema.attribute import Block
from constructs_ims.schema.paths import AttributeStep, Path
from constructs_ims.schema.types import ListType, MapType, ObjectType, SetType, TupleType, Type
from constructs_ims.schema.values import Unknown

Steps: TypeAlias = tuple[Any, ...]
NOTHING_KNOWN: Final = object()
"""Stands for a value of which nothing is known, so that JSON leaves it out."""
_SEQUENCES, _MAPPINGS = (ListType, SetType, TupleType), (MapType, ObjectType)


def steps_of(path: Path) -> Steps:
    """Return a path as JSON has it: names, positions and keys."""
    return tuple(step.name if isinstance(step, AttributeStep) else step.key for step in path)


def known_part(value: Any) -> Any:
    """Return what is known: unknown attributes are left out, unknown elements become null."""
    if value is Unknown:
        return NOTHING_KNOWN
    if isinstance(value, dict):
        parts = ((name, known_part(item)) for name, item in value.items())
        return {name: part for name, part in parts if part is not NOTHING_KNOWN}
    if isinstance(value, list | tuple):
        parts_in_order = (known_part(item) for item in value)
        return [None if part is NOTHING_KNOWN else part for part in parts_in_order]
    return value


def unknown_mask(value: Any) -> Any:
    """Return where a value is unknown."""
    if value is Unknown:
        return True
    if isinstance(value, dict):
        masks = ((name, unknown_mask(item)) for name, item in value.items())
        return {name: mask for name, mask in masks if mask is not False}
    if isinstance(value, list | tuple):
        return [unknown_mask(item) for item in value]
    return False


def sensitive_mask(value: Any, paths: Iterable[Steps] = (), types: Mapping[str, Type] | None = None) -> Any:
    """Return where a value is sensitive; ``types`` are those of an object's attributes, which tell of unknown ones."""
    sensitive = tuple(paths)
    if () in sensitive:
        return True
    if isinstance(value, dict):
        return _object_mask(value, sensitive, types or {})
    if isinstance(value, list | tuple):
        return [sensitive_mask(item, _below(sensitive, index, item)) for index, item in enumerate(value)]
    return False


def _object_mask(value: Mapping[str, Any], paths: tuple[Steps, ...], types: Mapping[str, Type]) -> dict[str, Any]:
    masks: dict[str, Any] = {}
    for name, item in value.items():
        below = tuple(path[1:] for path in paths if path[0] == name) if paths else ()
        if item is Unknown and not below:
            mask = _unknown_shape(types.get(name))
        elif below or isinstance(item, dict | list | tuple):
            mask = sensitive_mask(item, below)
        else:
            continue
        if mask is not False:
            masks[name] = mask
    return masks


def _unknown_shape(type_: Type | None) -> Any:
    return [] if isinstance(type_, _SEQUENCES) else {} if isinstance(type_, _MAPPINGS) else False


def _below(paths: tuple[Steps, ...], index: int, item: Any) -> tuple[Steps, ...]:
    """Return the paths behind one element; an element of a set is named by its value."""
    return tuple(path[1:] for path in paths if path[0] == index or (path[0] == item and item is not None))


def schema_paths(block: Block, prefix: Steps = ()) -> Iterable[Steps]:
    """Yield the paths of the attributes that a schema declares sensitive, outside of repeated blocks."""
    for attribute in block.attributes:
        if attribute.sensitive:
            yield (*prefix, attribute.name)


def block_types(block: Block | None) -> dict[str, Type]:
    """Return the types of a block's attributes by name."""
    return {attribute.name: attribute.type for attribute in block.attributes} if block else {}
