"""Refusals that planning and applying share."""

from __future__ import annotations

from dataclasses import replace

from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.schema.diagnostics import Diagnostic, error


def cannot_destroy(address: InstanceAddress) -> Diagnostic:
    """Say that ``prevent_destroy`` stands in the way."""
    refusal = error(
        "Instance cannot be destroyed",
        f"Resource {address} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. "
        "To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope "
        "of the plan using the -target option.",
    )
    return replace(refusal, concerns=str(address))


def invalid_plan(address: InstanceAddress, what: str) -> Diagnostic:
    """Say that a provider planned what it may not."""
    return error(
        "Provider produced invalid plan",
        f"The provider planned an invalid value for {address}{what}.\n\nThis is a bug in the provider, which should be "
        "reported in the provider's own issue tracker.",
    )
