from __future__ import annotations

from collections.abc import Iterator

import pytest

from constructs_ims.backend.client import Credentials, RetryPolicy, Session, WsgiAdapter
from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.provider.configuration import LocalService, Settings
from constructs_ims.backend.provider.image_metadata import empty_object
from constructs_ims.backend.provider.provider import ImageProvider
from constructs_ims.backend.provider.regions import Regions
from constructs_ims.schema.image_metadata import RESOURCE_TYPE
from constructs_ims.schema.operations import ApplyResult, Object
from constructs_ims.schema.provider import PROVIDER


def provider_block(**given: object) -> Object:
    return {**dict.fromkeys([*PROVIDER.block.by_name, *PROVIDER.block.blocks_by_name]), **given}


def image_block(**given: object) -> Object:
    return {**empty_object(), **given}


class World:
    """A provider over an emulator in this process; ``app`` can be replaced to make the service misbehave."""

    def __init__(self) -> None:
        self.store = Store(":memory:")
        self.account = Account("ACCESSKEY", "secret-key")
        self.app = create_app(self.store, self.account)
        service = LocalService("http://127.0.0.1:1", self.account.access_key, self.account.secret_key)
        self.provider = ImageProvider(sandbox=service, clients=self._clients, environment={})

    def configure(self, **given: object) -> None:
        assert self.provider.configure(provider_block(**{"region": "cn-north-4", **given})) == []

    def create(self, *, creation_id: str = "", **given: object) -> ApplyResult:
        config = image_block(**given)
        plan = self.provider.plan_resource(RESOURCE_TYPE, None, config, config, b"")
        if creation_id:
            return self.provider.create_marked(RESOURCE_TYPE, plan.planned or {}, plan.private, creation_id)
        return self.provider.apply_resource(RESOURCE_TYPE, None, config, plan.planned, plan.private)

    def delete(self, state: Object) -> ApplyResult:
        return self.provider.apply_resource(RESOURCE_TYPE, state, None, None, b"")

    def _clients(self, settings: Settings) -> Regions:
        transport = WsgiAdapter(lambda environ, start: self.app(environ, start))
        keys = Credentials(self.account.access_key, self.account.secret_key)
        return Regions(settings, Session(keys, transport=transport, retries=RetryPolicy(retries=0)))


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    world.configure()
    yield world
    world.store.close()
