"""``console``: one expression a line, evaluated over the stack's variables, locals and state."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import DiagnosticCode, SourcePosition, SourceRange, error, has_errors

if TYPE_CHECKING:
    from constructs_ims.backend.engine.lang import Expr, Scope
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def console(parsed: Parsed, session: CommandSession) -> int:
    """Evaluate what comes through a pipe."""
    if session.terminal.stdin.isatty():
        raise CommandFailedError(_CONVERSATION)
    with session.locked(parsed, "OperationTypeConsole") if session.states_directory.exists() else nullcontext():
        scope = _scope(parsed, session)
    return _run_through(scope, session)


def _run_through(scope: Scope, session: CommandSession) -> int:
    """Evaluate what comes through a pipe: the last line's value is printed, and the first fault is the end."""
    shown: str | None = None
    for line in session.terminal.stdin:
        if line.strip() == "exit":
            return 0
        shown = _value(line.strip(), scope, session) if line.strip() else ""
        if shown is None:
            return 1
    if shown is not None:
        session.terminal.say(shown)
    return 0


def _scope(parsed: Parsed, session: CommandSession) -> Scope:
    from constructs_ims.backend.engine.stack.evaluate.variables import find_variables
    from constructs_ims.backend.sandbox.console import console_scope

    arguments = [(name, value) for name, value in parsed.given if name in ("var", "var-file")]
    given, faults = find_variables(session.directory, arguments, session.environment)
    if has_errors(faults):
        raise CommandFailedError(*faults)
    scope, diagnostics = console_scope(session.stack, session.read_state(parsed["state"]), given)
    if any(one.code is DiagnosticCode.UNDECLARED_VARIABLE and one.is_error for one in diagnostics):
        raise CommandFailedError(*diagnostics)
    session.show(diagnostics)
    return scope


def _value(text: str, scope: Scope, session: CommandSession) -> str | None:
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
    from constructs_ims.backend.engine.lang.nodes import FunctionCall
    from constructs_ims.backend.engine.lang.references import children

    called = expression.name.removeprefix("core::") if isinstance(expression, FunctionCall) else ""
    return called == "type" or (called != "can" and any(map(_uses_type, children(expression))))


_TYPE_INSIDE: Final = error(
    "Invalid use of type function",
    'The console-only "type" function cannot be used as part of an expression.',
)

_FILENAME: Final = "<console-input>"
_LINE: Final = SourceRange(_FILENAME, SourcePosition(1, 1, 0), SourcePosition(1, 1, 0))
_CONVERSATION: Final = error(
    "Not available offline",
    "An expression is evaluated here when it comes through a pipe: echo 1+1 | terraform-ims console. "
    "Set CONSTRUCTS_IMS_ENGINE=terraform for a console to talk with.",
)
