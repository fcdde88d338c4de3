"""The admin API: they need no signature and see every project."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.emulator.account import project_in

from .conftest import Caller, refusal

OCTETS = {"Content-Type": "application/octet-stream"}

OTHER = project_in("ap-southeast-1").id


def test_health_counts_images(call: Caller) -> None:
    call.create()

    assert call("GET", "/_emulator/health", signed=False).json == {"status": "ok", "images": 1}


def test_reset_empties_every_project(call: Caller) -> None:
    call.create()
    call("POST", "/v2/images", {}, headers={"X-Project-Id": OTHER})

    assert call("POST", "/_emulator/reset", signed=False).status_code == 204
    assert call("GET", "/_emulator/images", signed=False).json == {"images": [], "total": 0}


def test_images_of_all_projects_are_listed_oldest_first(call: Caller) -> None:
    first = call.create(name="a")
    second = call("POST", "/v2/images", {"name": "b"}, headers={"X-Project-Id": OTHER}).json

    assert call("GET", "/_emulator/images", signed=False).json == {"images": [first, second], "total": 2}


def test_image_changes_behind_the_clients_back(call: Caller) -> None:
    made = call.create(name="a", tags=["x=y"])

    changed = call(
        "PATCH",
        f"/_emulator/images/{made['id']}",
        {"name": "b", "status": "active", "active_at": "2026-02-01T00:00:00Z", "tags": None},
        signed=False,
    ).json

    expected = {**made, "name": "b", "status": "active", "active_at": "2026-02-01T00:00:00Z"}
    del expected["tags"]
    assert changed == {**expected, "updated_at": "2026-01-31T08:00:01Z"}
    assert call("GET", f"/v2/images/{made['id']}").json == changed


def test_update_time_can_be_given(call: Caller) -> None:
    made = call.create()

    changed = call("PATCH", f"/_emulator/images/{made['id']}", {"updated_at": "2020-01-01T00:00:00Z"}, signed=False)

    assert changed.json["updated_at"] == "2020-01-01T00:00:00Z"


def test_identity_of_an_image_stays(call: Caller) -> None:
    made = call.create()

    for name in ("id", "owner"):
        answer = call("PATCH", f"/_emulator/images/{made['id']}", {name: "x"}, signed=False)
        assert refusal(answer) == (400, "IMG.0001")


def test_protected_image_is_removed_all_the_same(call: Caller) -> None:
    made = call.create(protected=True)

    assert call("DELETE", f"/_emulator/images/{made['id']}", signed=False).status_code == 204
    assert call("GET", "/v2/cloudimages").json == {"images": []}


def test_unknown_image_is_not_there(call: Caller) -> None:
    assert refusal(call("DELETE", "/_emulator/images/7", signed=False)) == (404, "IMG.0144")
    assert refusal(call("PATCH", "/_emulator/images/7", {"name": "x"}, signed=False)) == (404, "IMG.0144")
    assert refusal(call("PATCH", "/_emulator/images/7", b"", signed=False)) == (400, "IMG.0007")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_bodies_are_read_whatever_their_sender_calls_them(kind: str, call: Caller) -> None:
    """Curl and Python's own client say so unless they are told otherwise."""
    answer = call("POST", "/_emulator/clock", {"advance": 5}, signed=False, headers={"Content-Type": kind})

    assert answer.json["advanced"] == 5


@pytest.mark.parametrize(
    "changes",
    [{"name": None}, {"status": None}, {"tags": "x"}, {"tags": [1]}, {"protected": "yes"}, {"created_at": 5}],
    ids=str,
)
def test_what_calls_rely_on_cannot_be_taken_from_an_image(changes: dict[str, Any], call: Caller) -> None:
    made = call.create(name="a", tags=["x=y"])

    answer = call("PATCH", f"/_emulator/images/{made['id']}", changes, signed=False)

    assert answer.status_code == 400
    assert call("GET", f"/v2/images/{made['id']}").json == made


def test_image_without_tags_is_served(call: Caller) -> None:
    made = call.create(name="a", tags=["x=y"])
    call("PATCH", f"/_emulator/images/{made['id']}", {"tags": None, "min_disk": None, "__os_type": None}, signed=False)
    path = f"/v2/{made['owner']}/images"

    assert call("GET", f"{path}/tags").json == {"tags": []}
    assert call("GET", f"{path}/{made['id']}/tags").json == {"tags": []}
    assert call("POST", f"{path}/resource_instances/action", {"action": "filter"}).json["total_count"] == 1
    assert call("GET", "/v1/cloudimages/tags").json == {"tags": []}
    assert call("PUT", f"/v2/images/{made['id']}/tags/new").status_code == 204
    assert call("GET", f"/v2/images/{made['id']}").json["tags"] == ["new"]
    assert call("PUT", f"/v2/images/{made['id']}/file", b"x", headers=OCTETS).status_code == 204
    assert call("DELETE", f"/v2/images/{made['id']}").status_code == 204
