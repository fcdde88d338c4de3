"""Plans one instance of a managed resource: prior, config, proposed, planned, and from those an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_ims.backend.engine.configuration import Resource
from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.planning.refresh import (
    Prior,
    current_object,
    imported_object,
    note_create_before_destroy,
    settle_dependencies,
)
from constructs_ims.backend.engine.planning.triggers import is_triggered
from constructs_ims.backend.engine.plans.changes import Action, ActionReason, Importing, ResourceChange
from constructs_ims.backend.engine.plans.object_change import check_plan, propose, same, value_at
from constructs_ims.backend.engine.stack.evaluate.bodies import CompiledBody, Evaluated, evaluate_body
from constructs_ims.backend.engine.stack.evaluate.ignore_changes import with_ignored
from constructs_ims.backend.engine.stack.evaluate.sensitive import without_sensitive
from constructs_ims.backend.engine.stack.evaluate.stack_values import KnownObject, StackScope
from constructs_ims.backend.engine.stack.providers.arguments import argument_faults
from constructs_ims.backend.engine.stack.providers.port import Provider
from constructs_ims.backend.engine.stack.run.instance_conditions import InstanceConditions
from constructs_ims.backend.engine.stack.run.provider_faults import cannot_destroy, invalid_plan
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, has_errors
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import Path
from constructs_ims.schema.types import Type
from constructs_ims.schema.values import Unknown


@dataclass(slots=True)
class Decision:
    """What a provider planned, and the action that follows."""

    action: Action
    planned: Object | None
    private: bytes = b""
    reason: ActionReason | None = None
    replace_paths: tuple[Path, ...] = ()
    config: Object | None = None
    """The configuration as the provider got it, without the changes that are ignored; a new object ignores none."""


@dataclass(slots=True)
class InstancePlanner:
    """Plans the instances of one resource."""

    run: PlanRun
    resource: Resource
    schema: Schema
    body: CompiledBody

    @property
    def conditions(self) -> InstanceConditions:
        """The conditions of the resource's instances."""
        return InstanceConditions(self.run, self.resource)

    def plan(self, address: InstanceAddress, scope: StackScope, import_id: Any = None) -> bool:
        """Plan one instance; tell whether it went well."""
        prior, importing, went_well = self._prior(address, import_id)
        if not went_well:
            return False
        if self.run.options.mode == "refresh-only":
            return self._keep(address, scope, prior)
        forced, went_well = self._forced_reason(address, scope)
        if not went_well or not self.conditions.judge_before(address, scope):
            return False
        evaluated = self._config(address, scope)
        if evaluated is None:
            return False
        change = self._change(address, prior, evaluated, forced, importing)
        if change is None:
            return False
        self.run.add_change(change)
        if change.action is Action.NO_OP:
            settle_dependencies(self.run, address)
        known = KnownObject(change.after or {}, self.schema, change.sensitive_marks, change.types)
        with self.run.results.lock:
            self.run.values.objects[address.resource][address.key] = known
        return self.conditions.judge_after(address, scope, known)

    def _prior(self, address: InstanceAddress, import_id: Any) -> tuple[Prior | None, Importing | None, bool]:
        with self.run.results.lock:
            exists = self.run.results.state.current(address) is not None
        if import_id is None or exists:
            found = current_object(self.run, address, self.schema)
            note_create_before_destroy(self.run, address)
            return found.prior, None, not found.failed
        if import_id is Unknown:
            return None, Importing(None), True
        prior = imported_object(self.run, address, self.schema, import_id)
        return prior, Importing(import_id), prior is not None

    def _keep(self, address: InstanceAddress, scope: StackScope, prior: Prior | None) -> bool:
        self.conditions.judge_before(address, scope)
        if prior is None:
            return True
        known = KnownObject(prior.value, self.schema, prior.sensitive)
        with self.run.results.lock:
            self.run.values.objects[address.resource][address.key] = known
        return self.conditions.judge_after(address, scope, known)

    def _forced_reason(self, address: InstanceAddress, scope: StackScope) -> tuple[ActionReason | None, bool]:
        for trigger in self.resource.lifecycle.replace_triggered_by:
            fired, faults = is_triggered(self.run, trigger, scope)
            if not self.run.report(faults, trigger.place):
                return None, False
            if fired:
                return ActionReason.REPLACE_BY_TRIGGERS, True
        return (ActionReason.REPLACE_BY_REQUEST if address in self.run.replace else None), True

    def _config(self, address: InstanceAddress, scope: StackScope) -> Evaluated | None:
        settled = self.run.stack.settled.get(self.resource.address)
        if settled is not None:
            return settled
        evaluated = evaluate_body(self.body, scope, self.run.configuration)
        if not self.run.report(evaluated.diagnostics, within=address.resource):
            return None
        provider = self.run.provider(address)
        found = argument_faults(provider, address.resource.type, self.schema.block, evaluated)
        return evaluated if self.run.report_on(found, address) else None

    def _change(
        self,
        address: InstanceAddress,
        prior: Prior | None,
        evaluated: Evaluated,
        forced: ActionReason | None,
        importing: Importing | None,
    ) -> ResourceChange | None:
        provider = self.run.provider(address)
        decision, said = self._decide(address, provider, prior, evaluated, forced)
        faults = without_sensitive(
            said,
            (prior.value if prior else None, prior.sensitive if prior else ()),
            (evaluated.value, evaluated.sensitive),
            (decision.planned if decision else None, evaluated.sensitive),
        )
        if not self.run.report_on(faults, address) or decision is None:
            return None
        before_marks, hidden = (prior.sensitive if prior else ()), self.schema.block.sensitive_paths
        change = ResourceChange(
            address,
            str(self.run.provider_of(address.resource)),
            decision.action,
            prior.value if prior else None,
            decision.planned,
            previous_address=self.run.moves.get(address, address),
            reason=decision.reason,
            before_sensitive=(*hidden, *before_marks) if prior else (),
            after_sensitive=(*hidden, *evaluated.sensitive),
            replace_paths=decision.replace_paths,
            importing=importing,
            schema=self.schema,
            simulated=self.run.is_simulated(address.resource),
            planned_private=decision.private,
            config=decision.config,
            sensitive_marks=evaluated.sensitive,
            dependencies=self.run.stack.dependencies(address.resource),
            create_before_destroy=address.resource in self.run.stack.created_first,
            types=_types_of(evaluated, decision.config),
        )
        return change if self._may_destroy(change) else None

    def _may_destroy(self, change: ResourceChange) -> bool:
        if self.run.is_rehearsal or not (self.resource.lifecycle.prevent_destroy and change.action.is_replace):
            return True
        return self.run.report([cannot_destroy(change.address)], self.resource.place)

    def _decide(
        self,
        address: InstanceAddress,
        provider: Provider,
        prior: Prior | None,
        evaluated: Evaluated,
        forced: ActionReason | None,
    ) -> tuple[Decision | None, Sequence[Diagnostic]]:
        tainted = prior is not None and prior.is_tainted
        before = None if prior is None or tainted else prior.value
        private = b"" if before is None or prior is None else prior.private
        written = evaluated.value
        config = with_ignored(self.resource.lifecycle.ignore_changes, self.schema.block, before, written)
        first = self._ask(address, provider, before, config, private)
        if has_errors(first.faults) or first.planned is None:
            return None, first.faults
        decision = _decision(before, first, forced)
        if tainted:
            decision.action = Action.DELETE_THEN_CREATE
            decision.reason = decision.reason or ActionReason.REPLACE_TAINTED
        elif decision.action.is_replace:
            second = self._ask(address, provider, None, written, b"")
            if has_errors(second.faults):
                return None, second.faults
            decision.planned, decision.private, config = second.planned, second.private, written
        elif decision.action is Action.NO_OP and prior is not None and set(prior.sensitive) != set(evaluated.sensitive):
            decision.action = Action.UPDATE
        if decision.action.is_replace and address.resource in self.run.created_first:
            decision.action = Action.CREATE_THEN_DELETE
        decision.config = config
        return decision, first.faults

    def _ask(
        self, address: InstanceAddress, provider: Provider, before: Object | None, config: Object, private: bytes
    ) -> _Answer:
        type_name, block = address.resource.type, self.schema.block
        result = provider.plan_resource(type_name, before, config, propose(block, before, config), private)
        faults = list(result.diagnostics)
        if result.planned is None:
            faults += [] if has_errors(faults) else [_nothing_planned(address)]
            return _Answer(None, (), result.private, faults)
        if not has_errors(faults):
            invalid = list(check_plan(block, before, config, result.planned))
            faults += [invalid_plan(address, what) for what in invalid]
        changed = tuple(
            path for path in result.requires_replace if not same(value_at(before, path), value_at(result.planned, path))
        )
        return _Answer(result.planned, changed, result.private, faults)


