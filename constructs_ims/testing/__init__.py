"""The testing kit: assertions on what stacks synthesize, snapshots, and a pytest plugin with an offline world.

The names below load on first use: an environment that has the package pays nothing for the kit until a test uses it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from constructs_ims.backend.extras import missing_from_extras

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
    from constructs_ims.testing.steps.running import run_steps
    from constructs_ims.testing.steps.step import ApplyStep, DestroyStep, ImportStep, RefusedStep, Step
    from constructs_ims.testing.template.annotations import Annotation, Annotations
    from constructs_ims.testing.template.template import Template

_HOMES = {
    "Annotation": "testing.template.annotations",
    "Annotations": "testing.template.annotations",
    "ApplyStep": "testing.steps.step",
    "Capture": "testing.matching.capture",
    "DestroyStep": "testing.steps.step",
    "ImportStep": "testing.steps.step",
    "Match": "testing.matching.match",
    "Matcher": "testing.matching.matchers",
    "PlanJsonExtension": "testing.snapshots.extensions",
    "PlanTextExtension": "testing.snapshots.extensions",
    "RefusedStep": "testing.steps.step",
    "Rule": "backend.documents.normalization",
    "StateExtension": "testing.snapshots.extensions",
    "Step": "testing.steps.step",
    "Template": "testing.template.template",
    "TemplateHclExtension": "testing.snapshots.extensions",
    "TemplateJsonExtension": "testing.snapshots.extensions",
    "TerraformSnapshot": "testing.snapshots.assertion",
    "run_steps": "testing.steps.running",
}

__all__ = [
    "Annotation",
    "Annotations",
    "ApplyStep",
    "Capture",
    "DestroyStep",
    "ImportStep",
    "Match",
    "Matcher",
    "PlanJsonExtension",
    "PlanTextExtension",
    "RefusedStep",
    "Rule",
    "StateExtension",
    "Step",
    "Template",
    "TemplateHclExtension",
    "TemplateJsonExtension",
    "TerraformSnapshot",
    "run_steps",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"constructs_ims.{_HOMES[name]}")
    except ModuleNotFoundError as failure:
        lack = missing_from_extras(failure)
        if lack is None:
            raise
        raise ModuleNotFoundError(str(lack), name=failure.name) from None
    value = getattr(module, name)
    globals()[name] = value
    return value
