"""The testing kit: assertions on what stacks synthesize, snapshots, and a pytest plugin with an offline world.

The names below load on first use: an environment that has the package pays nothing for the kit until a test uses it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from constructs_ims.backend.parts import lacking_in_tests

if TYPE_CHECKING:
    from constructs_ims.backend.documents.normalization import Rule
    from constructs_ims.testing.matching.capture import Capture
    from constructs_ims.testing.matching.match import Match
    from constructs_ims.testing.matching.matchers import Matcher
    from constructs_ims.testing.snapshots.assertion import TerraformSnapshot
    from constructs_ims.testing.snapshots.extensions import (
        PlanJsonExtension,
        PlanTextExtension,
        StateExtension,
        TemplateHclExtension,
        TemplateJsonExtension,
    )
    from constructs_ims.testing.template.annotations import Annotation, Annotations
    from constructs_ims.testing.template.template import Template

_HOMES = {
    "Annotation": "testing.template.annotations",
    "Annotations": "testing.template.annotations",
    "Capture": "testing.matching.capture",
    "Match": "testing.matching.match",
    "Matcher": "testing.matching.matchers",
    "PlanJsonExtension": "testing.snapshots.extensions",
    "PlanTextExtension": "testing.snapshots.extensions",
    "Rule": "backend.documents.normalization",
    "StateExtension": "testing.snapshots.extensions",
    "Template": "testing.template.template",
    "TemplateHclExtension": "testing.snapshots.extensions",
    "TemplateJsonExtension": "testing.snapshots.extensions",
    "TerraformSnapshot": "testing.snapshots.assertion",
}

__all__ = [
    "Annotation",
    "Annotations",
    "Capture",
    "Match",
    "Matcher",
    "PlanJsonExtension",
    "PlanTextExtension",
    "Rule",
    "StateExtension",
    "Template",
    "TemplateHclExtension",
    "TemplateJsonExtension",
    "TerraformSnapshot",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"constructs_ims.{_HOMES[name]}")
    except ModuleNotFoundError as failure:
        lack = lacking_in_tests(failure)
        if lack is None:
            raise
        raise ModuleNotFoundError(str(lack), name=failure.name) from None
    value = getattr(module, name)
    globals()[name] = value
    return value
