"""``plan``: what an apply would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_ims.cli.interrupts import Interrupts
from constructs_ims.cli.terraform.operation import OperationArguments, make_plan, operation_view, read_operation
from constructs_ims.cli.terraform.session import UsageError
from constructs_ims.cli.views.operation import OperationView
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession

_FAILED, _CHANGES = 1, 2


def plan(parsed: Parsed, session: CommandSession) -> int:
    """Plan, show the plan, and keep it where ``-out`` says."""
    with operation_view(session, as_json=parsed["json"]) as view:
        arguments = _read(parsed, session)
        return _plan(arguments, parsed, session, view)


def _read(parsed: Parsed, session: CommandSession) -> OperationArguments:
    if parsed.words:
        detail = "To specify a working directory for the plan, use the global -chdir flag."
        raise UsageError(error("Too many command line arguments", detail))
    return read_operation(parsed, session.environment)


def _plan(arguments: OperationArguments, parsed: Parsed, session: CommandSession, view: OperationView) -> int:
    with session.locked(parsed, "OperationTypePlan"), Interrupts().heard(view) as interrupts:
        made = make_plan(arguments, session, view.observer, interrupts)
        if made.errored:
            view.plan_failed(made)
            return _FAILED
        if parsed["out"]:
            session.save_plan(made, parsed["out"])
        view.planned(made, out=parsed["out"], last=True)
    return _CHANGES if parsed["detailed-exitcode"] and made.applyable else 0
