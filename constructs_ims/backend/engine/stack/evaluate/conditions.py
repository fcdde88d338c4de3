"""Conditions: preconditions, postconditions, validations and the assertions of check blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from constructs_ims.backend.engine.configuration import Condition, Configuration
from constructs_ims.backend.engine.lang import ConversionError, Scope, convert, evaluate, is_sensitive, unmark
from constructs_ims.backend.engine.lang.origin import explained
from constructs_ims.backend.engine.state.model import CheckObjectResult, CheckResult, CheckStatus
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, Severity, error, warning
from constructs_ims.schema.types import BOOL, STRING
from constructs_ims.schema.values import Unknown

CheckKind: TypeAlias = Literal["resource", "output_value", "check", "var"]
"""What conditions stand in; the values are those of the plan's JSON."""

_SENSITIVE_MESSAGE: Final = warning(
    "Error message refers to sensitive values",
    "The error expression used to explain this condition refers to sensitive values, so Terraform will not display the "
    "resulting message.\n\nYou can correct this by removing references to sensitive values, or by carefully using the "
    "nonsensitive() function if the expression will not reveal the sensitive data.",
)
_NO_MESSAGE: Final = (
    "This check failed, but has an invalid error message as described in the other accompanying messages."
)


@dataclass(slots=True)
class Verdict:
    """What came of the conditions of one object."""

    status: CheckStatus = CheckStatus.PASS
    problems: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def note(self, status: CheckStatus) -> None:
        """Take the worse of two."""
        self.status = worse(self.status, status)


def worse(one: CheckStatus, other: CheckStatus) -> CheckStatus:
    """Return the worse of two: an error over a failure over an unknown over a pass."""
    return max(one, other, key=_SEVERITY.index)


def together(results: Sequence[CheckObjectResult]) -> CheckObjectResult:
    """Return what results for one object come to, with the messages in Terraform's order."""
    status = max((one.status for one in results), key=_SEVERITY.index)
    messages = sorted(message for one in results for message in one.failure_messages)
    return CheckObjectResult(results[0].address, status, tuple(messages))


_SEVERITY = [CheckStatus.PASS, CheckStatus.UNKNOWN, CheckStatus.FAIL, CheckStatus.ERROR]


def judge(
    conditions: Iterable[Condition],
    summary: str,
    scope: Scope,
    configuration: Configuration,
    *,
    severity: Severity = Severity.ERROR,
    unknown: Diagnostic | None = None,
) -> Verdict:
    """Evaluate conditions; each that fails gives a diagnostic with its own message, each that waits ``unknown``."""
    verdict = Verdict()
    for condition in conditions:
        _judge_one(condition, summary, scope, configuration, severity, unknown, verdict)
    return verdict


def _judge_one(
    condition: Condition,
    summary: str,
    scope: Scope,
    configuration: Configuration,
    severity: Severity,
    unknown: Diagnostic | None,
    verdict: Verdict,
) -> None:
    result = evaluate(condition.condition.expression, scope)
    place = condition.condition.place
    if not result.ok:
        verdict.note(CheckStatus.ERROR)
        verdict.diagnostics += (configuration.locate(one, place) for one in result.diagnostics)
        return

    def about(diagnostic: Diagnostic) -> Diagnostic:
        return explained(diagnostic, condition.condition.expression, scope)

    holds, fault = _truth(result.value)
    if fault is not None:
        verdict.note(CheckStatus.ERROR)
        verdict.diagnostics.append(configuration.locate(about(fault), place))
    elif holds is None:
        verdict.note(CheckStatus.UNKNOWN)
        if unknown is not None:
            verdict.diagnostics.append(configuration.locate(about(unknown), place))
    elif not holds:
        message, faults = _message(condition, scope)
        verdict.note(CheckStatus.FAIL)
        verdict.diagnostics += (configuration.locate(one, condition.error_message.place) for one in faults)
        verdict.problems.append(message)
        failure = Diagnostic(severity, summary, message, code=DiagnosticCode.CONDITION_FAILED)
        verdict.diagnostics.append(configuration.locate(about(failure), place))


def _truth(value: Any) -> tuple[bool | None, Diagnostic | None]:
    """Return whether a condition holds, None while that is unknown, or why it is no condition."""
    inner, _ = unmark(value)
    if inner is Unknown:
        return None, None
    if inner is None:
        return None, error(
            "Invalid condition result", "Condition expression must return either true or false, not null."
        )
    try:
        return bool(convert(inner, BOOL)), None
    except ConversionError as fault:
        return None, error("Invalid condition result", f"Invalid condition result value: {fault}.")


def _message(condition: Condition, scope: Scope) -> tuple[str, Sequence[Diagnostic]]:
    """Return what a condition says of its failure, and why that cannot be said."""
    expression = condition.error_message.expression
    result = evaluate(expression, scope)
    if not result.ok:
        return _NO_MESSAGE, result.diagnostics
    if is_sensitive(result.value):
        return _NO_MESSAGE, [explained(_SENSITIVE_MESSAGE, expression, scope)]
    try:
        message = convert(result.value, STRING)
    except ConversionError as fault:
        return _NO_MESSAGE, [explained(_bad_message(f"{fault}"), expression, scope)]
    if message is Unknown or message is None:
        why = "it is not known yet" if message is Unknown else "it is null"
        return _NO_MESSAGE, [explained(_bad_message(why), expression, scope)]
    return str(message).strip(), []


def _bad_message(why: str) -> Diagnostic:
    return error("Invalid error message", f"Unsuitable value for error message: {why}.")


def overall(kind: CheckKind, address: str, objects: Iterable[CheckObjectResult]) -> CheckResult:
    """Sum up the objects of one checked block."""
    found = tuple(objects)
    status = max((one.status for one in found), key=_SEVERITY.index, default=CheckStatus.PASS)
    return CheckResult(kind, address, status, found)


def softened(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics as warnings, for what only a check asked for."""
    return [
        Diagnostic(
            Severity.WARNING,
            one.summary,
            one.detail,
            one.path,
            one.address,
            one.subject,
            code=one.code,
            named=one.named,
        )
        for one in diagnostics
    ]
