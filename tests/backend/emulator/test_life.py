"""Images whose life takes its time, and the clock that it goes by."""

from __future__ import annotations

import pytest

from constructs_ims.backend.emulator import Store
from constructs_ims.backend.emulator.life import InvalidLifeError, LifeCycle

from .conftest import Caller, refusal


def admin(call: Caller, method: str, path: str, body: object = None) -> object:
    answer = call(method, f"/_emulator/{path}", body, signed=False)
    assert answer.status_code < 300, answer.text
    return answer.json if answer.content else None


def statuses(call: Caller, id: str, times: int) -> list[str | None]:
    answers = [call("GET", f"/v2/cloudimages?id={id}").json["images"] for _ in range(times)]
    return [images[0]["status"] if images else None for images in answers]


def test_deletion_takes_so_many_reads(call: Caller) -> None:
    admin(call, "PUT", "life-cycle", {"deleting_reads": 2})
    id = call.create()["id"]

    assert call("DELETE", f"/v2/images/{id}").status_code == 204
    assert statuses(call, id, 2) == ["deleted", "deleted"]
    assert statuses(call, id, 1) == [None]
    assert refusal(call("DELETE", f"/v2/images/{id}")) == (404, "IMG.0144")


def test_deletion_takes_so_many_seconds(call: Caller, store: Store) -> None:
    admin(call, "PUT", "life-cycle", {"deleting_seconds": 3600})
    id = call.create()["id"]

    assert call("DELETE", f"/v2/images/{id}").status_code == 204
    assert call("DELETE", f"/v2/images/{id}").status_code == 204
    assert statuses(call, id, 3) == ["deleted"] * 3
    admin(call, "POST", "clock", {"advance": 1800})
    assert statuses(call, id, 1) == ["deleted"]
    admin(call, "POST", "clock", {"advance": 1800})
    assert statuses(call, id, 1) == [None]


@pytest.mark.parametrize("query", ["", "?status=deleted", "?limit=1"])
def test_lists_count_as_reads(query: str, call: Caller) -> None:
    admin(call, "PUT", "life-cycle", {"deleting_reads": 1})
    id = call.create()["id"]
    call("DELETE", f"/v2/images/{id}")

    assert len(call("GET", f"/v2/cloudimages{query}").json["images"]) == 1
    assert call("GET", f"/v2/cloudimages{query}").json["images"] == []


def test_reads_of_other_images_do_not_count(call: Caller) -> None:
    admin(call, "PUT", "life-cycle", {"deleting_reads": 1})
    id, other = call.create()["id"], call.create()["id"]
    call("DELETE", f"/v2/images/{id}")

    assert statuses(call, other, 3) == ["queued"] * 3
    assert statuses(call, id, 2) == ["deleted", None]


def test_status_is_set_behind_the_clients_back(call: Caller) -> None:
    id = call.create()["id"]

    admin(call, "PUT", f"images/{id}/status", {"status": "active"})
    assert statuses(call, id, 1) == ["active"]
    admin(call, "PUT", f"images/{id}/status", {"status": "killed", "seconds": 60})
    assert statuses(call, id, 1) == ["active"]
    moved = admin(call, "POST", "clock", {"advance": 60})
    assert isinstance(moved, dict)
    assert moved["advanced"] == 60
    assert statuses(call, id, 1) == ["killed"]
    admin(call, "PUT", f"images/{id}/status", {"status": "deleted"})
    assert statuses(call, id, 1) == [None]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("life-cycle", {"deleting_reads": -1}),
        ("life-cycle", {"deleting_reads": True}),
        ("life-cycle", {"saving_seconds": "soon"}),
        ("life-cycle", {"saving_seconds": 1e9}),
        ("life-cycle", {"saving_ends": "queued"}),
        ("life-cycle", {"creating_reads": 1}),
        ("quotas", {"image": -1}),
        ("quotas", {"image": 1.5}),
        ("quotas", {"images": 1}),
        ("images/7/status", {"status": "gone"}),
        ("images/7/status", {"status": "active", "reads": -1}),
    ],
)
def test_lives_and_quotas_that_are_none(path: str, body: object, call: Caller) -> None:
    before = [admin(call, "GET", path) for path in ("life-cycle", "quotas")]

    assert refusal(call("PUT", f"/_emulator/{path}", body, signed=False)) == (400, "IMG.0001")
    assert [admin(call, "GET", path) for path in ("life-cycle", "quotas")] == before


@pytest.mark.parametrize("seconds", [-1, "1", True, 1e400, None, 4e9])
def test_clock_moves_by_seconds_alone(seconds: object, call: Caller) -> None:
    body = b'{"advance": 1e400}' if seconds == 1e400 else {"advance": seconds}

    assert refusal(call("POST", "/_emulator/clock", body, signed=False)) == (400, "IMG.0001")
    shown = admin(call, "GET", "clock")
    assert isinstance(shown, dict)
    assert shown["advanced"] == 0


def test_reset_brings_back_the_beginning(call: Caller) -> None:
    before = [admin(call, "GET", path) for path in ("life-cycle", "quotas")]
    admin(call, "PUT", "life-cycle", {"deleting_reads": 1})
    admin(call, "PUT", "quotas", {"image": 1})
    admin(call, "POST", "clock", {"advance": 5})

    admin(call, "POST", "reset")

    assert [admin(call, "GET", path) for path in ("life-cycle", "quotas")] == before
    shown = admin(call, "GET", "clock")
    assert isinstance(shown, dict)
    assert shown["advanced"] == 0


