"""One offline world: the engine, the provider and the local IMS service joined, in memory or in a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_ims.backend.sandbox.problems import OperationFailedError

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox.results import SandboxApply, SandboxPlan
    from constructs_ims.backend.sandbox.sandbox import Sandbox
    from constructs_ims.backend.sandbox.stack import SandboxStack
    from constructs_ims.backend.sandbox.stacks import StackSource

_HOMES = {
    "Sandbox": "sandbox",
    "SandboxApply": "results",
    "SandboxPlan": "results",
    "SandboxStack": "stack",
    "StackSource": "stacks",
}

__all__ = ["OperationFailedError", "Sandbox", "SandboxApply", "SandboxPlan", "SandboxStack", "StackSource"]


def __getattr__(name: str) -> Any:
    """Load a name on first use, so that a command that needs none of it starts without the engine."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
