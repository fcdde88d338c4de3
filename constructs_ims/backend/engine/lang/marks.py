"""Sensitive marks: putting them on, taking them off, and where they stood."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from constructs_ims.backend.engine.lang.typed import Sensitive, TfSet, Value, rebuilt
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path


def mark(value: Value) -> Sensitive:
    """Return ``value`` as sensitive; marking twice changes nothing."""
    return value if isinstance(value, Sensitive) else Sensitive(value)


def is_sensitive(value: Value) -> bool:
    """Tell whether a mark stands on ``value`` or anywhere inside it."""
    match value:
        case Sensitive():
            return True
        case list():
            return any(map(is_sensitive, value))
        case dict():
            return any(map(is_sensitive, value.values()))
        case _:
            return False


def strip(value: Value) -> Value:
    """Return ``value`` without any mark; an unmarked value is returned as it is."""
    match value:
        case Sensitive(inner):
            return strip(inner)
        case list() if is_sensitive(value):
            return rebuilt(value, map(strip, value))
        case dict() if is_sensitive(value):
            return rebuilt(value, {name: strip(item) for name, item in value.items()})
        case _:
            return value


def unmark(value: Value) -> tuple[Value, tuple[Path, ...]]:
    """Return ``value`` without marks, and the paths where they stood; ``()`` is the value as a whole."""
    paths: list[Path] = []
    _collect(value, (), paths)
    return (strip(value) if paths else value), tuple(paths)


def mark_paths(value: Value, paths: Iterable[Path]) -> Value:
    """Mark what stands at each of ``paths``; a path that leads nowhere marks nothing."""
    for path in paths:
        value = _mark_at(value, path)
    return value


def _collect(value: Value, path: Path, found: list[Path]) -> None:
    match value:
        case Sensitive(inner):
            found.append(path)
            _collect(inner, path, found) if isinstance(inner, Sensitive) else None
        case list():
            for position, item in enumerate(value):
                _collect(item, (*path, IndexStep(position)), found)
        case dict():
            for name, item in value.items():
                step = AttributeStep(name) if type(value) is dict else IndexStep(name)
                _collect(item, (*path, step), found)
        case _:
            pass


def _mark_at(value: Value, path: Path) -> Value:
    if not path or isinstance(value, TfSet):
        return mark(value)
    key: Any = path[0].name if isinstance(path[0], AttributeStep) else path[0].key
    match value:
        case Sensitive():
            return value
        case list() if type(key) is int and 0 <= key < len(value):
            items = [*value[:key], _mark_at(value[key], path[1:]), *value[key + 1 :]]
            return rebuilt(value, items)
        case dict() if key in value:
            return rebuilt(value, {**value, key: _mark_at(value[key], path[1:])})
        case _:
            return value
