"""What the conditions of a run add up to: a result for every block that has conditions, evaluated or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from constructs_ims.backend.engine.configuration import Configuration
from constructs_ims.backend.engine.stack.evaluate.conditions import CheckKind, overall
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.backend.engine.state.model import CheckObjectResult, CheckResult, CheckStatus


def check_results(run: PlanRun) -> tuple[CheckResult, ...]:
    """Return the results of a plan, sorted; a block whose objects it did not get to is unknown, without objects."""
    return tuple(_result(run, *key) for key in sorted({*_checkable(run.configuration), *run.results.checks}))


def results_of_apply(run: PlanRun, planned: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """Return the results of an apply, which judges no other objects than the plan has found.

    A refresh has none to judge again, and keeps what the plan says; what an apply did not get to is unknown.
    """
    return tuple(_carried_out(run, check) for check in planned)


def _result(run: PlanRun, kind: CheckKind, address: str) -> CheckResult:
    reached = _reached(run, kind, address)
    if reached is None:
        return CheckResult(kind, address, CheckStatus.UNKNOWN, None)
    judged = run.results.checks.get((kind, address), {})
    return overall(kind, address, {**_unknown(reached), **judged}.values())


def _reached(run: PlanRun, kind: CheckKind, address: str) -> Iterable[str] | None:
    """Return the objects that a block has, judged or not, None while they cannot be told."""
    if kind == "resource":
        return next(
            (map(str, found) for resource, found in run.results.instances.items() if str(resource) == address), None
        )
    # The value of an output goes in a destroy without being judged.
    is_output = kind == "output_value" and run.options.mode == "destroy" and not run.targets
    return (address,) if is_output or (kind, address) in run.results.checks else None


def _unknown(addresses: Iterable[str]) -> dict[str, CheckObjectResult]:
    return {address: CheckObjectResult(address, CheckStatus.UNKNOWN) for address in addresses}


def _carried_out(run: PlanRun, planned: CheckResult) -> CheckResult:
    if planned.objects is None:
        return planned
    judged = run.results.checks.get((planned.kind, planned.address), {})
    found = {one.address: one for one in planned.objects}
    missed = found if run.options.mode == "refresh-only" else _unknown(found)
    return overall(planned.kind, planned.address, {**missed, **judged}.values())


def _checkable(configuration: Configuration) -> Iterator[tuple[CheckKind, str]]:
    for address, resource in configuration.resources.items():
        if resource.lifecycle.has_conditions:
            yield "resource", str(address)
    yield from (("output_value", f"output.{name}") for name, one in configuration.outputs.items() if one.preconditions)
    yield from (("var", f"var.{name}") for name, one in configuration.variables.items() if one.validations)
    yield from (("check", f"check.{name}") for name in configuration.checks)
