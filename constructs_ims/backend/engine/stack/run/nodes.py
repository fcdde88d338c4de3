"""Evaluates the nodes of a graph that are not resources: variables, locals, providers, outputs and checks.

A plan and an apply do the same with them, so both use this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from constructs_ims.backend.engine.configuration import Condition, Output, ProviderKey, Variable
from constructs_ims.backend.engine.configuration.source import range_text
from constructs_ims.backend.engine.lang import Value, evaluate, evaluate_typed, is_sensitive, type_of, unmark
from constructs_ims.backend.engine.lang.provider_addresses import ProviderAddress
from constructs_ims.backend.engine.lang.typed import collapse
from constructs_ims.backend.engine.stack.evaluate.bodies import Evaluated, empty_object, evaluate_body
from constructs_ims.backend.engine.stack.evaluate.conditions import judge, worse
from constructs_ims.backend.engine.stack.evaluate.sensitive import without_sensitive
from constructs_ims.backend.engine.stack.providers.pool import address_of
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.backend.engine.state.model import CheckObjectResult, CheckStatus
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, Severity, error, warning
from constructs_ims.schema.types import Type


def evaluate_variable(run: PlanRun, name: str) -> bool:
    """Validate an input variable."""
    variable = run.configuration.variables[name]
    if not variable.validations:
        return True
    scope = run.values.scope()
    went_well, status, problems = True, CheckStatus.PASS, []
    for validation in variable.validations:
        verdict = judge([validation], "Invalid value for variable", scope, run.configuration)
        status = worse(status, verdict.status)
        problems += verdict.problems
        went_well &= run.report(_of_variable(one, variable, validation, run) for one in verdict.diagnostics)
    run.results.add_check("var", f"var.{name}", CheckObjectResult(f"var.{name}", status, tuple(problems)))
    return went_well


def _of_variable(diagnostic: Diagnostic, variable: Variable, validation: Condition, run: PlanRun) -> Diagnostic:
    """Point at the variable whose value is refused, and name the rule that refuses it."""
    if diagnostic.code is not DiagnosticCode.CONDITION_FAILED:
        return diagnostic
    rule = range_text(run.configuration.opening_range(validation.place), validation.place.filename)
    detail = f"{diagnostic.detail}\n\nThis was checked by the validation rule at {rule}."
    return replace(diagnostic, detail=detail, subject=run.configuration.opening_range(variable.place))


def evaluate_local(run: PlanRun, name: str) -> bool:
    """Evaluate a local value."""
    argument = run.configuration.locals[name]
    result = evaluate(argument.expression, run.values.scope())
    with run.results.lock:
        run.values.locals[name] = result.value
    return run.report(result.diagnostics, argument.place)


def configure_provider(run: PlanRun, key: ProviderKey | ProviderAddress) -> bool:
    """Evaluate a provider block, which may be implied, and configure the provider with it."""
    with run.results.lock:
        if key in run.results.configured:
            return True
        run.results.configured.add(key)
    if isinstance(key, ProviderAddress):
        provider = run.stack.pool.get(key)
        return run.report(provider.configure(empty_object(provider.schema.block)))
    address = address_of(run.configuration, key)
    provider = run.stack.pool.get(address)
    body = run.stack.provider_bodies.get(key)
    config = (
        evaluate_body(body, run.values.scope(), run.configuration)
        if body is not None
        else Evaluated(empty_object(provider.schema.block))
    )
    if not run.report(config.diagnostics):
        return False
    with run.results.lock:
        run.results.configurations.append((config.value, config.sensitive))

    def report(found: Iterable[Diagnostic]) -> bool:
        hidden = without_sensitive(found, (config.value, config.sensitive))
        located = (body.locate(one, run.configuration) if body else one for one in hidden)
        return run.report(located, address=str(address))

    return report(provider.validate_provider(config.value)) and report(provider.configure(config.value))


@dataclass(frozen=True, slots=True)
class EvaluatedOutput:
    """The value of an output without marks, with its type as far as it is known."""

    value: Value
    type: Type


def evaluate_output(run: PlanRun, output: Output) -> EvaluatedOutput | None:
    """Evaluate an output and its preconditions; None when something is wrong."""
    name, scope = output.name, run.values.scope()
    if output.preconditions and not run.is_rehearsal:
        summary, severity = "Module output value precondition failed", run.severity_of_conditions
        verdict = judge(output.preconditions, summary, scope, run.configuration, severity=severity)
        result = CheckObjectResult(f"output.{name}", verdict.status, tuple(verdict.problems))
        run.results.add_check("output_value", f"output.{name}", result)
        if not run.report(verdict.diagnostics):
            return None
    found = evaluate_typed(output.value.expression, scope)
    if not run.report(found.diagnostics, output.value.place):
        return None
    if is_sensitive(found.value) and not output.sensitive:
        run.report([SENSITIVE_OUTPUT], output.place)
        return None
    value, _ = unmark(found.value)
    return EvaluatedOutput(collapse(value), type_of(value))


SENSITIVE_OUTPUT: Final = error(
    "Output refers to sensitive values",
    "To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, Terraform "
    "requires that any root module output containing sensitive data be explicitly marked as sensitive, to confirm "
    "your intent.\n\n"
    "If you do intend to export this data, annotate the output value as sensitive by adding the following argument:\n"
    "    sensitive = true",
)


_UNKNOWN_CHECK: Final = warning(
    "Check block assertion known after apply",
    "The condition could not be evaluated at this time, a result will be known when this plan is applied.",
)


def evaluate_check(run: PlanRun, name: str) -> bool:
    """Evaluate the assertions of a check block, which only warn; of one that could not read its data there are none."""
    if run.is_rehearsal or ("check", f"check.{name}") in run.results.checks:
        return True
    check = run.configuration.checks[name]
    scope = run.values.scope()
    summary, severity = "Check block assertion failed", Severity.WARNING
    verdict = judge(check.assertions, summary, scope, run.configuration, severity=severity, unknown=_UNKNOWN_CHECK)
    run.results.add_check(
        "check", f"check.{name}", CheckObjectResult(f"check.{name}", verdict.status, tuple(verdict.problems))
    )
    run.report(verdict.diagnostics)
    return True
