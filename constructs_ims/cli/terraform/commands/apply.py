"""``apply`` and ``destroy``: plan, ask, and do it; or do exactly what a saved plan says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.engine.stack.run.cancellation import halted
from constructs_ims.backend.sandbox.run_context import RunContext
from constructs_ims.cli.interrupts import AnswerInterruptedError, Interrupts
from constructs_ims.cli.terraform.operation import (
    OperationArguments,
    make_plan,
    operation_view,
    read_operation,
    replacing_needs_normal_mode,
)
from constructs_ims.cli.terraform.session import CommandFailedError, UsageError
from constructs_ims.cli.terraform.terminal import InputClosedError
from constructs_ims.cli.views.operation import OperationView
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession

_FAILED: Final = 1
_ALWAYS_DESTROYS: Final = (
    'The -destroy option is not valid for "terraform destroy", because this command always runs in destroy mode.'
)

_NEVER_ONLY_LOOKS: Final = 'The -refresh-only option is not valid for "terraform destroy".'


@dataclass(frozen=True, slots=True)
class ApplyArguments:
    """What to apply: a saved plan, or a new one made as ``operation`` says."""

    operation: OperationArguments
    plan_file: str | None = None
    auto_approve: bool = False
    is_destroy: bool = False
    """Whether ``destroy`` is the command, which ends in other words than ``apply -destroy``."""


def apply(parsed: Parsed, session: CommandSession) -> int:
    """Create, change and destroy what the plan says."""
    with operation_view(session, as_json=parsed["json"]) as view:
        return _apply(_read(parsed, session, is_destroy=False), parsed, session, view)


def destroy(parsed: Parsed, session: CommandSession) -> int:
    """Destroy everything that the state holds."""
    with operation_view(session, as_json=parsed["json"]) as view:
        return _apply(_read_destroy(parsed, session), parsed, session, view)


def _read_destroy(parsed: Parsed, session: CommandSession) -> ApplyArguments:
    for mode, why in (("destroy", _ALWAYS_DESTROYS), ("refresh-only", _NEVER_ONLY_LOOKS)):
        if parsed[mode]:
            raise UsageError(error("Invalid mode option", why))
    if parsed.words:
        raise UsageError(error("Too many command line arguments", "Expected no positional argument."))
    arguments = _read(parsed, session, is_destroy=True)
    if arguments.operation.replace:
        raise CommandFailedError(replacing_needs_normal_mode())
    return replace(arguments, operation=replace(arguments.operation, mode="destroy"))


def _read(parsed: Parsed, session: CommandSession, *, is_destroy: bool) -> ApplyArguments:
    if faults := list(_faults(parsed)):
        raise UsageError(*faults)
    plan_file = parsed.words[0] if parsed.words else None
    operation = read_operation(parsed, session.environment)
    return ApplyArguments(operation, plan_file, parsed["auto-approve"], is_destroy)


def _faults(parsed: Parsed) -> Iterator[Diagnostic]:
    if len(parsed.words) > 1:
        yield error("Too many command line arguments", "Expected at most one positional argument.")
    if parsed["json"] and not parsed.words and not parsed["auto-approve"]:
        detail = (
            "Terraform cannot ask for interactive approval when -json is set. You can either apply a saved plan file, "
            "or enable the -auto-approve option."
        )
        yield error("Plan file or auto-approve required", detail)
    planning = {"var", "var-file", "target", "replace", "destroy", "refresh-only", "refresh"}
    given = sorted({name for name, _ in parsed.given} & planning)
    if parsed.words and given:
        listed = ", ".join(f"-{name}" for name in given)
        detail = f"A saved plan was made with its own options, so {listed} cannot be given with it. Make a new plan."
        yield error("Can't change options when applying a saved plan", detail)


def _apply(arguments: ApplyArguments, parsed: Parsed, session: CommandSession, view: OperationView) -> int:
    with session.locked(parsed, "OperationTypeApply"), Interrupts().heard(view) as interrupts:
        plan = _planned(arguments, session, view, interrupts)
        if plan is None:
            return _FAILED
        context = RunContext(view.observer, interrupts.cancellation, arguments.operation.parallelism)
        outcome = session.stack.apply(plan, context)
        view.applied(outcome, is_destroy=arguments.is_destroy)
    return 0 if outcome.succeeded else _FAILED


def _planned(
    arguments: ApplyArguments, session: CommandSession, view: OperationView, interrupts: Interrupts
) -> Plan | None:
    """Return the plan to carry out, None when it failed or was not approved."""
    if arguments.plan_file is not None:
        return session.current_plan(arguments.plan_file)
    plan = make_plan(arguments.operation, session, view.observer, interrupts)
    if plan.errored:
        view.plan_failed(plan)
        return None
    view.planned(plan, out=None, last=False)
    if interrupts.cancellation.is_set():
        raise CommandFailedError(halted())
    if plan.applyable and not arguments.auto_approve and not _approved(plan, session, interrupts):
        session.terminal.say(f"{'Destroy' if plan.mode == 'destroy' else 'Apply'} cancelled.")
        return None
    return plan


def _approved(plan: Plan, session: CommandSession, interrupts: Interrupts) -> bool:
    query, description = _QUESTIONS[plan.mode]
    workspace = f' in workspace "{plan.workspace}"' if plan.workspace != "default" else ""
    try:
        with interrupts.awaiting_answer():
            return session.terminal.ask(f"\n{query}{workspace}?", description) == "yes"
    except AnswerInterruptedError:
        session.terminal.say()
        raise CommandFailedError(error("error asking for approval: interrupted")) from None
    except InputClosedError:
        raise CommandFailedError(error("error asking for approval: EOF")) from None


_QUESTIONS: Final = {
    "normal": (
        "Do you want to perform these actions",
        "Terraform will perform the actions described above.\nOnly 'yes' will be accepted to approve.",
    ),
    "destroy": (
        "Do you really want to destroy all resources",
        "Terraform will destroy all your managed infrastructure, as shown above.\n"
        "There is no undo. Only 'yes' will be accepted to confirm.",
    ),
    "refresh-only": (
        "Would you like to update the Terraform state to reflect these detected changes",
        "Terraform will write these changes to the state without modifying any real infrastructure.\n"
        "There is no undo. Only 'yes' will be accepted to confirm.",
    ),
}
