"""``replace_triggered_by``: whether what an object watches is about to change."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_ims.backend.engine.configuration import Argument
from constructs_ims.backend.engine.graph.graph import behind_name, resource_of
from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.planning.keyed_references import reduce_reference
from constructs_ims.backend.engine.plans.changes import Action, ResourceChange
from constructs_ims.backend.engine.plans.object_change import same, value_at
from constructs_ims.backend.engine.stack.evaluate.stack_values import StackScope
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import IndexStep, Path
from constructs_ims.schema.values import is_wholly_known

_CHANGING = (Action.UPDATE, Action.DELETE_THEN_CREATE, Action.CREATE_THEN_DELETE)


def is_triggered(run: PlanRun, trigger: Argument, scope: StackScope) -> tuple[bool, Sequence[Diagnostic]]:
    """Tell whether a watched object, or the watched attribute of one, changes; creations and deletions do not count."""
    reference, faults = reduce_reference(trigger.expression, scope)
    address = resource_of(reference) if reference else None
    if reference is None or address is None or address.mode == "data":
        return False, faults or [_not_managed()]
    rest = behind_name(reference)
    with run.results.lock:
        changes = [change for change in run.results.changes.get(address, ()) if change.deposed is None]
    watched = address.instance(rest[0].key if rest and isinstance(rest[0], IndexStep) else None)
    if watched.key is not None:
        rest = rest[1:]
        changes = [change for change in changes if change.address == watched]
    if not changes:
        return False, [_no_change(watched)]
    return any(_counts(change, rest) for change in changes), ()


def _counts(change: ResourceChange, path: Path) -> bool:
    if change.action not in _CHANGING:
        return False
    if not path:
        return True
    before, after = value_at(change.before, path), value_at(change.after, path)
    return not is_wholly_known(after) or not same(before, after)


def _no_change(address: InstanceAddress) -> Diagnostic:
    """Say, in Terraform's words, that what is watched has no object at all."""
    return error(f"no change found for {address} in the root module")


def _not_managed() -> Diagnostic:
    return error(
        "Invalid reference in replace_triggered_by expression",
        "Only managed resources can be referenced in replace_triggered_by.",
    )
