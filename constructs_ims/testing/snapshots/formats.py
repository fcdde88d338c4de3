"""The forms in which a template, a plan or a state is kept, and the content of each. Loads no syrupy and no engine."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from constructs_ims.backend.documents.hcl import render_hcl
from constructs_ims.backend.documents.normalization import (
    ALL_RULES,
    Rule,
    normalized_plan,
    normalized_stack,
    normalized_state,
    normalized_text,
)


class Format(enum.Enum):
    """A form of snapshot; the value is the end of its files' names."""

    TEMPLATE_JSON = ".tf.json"
    TEMPLATE_HCL = ".tf"
    PLAN_JSON = ".plan.json"
    PLAN_TEXT = ".plan.txt"
    STATE = ".state.json"

    @property
    def takes(self) -> str:
        """What it is a form of."""
        match self:
            case Format.TEMPLATE_JSON | Format.TEMPLATE_HCL:
                return "Template"
            case Format.PLAN_JSON | Format.PLAN_TEXT:
                return "SandboxPlan"
            case Format.STATE:
                return "State"


def usual_format(value: Any) -> Format:
    """Return the form of a value for which none was chosen; raise ``TypeError`` for what has none."""
    match _kind_of(value):
        case "Template":
            return Format.TEMPLATE_JSON
        case "SandboxPlan":
            return Format.PLAN_TEXT
        case "State":
            return Format.STATE
        case other:
            raise TypeError(f"This snapshot is of a Template, a plan or a state, and this is {other}.")


def content(value: Any, format_: Format, rules: Iterable[Rule] = ALL_RULES, project: Path | None = None) -> Any:
    """Return what is kept of a value: an object for the forms in JSON, else a text. Raise ``TypeError`` for others."""
    if _kind_of(value) != format_.takes:
        raise TypeError(f"A {format_.value} snapshot is of a {format_.takes}, and this is {_kind_of(value)}.")
    match format_:
        case Format.TEMPLATE_JSON:
            return normalized_stack(value.to_json(), rules, project)
        case Format.TEMPLATE_HCL:
            return render_hcl(normalized_stack(value.to_json(), rules, project))
        case Format.PLAN_JSON:
            return normalized_plan(value.to_json(), rules, project)
        case Format.PLAN_TEXT:
            return normalized_text(value.text(automated=True).strip("\n") + "\n", rules, project)
        case Format.STATE:
            return normalized_state(_state_document(value), rules, project)


def _kind_of(value: Any) -> str:
    """Return the name of a value's class, that of ``Template`` and of a state for every subclass too."""
    names = {base.__name__ for base in type(value).__mro__}
    return next((name for name in ("Template", "State") if name in names), type(value).__name__)


def _state_document(state: Any) -> dict[str, Any]:
    from constructs_ims.backend.engine.state.statefile import write_state

    document: dict[str, Any] = json.loads(write_state(state))
    return document
