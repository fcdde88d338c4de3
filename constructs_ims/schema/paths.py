"""Where inside an object a value stands: a tuple of steps, rendered in one place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class AttributeStep:
    """Into an attribute or a nested block, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class IndexStep:
    """Into a collection: by position in a list or tuple (``int``), by key in a map (``str``), or by a set's value."""

    key: Any


PathStep: TypeAlias = AttributeStep | IndexStep
Path: TypeAlias = tuple[PathStep, ...]


def attribute_path(*names: str | int) -> Path:
    """Build a path from attribute names and list positions: ``attribute_path("assume_role", 0, "duration")``."""
    return tuple(AttributeStep(name) if isinstance(name, str) else IndexStep(name) for name in names)


def render_path(path: Path) -> str:
    """Write a path the way Terraform writes one: ``assume_role[0].duration``, ``default_tags["env"]``."""
    text = ""
    for step in path:
        match step:
            case AttributeStep(name):
                text += f".{name}" if text else name
            case IndexStep(key):
                text += f"[{json.dumps(key, ensure_ascii=False, default=str)}]"
    return text
