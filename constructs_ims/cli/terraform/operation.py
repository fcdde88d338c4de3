"""What plan, apply, destroy and refresh have in common: their flags as one record, and planning with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_ims.backend.sandbox.run_context import RunContext
from constructs_ims.cli.interrupts import AnswerInterruptedError, Interrupts
from constructs_ims.cli.terraform.session import CommandFailedError, UsageError
from constructs_ims.cli.terraform.terminal import InputClosedError, input_allowed
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, error, has_errors

if TYPE_CHECKING:
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.backend.engine.plans.events import Observer
    from constructs_ims.cli.terraform.session import CommandSession
    from constructs_ims.cli.views.operation import OperationView


if TYPE_CHECKING:
    from constructs_ims.backend.engine.configuration import Variable
    from constructs_ims.backend.engine.plans.changes import Plan, PlanMode
    from constructs_ims.backend.engine.plans.events import Observer
    from constructs_ims.backend.engine.plans.options import GivenVariable, PlanOptions
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


@dataclass(frozen=True, slots=True)
class OperationArguments:
    """How to plan and apply, as a command line says it; ``variables`` are ``-var`` and ``-var-file`` in their order."""

    mode: PlanMode = "normal"
    refresh: bool = True
    targets: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    parallelism: int = 10
    input: bool = True
    json: bool = False


def read_operation(parsed: Parsed, environment: Mapping[str, str]) -> OperationArguments:
    """Read the flags; ``CommandFailedError`` when some of them make no sense together."""
    if faults := list(_contradictions(parsed)):
        raise UsageError(*faults)
    if parsed["replace"] and (parsed["destroy"] or parsed["refresh-only"]):
        raise CommandFailedError(replacing_needs_normal_mode())
    if parsed["parallelism"] < 0:
        detail = f"The parallelism must be a positive value. Not {parsed['parallelism']}."
        raise CommandFailedError(error("Invalid parallelism value", detail))
    return OperationArguments(
        "destroy" if parsed["destroy"] else "refresh-only" if parsed["refresh-only"] else "normal",
        parsed["refresh"],
        parsed["target"],
        parsed["replace"],
        tuple((name, value) for name, value in parsed.given if name in ("var", "var-file")),
        parsed["parallelism"] or 10,
        input_allowed(parsed["input"], environment),
        parsed["json"],
    )


def replacing_needs_normal_mode() -> Diagnostic:
    """Return the fault of ``-replace`` in another mode than the normal one."""
    detail = "Forcing resource instance replacement (with -replace=...) is allowed only in normal planning mode."
    return error("Unsupported plan mode", detail)


def _contradictions(parsed: Parsed) -> list[Diagnostic]:
    from constructs_ims.backend.engine.plans.options import read_addresses

    found = [*read_addresses(parsed["target"], "-target")[1], *read_addresses(parsed["replace"], "-replace")[1]]
    if parsed["destroy"] and parsed["refresh-only"]:
        detail = "The -destroy and -refresh-only options are mutually-exclusive."
        found.append(error("Incompatible plan mode options", detail))
    if parsed["refresh-only"] and not parsed["refresh"]:
        detail = (
            "It doesn't make sense to use -refresh-only at the same time as -refresh=false, because Terraform would "
            "have nothing to do."
        )
        found.append(error("Incompatible refresh options", detail))
    return found


def make_plan(
    arguments: OperationArguments,
    session: CommandSession,
    observer: Observer,
    interrupts: Interrupts,
    *,
    imports: Mapping[str, str] | None = None,
) -> Plan:
    """Plan the stack; what is missing among its input variables is asked for where that is allowed."""
    options = replace(_options(arguments, session), imports=imports or {})
    plan = _plan(arguments, session, options, observer, interrupts)
    missing = _missing_variables(plan, options)
    if not missing or not arguments.input or arguments.json:
        return plan
    answers = _ask_for(missing, session, interrupts)
    options = replace(options, variables={**options.variables, **answers})
    return _plan(arguments, session, options, observer, interrupts)


def _plan(
    arguments: OperationArguments,
    session: CommandSession,
    options: PlanOptions,
    observer: Observer,
    interrupts: Interrupts,
) -> Plan:
    return session.stack.plan(options, RunContext(observer, interrupts.cancellation, arguments.parallelism))


def _options(arguments: OperationArguments, session: CommandSession) -> PlanOptions:
    from constructs_ims.backend.engine.plans.options import PlanOptions
    from constructs_ims.backend.engine.stack.evaluate.variables import find_variables

    given, faults = find_variables(
        session.directory, arguments.variables, session.environment, working_directory=Path(session.directory)
    )
    if has_errors(faults):
        raise CommandFailedError(*faults)
    return PlanOptions(
        arguments.mode, given, arguments.targets, arguments.replace, arguments.refresh, session.workspace
    )


def _missing_variables(plan: Plan, options: PlanOptions) -> list[Variable]:
    """Return the variables for whose lack planning failed, in the order in which Terraform asks."""
    if not any(one.code is DiagnosticCode.MISSING_VARIABLE for one in plan.diagnostics):
        return []
    declared = sorted(plan.configuration.variables.items())
    return [variable for name, variable in declared if variable.is_required and name not in options.variables]


def _ask_for(missing: list[Variable], session: CommandSession, interrupts: Interrupts) -> dict[str, GivenVariable]:
    from constructs_ims.backend.engine.plans.options import GivenVariable

    answers: dict[str, GivenVariable] = {}
    try:
        for variable in missing:
            with interrupts.awaiting_answer():
                answer = session.terminal.ask(f"var.{variable.name}", variable.description)
            answers[variable.name] = GivenVariable(text=answer, origin="interactive input")
    except (InputClosedError, AnswerInterruptedError):
        # Terraform says nothing of its own here: the plan reports what is still missing.
        pass
    return answers


def operation_view(session: CommandSession, *, as_json: bool) -> OperationView:
    """Return the view that was asked for."""
    if as_json:
        from constructs_ims.cli.views.operation_json import JsonOperationView

        return JsonOperationView(session)
    from constructs_ims.cli.views.operation_human import HumanOperationView

    return HumanOperationView(session)
