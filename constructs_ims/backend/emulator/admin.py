"""The admin API, under ``/_emulator/``: for tests and tools, unsigned, in no vendor's API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields

from constructs_ims.backend.emulator import snapshots
from constructs_ims.backend.emulator.controls import Failure
from constructs_ims.backend.emulator.database_errors import EmulatorError
from constructs_ims.backend.emulator.faults import Fault, ims_fault
from constructs_ims.backend.emulator.images import timestamp
from constructs_ims.backend.emulator.life import LifeCycle
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.metrics import MEDIA_TYPE, metrics_text
from constructs_ims.backend.emulator.seeding import START, read_start, seed_images
from constructs_ims.backend.emulator.store import NotStorableError, images_document

_FIXED = ("id", "owner")


def show_health(service: Service, _: Call) -> Reply:
    """``GET /_emulator/health``: whether the service answers, and how many images it holds."""
    return Reply.json(service.store.health())


def reset(service: Service, _: Call) -> Reply:
    """``POST /_emulator/reset``: delete every image of every project, and forget all that was asked of the service."""
    service.store.reset()
    service.store.restore_defaults()
    service.controls.reset()
    return Reply(204)


def list_all_images(service: Service, call: Call) -> Reply:
    """``GET /_emulator/images``: every image of every project, oldest first.

    With ``limit`` and ``offset`` a part of them, with ``name`` those whose names begin so.
    """
    name, store = call.argument("name") or "", service.store
    limit = call.whole("limit", -1) if call.argument("limit") else -1
    images = store.all(name, limit, call.whole("offset", 0))
    return Reply(200, f'{images_document(images)[:-1]}, "total": {store.count(name)}}}')


def list_requests(service: Service, call: Call) -> Reply:
    """``GET /_emulator/requests``: the last 10,000 requests but those to this API, oldest first.

    With ``limit`` the last so many of them.
    """
    entries = service.controls.log.entries()
    shown = entries[max(0, len(entries) - call.whole("limit", len(entries))) :]
    return Reply.json({"requests": [entry.document() for entry in shown], "total": len(entries)})


def clear_requests(service: Service, _: Call) -> Reply:
    """``DELETE /_emulator/requests``: forget them."""
    service.controls.log.clear()
    return Reply(204)


def list_failures(service: Service, _: Call) -> Reply:
    """``GET /_emulator/failures``: the failures that are still to come, with the counts that are left."""
    return Reply.json({"failures": [asdict(failure) for failure in service.controls.failures.pending()]})


def add_failure(service: Service, call: Call) -> Reply:
    """``POST /_emulator/failures``: have the next requests of an operation fail, as ``Failure`` has it."""
    asked = call.json_object()
    if unknown := sorted(asked.keys() - {field.name for field in fields(Failure)}):
        raise ims_fault("IMG.0001", f"A failure has no {unknown[0]}.")
    if "operation" not in asked:
        raise ims_fault("IMG.0001", "A failure needs an operation.")
    with _told():
        failure = Failure(**asked)
        service.controls.failures.add(failure)
    return Reply.json(asdict(failure), 201)


def show_life_cycle(service: Service, _: Call) -> Reply:
    """``GET /_emulator/life-cycle``: how long it takes to save and to delete an image."""
    return Reply.json(asdict(service.store.life_cycle))


def set_life_cycle(service: Service, call: Call) -> Reply:
    """``PUT /_emulator/life-cycle``: have that take as long as ``LifeCycle`` says; what is left out takes no time."""
    with _told():
        service.store.life_cycle = LifeCycle.read(call.json_object())
    return show_life_cycle(service, call)


def schedule_status(service: Service, call: Call) -> Reply:
    """``PUT /_emulator/images/{id}/status``: give an image a status, after ``reads`` or ``seconds`` where given."""
    asked = call.json_object(("status", "reads", "seconds"))
    with _told():
        status, wait = str(asked.get("status")), (asked.get("reads", 0), asked.get("seconds", 0))
        if not service.store.schedule(call.params["id"], status, *wait):
            raise _not_here(call)
    return Reply(204)


def show_clock(service: Service, _: Call) -> Reply:
    """``GET /_emulator/clock``: the time that images are stamped with, and the seconds that it was moved by."""
    clock = service.store.clock
    return Reply.json({"now": timestamp(clock.shown()), "advanced": clock.advanced})


def move_clock(service: Service, call: Call) -> Reply:
    """``POST /_emulator/clock``: move the clock on by the seconds in ``advance``, or to the time ``now``."""
    asked = call.json_object(("advance", "now"))
    with _told():
        if "now" in asked:
            service.store.clock.set(read_start(asked["now"]))
        service.store.clock.advance(asked.get("advance", 0))
    service.store.pass_time()
    return show_clock(service, call)


def show_quotas(service: Service, _: Call) -> Reply:
    """``GET /_emulator/quotas``: each project's quotas; null bounds nothing."""
    return Reply.json(asdict(service.store.quotas))


