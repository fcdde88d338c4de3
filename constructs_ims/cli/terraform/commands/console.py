"""``console``: one expression a line, evaluated over the stack's variables, locals and state."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.engine.lang.lexer import is_open
from constructs_ims.backend.engine.stack.evaluate.variables import UNDECLARED
from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import SourcePosition, SourceRange, error, has_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_ims.backend.engine.lang import Expr, Scope
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.backend.engine.plans.options import GivenVariable
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import Session


def console(parsed: Parsed, session: Session) -> int:
    """Evaluate lines until the input ends.

    The state's lock is held while the state is read, and not for as long as somebody thinks about what to type.
    """
    with session.locked(parsed, "OperationTypeConsole") if session.states_directory.exists() else nullcontext():
        scope = _scope(parsed, session)
    return _converse(scope, session) if session.terminal.stdin.isatty() else _run_through(scope, session)


def _run_through(scope: Scope, session: Session) -> int:
    """Evaluate what comes through a pipe: the last line's value is printed, and the first fault is the end."""
    shown: str | None = None
    for line in session.terminal.stdin:
        if line.strip() == "exit":
            return 0
        shown = _answer(line.strip(), scope, session)
        if shown is None:
            return 1
    if shown is not None:
        session.terminal.say(shown)
    return 0


def _converse(scope: Scope, session: Session) -> int:
    """Answer each expression of a person, who may write one over several lines while brackets are open."""
    written = ""
    while True:
        session.terminal.say(": " if written else "> ", end="")
        line = session.terminal.stdin.readline()
        if not line or (not written and line.strip() == "exit"):
            return 0
        written += line
        if is_open(written):
            continue
        shown = _answer(written.strip(), scope, session)
        if shown:
            session.terminal.say(shown)
        written = ""


def _scope(parsed: Parsed, session: Session) -> Scope:
    from constructs_ims.backend.engine.stack.evaluate.variables import find_variables
    from constructs_ims.backend.sandbox.console import console_scope

    arguments = [(name, value) for name, value in parsed.given if name in ("var", "var-file")]
    given, faults = find_variables(session.directory, arguments, session.environment)
    if has_errors(faults):
        raise CommandFailedError(*faults)
    plan = _plan(given, session) if parsed["plan"] else None
    scope, diagnostics = console_scope(session.stack, session.read_state(parsed["state"]), given, plan)
    if any(one.summary == UNDECLARED and one.is_error for one in diagnostics):
        raise CommandFailedError(*diagnostics)
    session.show(diagnostics)
    return scope


def _plan(given: Mapping[str, GivenVariable], session: Session) -> Plan:
    from constructs_ims.backend.engine.plans.options import PlanOptions

    plan = session.stack.plan(PlanOptions(variables=given, workspace=session.workspace))
    if plan.errored:
        raise CommandFailedError(*plan.diagnostics)
    return plan


def _answer(text: str, scope: Scope, session: Session) -> str | None:
    """Return what the console says to a line; None when it was a fault, which is shown."""
    if not text or text == "help":
        return _HELP if text else ""
    return _value(text, scope, session)


def _value(text: str, scope: Scope, session: Session) -> str | None:
    from constructs_ims.backend.engine.lang import (
        TypeNotation,
        evaluate_typed,
        parse_expression,
        render_console,
        unmark,
    )

    expression = parse_expression(text, _FILENAME)
    result = evaluate_typed(expression, scope)
    session.show(one if one.subject else one.at(subject=_LINE) for one in result.diagnostics)
    if not result.ok:
        return None
    value, _ = unmark(result.value)
    if isinstance(value, TypeNotation):
        return value
    if _uses_type(expression):
        session.show([_TYPE_INSIDE])
        return None
    return render_console(result.value)


def _uses_type(expression: Expr) -> bool:
    """Whether the value of ``type`` went into something else; what ``can`` makes of it tells nothing of it."""
    from constructs_ims.backend.engine.lang.nodes import Call
    from constructs_ims.backend.engine.lang.references import children

    called = expression.name.removeprefix("core::") if isinstance(expression, Call) else ""
    return called == "type" or (called != "can" and any(map(_uses_type, children(expression))))


_TYPE_INSIDE: Final = error(
    "Invalid use of type function",
    'The console-only "type" function cannot be used as part of an expression.',
)

_FILENAME: Final = "<console-input>"
_LINE: Final = SourceRange(_FILENAME, SourcePosition(1, 1, 0), SourcePosition(1, 1, 0))
_HELP: Final = """\
Every line is an expression over the stack's variables, locals and objects as the state has them; \
"huaweicloud_ims_image_metadata.base.id", say. An expression goes on over the next lines while brackets are open.

To leave, type "exit" and hit <enter>, or use Control-C or Control-D."""
