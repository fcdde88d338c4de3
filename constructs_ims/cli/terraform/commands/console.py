"""``console``: one expression a line, evaluated over the stack's variables, locals and state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import error, has_errors

if TYPE_CHECKING:
    from constructs_ims.backend.engine.lang import Expr, Scope
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import Session


def console(parsed: Parsed, session: Session) -> int:
    """Evaluate lines until the input ends; from a pipe, the first line that fails ends it with 1."""
    scope = _scope(parsed, session)
    interactive = session.terminal.stdin.isatty()
    while True:
        line = _read(session, interactive)
        if line is None or line in ("exit", "quit"):
            return 0
        if line and not _evaluate(line, scope, session) and not interactive:
            return 1


def _scope(parsed: Parsed, session: Session) -> Scope:
    from constructs_ims.backend.engine.evaluation.variables import find_variables
    from constructs_ims.backend.sandbox.console import console_scope

    arguments = [(name, value) for name, value in parsed.given if name in ("var", "var-file")]
    given, faults = find_variables(session.directory, arguments, session.environment)
    if has_errors(faults):
        raise CommandFailedError(*faults)
    scope, diagnostics = console_scope(session.stack, session.read_state(parsed["state"]), given)
    session.show(diagnostics)
    return scope


def _read(session: Session, interactive: bool) -> str | None:
    if interactive:
        session.terminal.say("> ", end="")
    line = session.terminal.stdin.readline()
    return line.strip() if line else None


def _evaluate(line: str, scope: Scope, session: Session) -> bool:
    from constructs_ims.backend.engine.lang import (
        TypeNotation,
        evaluate_typed,
        parse_expression,
        render_console,
        unmark,
    )

    expression = parse_expression(line, "<console-input>")
    result = evaluate_typed(expression, scope)
    session.show(result.diagnostics)
    if not result.ok:
        return False
    value, _ = unmark(result.value)
    if isinstance(value, TypeNotation):
        session.terminal.say(value)
    elif _uses_type(expression):
        session.show([_TYPE_INSIDE])
        return False
    else:
        session.terminal.say(render_console(result.value))
    return True


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
