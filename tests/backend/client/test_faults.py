"""Every operation under every fault ends in success or a clear error, and no image is made twice or lost unnoticed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from constructs_ims.backend.client import (
    ClientError,
    Credentials,
    IamClient,
    ImsClient,
    RetryPolicy,
    Session,
    body,
)
from constructs_ims.backend.emulator import Account, Store, create_app

from .wire import FAULTS, SOUND_AS_HTML, Service, TimeoutsForFaults, service

ACCOUNT = Account("ACCESSKEY", "secret")
PASSING = {
    "throttled", "throttled for an hour", "bad gateway", "unavailable", "gateway timeout", "status that is none",
    "no HTTP", "empty", "endless header", "endless headers", "chunks that are none",
    "chunks cut short", "reset before", "reset after", "closed after", "silent", "slow", "cut short",
}  # fmt: skip
"""What reads and deletions are repeated after."""
LIES = {"half a header", "negative length"}
"""Faults that look like a deletion's success; the provider waits until the image is not listed."""


@pytest.fixture(autouse=True)
def no_collection_at_full_depth() -> Iterator[None]:
    """Keep finalizers of earlier tests from running, and failing, where a document is as deep as Python can read."""
    gc.disable()
    yield
    gc.enable()


class World:
    """Clients, the service behind them, and the faulty way between."""

    def __init__(self, store: Store, way: Service) -> None:
        self.store = store
        self.way = way
        self.waits: list[float] = []
        keys, retries = Credentials(ACCOUNT.access_key, ACCOUNT.secret_key), RetryPolicy(retries=2)
        self.session = Session(keys, timeouts=TimeoutsForFaults(way), retries=retries, sleep=self.waits.append)
        self.patient_session = Session(keys)
        self.ims = ImsClient(self.session, way.endpoint)
        self.iam = IamClient(self.session, f"{way.endpoint}/v3")

    def create(self) -> dict[str, Any]:
        """Make an image, however long it takes."""
        return ImsClient(self.patient_session, self.way.endpoint).create_image({"name": "n"}, "one")

    def outcome(self, operation: Callable[[], object]) -> object:
        """Return what ``operation`` returns, or the client's error that it raises, which must say something."""
        try:
            return operation()
        except ClientError as caught:
            failure = caught
        assert failure.summary
        assert len(str(failure)) > 10
        assert ACCOUNT.secret_key not in str(failure)
        return failure


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    assert body.LARGEST_BODY == 64 * 1024 * 1024
    monkeypatch.setattr(body, "LARGEST_BODY", 1 << 20)
    with Store() as store, service(create_app(store, ACCOUNT)) as way:
        world = World(store, way)
        yield world
        world.session.close()
        world.patient_session.close()


once_or_always = pytest.mark.parametrize("times", [1, 99], ids=["once", "always"])
every_fault = pytest.mark.parametrize("fault", FAULTS)


@every_fault
@once_or_always
def test_creation(fault: str, times: int, world: World) -> None:
    """An image that was made but not reported comes with an error that says so; none is made twice."""
    world.way.break_next(FAULTS[fault], times)

    outcome = world.outcome(lambda: world.ims.create_image({"name": "n"}).get("id"))

    made = [image.id for image in world.store.all()]
    if isinstance(outcome, ClientError):
        assert len(made) <= 1
        assert not made or outcome.reached_service
    else:
        assert outcome is None or made == [outcome]


READS: dict[str, Callable[[World, str], object]] = {
    "find": lambda world, id: world.ims.find_image(id),
    "find created": lambda world, id: world.ims.find_created("one"),
    "project": lambda world, id: world.iam.project_id("cn-north-4"),
    "domain": lambda world, id: world.iam.domain_id(),
}


@every_fault
@once_or_always
@pytest.mark.parametrize("read", READS)
def test_reading(read: str, fault: str, times: int, world: World) -> None:
    """A read answers what is so, or with an error, and what passes does not keep it from answering."""
    image = world.create()
    made = image["id"]
    truth = {
        "find": image,
        "find created": image,
        "project": world.store.all()[0].project_id,
        "domain": ACCOUNT.domain_id,
    }[read]
    world.way.break_next(FAULTS[fault], times)

    outcome = world.outcome(lambda: READS[read](world, made))

    assert outcome == truth or isinstance(outcome, ClientError)
    assert (outcome == truth) == (times == 1 and fault in PASSING)


@every_fault
@once_or_always
def test_deletion(fault: str, times: int, world: World) -> None:
    """Success means gone; after a fault that passes, it is success."""
    made = world.create()
    world.way.break_next(FAULTS[fault], times)

    outcome = world.outcome(lambda: world.ims.delete_image(made["id"]))

    assert isinstance(outcome, ClientError) or world.store.count() == 0 or fault in LIES
    if times == 1 and fault in PASSING:
        assert outcome is None
    if isinstance(outcome, ClientError) and world.store.count() == 0:
        assert outcome.reached_service


def test_waits_are_bounded(world: World) -> None:
    """Not even a service that asks for an hour gets it."""
    world.way.break_next(FAULTS["throttled for an hour"], 99)

    world.outcome(lambda: world.ims.find_image("7"))

    assert world.waits == [2.0, 2.0]


def test_a_sound_answer_may_call_itself_what_it_likes(world: World) -> None:
    made = world.create()["id"]
    world.way.break_next(SOUND_AS_HTML)

    assert world.ims.find_image(made) is not None
