"""Reading a data source, now or while applying, and noting what came of it."""

from __future__ import annotations

from dataclasses import replace

from constructs_ims.backend.engine.configuration import Resource
from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.stack.evaluate.bodies import Evaluated
from constructs_ims.backend.engine.stack.evaluate.conditions import softened
from constructs_ims.backend.engine.stack.evaluate.sensitive import without_sensitive
from constructs_ims.backend.engine.stack.providers.port import Provider, Reading
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.backend.engine.state.model import CheckObjectResult, CheckStatus
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.operations import ReadResult


def report_read(run: PlanRun, resource: Resource, address: InstanceAddress, result: ReadResult) -> bool:
    """Note what came of a read and tell whether it went well; one for a check fails that check and nothing else."""
    faults = [one for one in result.diagnostics if one.is_error]
    if resource.check is None or not faults:
        return run.report_on(result.diagnostics, address)
    name = f"check.{resource.check}"
    problem = "\n".join(f"{one.summary}: {one.detail}" for one in faults)
    run.results.add_check("check", name, CheckObjectResult(name, CheckStatus.FAIL, (problem,)))
    run.report_on(softened(result.diagnostics), address)
    return False


def read_data(provider: Provider, address: InstanceAddress, evaluated: Evaluated) -> ReadResult:
    """Read a data source with a provider that may have none."""
    if not isinstance(provider, Reading):
        fault = error(
            "Unsupported data source", f'The provider does not read data sources of type "{address.resource.type}".'
        )
        return ReadResult(None, diagnostics=[fault])
    result = provider.read_data_source(address.resource.type, evaluated.value)
    hidden = without_sensitive(result.diagnostics, (evaluated.value, evaluated.sensitive))
    return replace(result, diagnostics=hidden)