def test_both_waits_end_with_the_first(store: Store) -> None:
    store.life_cycle = LifeCycle(deleting_reads=1, deleting_seconds=100)
    project = "0" * 32
    ids = [store.create(project, {**_ASKED, "name": name}).id for name in "ab"]
    for id in ids:
        store.delete(project, id)

    store.count_read(lambda: {ids[0]})
    assert [image.id for image in store.all()] == ids[1:]
    store.clock.advance(100)
    store.pass_time()
    assert store.all() == []


_ASKED = {
    "__os_version": "Other(64 bit)",
    "visibility": "private",
    "protected": False,
    "container_format": "bare",
    "disk_format": "raw",
    "tags": [],
    "min_ram": 0,
    "min_disk": 0,
}


def test_life_cycle_is_checked_when_it_is_made() -> None:
    with pytest.raises(InvalidLifeError):
        LifeCycle(saving_reads=-1)


def test_reads_of_lists_count_for_what_they_list(call: Caller, store: Store) -> None:
    store.life_cycle = LifeCycle(deleting_reads=2)
    ids = {name: call.create(name=name)["id"] for name in "ab"}
    for id in ids.values():
        call("DELETE", f"/v2/images/{id}")

    for _ in range(3):
        call("GET", "/v2/cloudimages?name=b")

    assert [image.id for image in store.all()] == [ids["a"]]


def test_polls_of_a_job_count_as_reads_of_its_image(call: Caller, store: Store) -> None:
    store.life_cycle = LifeCycle(saving_reads=3)
    id = call.create()["id"]
    job = call("PUT", f"/v1/cloudimages/{id}/upload", {"image_url": "bucket:base"}).json["job_id"]

    polls = [call("GET", f"/v1/cloudimages/job/{job}").json["status"] for _ in range(4)]

    assert polls == ["RUNNING", "RUNNING", "RUNNING", "SUCCESS"]


def test_job_ends_when_its_image_is_saved_and_stays_ended(call: Caller, store: Store) -> None:
    store.life_cycle = LifeCycle(saving_seconds=600)
    id = call.create()["id"]
    job = call("PUT", f"/v1/cloudimages/{id}/upload", {"image_url": "bucket:base"}).json["job_id"]
    store.clock.advance(600)

    ended = call("GET", f"/v1/cloudimages/job/{job}").json
    assert ended["status"] == "SUCCESS"
    assert ended["end_time"] > ended["begin_time"]
    store.remove(id)
    assert call("GET", f"/v1/cloudimages/job/{job}").json["status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v2/cloudimages/{id}", [{"op": "replace", "path": "/name", "value": "b"}]),
        ("PUT", "/v2/images/{id}/tags/x", None),
        ("POST", "/v2/images/{id}/members", {"member": "1" * 32}),
        ("PUT", "/v1/cloudimages/{id}/upload", {"image_url": "bucket:base"}),
    ],
)
def test_image_that_is_being_deleted_is_changed_no_more(
    method: str, path: str, body: object, call: Caller, store: Store
) -> None:
    store.life_cycle = LifeCycle(deleting_seconds=600)
    id = call.create()["id"]
    call("DELETE", f"/v2/images/{id}")
    before = store.any(id)

    assert call(method, path.format(id=id), body).status_code in (400, 404)
    assert store.any(id) == before


def test_clock_is_set(call: Caller, store: Store) -> None:
    now = call("POST", "/_emulator/clock", {"now": "2031-01-01T00:00:00Z"}, signed=False).json["now"]

    assert "2031-01-01T00:00:00Z" <= now <= "2031-01-01T00:00:05Z"  # the clock of tests goes on with each look
    assert call.create()["created_at"].startswith("2031-01-01T00:00:0")
    for body in ({"now": "2030-01-01T00:00:00Z"}, {"now": "soon"}, {"now": 5}):
        assert call("POST", "/_emulator/clock", body, signed=False).status_code == 400
    assert store.now() >= "2031"


def test_tokens_age_by_the_clock_that_is_moved(call: Caller, store: Store) -> None:
    pair = {"access": {"key": "ACCESSKEY"}, "secret": {"key": "secret"}}
    scope = {"project": {"name": "cn-north-4"}}
    body = {"auth": {"identity": {"methods": ["hw_ak_sk"], "hw_ak_sk": pair}, "scope": scope}}
    token = call("POST", "/v3/auth/tokens", body, signed=False).headers["X-Subject-Token"]
    headers = {"X-Auth-Token": token}

    store.clock.advance(86_000)
    assert call("GET", "/v2/images", signed=False, headers=headers).status_code == 200
    assert call("GET", "/v2/images").status_code == 200  # signed by the machine's clock, as clients do
    store.clock.advance(1000)
    assert call("GET", "/v2/images", signed=False, headers=headers).status_code == 401
    fresh = call("POST", "/v3/auth/tokens", body, signed=False).headers["X-Subject-Token"]
    assert call("GET", "/v2/images", signed=False, headers={"X-Auth-Token": fresh}).status_code == 200
