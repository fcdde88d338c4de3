from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from constructs_ims.backend.client import RetryPolicy, Session
from constructs_ims.backend.engine.stack.providers.port import Provider
from constructs_ims.backend.provider.configuration import LocalService, Settings
from constructs_ims.backend.provider.provider import ImageProvider
from constructs_ims.backend.provider.regions import Regions, credentials
from constructs_ims.schema.image_metadata import RESOURCE_TYPE
from constructs_ims.schema.values import is_wholly_known

from .conftest import World, image_block, provider_block


def test_it_is_what_the_engine_asks_for():
    provider: Provider = ImageProvider(environment={})
    assert set(provider.resource_schemas) == {RESOURCE_TYPE}
    assert provider.data_source_schemas == {}


def test_an_image_is_created_as_planned_and_wholly_known(world: World):
    result = world.create(name="ubuntu", min_disk=80, tags=["b=2", "a=1"], timeouts={"delete": "2m"})
    assert result.diagnostics == ()
    assert result.state is not None
    assert is_wholly_known(result.state)
    assert world.store.count() == 1
    given = {name: result.state[name] for name in ("name", "min_disk", "tags", "timeouts", "region", "status")}
    assert given == {
        "name": "ubuntu",
        "min_disk": 80,
        "tags": ["a=1", "b=2"],
        "timeouts": {"delete": "2m"},
        "region": "cn-north-4",
        "status": "queued",
    }


def test_reading_gives_what_creating_gave(world: World):
    created = world.create(name="ubuntu")
    read = world.provider.read_resource(RESOURCE_TYPE, created.state, b"memory")
    assert (read.state, read.private, read.diagnostics) == (created.state, b"memory", ())


def test_an_image_that_is_gone_is_dropped_with_the_vendors_warning(world: World):
    created = world.create()
    world.store.reset()
    read = world.provider.read_resource(RESOURCE_TYPE, created.state, b"")
    assert read.state is None
    assert [(d.is_error, d.summary) for d in read.diagnostics] == [(False, "Resource not found")]
    assert f"the resource {created.state['id']} is gone" in read.diagnostics[0].detail


def test_an_import_reads_the_same_object_but_for_what_only_terraform_knows(world: World):
    created = world.create(name="ubuntu", timeouts={"delete": "2m"})
    [imported] = world.provider.import_resource(RESOURCE_TYPE, created.state["id"]).resources
    read = world.provider.read_resource(imported.type_name, imported.state, imported.private)
    assert read.state == {**created.state, "timeouts": None}


def test_an_image_is_deleted(world: World):
    created = world.create()
    deleted = world.delete(created.state)
    assert (deleted.state, deleted.diagnostics) == (None, ())
    assert world.store.count() == 0


def test_deleting_what_is_gone_is_the_vendors_error_and_keeps_the_state(world: World):
    created = world.create()
    world.store.reset()
    deleted = world.delete(created.state)
    assert deleted.state == created.state
    assert deleted.diagnostics[0].summary.startswith("error deleting IMS image metadata: Resource not found: [DELETE")


def test_a_protected_image_stays(world: World):
    created = world.create(protected=True)
    deleted = world.delete(created.state)
    assert deleted.diagnostics[0].summary.startswith("error deleting IMS image metadata: ")
    assert world.store.count() == 1


def test_images_of_other_regions_live_apart(world: World):
    here, there = world.create(name="here"), world.create(name="there", region="cn-east-3")
    assert there.state["region"] == "cn-east-3"
    moved = {**there.state, "region": "cn-north-4"}
    assert world.provider.read_resource(RESOURCE_TYPE, moved, b"").state is None
    assert world.delete(there.state).diagnostics == ()
    assert world.provider.read_resource(RESOURCE_TYPE, here.state, b"").state == here.state


def test_a_region_that_the_account_lacks_is_an_error(world: World):
    result = world.create(region="atlantis-1")
    assert result.state is None
    assert (
        result.diagnostics[0].summary == "error creating IMS client: Wrong name or no access to the region: atlantis-1"
    )


def test_own_endpoints_serve_their_own_region_alone(world: World):
    world.configure(endpoints={"ims": "http://127.0.0.1:1/"})
    result = world.create(region="cn-east-3")
    assert result.diagnostics[0].summary == (
        "error creating IMS client: Resource-level region must be the same as Provider-level region "
        "when using customizing endpoints"
    )


