"""Every operation under every fault ends in success or a clear error, and no image is made twice or lost unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from constructs_ims.backend.client import ClientError, Credentials, ImsClient, RetryPolicy, Session, WsgiAdapter
from constructs_ims.backend.client.errors import ServerError, TransportError
from constructs_ims.backend.emulator import Account, Store, create_app

from .conftest import answer

ENDPOINT = "http://127.0.0.1"
ACCOUNT = Account("ACCESSKEY", "secret")

Pass = Callable[[], requests.Response]


def status(code: int) -> Callable[[Pass], requests.Response]:
    return lambda _: answer(code, '{"error_msg": "m", "error_code": "APIGW.0201"}')


def lost_before(_: Pass) -> requests.Response:
    raise requests.ConnectionError("reset before the request was read")


def lost_after(pass_on: Pass) -> requests.Response:
    pass_on()
    raise requests.ConnectionError("reset after the request was carried out")


def late(pass_on: Pass) -> requests.Response:
    pass_on()
    raise requests.ReadTimeout("no answer in time")


def cut(pass_on: Pass) -> requests.Response:
    pass_on()
    raise requests.exceptions.ChunkedEncodingError("IncompleteRead(10 bytes read, 90 more expected)")


def garbled(pass_on: Pass) -> requests.Response:
    whole = pass_on()
    whole._content = whole.content[: len(whole.content) // 2] or b"<html>"
    return whole


def of_another_kind(pass_on: Pass) -> requests.Response:
    whole = pass_on()
    whole._content = b"[1, 2, 3]"
    return whole


FAULTS = {
    "throttled": status(429),
    "internal error": status(500),
    "bad gateway": status(502),
    "unavailable": status(503),
    "gateway timeout": status(504),
    "teapot": status(418),
    "reset before": lost_before,
    "reset after": lost_after,
    "late": late,
    "cut short": cut,
    "garbled": garbled,
    "another kind": of_another_kind,
}


class Faulty(WsgiAdapter):
    """Passes requests on to an application, the next ``times`` of them through a fault."""

    fault: Callable[[Pass], requests.Response] | None = None
    times = 0

    def send(self, request: requests.PreparedRequest, *rest: Any, **more: Any) -> requests.Response:
        if self.fault is None or self.times == 0:
            return super().send(request, *rest, **more)
        self.times -= 1
        return self.fault(lambda: super(Faulty, self).send(request, *rest, **more))


class World:
    """A client, the service behind it, and the faulty way between."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.way = Faulty(create_app(store, ACCOUNT))
        credentials = Credentials(ACCOUNT.access_key, ACCOUNT.secret_key)
        self.session = Session(credentials, transport=self.way, retries=RetryPolicy(retries=3), sleep=lambda _: None)
        self.ims = ImsClient(self.session, ENDPOINT)

    def break_way(self, fault: str, times: int) -> None:
        self.way.fault, self.way.times = FAULTS[fault], times

    def outcome(self, operation: Callable[[], object]) -> object:
        """Return what ``operation`` returns, or the client's error that it raises."""
        try:
            return operation()
        except ClientError as failure:
            return failure


@pytest.fixture
def world() -> Iterator[World]:
    with Store() as store:
        yield World(store)


once_or_always = pytest.mark.parametrize("times", [1, 99], ids=["once", "always"])
every_fault = pytest.mark.parametrize("fault", FAULTS)


@every_fault
@once_or_always
def test_creation(fault: str, times: int, world: World) -> None:
    """An image that was made but not reported comes with an error that says so; none is made twice."""
    world.break_way(fault, times)

    outcome = world.outcome(lambda: world.ims.create_image({"name": "n"}))

    made = world.store.all()
    if isinstance(outcome, dict):
        assert [image.id for image in made] == [outcome["id"]]
    else:
        assert len(made) <= 1
        assert not made or (isinstance(outcome, ClientError) and outcome.reached_service)


@every_fault
@once_or_always
def test_reading(fault: str, times: int, world: World) -> None:
    made = world.ims.create_image({"name": "n"})
    world.break_way(fault, times)

    outcome = world.outcome(lambda: world.ims.find_image(made["id"]))

    assert outcome == made or isinstance(outcome, ClientError)
    if times == 1 and fault not in ("internal error", "teapot", "garbled", "another kind"):
        assert outcome == made


@every_fault
@once_or_always
def test_deletion(fault: str, times: int, world: World) -> None:
    """Success means gone; after a fault that passes, it is success."""
    made = world.ims.create_image({"name": "n"})
    world.break_way(fault, times)

    outcome = world.outcome(lambda: world.ims.delete_image(made["id"]))

    if outcome is None:
        assert world.store.count() == 0
    else:
        assert isinstance(outcome, TransportError | ServerError) or fault in ("throttled", "teapot")
    if times == 1 and fault not in ("internal error", "teapot"):
        assert outcome is None
