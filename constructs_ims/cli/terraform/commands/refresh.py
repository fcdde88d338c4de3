"""``refresh``: takes over what changed outside, as an approved refresh-only apply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_ims.backend.sandbox.run_context import RunContext
from constructs_ims.cli.interrupts import Interrupts
from constructs_ims.cli.terraform.operation import OperationArguments, make_plan, operation_view, read_operation
from constructs_ims.cli.terraform.session import UsageError
from constructs_ims.cli.views.operation import OperationView
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.values import is_wholly_known

if TYPE_CHECKING:
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def refresh(parsed: Parsed, session: CommandSession) -> int:
    """Read every object and record what is found."""
    with operation_view(session, as_json=parsed["json"]) as view:
        if parsed.words:
            raise UsageError(error("Too many command line arguments", "Expected at most one positional argument."))
        arguments = replace(read_operation(parsed, session.environment), mode="refresh-only")
        return _refresh(arguments, parsed, session, view)


def _refresh(arguments: OperationArguments, parsed: Parsed, session: CommandSession, view: OperationView) -> int:
    with session.locked(parsed, "OperationTypeRefresh"), Interrupts().heard(view) as interrupts:
        if not session.read_state().resources:
            view.diagnosed([_nothing_there()])
        plan = make_plan(arguments, session, view.observer, interrupts)
        if plan.errored:
            view.plan_failed(plan)
            return 1
        context = RunContext(None, interrupts.cancellation, arguments.parallelism)
        outcome = session.stack.apply(_without_unknown_outputs(plan), context)
        # A refresh has no words of its own about targets, of which an apply warns.
        faults = tuple(fault for fault in outcome.diagnostics if fault.is_error)
        view.refreshed(plan, replace(outcome, diagnostics=faults))
    return 0 if outcome.succeeded else 1


def _without_unknown_outputs(plan: Plan) -> Plan:
    """Leave outputs that are not wholly known as they were: unlike a refresh-only apply, no part of them is stored."""
    known = {name: change for name, change in plan.output_changes.items() if is_wholly_known(change.after)}
    return replace(plan, output_changes=known)


def _nothing_there() -> Diagnostic:
    detail = "There are currently no remote objects tracked in the state, so there is nothing to refresh."
    return warning("Empty or non-existent state", detail)