def test_what_the_service_refuses_is_an_error_in_the_vendors_words(world: World):
    result = world.create(name="x" * 300)
    assert result.state is None
    assert result.diagnostics[0].summary.startswith("error creating IMS image metadata: Bad request with: [POST http")


def test_the_block_may_allow_replacements_for_all(world: World):
    created = world.create(name="old")
    world.configure(enable_force_new=True)
    changed = {**created.state, "name": "new"}
    plan = world.provider.plan_resource(RESOURCE_TYPE, created.state, changed, changed, b"")
    assert [path[0].name for path in plan.requires_replace] == ["name"]


def test_a_change_in_place_asks_the_service_nothing(world: World):
    created = world.create()
    world.app = None
    changed = {**created.state, "enable_force_new": "true"}
    plan = world.provider.plan_resource(RESOURCE_TYPE, created.state, changed, changed, b"")
    result = world.provider.apply_resource(RESOURCE_TYPE, created.state, changed, plan.planned, plan.private)
    assert (result.state, result.diagnostics) == (changed, ())


def answering(world: World, method: str, path: str, status: str, body: object):
    """Let the service answer ``method path`` with ``body`` in place of its own answer, having done its work."""
    inner = world.app

    def app(environ, start_response):
        if environ["REQUEST_METHOD"] == method and environ["PATH_INFO"].startswith(path):
            list(inner(environ, lambda *_: None))
            start_response(status, [("Content-Type", "application/json")])
            return [json.dumps(body).encode()]
        return inner(environ, start_response)

    return app


def test_an_answer_without_an_id_says_that_the_image_may_exist(world: World):
    world.app = answering(world, "POST", "/v2/images", "201 Created", {})
    result = world.create()
    assert result.state is None
    assert result.diagnostics[0].summary == "error creating IMS image metadata: ID is not found in API response"
    assert "import or delete it" in result.diagnostics[0].detail


def test_an_image_that_cannot_be_read_back_keeps_its_id(world: World):
    world.app = answering(world, "GET", "/v2/cloudimages", "500 Internal Server Error", {})
    result = world.create(name="ubuntu")
    assert result.state is not None
    assert result.state["id"] == world.store.all()[0].id
    assert result.state["name"] == "ubuntu"
    assert result.diagnostics[0].summary.startswith("error retrieving IMS image metadata: Internal Server Error")


def test_an_image_that_is_not_listed_yet_is_known_from_the_answer_that_made_it(world: World):
    world.app = answering(world, "GET", "/v2/cloudimages", "200 OK", {"images": []})
    result = world.create(name="ubuntu")
    assert result.diagnostics == ()
    assert result.state["status"] == "queued"


def test_a_value_of_another_type_keeps_the_state(world: World):
    created = world.create()
    listed = {"id": created.state["id"], "__os_bit": 64}
    world.app = answering(world, "GET", "/v2/cloudimages", "200 OK", {"images": [listed]})
    read = world.provider.read_resource(RESOURCE_TYPE, created.state, b"")
    assert read.state == created.state
    assert "got unconvertible type 'float64'" in read.diagnostics[0].summary


def test_a_deletion_that_takes_too_long_ends_in_the_vendors_words(world: World):
    created = world.create(timeouts={"delete": "20ms"})
    lingering = {"images": [{"id": created.state["id"]}]}
    world.app = answering(world, "GET", "/v2/cloudimages", "200 OK", lingering)
    deleted = world.delete(created.state)
    assert deleted.state == created.state
    assert deleted.diagnostics[0].summary == (
        "error waiting for IMS image metadata to be deleted: timeout while waiting for state to become 'COMPLETED' "
        "(last state: 'PENDING', timeout: 20ms)"
    )


def test_a_stop_ends_the_wait_for_a_deletion(world: World):
    created = world.create()
    lingering = {"images": [{"id": created.state["id"]}]}
    world.app = answering(world, "GET", "/v2/cloudimages", "200 OK", lingering)
    with ThreadPoolExecutor(1) as threads:
        deletion = threads.submit(world.delete, created.state)
        world.provider.stop()
        assert "context canceled" in deletion.result(timeout=60).diagnostics[0].summary


