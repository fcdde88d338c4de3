"""The testing kit: assertions on what stacks synthesize, snapshots, and a pytest plugin with an offline world.

The names below load on first use: an environment that has the package pays nothing for the kit until a test uses it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_ims.testing.matching.capture import Capture
    from constructs_ims.testing.matching.match import Match
    from constructs_ims.testing.matching.matchers import Matcher
    from constructs_ims.testing.template.annotations import Annotation, Annotations
    from constructs_ims.testing.template.template import Template

_HOMES = {
    "Annotation": "template.annotations",
    "Annotations": "template.annotations",
    "Capture": "matching.capture",
    "Match": "matching.match",
    "Matcher": "matching.matchers",
    "Template": "template.template",
}

__all__ = ["Annotation", "Annotations", "Capture", "Match", "Matcher", "Template"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
