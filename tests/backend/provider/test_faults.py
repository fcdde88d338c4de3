"""Each operation of the provider, with a fault at each request it sends, leaves no image that nobody knows of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from constructs_ims.backend.client import Credentials, RetryPolicy, Session, Timeouts
from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.provider.configuration import LocalService, Settings
from constructs_ims.backend.provider.provider import Clients, ImageProvider
from constructs_ims.backend.provider.regions import Regions
from constructs_ims.schema.diagnostics import has_errors
from constructs_ims.schema.image_metadata import RESOURCE_TYPE

from ..client.wire import FAULTS, Fault, Service, TimeoutsForFaults, service
from .conftest import image_block, provider_block

ACCOUNT = Account("ACCESSKEY", "secret-key")
CONFIG = image_block(name="n", __os_version="Ubuntu 20.04 server 64bit", tags=["a=1"])


class FaultyWorld:
    """A provider, the service behind it, and one request that meets a fault."""

    def __init__(self, store: Store, way: Service) -> None:
        self.store = store
        self.way = way
        local = LocalService(way.endpoint, ACCOUNT.access_key, ACCOUNT.secret_key)
        self.sessions: list[Session] = []
        self.provider = self._provider(local, lambda settings: self._clients(settings, TimeoutsForFaults(way)))
        self.other = self._provider(local, lambda settings: self._clients(settings, Timeouts()))

    def _provider(self, local: LocalService, clients: Clients) -> ImageProvider:
        provider = ImageProvider(sandbox=local, clients=clients, environment={})
        assert provider.configure(provider_block(region="cn-north-4")) == []
        return provider

    def _clients(self, settings: Settings, timeouts: Timeouts | TimeoutsForFaults) -> Regions:
        keys = Credentials(settings.service.access_key, settings.service.secret_key)
        self.sessions.append(Session(keys, timeouts=timeouts, retries=RetryPolicy(retries=1), sleep=lambda _: None))
        return Regions(settings, self.sessions[-1])

    def break_request(self, number: int, fault: Fault) -> None:
        """Let the fault befall the request with this number, and every repetition of it."""
        self.way.break_next(fault, times=2, spared=number - 1)

    def create(self, provider: ImageProvider, creation_id: str = "one") -> Any:
        plan = provider.plan_resource(RESOURCE_TYPE, None, CONFIG, CONFIG, b"")
        return provider.create_marked(RESOURCE_TYPE, plan.planned or {}, plan.private, creation_id)

    @property
    def images(self) -> list[str]:
        return [image.id for image in self.store.all()]


@pytest.fixture
def world() -> Iterator[FaultyWorld]:
    with Store() as store, service(create_app(store, ACCOUNT)) as way:
        world = FaultyWorld(store, way)
        yield world
        for session in world.sessions:
            session.close()


every_fault = pytest.mark.parametrize("fault", FAULTS)


@every_fault
@pytest.mark.parametrize("number", [1, 2, 3])
def test_creation(fault: str, number: int, world: FaultyWorld) -> None:
    """What was made is in the state, or the result says that it may exist, and a search finds it."""
    world.break_request(number, FAULTS[fault])

    result = world.create(world.provider)

    world.way.times = 0
    assert len(world.images) <= 1
    if result.state is not None:
        assert [result.state["id"]] == world.images
    elif world.images:
        assert result.may_exist
        found = world.other.find_created(RESOURCE_TYPE, {**CONFIG}, "one")
        assert [one.state["id"] for one in found.resources] == world.images
    assert has_errors(result.diagnostics) or result.state is not None


@every_fault
@pytest.mark.parametrize("number", [1, 2])
def test_read(fault: str, number: int, world: FaultyWorld) -> None:
    """A fault is never taken for the image's absence."""
    made = world.create(world.other)
    world.break_request(number, FAULTS[fault])

    result = world.provider.read_resource(RESOURCE_TYPE, made.state, made.private)

    assert result.state == made.state
    assert world.way.times < 2


@every_fault
@pytest.mark.parametrize("number", [1, 2, 3])
def test_deletion(fault: str, number: int, world: FaultyWorld) -> None:
    """An image that may be there stays in the state."""
    made = world.create(world.other)
    made.state["timeouts"] = {"delete": "100ms"}
    world.break_request(number, FAULTS[fault])

    result = world.provider.apply_resource(RESOURCE_TYPE, made.state, None, None, made.private)

    if result.state is None:
        assert world.images == []
    else:
        assert has_errors(result.diagnostics)


@every_fault
@pytest.mark.parametrize("number", [1, 2, 3])
def test_search(fault: str, number: int, world: FaultyWorld) -> None:
    """A search finds it, or says that it could not look."""
    made = [world.create(world.other, id).state["id"] for id in ("one", "two")]
    world.break_request(number, FAULTS[fault])

    found = world.provider.find_created(RESOURCE_TYPE, {**CONFIG}, "two")

    assert has_errors(found.diagnostics) or [one.state["id"] for one in found.resources] == made[1:]
