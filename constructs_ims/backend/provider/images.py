"""Creates, reads and deletes images; every failure of the client becomes a diagnostic in the vendor's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any, Final

from constructs_ims.backend.client import ClientError, ImsClient
from constructs_ims.backend.provider.image_metadata import DecodeError, request_body, state_from_image
from constructs_ims.backend.provider.regions import Regions
from constructs_ims.backend.provider.timeouts import delete_timeout, go_duration
from constructs_ims.backend.provider.timer import Timer
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.operations import ApplyResult, Object, ReadResult

_FIRST_POLL: Final = 0.05
_LONGEST_POLL: Final = 10.0
_WHAT: Final = "IMS image metadata"
_MAY_EXIST: Final = (
    "No good answer came, so the image may have been created all the same. Before Terraform's next apply, look for it "
    "in the service, and import or delete it. Without Terraform, constructs-ims and terraform-ims do so by themselves."
)

_LOOK_AGAIN: Final = (
    "An interrupted run was creating it, so it may exist. Nothing was planned, lest it be created twice; the next run "
    "looks for it again."
)


class Images:
    """The images of an account, in all of its regions."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions

    def read(self, state: Object, private: bytes) -> ReadResult:
        """Look an image up by its id."""
        try:
            region, client = self._regions.client(state["region"])
        except ClientError as failure:
            return ReadResult(state, private, [_client_error(failure)])
        try:
            image = client.find_image(str(state["id"]))
            if image is None:
                return ReadResult(None, private, [_gone(state["id"])])
            return ReadResult(state_from_image(image, state, region), private)
        except (ClientError, DecodeError) as failure:
            return ReadResult(state, private, [error(f"error retrieving {_WHAT}: {failure}")])

    def create(self, planned: Object, private: bytes, creation_id: str | None = None) -> ApplyResult:
        """Create an image, and read it back; ``creation_id`` is what ``find_created`` finds it by."""
        try:
            region, client = self._regions.client(_known(planned["region"]))
        except ClientError as failure:
            return ApplyResult(None, private, [_client_error(failure)])
        try:
            image = client.create_image(request_body(planned), creation_id)
        except ClientError as failure:
            may_exist = failure.reached_service
            fault = error(f"error creating {_WHAT}: {failure}", _MAY_EXIST if may_exist else "")
            return ApplyResult(None, private, [fault], may_exist)
        return _created(client, image, planned, region, private)

    def find_created(self, planned: Object, creation_id: str) -> tuple[Object | None, list[Diagnostic]]:
        """Return the state of the image that was created under ``creation_id``, None when none was."""
        try:
            region, client = self._regions.client(_known(planned["region"]))
            image = client.find_created(creation_id)
            if image is None:
                return None, []
            return state_from_image(image, {**planned, "id": image.get("id")}, region), []
        except (ClientError, DecodeError) as failure:
            return None, [error(f"error looking for a lost {_WHAT}: {failure}", _LOOK_AGAIN)]

    def delete(self, prior: Object, private: bytes, stopped: Event) -> ApplyResult:
        """Delete an image and wait until the service no longer lists it, or until ``stopped``."""
        try:
            _, client = self._regions.client(prior["region"])
        except ClientError as failure:
            return ApplyResult(prior, private, [_client_error(failure)])
        try:
            client.delete_image(str(prior["id"]))
        except ClientError as failure:
            return ApplyResult(prior, private, [error(f"error deleting {_WHAT}: {failure}")])
        fault = _await_absence(client, str(prior["id"]), delete_timeout(prior), stopped, self._regions.timer)
        if fault:
            waiting = f"error waiting for {_WHAT} to be deleted: {fault}"
            return ApplyResult(prior, private, [error(waiting)])
        return ApplyResult(None, private)


def _created(client: ImsClient, image: Mapping[str, Any], planned: Object, region: str, private: bytes) -> ApplyResult:
    """Return the state of an image just created; from here on, no failure may lose its id."""
    id = image.get("id")
    if not isinstance(id, str) or not id:
        fault = error(f"error creating {_WHAT}: ID is not found in API response", _MAY_EXIST)
        return ApplyResult(None, private, [fault], may_exist=True)
    base = {**planned, "id": id}
    try:
        found = client.find_image(id)
        return ApplyResult(state_from_image(found or image, base, region), private)
    except (ClientError, DecodeError) as failure:
        fault = error(f"error retrieving {_WHAT}: {failure}")
        return ApplyResult(_best_state(image, base, region), private, [fault])


def _best_state(image: Mapping[str, Any], base: Object, region: str) -> Object:
    """Return the state as the creating request answered it, or as little as the arguments and the id."""
    try:
        return state_from_image(image, base, region)
    except DecodeError:
        return state_from_image(request_body(base), base, region)


def _await_absence(client: ImsClient, id: str, timeout: float, stopped: Event, timer: Timer) -> str:
    """Return ``""`` once the service no longer lists the image, else why the wait ended."""
    deadline = timer.now() + timeout
    for wait in _waits():
        try:
            if client.find_image(id) is None:
                return ""
        except ClientError as failure:
            return f"error retrieving {_WHAT}: {failure}"
        left = deadline - timer.now()
        if left <= 0:
            return (
                "timeout while waiting for state to become 'COMPLETED' (last state: 'PENDING', timeout: "
                f"{go_duration(timeout)})"
            )
        if timer.wait(stopped, min(wait, left)):
            return "context canceled"
    raise AssertionError("waits never end")


def _waits() -> Iterator[float]:
    wait = _FIRST_POLL
    while True:
        yield wait
        wait = min(wait * 2, _LONGEST_POLL)


def _known(region: Any) -> str | None:
    return region if isinstance(region, str) else None


def _client_error(failure: ClientError) -> Diagnostic:
    return error(f"error creating IMS client: {failure}")


def _gone(id: Any) -> Diagnostic:
    return warning("Resource not found", f"the resource {id} is gone and will be removed in Terraform state.")
