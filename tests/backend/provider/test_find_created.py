"""Looking for an image whose creation was not seen to end, by the id of that creation."""

from __future__ import annotations

from typing import Any

from constructs_ims.schema.image_metadata import RESOURCE_TYPE

from .conftest import World

SOUND = {"name": "ubuntu", "__os_version": "Ubuntu 20.04 server 64bit", "min_disk": 40, "tags": ["a=1", "b=2"]}


def found_ids(world: World, creation_id: str, **planned: Any) -> list[str]:
    return [found.state["id"] for found in world.provider.find_created(RESOURCE_TYPE, planned, creation_id).resources]


def test_image_is_found_by_its_creation_and_not_by_its_likeness(world: World) -> None:
    first, second = (world.create(creation_id=id, **SOUND).state for id in ("one", "two"))
    world.create(**SOUND)
    assert first is not None
    assert second is not None

    assert found_ids(world, "one", **SOUND) == [first["id"]]
    assert found_ids(world, "two", **SOUND) == [second["id"]]
    assert found_ids(world, "three", **SOUND) == []


def test_image_that_was_changed_since_is_found(world: World) -> None:
    created = world.create(creation_id="one", **SOUND).state
    assert created is not None
    world.store.change(created["id"], {"name": "renamed", "tags": []})

    assert found_ids(world, "one", **SOUND) == [created["id"]]


def test_found_state_is_that_of_the_creation(world: World) -> None:
    created = world.create(creation_id="one", **SOUND, timeouts={"delete": "5m"})

    (found,) = world.provider.find_created(RESOURCE_TYPE, {**SOUND, "timeouts": {"delete": "5m"}}, "one").resources

    assert (found.state, found.private) == (created.state, created.private)


def test_image_is_looked_for_in_the_region_of_its_plan(world: World) -> None:
    world.create(creation_id="one", **SOUND, region="cn-east-3")

    assert found_ids(world, "one", **SOUND) == []
    assert len(found_ids(world, "one", **SOUND, region="cn-east-3")) == 1


def test_deleted_image_is_not_found(world: World) -> None:
    created = world.create(creation_id="one", **SOUND).state
    assert created is not None
    world.delete(created)

    assert found_ids(world, "one", **SOUND) == []


def test_failure_of_the_service_is_an_error(world: World) -> None:
    def refuse(environ: Any, start: Any) -> list[bytes]:
        start("500 Internal Server Error", [("Content-Type", "application/json")])
        return [b"{}"]

    world.app = refuse

    found = world.provider.find_created(RESOURCE_TYPE, dict(SOUND), "one")

    assert found.resources == []
    assert found.diagnostics[0].summary.startswith("error looking for a lost IMS image metadata: ")
    assert "the next run looks for it again" in found.diagnostics[0].detail
