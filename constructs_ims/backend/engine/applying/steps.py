"""One step of an apply: an object is created, updated, read, destroyed or forgotten, and the rest of it recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from constructs_ims.backend.engine.applying.order import OrderedStep
from constructs_ims.backend.engine.applying.recorder import Recorder
from constructs_ims.backend.engine.applying.still_working import ApplyProgress
from constructs_ims.backend.engine.configuration import Resource
from constructs_ims.backend.engine.lang import Value
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, Key, ResourceAddress
from constructs_ims.backend.engine.plans.changes import Action, ResourceChange
from constructs_ims.backend.engine.plans.object_change import check_apply, check_plan, conforms, propose, same
from constructs_ims.backend.engine.stack.evaluate.bodies import Evaluated, evaluate_body
from constructs_ims.backend.engine.stack.evaluate.ignore_changes import with_ignored
from constructs_ims.backend.engine.stack.evaluate.sensitive import MarkedObject, without_sensitive
from constructs_ims.backend.engine.stack.evaluate.stack_values import KnownObject, StackScope
from constructs_ims.backend.engine.stack.providers.port import Provider
from constructs_ims.backend.engine.stack.run.data_reads import read_data, report_read
from constructs_ims.backend.engine.stack.run.instance_conditions import InstanceConditions
from constructs_ims.backend.engine.stack.run.provider_faults import invalid_plan
from constructs_ims.backend.engine.stack.run.run import PlanRun, id_of
from constructs_ims.backend.engine.state.adoption import MarksCreated
from constructs_ims.backend.engine.state.journal import JournalError
from constructs_ims.backend.engine.state.journal_records import Intent
from constructs_ims.backend.engine.state.model import ObjectState, ObjectStatus
from constructs_ims.backend.engine.state.stored import encode_object
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors
from constructs_ims.schema.operations import ApplyResult, Object
from constructs_ims.schema.paths import Path
from constructs_ims.schema.values import is_wholly_known, without_unknown


@dataclass(slots=True)
class Wanted:
    """What is to be made: the configuration with everything known, and what a provider plans for it."""

    config: Object
    planned: Object
    private: bytes
    sensitive: tuple[Path, ...]


@dataclass
class StepRunner:
    """Takes the steps of one apply, from many threads."""

    run: PlanRun
    recorder: Recorder
    progress: ApplyProgress
    instances: dict[ResourceAddress, Mapping[Key, Value]] = field(default_factory=dict)
    """The instances of each resource that changes, with the ``each.value`` of each."""
    done: Counter[Action] = field(default_factory=Counter)
    deposed: dict[InstanceAddress, str] = field(default_factory=dict)
    """Keys of the objects that were put aside for a successor."""

    def take(self, step: OrderedStep, change: ResourceChange) -> bool:
        """Take one step unless interrupted; tell whether it went well. A disk that refuses the journal fails it."""
        if not self.run.may_begin():
            return False
        try:
            if step.kind == "make":
                return self._read(change) if change.action is Action.READ else self._make(change)
            if step.kind == "judge":
                return self._judge(change)
            return self._forget(change) if change.action is Action.FORGET else self._end(change)
        except JournalError as fault:
            return self._report([fault.diagnostic], change)

    def _report(self, found: Sequence[Diagnostic], change: ResourceChange) -> bool:
        return self.run.report_on(found, change.address)

    def _scope(self, address: InstanceAddress) -> StackScope:
        values = self.instances.get(address.resource, {})
        return self.run.values.scope().of_instance(address.key, values.get(address.key))

    def _know(self, address: InstanceAddress, known: KnownObject) -> None:
        with self.run.results.lock:
            self.run.values.objects.setdefault(address.resource, {})[address.key] = known

    def _make(self, change: ResourceChange) -> bool:
        address, resource = change.address, self.run.configuration.resources[change.address.resource]
        schema, scope = self.run.stack.schemas[address.resource], self._scope(change.address)
        conditions = InstanceConditions(self.run, resource)
        if not conditions.judge_before(address, scope):
            return False
        provider = self.run.provider(address)
        prior = None if change.action.is_replace or change.action is Action.CREATE else change.before
        wanted = self._wanted(change, resource, schema, scope, provider, prior)
        if wanted is None:
            return False
        known = self._apply(change, schema, provider, prior, wanted)
        if known is None:
            return False
        self._know(address, known)
        return conditions.judge_after(address, scope, known)

    def _judge(self, change: ResourceChange) -> bool:
        """Hold an object that stays as it is to its conditions, which may be about what has changed."""
        address, resource = change.address, self.run.configuration.resources[change.address.resource]
        scope = self._scope(address)
        conditions = InstanceConditions(self.run, resource)
        known = self.run.values.objects[address.resource][address.key]
        return conditions.judge_before(address, scope) and conditions.judge_after(address, scope, known)

    def _wanted(
        self,
        change: ResourceChange,
        resource: Resource,
        schema: Schema,
        scope: StackScope,
        provider: Provider,
        prior: Object | None,
    ) -> Wanted | None:
        """Evaluate the configuration again, now that all is known, and plan again where the plan did not know all."""
        evaluated = evaluate_body(self.run.stack.bodies[resource.address], scope, self.run.configuration)
        if not self.run.report(evaluated.diagnostics, within=resource.address):
            return None
        config = self._with_ignored(change, evaluated)
        if not is_wholly_known(config):
            self._report([_unknown_config(change.address)], change)
            return None
        planned = change.after or {}
        if change.config is not None and same(change.config, config):
            return Wanted(config, planned, change.planned_private, evaluated.sensitive)
        result = provider.plan_resource(
            change.address.resource.type, prior, config, propose(schema.block, prior, config), change.planned_private
        )
        said = list(result.diagnostics) or self._inconsistencies(change, schema, prior, config, result.planned)
        objects = ((config, evaluated.sensitive), (result.planned, evaluated.sensitive))
        faults = without_sensitive(said, *objects, *_marked(change))
        if not self._report(faults, change) or result.planned is None:
            return None
        return Wanted(config, result.planned, result.private, evaluated.sensitive)

    def _with_ignored(self, change: ResourceChange, evaluated: Evaluated) -> Object:
        """Keep ignored changes ignored: what the plan's configuration has where it differs for good reason."""
        resource = self.run.configuration.resources[change.address.resource]
        is_new = change.before is None or change.action is Action.CREATE or change.action.is_replace
        if not resource.lifecycle.ignore_changes or is_new:
            return evaluated.value
        block = self.run.stack.schemas[resource.address].block
        return with_ignored(resource.lifecycle.ignore_changes, block, change.before, evaluated.value)

    def _inconsistencies(
        self, change: ResourceChange, schema: Schema, prior: Object | None, config: Object, planned: Object | None
    ) -> list[Diagnostic]:
        if planned is None:
            return [invalid_plan(change.address, ": it planned nothing for an object that is configured")]
        invalid = [invalid_plan(change.address, what) for what in check_plan(schema.block, prior, config, planned)]
        if conforms(change.after, planned):
            return invalid
        different = check_apply(schema.block, change.after or {}, planned)
        return [*invalid, *(_inconsistent_final_plan(change.address, what) for what in different)]

    def _apply(
        self, change: ResourceChange, schema: Schema, provider: Provider, prior: Object | None, wanted: Wanted
    ) -> KnownObject | None:
        address, creates = change.address, prior is None
        if change.action is Action.CREATE_THEN_DELETE:
            self._depose(change)
        if not creates and same(prior, wanted.planned):
            nothing_done = ApplyResult(wanted.planned, wanted.private)
            counts = set(change.before_sensitive) != set(change.after_sensitive)
            return self._finish(change, schema, wanted, nothing_done, None, creates=False, counts=counts)
        base = self._base(change, wanted)
        intent = self._intend(change, base, wanted) if creates and not change.simulated else None
        action = Action.CREATE if creates else Action.UPDATE
        self.progress.begin(change, action, id_of(prior))
        if intent is not None and isinstance(provider, MarksCreated):
            result = provider.create_marked(address.resource.type, wanted.planned, wanted.private, intent.creation_id)
        else:
            result = provider.apply_resource(
                address.resource.type, prior, wanted.config, wanted.planned, wanted.private
            )
        known = self._finish(change, schema, wanted, result, intent, creates=creates)
        self.progress.end(id_of(result.state), succeeded=known is not None)
        return known

    def _intend(self, change: ResourceChange, base: ObjectState, wanted: Wanted) -> Intent | None:
        """Note a creation; when the disk refuses, nothing is created, and what was put aside for it is put back."""
        try:
            return self.recorder.intend(change.address, change.provider, replace(base, attributes=wanted.planned))
        except JournalError:
            with suppress(JournalError):
                self._restore(change)
            raise

    def _base(self, change: ResourceChange, wanted: Wanted) -> ObjectState:
        schema = self.run.stack.schemas[change.address.resource]
        return ObjectState(
            {},
            schema.version,
            dependencies=self.run.stack.dependencies(change.address.resource),
            sensitive_paths=wanted.sensitive,
            create_before_destroy=change.create_before_destroy,
        )

    def _finish(
        self,
        change: ResourceChange,
        schema: Schema,
        wanted: Wanted,
        result: ApplyResult,
        intent: Intent | None,
        *,
        creates: bool,
        counts: bool = True,
    ) -> KnownObject | None:
        """Record what an apply left behind; None when it failed."""
        faults = [*result.diagnostics, *_faults_of_result(change, schema, wanted, result)]
        failed = has_errors(faults)
        state = result.state
        if state is not None:
            state = without_unknown(state)
        elif not creates and failed:
            state = change.before
        if result.may_exist:
            intent = None  # it stays open, so that the next run looks for what came of it
        self._record(change, schema, wanted, state, result.private, intent, tainted=creates and failed)
        objects = [(value, wanted.sensitive) for value in (wanted.config, wanted.planned, result.state)]
        went_well = self._report(without_sensitive(faults, *objects, *_marked(change)), change)
        if not went_well or state is None:
            return None
        with self.run.results.lock:
            self.done[Action.CREATE if creates else Action.UPDATE] += counts
        return KnownObject(state, schema, wanted.sensitive)

    def _record(
        self,
        change: ResourceChange,
        schema: Schema,
        wanted: Wanted,
        state: Object | None,
        private: bytes,
        intent: Intent | None,
        *,
        tainted: bool,
    ) -> None:
        if state is None:
            self._record_nothing(change, intent)
            return
        stored = replace(
            self._base(change, wanted),
            attributes=encode_object(schema, state),
            private=private,
            status=ObjectStatus.TAINTED if tainted else ObjectStatus.READY,
        )
        self.recorder.set_current(change.address, change.provider, stored, intent)

    def _record_nothing(self, change: ResourceChange, intent: Intent | None) -> None:
        """Record that a creation made nothing: what was put aside for it stands in its place again."""
        if not self._restore(change, intent) and (change.before is None or change.action.is_replace or intent):
            self.recorder.set_current(change.address, change.provider, None, intent)

    def _depose(self, change: ResourceChange) -> None:
        key = self.recorder.depose(change.address, change.provider)
        if key is not None:
            with self.run.results.lock:
                self.deposed[change.address] = key

    def _restore(self, change: ResourceChange, settles: Intent | None = None) -> bool:
        """Put back what was put aside for a successor; tell whether anything was."""
        with self.run.results.lock:
            key = self.deposed.pop(change.address, None)
        if key is not None:
            self.recorder.restore(change.address, key, change.provider, settles)
        return key is not None

    def _end(self, change: ResourceChange) -> bool:
        """Destroy an object: the current one, a deposed one, or the one put aside for its successor."""
        address = change.address
        key = change.deposed or self.deposed.get(address)
        stored = self.run.results.state.deposed(address).get(key) if key else self.run.results.state.current(address)
        if stored is None:
            return True
        provider, private = self.run.provider(address), stored.private
        self.progress.begin(change, Action.DELETE, id_of(change.before))
        result = provider.apply_resource(address.resource.type, change.before, None, None, private)
        succeeded = not has_errors(result.diagnostics)
        if succeeded and result.state is not None:
            succeeded, result = False, replace(result, diagnostics=[_still_there(address)])
        # As with Terraform, what survives its end forgets how it was to be replaced, and what of it was sensitive.
        left = None if succeeded else replace(stored, create_before_destroy=False, sensitive_paths=())
        if left != stored:
            self._set(address, key, change.provider, left)
        self.progress.end(id_of(change.before), succeeded=succeeded)
        with self.run.results.lock:
            self.done[Action.DELETE] += succeeded
        return self._report(without_sensitive(result.diagnostics, *_marked(change)), change) and succeeded

    def _set(self, address: InstanceAddress, deposed: str | None, provider: str, stored: ObjectState | None) -> None:
        if deposed:
            self.recorder.set_deposed(address, deposed, provider, stored)
        else:
            self.recorder.set_current(address, provider, stored)

    def _forget(self, change: ResourceChange) -> bool:
        self._set(change.address, change.deposed, change.provider, None)
        with self.run.results.lock:
            self.done[Action.FORGET] += 1
        return True

    def _read(self, change: ResourceChange) -> bool:
        """Read a data source that waited for the apply."""
        address, resource = change.address, self.run.configuration.resources[change.address.resource]
        schema, scope = self.run.stack.schemas[address.resource], self._scope(address)
        conditions = InstanceConditions(self.run, resource)
        if not conditions.judge_before(address, scope):
            return False
        evaluated = evaluate_body(self.run.stack.bodies[address.resource], scope, self.run.configuration)
        if not self.run.report(evaluated.diagnostics, within=address.resource):
            return False
        self.progress.begin(change, Action.READ, "")
        result = read_data(self.run.provider(address), address, evaluated)
        self.progress.end(id_of(result.state), succeeded=result.state is not None)
        if not report_read(self.run, resource, address, result) or result.state is None:
            return resource.check is not None
        attributes = encode_object(schema, result.state)
        stored = ObjectState(attributes, schema.version, sensitive_paths=evaluated.sensitive)
        self.recorder.set_current(address, change.provider, stored)
        known = KnownObject(result.state, schema, evaluated.sensitive)
        self._know(address, known)
        return conditions.judge_after(address, scope, known)