def test_ten_threads_open_a_region_once(world: World):
    asked = []
    inner = world.app

    def counting(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    world.app = counting
    barrier = threading.Barrier(10)

    def create(number: int) -> str:
        barrier.wait()
        return world.create(name=f"image-{number}").state["id"]

    with ThreadPoolExecutor(10) as threads:
        assert len(set(threads.map(create, range(10)))) == 10
    assert asked.count("/v3/projects") == 1


@pytest.mark.parametrize("retries", [0, 2])
def test_a_service_that_is_away_is_asked_as_often_as_the_block_says(monkeypatch: pytest.MonkeyPatch, retries: int):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = LocalService(f"http://127.0.0.1:{free.getsockname()[1]}", "AK", "SK")
    provider = ImageProvider(sandbox=away, environment={})
    waits: list[float] = []
    monkeypatch.setattr(provider, "_pause", waits.append)
    assert provider.configure(provider_block(region="cn-north-4", max_retries=retries)) == []
    read = provider.read_resource(RESOURCE_TYPE, image_block(id="6d1e", region="cn-north-4"), b"")
    assert "Connection failed" in read.diagnostics[0].summary
    assert len(waits) == retries


def test_a_stored_object_is_brought_up_to_the_schema():
    state, faults = ImageProvider(environment={}).upgrade_resource(RESOURCE_TYPE, 0, {"id": "6d1e", "gone": 1})
    assert faults == []
    assert state == image_block(id="6d1e")


def test_a_state_from_the_future_is_refused():
    state, [fault] = ImageProvider(environment={}).upgrade_resource(RESOURCE_TYPE, 1, {})
    assert state is None
    assert fault.summary == "State too new"


def test_a_resource_block_is_held_to_the_rules_of_its_arguments():
    config = image_block(visibility="public", tags=["bare"], enable_force_new="yes")
    faults = ImageProvider(environment={}).validate_resource(RESOURCE_TYPE, config)
    assert {(fault.path[0].name, fault.is_error) for fault in faults} == {
        ("visibility", True),
        ("tags", True),
        ("enable_force_new", True),
    }


def test_what_is_merely_doubtful_passes_without_a_word():
    config = image_block(__os_version="Ubuntu 20.04 sever 64bit", name="a/b")
    assert ImageProvider(environment={}).validate_resource(RESOURCE_TYPE, config) == []


def test_the_configuration_that_terraform_writes_for_an_import_passes():
    config = image_block(__os_version="", name="", min_disk=0, tags=[], visibility="", region="")
    assert ImageProvider(environment={}).validate_resource(RESOURCE_TYPE, config) == []


def test_a_provider_block_is_checked_before_it_is_taken():
    provider = ImageProvider(environment={})
    assert provider.validate_provider(provider_block(secret_key="SK"))[0].summary == "Missing required argument"


@pytest.mark.parametrize("operation", ["read", "create", "delete"])
def test_an_unreachable_service_is_an_error_and_loses_nothing(world: World, operation: str):
    world.provider = ImageProvider(environment=environment(), clients=without_retries)
    world.configure()
    state = image_block(id="6d1e", region="cn-north-4")
    if operation == "read":
        result = world.provider.read_resource(RESOURCE_TYPE, state, b"")
        assert result.state == state
    elif operation == "delete":
        result = world.delete(state)
        assert result.state == state
    else:
        result = world.create()
    assert result.diagnostics[0].summary.startswith("error creating IMS client: Connection failed")


def without_retries(settings: Settings) -> Regions:
    return Regions(settings, Session(credentials(settings), retries=RetryPolicy(retries=0)))


def environment() -> dict[str, str]:
    return {
        "CONSTRUCTS_IMS_ENDPOINT": "http://127.0.0.1:1",
        "CONSTRUCTS_IMS_ACCESS_KEY": "AK",
        "CONSTRUCTS_IMS_SECRET_KEY": "SK",
    }


@pytest.mark.parametrize("id", [None, "", 7, True, ["a"], {"a": "b"}])
def test_an_answer_whose_id_is_no_text_says_that_the_image_may_exist(world: World, id: object):
    world.app = answering(world, "POST", "/v2/images", "201 Created", {"id": id, "name": "a"})
    result = world.create(name="a")
    assert result.state is None
    assert result.may_exist
    assert "ID is not found in API response" in result.diagnostics[0].summary
