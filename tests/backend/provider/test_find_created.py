"""Looking for an image whose creation was not seen to end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from constructs_ims.schema.image_metadata import RESOURCE_TYPE

from .conftest import World

SINCE = datetime.now(UTC)
SOUND = {"name": "ubuntu", "__os_version": "Ubuntu 20.04 server 64bit", "min_disk": 40, "tags": ["a=1", "b=2"]}


def found_ids(world: World, **planned: Any) -> list[str]:
    return [found.state["id"] for found in world.provider.find_created(RESOURCE_TYPE, planned, SINCE).resources]


def test_finds_what_agrees_oldest_first(world: World) -> None:
    created = [world.create(**SOUND).state for _ in range(3)]

    assert found_ids(world, **{**SOUND, "tags": ["b=2", "a=1"]}) == [state["id"] for state in created if state]


def test_found_state_is_that_of_the_creation(world: World) -> None:
    created = world.create(**SOUND, timeouts={"delete": "5m"})

    (found,) = world.provider.find_created(RESOURCE_TYPE, {**SOUND, "timeouts": {"delete": "5m"}}, SINCE).resources

    assert (found.state, found.private) == (created.state, created.private)


@pytest.mark.parametrize(
    "other",
    [{"name": "debian"}, {"min_disk": 50}, {"tags": ["a=1"]}, {"protected": True}, {"region": "cn-east-3"}],
    ids=str,
)
def test_passes_over_what_differs(world: World, other: dict[str, Any]) -> None:
    world.create(**SOUND)

    assert found_ids(world, **{**SOUND, **other}) == []


def test_passes_over_what_is_older(world: World) -> None:
    world.create(**SOUND)

    assert world.provider.find_created(RESOURCE_TYPE, dict(SOUND), SINCE + timedelta(hours=1)).resources == []


def test_looks_through_every_page(world: World) -> None:
    for _ in range(501):
        world.store.create(world.account.default_project.id, {**_AS_SERVED})
    last = world.create(name="", min_disk=50).state

    assert last is not None
    assert found_ids(world, min_disk=50) == [last["id"]]


def test_failure_of_the_service_is_an_error(world: World) -> None:
    def refuse(environ: Any, start: Any) -> list[bytes]:
        start("500 Internal Server Error", [("Content-Type", "application/json")])
        return [b"{}"]

    world.app = refuse

    found = world.provider.find_created(RESOURCE_TYPE, dict(SOUND), SINCE)

    assert found.resources == []
    assert found.diagnostics[0].summary.startswith("error looking for a lost IMS image metadata: ")
    assert "the next run looks for it again" in found.diagnostics[0].detail


_AS_SERVED = {
    "__os_version": "Other Linux (64 bit)",
    "visibility": "private",
    "name": "",
    "protected": False,
    "container_format": "bare",
    "disk_format": "zvhd2",
    "tags": [],
    "min_ram": 0,
    "min_disk": 0,
}