def _marked(change: ResourceChange) -> tuple[MarkedObject, MarkedObject]:
    return (change.before, change.before_sensitive), (change.after, change.after_sensitive)


def _faults_of_result(change: ResourceChange, schema: Schema, wanted: Wanted, result: ApplyResult) -> list[Diagnostic]:
    if has_errors(result.diagnostics):
        return []
    if result.state is None:
        return [_nothing_made(change.address)]
    unknown = [f".{name}" for name, value in result.state.items() if not is_wholly_known(value)]
    faults = [_unknown_after_apply(change.address, name) for name in unknown]
    differences = check_apply(schema.block, wanted.planned, result.state)
    return [*faults, *(_inconsistent_result(change.address, what) for what in differences)]


_BUG = "This is a bug in the provider, which should be reported in the provider's own issue tracker."


def _unknown_config(address: InstanceAddress) -> Diagnostic:
    return error(
        "Configuration contains unknown value",
        f"configuration for {address} still contains unknown values during apply (this is a fault of "
        "constructs-ims; please report it there)",
    )


def _inconsistent_final_plan(address: InstanceAddress, what: str) -> Diagnostic:
    return error(
        "Provider produced inconsistent final plan",
        f"When expanding the plan for {address} to include new values learned so far during apply, the provider "
        f"produced an invalid new value for {what}.\n\n"
        f"{_BUG}",
    )


def _inconsistent_result(address: InstanceAddress, what: str) -> Diagnostic:
    return error(
        "Provider produced inconsistent result after apply",
        f"When applying changes to {address}, the provider produced an unexpected new value: {what}.\n\n{_BUG}",
    )


def _nothing_made(address: InstanceAddress) -> Diagnostic:
    return error(
        "Provider produced inconsistent result after apply",
        f"When applying changes to {address}, the provider produced an unexpected new value: root object was present, "
        "but now absent.\n\n"
        f"{_BUG}",
    )


def _unknown_after_apply(address: InstanceAddress, name: str) -> Diagnostic:
    return error(
        "Provider returned invalid result object after apply",
        f"After the apply operation, the provider still indicated an unknown value for {address}{name}. All values "
        "must be known after apply, so this is always a bug in the provider. Terraform will still save the other "
        "known object values in the state.",
    )


def _still_there(address: InstanceAddress) -> Diagnostic:
    return error(
        "Provider returned invalid result object after apply",
        f"After applying a delete for {address}, the provider returned an object that is still there. {_BUG}",
    )