def set_quotas(service: Service, call: Call) -> Reply:
    """``PUT /_emulator/quotas``: set those that are given."""
    with _told():
        service.store.quotas = service.store.quotas.changed(call.json_object())
    return show_quotas(service, call)


def show_throttle(service: Service, _: Call) -> Reply:
    """``GET /_emulator/throttle``: how many requests are let through in how many seconds; null lets all through."""
    throttle = service.controls.throttle
    return Reply.json({"requests": throttle.requests, "seconds": throttle.seconds})


def set_throttle(service: Service, call: Call) -> Reply:
    """``PUT /_emulator/throttle``: set that; what is beyond it is answered with 429."""
    asked = call.json_object(("requests", "seconds"))
    with _told():
        service.controls.throttle.set(asked.get("requests"), asked.get("seconds", 1.0))
    return show_throttle(service, call)


def seed(service: Service, call: Call) -> Reply:
    """``POST /_emulator/seed``: put ``images`` in the place of all there are, the first created at ``start``."""
    asked = call.json_object(("images", "start"))
    if not isinstance(asked.get("images"), list):
        raise ims_fault("IMG.0001", "images is not an array.")
    with _told():
        start = read_start(asked["start"]) if "start" in asked else START
        made = seed_images(service.store, service.account, asked["images"], start)
    return Reply.json({"images": len(made)}, 201)


def list_snapshots(service: Service, _: Call) -> Reply:
    """``GET /_emulator/snapshots``: what was kept, by name."""
    return Reply.json({"snapshots": snapshots.list_snapshots(service.store)})


def save_snapshot(service: Service, call: Call) -> Reply:
    """``PUT /_emulator/snapshots/{name}``: keep all that the service holds under a name."""
    with _told():
        snapshots.save_snapshot(service.store, call.params["name"])
    return Reply(204)


def load_snapshot(service: Service, call: Call) -> Reply:
    """``POST /_emulator/snapshots/{name}``: go back to it."""
    with _told():
        snapshots.load_snapshot(service.store, call.params["name"])
    return Reply(204)


def delete_snapshot(service: Service, call: Call) -> Reply:
    """``DELETE /_emulator/snapshots/{name}``: forget it."""
    with _told():
        snapshots.delete_snapshot(service.store, call.params["name"])
    return Reply(204)


def show_metrics(service: Service, _: Call) -> Reply:
    """``GET /_emulator/metrics``: counts in Prometheus' text format."""
    return Reply(200, content=metrics_text(service).encode(), media_type=MEDIA_TYPE)


def show_description(service: Service, _: Call) -> Reply:
    """``GET /_emulator/openapi.json``: all that is served, as OpenAPI 3.1 describes it."""
    return Reply.json(service.describe())


def clear_failures(service: Service, _: Call) -> Reply:
    """``DELETE /_emulator/failures``: have nothing fail any more."""
    service.controls.failures.clear()
    return Reply(204)


def change_image(service: Service, call: Call) -> Reply:
    """``PATCH /_emulator/images/{id}``: set attributes as given, unchecked; those given as null are removed."""
    changes = call.json_object()
    if fixed := [name for name in _FIXED if name in changes]:
        raise ims_fault("IMG.0001", f"{fixed[0]} is what the image is found by, and stays.")
    try:
        image = service.store.change(call.params["id"], changes)
    except NotStorableError as failure:
        raise ims_fault("IMG.0001", str(failure)) from None
    if image is None:
        raise _not_here(call)
    return Reply(200, image.document)


def remove_image(service: Service, call: Call) -> Reply:
    """``DELETE /_emulator/images/{id}``: delete an image, protected or not."""
    if not service.store.remove(call.params["id"]):
        raise _not_here(call)
    return Reply(204)


@contextmanager
def _told() -> Iterator[None]:
    """Answer with what is wrong with a request."""
    try:
        yield
    except EmulatorError as failure:
        raise ims_fault("IMG.0001", failure.detail) from None


def _not_here(call: Call) -> Fault:
    return ims_fault("IMG.0144", f"There is no image {json.dumps(call.params['id'])} in any project.", status=404)
