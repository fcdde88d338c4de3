"""Refreshing and importing: what a provider says is there now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.stack.evaluate.sensitive import without_sensitive
from constructs_ims.backend.engine.stack.run.run import PlanRun, id_of
from constructs_ims.backend.engine.state.model import ObjectState
from constructs_ims.backend.engine.state.stored import encode_object
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import Path


@dataclass(frozen=True, slots=True)
class Prior:
    """An object as it is now."""

    value: Object
    private: bytes = b""
    sensitive: tuple[Path, ...] = ()
    is_tainted: bool = False
    create_before_destroy: bool = False


@dataclass(frozen=True, slots=True)
class FoundObject:
    """What there is at an address: ``prior`` is None where there is none, or where ``failed`` tells of a fault."""

    prior: Prior | None = None
    failed: bool = False


def stored_form(
    run: PlanRun, address: InstanceAddress, schema: Schema, value: Object, private: bytes, base: ObjectState
) -> ObjectState:
    """Return an object as the state stores it, keeping of ``base`` what is not the provider's to say."""
    return replace(base, attributes=encode_object(schema, value), schema_version=schema.version, private=private)


def stored_object(run: PlanRun, address: InstanceAddress, schema: Schema, deposed: str | None = None) -> FoundObject:
    """Return the object at an address as the state has it; one that the schema does not fit has failed."""
    stored = _stored(run, address, deposed)
    if stored is None:
        return FoundObject()
    value = run.object_of(address, schema, stored)
    if value is None:
        return FoundObject(failed=True)
    return FoundObject(
        Prior(value, stored.private, stored.sensitive_paths, stored.is_tainted, stored.create_before_destroy)
    )


def current_object(run: PlanRun, address: InstanceAddress, schema: Schema, deposed: str | None = None) -> FoundObject:
    """Return the object at an address, read anew unless that is switched off."""
    found = stored_object(run, address, schema, deposed)
    stored = _stored(run, address, deposed)
    if found.prior is None or stored is None or not run.options.refresh:
        return found
    return _read(run, address, schema, stored, found.prior, deposed)


def _stored(run: PlanRun, address: InstanceAddress, deposed: str | None) -> ObjectState | None:
    with run.results.lock:
        return (
            run.results.state.current(address) if deposed is None else run.results.state.deposed(address).get(deposed)
        )


def _read(
    run: PlanRun, address: InstanceAddress, schema: Schema, stored: ObjectState, prior: Prior, deposed: str | None
) -> FoundObject:
    value = prior.value
    with run.results.lock:
        run.observer.refresh_started(address, id_of(value), deposed)
    result = run.provider(address, stored).read_resource(address.resource.type, value, stored.private)
    objects = ((value, stored.sensitive_paths), (result.state, stored.sensitive_paths))
    if not run.report_on(without_sensitive(result.diagnostics, *objects), address):
        return FoundObject(failed=True)
    with run.results.lock:
        run.observer.refresh_completed(address, id_of(result.state or value), deposed)
    dependencies = _dependencies(run, address, stored)
    provider = str(run.provider_of(address.resource))
    kept = result.state and replace(
        stored_form(run, address, schema, result.state, result.private, stored), dependencies=dependencies
    )
    with run.results.lock:
        if deposed is None:
            run.results.state.set_current(address, provider, kept or None)
        else:
            run.results.state.set_deposed(address, deposed, provider, kept or None)
    if result.state is None:
        return FoundObject()
    return FoundObject(replace(prior, value=result.state, private=result.private))


def note_create_before_destroy(run: PlanRun, address: InstanceAddress) -> None:
    """Let the state say how a configured object is replaced now, which an apply needs once its block is gone."""
    chosen = address.resource in run.created_first
    with run.results.lock:
        stored = run.results.state.current(address)
        if stored is not None and stored.create_before_destroy != chosen:
            changed = replace(stored, create_before_destroy=chosen)
            run.results.state.set_current(address, str(run.provider_of(address.resource)), changed)


def _dependencies(run: PlanRun, address: InstanceAddress, stored: ObjectState) -> tuple[str, ...]:
    """Return what an object was made from, together with what its block refers to until an apply settles that."""
    if address not in run.results.instances.get(address.resource, ()):
        return stored.dependencies
    configured = run.stack.dependencies(address.resource)
    merged = {*stored.dependencies, *configured}
    return configured if len(merged) == len(configured) else tuple(sorted(merged))


def settle_dependencies(run: PlanRun, address: InstanceAddress) -> None:
    """Let the state say what an object that stays as it is refers to now: no apply will come to do so."""
    configured = run.stack.dependencies(address.resource)
    with run.results.lock:
        stored = run.results.state.current(address)
        if stored is not None and stored.dependencies != configured:
            changed = replace(stored, dependencies=configured)
            run.results.state.set_current(address, str(run.provider_of(address.resource)), changed)


def imported_object(run: PlanRun, address: InstanceAddress, schema: Schema, id: str) -> Prior | None:
    """Look up the object that an import names and take it into the state; None after noting what went wrong."""
    provider, type_name = run.provider(address), address.resource.type
    with run.results.lock:
        run.observer.import_started(address, id)
    found = provider.import_resource(type_name, id)
    if not run.report(found.diagnostics, address=str(address)):
        return None
    imported = next((one for one in found.resources if one.type_name == type_name), None)
    if imported is None:
        run.report([_nothing_imported(address, id)], address=str(address))
        return None
    with run.results.lock:
        run.observer.refresh_started(address, id_of(imported.state), None)
    result = provider.read_resource(type_name, imported.state, imported.private)
    if result.state is None and not has_errors(result.diagnostics):
        run.report([_no_such_object(address)], address=str(address))
        return None
    if not run.report_on(result.diagnostics, address) or result.state is None:
        return None
    with run.results.lock:
        run.observer.refresh_completed(address, id_of(result.state), None)
    base = ObjectState({}, dependencies=run.stack.dependencies(address.resource))
    stored = stored_form(run, address, schema, result.state, result.private, base)
    run.results.set_current(address, run.provider_of(address.resource), stored)
    return Prior(result.state, result.private)


def _nothing_imported(address: InstanceAddress, id: str) -> Diagnostic:
    return error("Import returned no resources", f'The provider found nothing to import for {address} under "{id}".')


def _no_such_object(address: InstanceAddress) -> Diagnostic:
    return error(
        "Cannot import non-existent remote object",
        f"While attempting to import an existing object to {quote(str(address))}, the provider detected that no "
        "object exists with the given id. Only pre-existing objects can be imported; check that the id is correct and "
        "that it is associated with the provider's configured region or endpoint, or use "
        '"terraform apply" to create a new remote object for this resource.',
    )
