"""Plans the end of objects: those nobody asks for, those a replacement left, and all of them in a destroy."""

from __future__ import annotations

from constructs_ims.backend.engine.configuration import Resource
from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.planning.refresh import Prior, current_object, stored_object
from constructs_ims.backend.engine.plans.changes import Action, ActionReason, ResourceChange
from constructs_ims.backend.engine.stack.evaluate.sensitive import without_sensitive
from constructs_ims.backend.engine.stack.evaluate.stack_values import KnownObject
from constructs_ims.backend.engine.stack.run.provider_faults import cannot_destroy
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, error


def plan_end(run: PlanRun, address: InstanceAddress, deposed: str | None = None) -> bool:
    """Plan that one object goes; tell whether that can be."""
    schema = run.schema(address.resource)
    if schema is None:
        return run.report([_unknown_type(address)], address=str(address))
    known = stored_object(run, address, schema, deposed)
    is_forgotten = address.resource in run.forgotten
    found = known if is_forgotten else current_object(run, address, schema, deposed)
    if known.prior is None or found.prior is None:
        return not found.failed
    # As in Terraform it is the object known before that goes, unless it is a deposed one.
    prior = found.prior if deposed else known.prior
    if run.options.mode != "normal" and deposed is None:
        _keep_readable(run, address, schema, found.prior)
    if run.options.mode == "refresh-only":
        return True
    resource = run.configuration.resources.get(address.resource)
    if is_forgotten:
        why = delete_reason(run, address, resource)
        run.add_change(_change(run, address, schema, prior, Action.FORGET, why, deposed))
        return True
    if resource is not None and resource.lifecycle.prevent_destroy and deposed is None and not run.is_rehearsal:
        return run.report([cannot_destroy(address)], resource.place)
    provider = run.provider(address)
    result = provider.plan_resource(address.resource.type, prior.value, None, None, prior.private)
    if not run.report(without_sensitive(result.diagnostics, (prior.value, prior.sensitive)), address=str(address)):
        return False
    reason = None if deposed or run.options.mode == "destroy" else delete_reason(run, address, resource)
    run.add_change(_change(run, address, schema, prior, Action.DELETE, reason, deposed))
    return True


def _keep_readable(run: PlanRun, address: InstanceAddress, schema: Schema, prior: Prior) -> None:
    """Let expressions read an object that is on its way out, or that a mere refresh leaves where it is."""
    with run.results.lock:
        objects = run.values.objects.setdefault(address.resource, {})
        objects[address.key] = KnownObject(prior.value, schema, prior.sensitive)


def _change(
    run: PlanRun,
    address: InstanceAddress,
    schema: Schema,
    prior: Prior,
    action: Action,
    reason: ActionReason | None,
    deposed: str | None,
) -> ResourceChange:
    return ResourceChange(
        address,
        str(run.provider_of(address.resource)),
        action,
        prior.value,
        None,
        previous_address=run.moves.get(address, address),
        deposed=deposed,
        reason=reason,
        before_sensitive=(*schema.block.sensitive_paths, *prior.sensitive),
        schema=schema,
        simulated=run.is_simulated(address.resource),
        planned_private=prior.private,
        dependencies=_dependencies(run, address, deposed),
        create_before_destroy=prior.create_before_destroy,
    )


def _dependencies(run: PlanRun, address: InstanceAddress, deposed: str | None) -> tuple[str, ...]:
    stored = run.results.state.current(address) if deposed is None else run.results.state.deposed(address).get(deposed)
    return stored.dependencies if stored else ()


def delete_reason(run: PlanRun, address: InstanceAddress, resource: Resource | None) -> ActionReason:
    """Say why no configuration asks for an instance."""
    if address.resource.module:
        return ActionReason.DELETE_NO_MODULE
    if resource is None:
        return _missing_reason(run, address)
    match address.key:
        case None:
            return ActionReason.DELETE_WRONG_REPETITION
        case int():
            return ActionReason.DELETE_COUNT_INDEX if resource.count else ActionReason.DELETE_WRONG_REPETITION
        case _:
            return ActionReason.DELETE_EACH_KEY if resource.for_each else ActionReason.DELETE_WRONG_REPETITION


def _missing_reason(run: PlanRun, address: InstanceAddress) -> ActionReason:
    return ActionReason.DELETE_NO_MOVE_TARGET if address in run.moves else ActionReason.DELETE_NO_RESOURCE_CONFIG


def _unknown_type(address: InstanceAddress) -> Diagnostic:
    return error(
        "Resource type not supported",
        f"The state has {address}, but its provider does not support the type {address.resource.type}.",
    )
