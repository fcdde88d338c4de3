"""Plans the instances of a data source: read now, or at apply when something that it needs is not settled yet."""

from __future__ import annotations

import time
from dataclasses import dataclass

from constructs_ims.backend.engine.configuration import Resource
from constructs_ims.backend.engine.graph.graph import Node, ancestors, node_of
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress, parse_address
from constructs_ims.backend.engine.planning.refresh import stored_form
from constructs_ims.backend.engine.plans.changes import Action, ActionReason, ResourceChange
from constructs_ims.backend.engine.stack.evaluate.bodies import CompiledBody, Evaluated, evaluate_body
from constructs_ims.backend.engine.stack.evaluate.stack_values import KnownObject, StackScope
from constructs_ims.backend.engine.stack.providers.completion import completed
from constructs_ims.backend.engine.stack.run.data_reads import read_data, report_read
from constructs_ims.backend.engine.stack.run.instance_conditions import InstanceConditions
from constructs_ims.backend.engine.stack.run.run import PlanRun, id_of
from constructs_ims.backend.engine.state.model import ObjectState
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.operations import Object
from constructs_ims.schema.values import Unknown, is_wholly_known, without_unknown


@dataclass(slots=True)
class DataPlanner:
    """Plans the instances of one data source."""

    run: PlanRun
    resource: Resource
    schema: Schema
    body: CompiledBody

    def plan(self, address: InstanceAddress, scope: StackScope) -> bool:
        """Read one instance or plan to; tell whether it went well."""
        conditions = InstanceConditions(self.run, self.resource)
        if not conditions.judge_before(address, scope):
            return False
        evaluated = evaluate_body(self.body, scope, self.run.configuration)
        if not self.run.report(evaluated.diagnostics, within=address.resource):
            return False
        reason = self._reason_to_wait(evaluated.value)
        if reason is not None:
            known = self._defer(address, self._unread(evaluated.value), evaluated, reason)
        elif (found := self._read(address, evaluated)) is None:
            return False
        else:
            known = found
        with self.run.results.lock:
            self.run.values.objects[address.resource][address.key] = known
        return conditions.judge_after(address, scope, known)

    def _reason_to_wait(self, config: Object) -> ActionReason | None:
        if not is_wholly_known(config):
            return ActionReason.READ_CONFIG_UNKNOWN
        return ActionReason.READ_DEPENDENCY_PENDING if self._waits_for_changes() else None

    def _waits_for_changes(self) -> bool:
        awaited = self._awaited()
        with self.run.results.lock:
            return any(
                change.action is not Action.NO_OP
                for address in awaited
                for change in self.run.results.changes.get(address, ())
            )

    def _awaited(self) -> set[ResourceAddress]:
        """Return the resources whose changes the read waits for.

        Those are the ones that it names itself; all that it depends on where conditions may hold only after changes.
        """
        stack, address = self.run.stack, self.resource.address
        if self.resource.lifecycle.has_conditions:
            found = {parse_address(name).resource for name in stack.dependencies(address)}
        else:
            wanted = (node_of(reference.traversal) for reference in self.resource.depends_on)
            others = ancestors(stack.graph, (node for node in wanted if node and node.kind != "resource"))
            named = (*stack.graph[Node("resource", address)], *others)
            found = {node.name for node in named if node.kind == "resource"}
        return {address for address in found if address.mode == "managed"}

    def _unread(self, config: Object) -> Object:
        return completed(self.schema.block, config, lambda _, __, value: Unknown if value is None else value)

    def _defer(
        self, address: InstanceAddress, planned: Object, evaluated: Evaluated, reason: ActionReason
    ) -> KnownObject:
        """Leave the read to the apply; what was read before is of no use any more."""
        self.run.results.set_current(address, self.run.provider_of(address.resource), None)
        return self._plan_read(address, planned, evaluated, reason)

    def _plan_read(
        self, address: InstanceAddress, planned: Object, evaluated: Evaluated, reason: ActionReason
    ) -> KnownObject:
        sensitive = evaluated.sensitive
        self.run.add_change(
            ResourceChange(
                address,
                str(self.run.provider_of(address.resource)),
                Action.READ,
                None,
                planned,
                reason=reason,
                after_sensitive=(*self.schema.block.sensitive_paths, *sensitive),
                schema=self.schema,
                simulated=self.run.is_simulated(address.resource),
                config=evaluated.value,
                sensitive_marks=sensitive,
                types=evaluated.types,
            )
        )
        return KnownObject(planned, self.schema, sensitive, evaluated.types)

    def _read(self, address: InstanceAddress, evaluated: Evaluated) -> KnownObject | None:
        """Read now; what is not settled before an apply, as outputs of a stack that is only planned, is read then."""
        with self.run.results.lock:
            provider = self.run.provider(address, self.run.results.state.current(address))
            self.run.observer.data_read_started(address)
        started = time.monotonic()
        result = read_data(provider, address, evaluated)
        went_well = report_read(self.run, self.resource, address, result)
        if result.state is None or not went_well:
            unread = self._unread(evaluated.value)
            return self._keep(address, unread, evaluated) if self.resource.check is not None else None
        if not is_wholly_known(result.state):
            return self._defer(address, result.state, evaluated, ActionReason.READ_DEPENDENCY_PENDING)
        with self.run.results.lock:
            self.run.observer.data_read_completed(address, id_of(result.state), time.monotonic() - started)
        return self._keep(address, result.state, evaluated)

    def _keep(self, address: InstanceAddress, found: Object, evaluated: Evaluated) -> KnownObject:
        """Store what was read; what a check reads is read again by the apply."""
        base = ObjectState({}, sensitive_paths=evaluated.sensitive)
        stored = stored_form(self.run, address, self.schema, without_unknown(found), b"", base)
        self.run.results.set_current(address, self.run.provider_of(address.resource), stored)
        if self.resource.check is None or self.run.options.mode == "refresh-only":
            return KnownObject(found, self.schema, evaluated.sensitive)
        return self._plan_read(address, found, evaluated, ActionReason.READ_CHECK_NESTED)
