"""The emulator's own doors, under ``/_emulator/``: for tests and tools, unsigned, in no vendor's API."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

from constructs_ims.backend.emulator.controls import Failure, InvalidFailureError
from constructs_ims.backend.emulator.faults import Fault, ims_fault
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.store import NotStorableError, images_document

_FIXED = ("id", "owner")


def show_health(service: Service, _: Call) -> Reply:
    """``GET /_emulator/health``: whether the service answers, and how many images it holds."""
    return Reply.json({"status": "ok", "images": service.store.count()})


def reset(service: Service, _: Call) -> Reply:
    """``POST /_emulator/reset``: delete every image of every project, and forget requests and failures to come."""
    service.store.reset()
    service.controls.reset()
    return Reply(204)


def list_all_images(service: Service, _: Call) -> Reply:
    """``GET /_emulator/images``: every image of every project, oldest first."""
    return Reply(200, images_document(service.store.all()))


def list_requests(service: Service, _: Call) -> Reply:
    """``GET /_emulator/requests``: the last 10,000 requests but those to these doors, oldest first."""
    return Reply.json({"requests": [entry.document() for entry in service.controls.log.entries()]})


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
    try:
        failure = Failure(**asked)
        service.controls.failures.add(failure)
    except InvalidFailureError as reason:
        raise ims_fault("IMG.0001", reason.detail) from None
    return Reply.json(asdict(failure), 201)


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


def _not_here(call: Call) -> Fault:
    return ims_fault("IMG.0144", f"There is no image {json.dumps(call.params['id'])} in any project.", status=404)
