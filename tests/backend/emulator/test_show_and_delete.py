"""One image at a time: shown, found, deleted, and each project's own."""

from __future__ import annotations

import pytest

from constructs_ims.backend.emulator.account import project_in

from .conftest import Caller, refusal


def test_created_image_is_shown_and_found(call: Caller) -> None:
    made = call.create(name="映像", tags=["a=b"])

    assert call("GET", f"/v2/images/{made['id']}").json == made
    assert call("GET", f"/v2/cloudimages?id={made['id']}").json == {"images": [made]}
    assert call("GET", "/v2/cloudimages").json == {"images": [made]}


def test_unknown_image_is_not_found_and_not_shown(call: Caller) -> None:
    assert call("GET", "/v2/cloudimages?id=7").json == {"images": []}
    assert refusal(call("GET", "/v2/images/7")) == (404, "IMG.0144")


def test_deleted_image_is_gone(call: Caller) -> None:
    kept, gone = call.create(name="kept"), call.create(name="gone")

    answer = call("DELETE", f"/v2/images/{gone['id']}")

    assert (answer.status_code, answer.text) == (204, "")
    assert call("GET", f"/v2/cloudimages?id={gone['id']}").json == {"images": []}
    assert call.names("/v2/cloudimages") == ["kept"]
    assert kept["id"]


def test_body_of_a_deletion_does_not_matter(call: Caller) -> None:
    made = call.create()

    assert call("DELETE", f"/v2/images/{made['id']}", {"delete_backup": True}).status_code == 204


def test_unknown_image_cannot_be_deleted(call: Caller) -> None:
    made = call.create()
    call("DELETE", f"/v2/images/{made['id']}")

    assert refusal(call("DELETE", f"/v2/images/{made['id']}")) == (404, "IMG.0144")


def test_protected_image_cannot_be_deleted(call: Caller) -> None:
    made = call.create(protected=True)

    assert refusal(call("DELETE", f"/v2/images/{made['id']}")) == (400, "IMG.0091")
    assert call("GET", f"/v2/images/{made['id']}").status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_other_projects_images_are_unknown(method: str, call: Caller) -> None:
    made = call.create()
    elsewhere = {"X-Project-Id": project_in("ap-southeast-1").id}

    assert refusal(call(method, f"/v2/images/{made['id']}", headers=elsewhere)) == (404, "IMG.0144")
    assert call("GET", f"/v2/cloudimages?id={made['id']}", headers=elsewhere).json == {"images": []}
    assert call("GET", "/v2/images", headers=elsewhere).json["images"] == []


def test_image_belongs_to_the_project_of_its_request(call: Caller) -> None:
    project = project_in("ap-southeast-1").id

    made = call("POST", "/v2/images", {}, headers={"X-Project-Id": project}).json

    assert made["owner"] == project
    assert call("GET", f"/v2/images/{made['id']}", headers={"X-Project-Id": project}).json == made


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("GET", "/v9"), ("PUT", "/v2/images"), ("POST", "/v2/cloudimages")],
)
def test_calls_that_are_not_served_do_not_exist(method: str, path: str, call: Caller) -> None:
    answer = call(method, path)

    assert refusal(answer) == (404, "APIGW.0101")
    assert f"{method} {path}" in answer.json["detail"]


def test_every_answer_has_a_request_id(call: Caller) -> None:
    ids = {call(method, path).headers["X-Request-Id"] for method, path in (("GET", "/v2/images"), ("GET", "/nowhere"))}

    assert len(ids) == 2
    assert all(len(id) == 32 for id in ids)


@pytest.mark.parametrize("body", [{"delete_backup": "yes"}, {"delete": True}, [], "x"])
def test_bodies_of_deletions_are_looked_at(body: object, call: Caller) -> None:
    id = call.create()["id"]

    assert refusal(call("DELETE", f"/v2/images/{id}", body)) == (400, "IMG.0001")
    assert call("DELETE", f"/v2/images/{id}", {"delete_backup": True}).status_code == 204
