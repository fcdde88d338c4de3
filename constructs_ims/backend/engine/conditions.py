"""Conditions: preconditions, postconditions, validations and the assertions of check blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from constructs_ims.backend.engine.configuration import Condition, Configuration
from constructs_ims.backend.engine.lang import ConversionError, Scope, convert, evaluate, is_sensitive, unmark
from constructs_ims.backend.engine.state import CheckObjectResult, CheckResult, CheckStatus
from constructs_ims.schema.diagnostics import Diagnostic, Severity, error, warning
from constructs_ims.schema.types import BOOL, STRING
from constructs_ims.schema.values import Unknown

_UNKNOWN_CHECK = warning(
    "Check block assertion known after apply",
    "The condition could not be evaluated at this time, a result will be known when this plan is applied.",
)

CheckKind: TypeAlias = Literal["resource", "output_value", "check", "var"]
"""What conditions stand in; the values are those of the plan's JSON."""

_SENSITIVE_MESSAGE = (
    "The error message expression used to explain this condition refers to sensitive values, so Terraform will not "
    "display the resulting message."
)


@dataclass(slots=True)
class Verdict:
    """What came of the conditions of one object."""

    status: CheckStatus = CheckStatus.PASS
    problems: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def note(self, status: CheckStatus) -> None:
        """Take the worse of two: an error over a failure over an unknown over a pass."""
        self.status = max(self.status, status, key=_SEVERITY.index)


_SEVERITY = [CheckStatus.PASS, CheckStatus.UNKNOWN, CheckStatus.FAIL, CheckStatus.ERROR]


def judge(
    conditions: Iterable[Condition],
    summary: str,
    scope: Scope,
    configuration: Configuration,
    *,
    severity: Severity = Severity.ERROR,
    variables: Mapping[str, Any] | None = None,
) -> Verdict:
    """Evaluate conditions; each that fails gives a diagnostic with its own message."""
    verdict = Verdict()
    for condition in conditions:
        _judge_one(condition, summary, scope, configuration, severity, variables, verdict)
    return verdict


def _judge_one(
    condition: Condition,
    summary: str,
    scope: Scope,
    configuration: Configuration,
    severity: Severity,
    variables: Mapping[str, Any] | None,
    verdict: Verdict,
) -> None:
    result = evaluate(condition.condition.expression, scope, variables)
    place = condition.condition.place
    if not result.ok:
        verdict.note(CheckStatus.ERROR)
        verdict.diagnostics += (configuration.locate(one, place) for one in result.diagnostics)
        return
    holds, fault = _truth(result.value)
    if fault is not None:
        verdict.note(CheckStatus.ERROR)
        verdict.diagnostics.append(configuration.locate(fault, place))
    elif holds is None:
        verdict.note(CheckStatus.UNKNOWN)
        if severity is Severity.WARNING:
            verdict.diagnostics.append(configuration.locate(_UNKNOWN_CHECK, place))
    elif not holds:
        message = _message(condition, scope, variables)
        verdict.note(CheckStatus.FAIL)
        verdict.problems.append(message)
        verdict.diagnostics.append(configuration.locate(Diagnostic(severity, summary, message), place))


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


def _message(condition: Condition, scope: Scope, variables: Mapping[str, Any] | None) -> str:
    result = evaluate(condition.error_message.expression, scope, variables)
    if not result.ok or result.value is Unknown or result.value is None:
        return "The error message of this condition could not be evaluated."
    if is_sensitive(result.value):
        return _SENSITIVE_MESSAGE
    try:
        return str(convert(result.value, STRING)).strip()
    except ConversionError:
        return "The error message of this condition is no string."


def overall(kind: CheckKind, address: str, objects: Iterable[CheckObjectResult]) -> CheckResult:
    """Sum up the objects of one checked block."""
    found = tuple(objects)
    status = max((one.status for one in found), key=_SEVERITY.index, default=CheckStatus.PASS)
    return CheckResult(kind, address, status, found)


def softened(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics as warnings, for what only a check asked for."""
    return [
        warning(one.summary, one.detail, one.path).at(address=one.address, subject=one.subject) for one in diagnostics
    ]
