"""One request on its way to its handler: which operation it is, and whether a test asked for it to fail."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from constructs_ims.backend.emulator.controls import ConnectionDroppedError, Failure
from constructs_ims.backend.emulator.faults import Fault, gateway_fault
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.route import JSON, Route


def operation_of(route: Route, call: Call | None) -> str:
    """Return the operation's name; None is a request that was refused before it was read."""
    is_read = route.operation == "list" and call is not None and call.argument("id")
    return "read" if is_read else route.operation


def answered(route: Route, service: Service, call: Call) -> Reply:
    """Return the answer, or meet the failure that a test asked for.

    Raise the vendor's ``Fault``, or ``ConnectionDroppedError`` when there is to be no answer.
    """
    if route.is_admin:
        return route.handler(service, call)
    if not service.controls.throttle.takes(time.monotonic() + service.store.clock.advanced):
        raise gateway_fault("APIGW.0308")
    service.store.pass_time()
    failure = _next_failure(route, service, call)
    if failure is None:
        return _handled(route, service, call)
    if failure.delay:
        service.sleep(failure.delay)
    if failure.drop == "before":
        raise ConnectionDroppedError(f"A test has the service drop this request to {failure.operation}.")
    if fault := failure.answer():
        raise fault
    reply = _handled(route, service, call)
    if failure.drop == "after":
        raise ConnectionDroppedError(f"A test has the service drop its answer to this request to {failure.operation}.")
    return _spoilt(reply, failure)


def _handled(route: Route, service: Service, call: Call) -> Reply:
    """Have a request handled, and count it for the images that it reads."""
    reply = route.handler(service, call)
    if route.operation in ("read", "list", "show_job"):
        service.store.count_read(lambda: _ids_in(json.loads(reply.body)))
    return reply


def _ids_in(answer: Any) -> frozenset[str]:
    """Return the ids of the images that an answer to a read, a list or a job is about."""
    images = answer.get("images", [answer])
    return frozenset(str(image.get("entities", {}).get("image_id") or image.get("id")) for image in images)


def _spoilt(reply: Reply, failure: Failure) -> Reply:
    """Return an answer as the failure has it: cut off in the middle, or a page that comes from elsewhere."""
    if failure.body == "truncated":
        whole = reply.body.encode() if reply.content is None else reply.content
        return replace(reply, content=whole[: len(whole) // 2], length=len(whole))
    if failure.body == "wrong":
        return Reply(200, content=b"<html><body>Welcome</body></html>", media_type="text/html")
    return reply


def _next_failure(route: Route, service: Service, call: Call) -> Failure | None:
    failures = service.controls.failures
    if not failures.pending():
        return None
    operation = operation_of(route, call)
    return failures.take(operation, _images(operation, service, call) if failures.concern_images() else frozenset())


def _images(operation: str, service: Service, call: Call) -> frozenset[str]:
    """Return the id and the name of the image that a request is about, as far as it has them."""
    if operation == "create":
        with suppress(Fault):
            return frozenset([str(call.json_object().get("name"))])
        return frozenset()
    ids = {call.params.get("id") or call.argument("id") or ""}
    with suppress(Fault):
        asked = call.json_object() if call.body and call.media_type == JSON else {}
        images = asked.get("images")
        ids |= {str(asked.get("image_id", "")), *map(str, images if isinstance(images, list) else [])}
    found = [service.store.find(call.project_id, id) for id in ids]
    return frozenset([*ids, *(str(image.attributes["name"]) for image in found if image)])
