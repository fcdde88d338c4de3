"""Apps in the shapes of public CDKTF apps, each a module with ``build(app)``, for tests of whole lives."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformOutput, TerraformStack


def output(stack: TerraformStack, name: str, value: Any, *, sensitive: bool = False) -> None:
    """Add an output, which may have the name of another construct."""
    TerraformOutput(stack, f"{name}_output", value=value, sensitive=sensitive).override_logical_id(name)
