"""Drift: how the objects that a refresh found differ from those that the state had."""

from __future__ import annotations

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, sort_key
from constructs_ims.backend.engine.plans.changes import Action, ResourceChange
from constructs_ims.backend.engine.plans.object_change import same
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.backend.engine.state.model import ObjectState
from constructs_ims.backend.engine.state.stored import decode_object


def find_drift(run: PlanRun) -> list[ResourceChange]:
    """Return what changed outside since the state was stored; in a refresh-only plan also what moved.

    A destroy has none: it starts from what a refresh of its own found.
    """
    if run.options.mode == "destroy":
        return []
    found = (
        _drift(run, address, instance.current)
        for address, _, instance in run.previous.instances()
        if address.resource.mode == "managed" and instance.current is not None
    )
    return sorted((change for change in found if change is not None), key=lambda change: sort_key(change.address))


def _drift(run: PlanRun, address: InstanceAddress, old: ObjectState) -> ResourceChange | None:
    new = run.results.state.current(address)
    moved = run.options.mode == "refresh-only" and address in run.moves
    if new is old or (new is not None and new.attributes == old.attributes and not moved):
        return None
    schema = run.schema(address.resource)
    if schema is None:
        return None
    before, after = run.object_of(address, schema, old), decode_object(schema, new.attributes) if new else None
    if after is not None and same(before, after) and not moved:
        return None
    action = Action.DELETE if after is None else Action.NO_OP if same(before, after) else Action.UPDATE
    hidden = schema.block.sensitive_paths
    return ResourceChange(
        address,
        str(run.provider_of(address.resource)),
        action,
        before,
        after,
        previous_address=run.moves.get(address, address),
        before_sensitive=(*hidden, *old.sensitive_paths),
        after_sensitive=(*hidden, *new.sensitive_paths) if new else (),
        schema=schema,
        simulated=run.is_simulated(address.resource),
    )
