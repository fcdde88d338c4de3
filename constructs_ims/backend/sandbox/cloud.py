"""The sandbox's local cloud as a test sees and steers it: what it holds, what it was asked, and how it is to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.backend.emulator.clock import Clock
    from constructs_ims.backend.emulator.controls import BadBody, Drop, Failure, LoggedRequest
    from constructs_ims.backend.sandbox.world import World


class Cloud:
    """The local IMS service of one ``Sandbox``, which ``sandbox.cloud`` returns.

    ``images`` is what the service holds and ``requests`` what it was asked; ``create_image``, ``change_image`` and
    ``remove_image`` change it behind the stacks' backs, ``seed`` replaces all it holds; ``fail_next`` has the next
    requests fail, and ``set_life_cycle``, ``set_status`` and ``advance_clock`` have things take their time. What it is
    to do and was asked is this object's alone: services of other processes, as ``constructs-ims run`` starts them, have
    the same under ``/_emulator/``.
    """

    def __init__(self, world: Callable[[], World], images: Callable[[], list[dict[str, Any]]]) -> None:
        self._open = world
        self._images = images

    @property
    def images(self) -> list[dict[str, Any]]:
        """Every image in the service, oldest first, as the service shows it."""
        return self._images()

    @property
    def requests(self) -> list[LoggedRequest]:
        """The requests that came in (the last 10,000), oldest first: ``operation``, ``status``, ``body`` and more."""
        return self._open().controls.log.entries()

    def clear_requests(self) -> None:
        """Forget the requests, as before the part of a test that is to be looked at."""
        self._open().controls.log.clear()

    def fail_next(
        self,
        operation: str,
        times: int = 1,
        *,
        status: int | None = None,
        delay: float = 0.0,
        drop: Drop | None = None,
        image: str | None = None,
        skip: int = 0,
        message: str | None = None,
        every: int = 1,
        body: BadBody | None = None,
    ) -> None:
        """Have the next ``times`` requests of an operation fail, after the first ``skip`` went through.

        ``operation`` is ``"create"``, ``"read"``, ``"list"``, ``"delete"`` or another of ``emulator.operations``;
        ``image`` narrows it to one image, by id or name. The answer is the vendor's for ``status`` (400 to 599, 500
        when nothing else is asked for), after ``delay`` seconds of the service's clock; ``drop`` closes the connection
        instead, ``"before"`` or ``"after"`` the service has done its work; ``body`` cuts the answer off
        (``"truncated"``) or puts a page of HTML in its place (``"wrong"``). With ``every=3`` it is each third request
        that fails. Of several failures that match, the first that was asked for counts.

        As against the cloud, the provider repeats what it safely can, up to five times: reads and deletions after a
        dropped connection, 502, 503 and 504; any request after 429. Give ``times=6`` to have the operation fail.
        Raise ``OperationFailedError`` for what makes no sense.
        """
        from constructs_ims.backend.emulator.controls import Failure

        __tracebackhide__ = True
        if status is None and drop is None and body is None and not delay:
            status = 500
        with _told():
            failure = Failure(operation, times, status, delay, drop, image, skip, message, every, body)
            self._open().controls.failures.add(failure)

    @property
    def pending_failures(self) -> list[Failure]:
        """The failures that are still to come, with the counts that are left."""
        return self._open().controls.failures.pending()

    def clear_failures(self) -> None:
        """Have nothing fail any more."""
        self._open().controls.failures.clear()

    @property
    def now(self) -> datetime:
        """The time that images are stamped with, in UTC."""
        return self._open().store.clock.shown()

    def advance_clock(self, seconds: float) -> datetime:
        """Move the service's clock on, and give images the status whose time has come; return the new time in UTC.

        Everything in this process that waits for the service waits by this clock, which its waiting moves on.
        """
        __tracebackhide__ = True
        return self._moved(lambda clock: clock.advance(seconds))

    def set_clock(self, now: datetime) -> datetime:
        """Have the service's clock show a time that is still to come, as ``advance_clock`` does."""
        __tracebackhide__ = True
        return self._moved(lambda clock: clock.set(now))

    def _moved(self, move: Callable[[Clock], None]) -> datetime:
        __tracebackhide__ = True
        store = self._open().store
        with _told():
            move(store.clock)
        store.pass_time()
        return store.clock.shown()

    def set_life_cycle(
        self,
        *,
        saving_reads: int = 0,
        saving_seconds: float = 0.0,
        saving_ends: str = "active",
        deleting_reads: int = 0,
        deleting_seconds: float = 0.0,
    ) -> None:
        """Have saving the file of an image and deleting one take so many reads, or seconds of the service's clock.

        While it lasts an image is ``saving``, which ends as ``saving_ends``, ``"active"`` or ``"killed"``, or
        ``deleted``. What is left out takes no time, as everything does at first.
        """
        from constructs_ims.backend.emulator.life import LifeCycle

        __tracebackhide__ = True
        with _told():
            self._open().store.life_cycle = LifeCycle(
                saving_reads, saving_seconds, saving_ends, deleting_reads, deleting_seconds
            )

    @property
    def life_cycle(self) -> Mapping[str, Any]:
        """What ``set_life_cycle`` was given last, by the names of its parameters."""
        return asdict(self._open().store.life_cycle)

    def set_status(self, id: str, status: str, *, reads: int = 0, seconds: float = 0.0) -> None:
        """Give an image a status, after so many requests that read it or seconds of the service's clock, where given.

        ``status`` is ``"queued"``, ``"saving"``, ``"active"``, ``"killed"`` or ``"deleted"``, which takes it away.
        """
        __tracebackhide__ = True
        with _told():
            if not self._open().store.schedule(id, status, reads, seconds):
                raise OperationFailedError([_no_such_image(id)])

    @property
    def quotas(self) -> Mapping[str, int | None]:
        """The quotas of each project by their names; None bounds nothing."""
        return asdict(self._open().store.quotas)

    def set_quotas(self, **quotas: int | None) -> None:
        """Set quotas of each project: ``image``, ``image_shared`` and ``image_member``; None bounds nothing."""
        __tracebackhide__ = True
        store = self._open().store
        with _told():
            store.quotas = store.quotas.changed(quotas)

    @property
    def throttle(self) -> tuple[int | None, float]:
        """How many requests are let through in how many seconds; None lets all through."""
        throttle = self._open().controls.throttle
        return throttle.requests, throttle.seconds

    def set_throttle(self, requests: int | None, seconds: float = 1.0) -> None:
        """Have the gateway let so many requests through in so many seconds of its clock; it answers others with 429."""
        __tracebackhide__ = True
        with _told():
            self._open().controls.throttle.set(requests, seconds)

    def seed(self, images: Sequence[Mapping[str, Any]], start: datetime | None = None) -> list[dict[str, Any]]:
        """Put images in the place of all there are; the same input gives the same ids and times.

        Each item has what a request to create an image has, and may have a ``status``, a ``region`` and a ``count`` of
        images alike but for their names. The first is created at ``start`` (2024-01-01 in UTC), each a second later.
        """
        from constructs_ims.backend.emulator.seeding import START, seed_images

        __tracebackhide__ = True
        world = self._open()
        with _told():
            made = seed_images(world.store, world.account, images, start or START)
        return [image.attributes for image in made]

    @property
    def health(self) -> Mapping[str, Any]:
        """Whether the service answers (``status`` is ``"ok"``), and how many ``images`` all its projects have."""
        return self._open().store.health()

    @property
    def openapi(self) -> Mapping[str, Any]:
        """The description, by OpenAPI 3.1, of all calls that the service serves."""
        from constructs_ims.backend.emulator.openapi import openapi_document
        from constructs_ims.backend.emulator.routes import ROUTES

        return openapi_document(ROUTES)

    @property
    def metrics(self) -> str:
        """What the service has done and holds, in Prometheus' text format."""
        from constructs_ims.backend.emulator.messages import Service
        from constructs_ims.backend.emulator.metrics import metrics_text

        world = self._open()
        return metrics_text(Service(world.store, world.account, world.store.clock, world.controls))

    def create_image(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Create an image that no stack knows of, from what a request to create one says; return it."""
        from constructs_ims.backend.emulator.faults import Fault
        from constructs_ims.backend.emulator.images import accepted

        __tracebackhide__ = True
        world = self._open()
        try:
            return world.store.create(world.account.default_project.id, accepted(attributes)).attributes
        except Fault as fault:
            said = fault.body("")["error"]
            detail = f"{said['message']} {said['detail']} ({said['code']})"
            raise OperationFailedError([error("Image refused", detail)]) from None

    def change_image(self, id: str, changes: Mapping[str, Any]) -> None:
        """Change an image behind the stacks' backs: ``{"min_disk": 80}``; what is set to None is removed.

        Values are not checked but for those that every image has, such as its name and status.

        The next plan finds the drift.
        """
        from constructs_ims.backend.emulator.store import NotStorableError

        __tracebackhide__ = True
        if fixed := {"id", "owner"} & changes.keys():
            detail = f"{min(fixed)} is what the image is found by. Leave it as it is."
            raise OperationFailedError([error("Fixed property", detail)])
        try:
            image = self._open().store.change(id, changes)
        except NotStorableError as failure:
            raise OperationFailedError([error("Invalid attribute", f"{failure} Give plain values.")]) from None
        if image is None:
            raise OperationFailedError([_no_such_image(id)])

    def remove_image(self, id: str) -> None:
        """Remove an image behind the stacks' backs, protected or not; the next plan finds it gone."""
        __tracebackhide__ = True
        if not self._open().store.remove(id):
            raise OperationFailedError([_no_such_image(id)])


@contextmanager
def _told() -> Iterator[None]:
    from constructs_ims.backend.emulator.database_errors import EmulatorError

    try:
        yield
    except EmulatorError as failure:
        raise OperationFailedError([error(failure.summary, failure.detail)]) from None


def _no_such_image(id: str) -> Diagnostic:
    return error("No such image", f'The service has no image with the id "{id}". Take one that images() shows.')
