"""The conditions of a resource, judged for each of its instances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_ims.backend.engine.configuration import Condition, Resource
from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.stack.evaluate.conditions import judge
from constructs_ims.backend.engine.stack.evaluate.stack_values import KnownObject, StackScope
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.backend.engine.state.model import CheckObjectResult


@dataclass(frozen=True, slots=True)
class InstanceConditions:
    """Preconditions and postconditions of one resource or data source."""

    run: PlanRun
    resource: Resource

    def judge_before(self, address: InstanceAddress, scope: StackScope) -> bool:
        """Evaluate the preconditions; tell whether all hold or may."""
        return self._judge("precondition", self.resource.lifecycle.preconditions, address, scope)

    def judge_after(self, address: InstanceAddress, scope: StackScope, known: KnownObject) -> bool:
        """Evaluate the postconditions of an object that is known now; tell whether all hold or may."""
        inner = StackScope(scope.values, scope.each, scope.index, known)
        return self._judge("postcondition", self.resource.lifecycle.postconditions, address, inner)

    def _judge(self, kind: str, conditions: Sequence[Condition], address: InstanceAddress, scope: StackScope) -> bool:
        run = self.run
        if not conditions or run.is_rehearsal:
            return True
        summary, severity = f"Resource {kind} failed", run.severity_of_conditions
        verdict = judge(conditions, summary, scope, run.configuration, severity=severity)
        result = CheckObjectResult(str(address), verdict.status, tuple(verdict.problems))
        run.results.add_check("resource", str(address.resource), result)
        return run.report(verdict.diagnostics, within=address.resource)
