"""Destroying what cannot be planned: without its refresh, and at last from the state alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.backend.sandbox.results import SandboxPlan
from constructs_ims.backend.sandbox.stack import SandboxStack
from constructs_ims.backend.sandbox.stacks import StackDirectory
from constructs_ims.backend.sandbox.synthesis import CONFIGURATION_FILE
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, warning

if TYPE_CHECKING:
    from constructs_ims.backend.engine.plans.options import PlanOptions

Planning: TypeAlias = Callable[[SandboxStack, "PlanOptions"], SandboxPlan]
"""Plans a stack with options; raises ``OperationFailedError``, with the plan as its result where there is one."""


def plan_destruction(
    plan: Planning, stack: SandboxStack, options: PlanOptions, is_interrupted: Callable[[], bool]
) -> SandboxPlan:
    """Plan to destroy a stack as it is found or, when it cannot be planned, as its state has it.

    Raise ``OperationFailedError`` with the first reason when it must not be destroyed or cannot be even then.
    """
    try:
        return plan(stack, options)
    except OperationFailedError as failure:
        if not _is_of_the_configuration(failure) or is_interrupted():
            raise
        reason = failure
    planned = _plan_without_refresh(plan, stack, options) or _plan_from_state(plan, stack, options, reason)
    if planned is None or is_interrupted():
        raise reason
    if not planned.has_changes:  # nothing is there, and nothing to warn of
        return planned
    diagnostics = (_destroyed_without_refresh(reason), *planned.plan.diagnostics)
    return replace(planned, plan=replace(planned.plan, diagnostics=diagnostics))


def _plan_without_refresh(plan: Planning, stack: SandboxStack, options: PlanOptions) -> SandboxPlan | None:
    try:
        return plan(stack, replace(options, refresh=False))
    except OperationFailedError:
        return None


def _plan_from_state(
    plan: Planning, stack: SandboxStack, options: PlanOptions, reason: OperationFailedError
) -> SandboxPlan | None:
    """Plan as if nothing were configured, so that all objects go; None when one of them is protected."""
    with _without_configuration(stack) as bare:
        planned = plan(bare, replace(options, refresh=False, variables={}))
    configured = reason.result.plan.configuration.resources
    protected = {address for address, resource in configured.items() if resource.lifecycle.prevent_destroy}
    going = {change.address.resource for change in planned.resource_changes if change.action is Action.DELETE}
    return replace(planned, stack=stack) if protected.isdisjoint(going) else None


@contextmanager
def _without_configuration(stack: SandboxStack) -> Iterator[SandboxStack]:
    with tempfile.TemporaryDirectory(prefix="constructs-ims-") as folder:
        Path(folder, CONFIGURATION_FILE).write_text("{}", encoding="utf-8")
        yield type(stack)(stack.sandbox, StackDirectory(stack.name, Path(folder)), stack.workspace)


def _is_of_the_configuration(failure: OperationFailedError) -> bool:
    """Whether the stack could not be planned for what it says, rather than for what the caller asked for."""
    codes = {diagnostic.code for diagnostic in failure.diagnostics if diagnostic.is_error}
    return isinstance(failure.result, SandboxPlan) and DiagnosticCode.UNDECLARED_VARIABLE not in codes


def _destroyed_without_refresh(reason: OperationFailedError) -> Diagnostic:
    fault = next(diagnostic for diagnostic in reason.diagnostics if diagnostic.is_error)
    detail = (
        "The stack cannot be planned as it stands now, so that its objects are destroyed as its state has them, "
        f"without finding out first what became of them. The reason: {fault.plainly()}"
    )
    return warning("Destroyed without refresh", detail)
