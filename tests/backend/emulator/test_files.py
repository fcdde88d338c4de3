"""Files of images: sent, fetched, registered, exported and copied."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from constructs_ims.backend.emulator import Store
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.life import LifeCycle

from .conftest import Caller, refusal

OCTETS = {"Content-Type": "application/octet-stream"}
OWN = project_in("cn-north-4").id
ELSEWHERE = {"X-Project-Id": project_in("ap-southeast-1").id}


def upload(call: Caller, id: str, content: bytes = b"qcow2 \x00\xff") -> Any:
    return call("PUT", f"/v2/images/{id}/file", content, headers=OCTETS)


def job(call: Caller, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return dict(call("GET", f"/v1/{OWN}/jobs/{answer.json['job_id']}").json)


def active(call: Caller, **fields: object) -> str:
    id = str(call.create(**fields)["id"])
    assert upload(call, id).status_code == 204
    return id


def test_file_makes_an_image_active(call: Caller) -> None:
    made = call.create(name="base")

    assert upload(call, made["id"], b"content").status_code == 204
    image = call("GET", f"/v2/images/{made['id']}").json
    assert (image["status"], image["size"], image["__image_size"]) == ("active", 7, "7")
    assert image["checksum"] == hashlib.md5(b"content", usedforsecurity=False).hexdigest()
    assert image["active_at"] >= image["created_at"] == made["created_at"]
    fetched = call("GET", f"/v2/images/{made['id']}/file")
    assert (fetched.content, fetched.headers["Content-Type"]) == (b"content", "application/octet-stream")
    assert fetched.headers["Content-MD5"] == image["checksum"]


def test_image_without_a_file_has_nothing_to_fetch(call: Caller) -> None:
    id = call.create()["id"]

    answer = call("GET", f"/v2/images/{id}/file")

    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(call("GET", "/v2/images/7/file")) == (404, "IMG.0144")


def test_uploads_that_are_refused_change_nothing(call: Caller) -> None:
    id = call.create()["id"]

    assert refusal(upload(call, id, b"")) == (400, "IMG.0057")
    assert refusal(call("PUT", f"/v2/images/{id}/file", b"{}")) == (415, "APIGW.0201")
    assert call("GET", f"/v2/images/{id}").json["status"] == "queued"
    assert upload(call, id, b"one").status_code == 204
    assert refusal(upload(call, id, b"two")) == (409, "IMG.0046")
    assert call("GET", f"/v2/images/{id}/file").content == b"one"
    assert refusal(upload(call, "7")) == (404, "IMG.0144")


def test_file_goes_with_its_image(call: Caller, store: Store) -> None:
    id = active(call)

    assert call("DELETE", f"/v2/images/{id}").status_code == 204
    with store.reading() as database:
        assert database.execute("SELECT count(*) FROM files").fetchone() == (0,)


def test_file_in_a_bucket_is_registered(call: Caller) -> None:
    id = call.create()["id"]

    done = job(call, call("PUT", f"/v1/cloudimages/{id}/upload", {"image_url": "bucket:base.qcow2"}))

    assert (done["status"], done["job_type"], done["entities"]) == (
        "SUCCESS",
        "imsNativeImportImageJob",
        {"image_id": id},
    )
    image = call("GET", f"/v2/images/{id}").json
    assert (image["status"], image["__data_origin"]) == ("active", "file,bucket:base.qcow2")
    again = call("PUT", f"/v1/cloudimages/{id}/upload", {"image_url": "bucket:base.qcow2"})
    assert refusal(again) == (409, "IMG.0046")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"image_url": ":base.qcow2"}, "IMG.0068"),
        ({"image_url": 7}, "IMG.0068"),
        ({}, "IMG.0068"),
        ({"image_url": "bucket"}, "IMG.0057"),
        ({"image_url": "bucket:a b"}, "IMG.0057"),
        ({"image_url": "bucket:base", "more": 1}, "IMG.0001"),
    ],
)
def test_buckets_that_are_none(body: object, code: str, call: Caller) -> None:
    id = call.create()["id"]

    assert refusal(call("PUT", f"/v1/cloudimages/{id}/upload", body)) == (400, code)
    assert call("GET", f"/v2/images/{id}").json["status"] == "queued"


@pytest.mark.parametrize("version", ["v1", "v2.1"])
def test_active_image_is_exported(version: str, call: Caller) -> None:
    body = {"bucket_url": "bucket:out.qcow2", "file_format": "qcow2"}
    path = f"/{version}/cloudimages/{active(call)}/file"

    assert job(call, call("POST", path, body))["job_type"] == "imsNativeExportImageJob"
    assert call("POST", path, {"bucket_url": "bucket:out", "is_quick_export": True}).status_code == 200
    assert refusal(call("POST", path, {**body, "file_format": "tar"})) == (400, "IMG.0072")
    assert refusal(call("POST", path, {**body, "is_quick_export": "yes"})) == (400, "IMG.0001")
    queued = call.create()["id"]
    assert refusal(call("POST", f"/{version}/cloudimages/{queued}/file", body)) == (400, "IMG.0046")


@pytest.mark.parametrize("version", ["v1", "v2.1"])
def test_image_is_copied_in_its_region(version: str, call: Caller) -> None:
    id = active(call, name="base", tags=["a=1"], min_disk=40)
    body = {"name": "copy", "description": "of base", "enterprise_project_id": "ep"}

    done = job(call, call("POST", f"/{version}/cloudimages/{id}/copy", body))

    copy = call("GET", f"/v2/images/{done['entities']['image_id']}").json
    assert copy["id"] != id
    assert (copy["name"], copy["__description"], copy["enterprise_project_id"]) == ("copy", "of base", "ep")
    assert (copy["status"], copy["min_disk"], copy["tags"], copy["owner"]) == ("active", 40, ["a=1"], OWN)
    assert copy["__data_origin"] == f"image,{id}"
    assert call("GET", f"/v2/images/{copy['id']}/file").content == call("GET", f"/v2/images/{id}/file").content
    assert call("DELETE", f"/v2/images/{id}").status_code == 204
    assert call("GET", f"/v2/images/{copy['id']}/file").status_code == 200


def test_image_is_copied_to_another_region(call: Caller) -> None:
    id = active(call, name="base")
    body = {"name": "far", "region": "ap-southeast-1", "project_name": "ap-southeast-1", "agency_name": "agency"}

    done = job(call, call("POST", f"/v1/cloudimages/{id}/cross_region_copy", body))

    copy = done["entities"]["image_id"]
    assert call("GET", f"/v2/images/{copy}", headers=ELSEWHERE).json["owner"] == ELSEWHERE["X-Project-Id"]
    assert refusal(call("GET", f"/v2/images/{copy}")) == (404, "IMG.0144")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"region": "cn-north-4", "project_name": "cn-north-4"}, "IMG.0142"),
        ({"region": "nowhere"}, "IMG.0147"),
        ({"project_name": "another"}, "IMG.0145"),
        ({"name": None}, "IMG.0013"),
        ({"description": 7}, "IMG.0001"),
        ({"more": "x"}, "IMG.0001"),
    ],
)
def test_copies_that_are_refused(changes: dict[str, object], code: str, call: Caller) -> None:
    id = active(call, name="base")
    body = {"name": "far", "region": "ap-southeast-1", "project_name": "ap-southeast-1", **changes}

    assert refusal(call("POST", f"/v1/cloudimages/{id}/cross_region_copy", body)) == (400, code)
    assert len(call("GET", "/_emulator/images", signed=False).json["images"]) == 1


def test_image_is_saved_for_as_long_as_the_life_cycle_says(call: Caller, store: Store) -> None:
    store.life_cycle = LifeCycle(saving_reads=4)
    id = call.create()["id"]

    answer = call("PUT", f"/v1/cloudimages/{id}/upload", {"image_url": "bucket:base"})

    assert job(call, answer)["status"] == "RUNNING"
    progress = call("GET", f"/v1/cloudimages/job/{answer.json['job_id']}").json
    assert progress["entities"]["process_percent"] == 0.4
    assert [call("GET", f"/v2/images/{id}").json["status"] for _ in range(3)] == ["saving", "saving", "active"]
    assert job(call, answer)["status"] == "SUCCESS"


def test_saving_can_fail(call: Caller, store: Store) -> None:
    store.life_cycle = LifeCycle(saving_ends="killed")
    id = call.create()["id"]

    failed = job(call, call("PUT", f"/v1/cloudimages/{id}/upload", {"image_url": "bucket:base"}))

    assert (failed["status"], failed["error_code"]) == ("FAIL", "IMG.0057")
    assert call("GET", f"/v2/images/{id}").json["status"] == "killed"
    assert call("GET", f"/v2/images/{id}/file").status_code == 204


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": None}], ids=str)
def test_copy_has_a_name(body: dict[str, Any], call: Caller) -> None:
    id = call.create()["id"]
    upload(call, id)

    assert refusal(call("POST", f"/v1/cloudimages/{id}/copy", body)) == (400, "IMG.0013")