@dataclass(slots=True)
class _Answer:
    planned: Object | None
    replace_paths: tuple[Path, ...]
    private: bytes
    faults: list[Diagnostic]


def _decision(before: Object | None, answer: _Answer, forced: ActionReason | None) -> Decision:
    if before is None:
        triggered = ActionReason.REPLACE_BY_TRIGGERS if forced is ActionReason.REPLACE_BY_TRIGGERS else None
        return Decision(Action.CREATE, answer.planned, answer.private, triggered)
    if forced is not None:
        return Decision(Action.DELETE_THEN_CREATE, answer.planned, answer.private, forced, answer.replace_paths)
    if answer.planned is before or same(before, answer.planned):
        return Decision(Action.NO_OP, answer.planned, answer.private)
    if answer.replace_paths:
        reason = ActionReason.REPLACE_CANNOT_UPDATE
        return Decision(Action.DELETE_THEN_CREATE, answer.planned, answer.private, reason, answer.replace_paths)
    return Decision(Action.UPDATE, answer.planned, answer.private)


def _types_of(evaluated: Evaluated, config: Object | None) -> Mapping[str, Type]:
    """Return the types of what is evaluated, without those of attributes whose changes are ignored."""
    used = config or {}
    return {name: type_ for name, type_ in evaluated.types.items() if used.get(name) is evaluated.value[name]}


def _nothing_planned(address: InstanceAddress) -> Diagnostic:
    return invalid_plan(address, ": it planned nothing for an object that is configured")
