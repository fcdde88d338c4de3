"""One offline world: the engine, the provider and the local IMS service joined, in memory or in a directory.

The names below are all that a caller's annotations need: the world, what it takes, what it gives back, and how it
fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_ims.backend.engine.plans.changes import Action, ActionReason, OutputChange, ResourceChange
    from constructs_ims.backend.engine.state.model import State
    from constructs_ims.backend.sandbox.cloud import Cloud
    from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
    from constructs_ims.backend.sandbox.plan_assertions import PlannedObject
    from constructs_ims.backend.sandbox.results import SandboxApply, SandboxPlan
    from constructs_ims.backend.sandbox.sandbox import Sandbox
    from constructs_ims.backend.sandbox.stack import SandboxStack
    from constructs_ims.backend.sandbox.stacks import StackSource
    from constructs_ims.schema.diagnostics import Diagnostic, Severity

_HOMES = {
    "Cloud": "backend.sandbox.cloud",
    "Action": "backend.engine.plans.changes",
    "ActionReason": "backend.engine.plans.changes",
    "Diagnostic": "schema.diagnostics",
    "OperationFailedError": "backend.sandbox.operation_errors",
    "OutputChange": "backend.engine.plans.changes",
    "PlannedObject": "backend.sandbox.plan_assertions",
    "ResourceChange": "backend.engine.plans.changes",
    "Sandbox": "backend.sandbox.sandbox",
    "SandboxApply": "backend.sandbox.results",
    "SandboxPlan": "backend.sandbox.results",
    "SandboxStack": "backend.sandbox.stack",
    "Severity": "schema.diagnostics",
    "StackSource": "backend.sandbox.stacks",
    "State": "backend.engine.state.model",
}

__all__ = [
    "Action",
    "ActionReason",
    "Cloud",
    "Diagnostic",
    "OperationFailedError",
    "OutputChange",
    "PlannedObject",
    "ResourceChange",
    "Sandbox",
    "SandboxApply",
    "SandboxPlan",
    "SandboxStack",
    "Severity",
    "StackSource",
    "State",
]


def __getattr__(name: str) -> Any:
    """Load a name on first use, so that a command that needs none of it starts without the engine."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"constructs_ims.{_HOMES[name]}"), name)
