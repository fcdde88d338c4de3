"""Sharing images between projects, by Glance's calls and by the vendor's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from constructs_ims.backend.emulator import Account, Store
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.store import Quotas

from .conftest import Caller, refusal

OTHER = project_in("ap-southeast-1").id
THIRD = project_in("ap-southeast-2").id
AS_OTHER = {"X-Project-Id": OTHER}


def share(call: Caller, id: str, project: str = OTHER) -> Any:
    return call("POST", f"/v2/images/{id}/members", {"member": project})


def answer(call: Caller, id: str, status: str | None, project: str = OTHER) -> Any:
    headers = {"X-Project-Id": project}
    return call("PUT", f"/v2/images/{id}/members/{project}", {"status": status}, headers=headers)


def listed(call: Caller, query: str = "", headers: dict[str, str] | None = AS_OTHER) -> list[str]:
    return [image["id"] for image in call("GET", f"/v2/cloudimages{query}", headers=headers).json["images"]]


def test_image_is_seen_by_another_project_when_it_accepts(call: Caller) -> None:
    id = call.create(name="shared")["id"]
    assert refusal(call("GET", f"/v2/images/{id}", headers=AS_OTHER)) == (404, "IMG.0144")

    member = share(call, id).json
    assert (member["status"], member["image_id"], member["member_id"]) == ("pending", id, OTHER)
    assert listed(call) == []
    assert listed(call, "?visibility=shared&member_status=pending") == [id]

    assert answer(call, id, "accepted").json["status"] == "accepted"
    shown = call("GET", f"/v2/images/{id}", headers=AS_OTHER).json
    assert (shown["visibility"], shown["__imagetype"]) == ("shared", "shared")
    assert shown["owner"] == call("GET", f"/v2/images/{id}").json["owner"]
    assert listed(call) == listed(call, "?visibility=shared&member_status=accepted&__imagetype=shared") == [id]
    assert listed(call, headers=None) == [id]

    assert answer(call, id, "rejected").json["status"] == "rejected"
    assert listed(call) == []


def test_sharing_ends(call: Caller) -> None:
    id = call.create()["id"]
    share(call, id)
    share(call, id, THIRD)
    answer(call, id, "accepted")

    for project, kind in ((OTHER, "shared"), (THIRD, "private")):
        assert call("DELETE", f"/v2/images/{id}/members/{project}").status_code == 204
        assert call("GET", f"/v2/images/{id}").json["visibility"] == kind
    assert listed(call) == []
    assert refusal(call("GET", f"/v2/images/{id}", headers=AS_OTHER)) == (404, "IMG.0144")
    assert refusal(call("DELETE", f"/v2/images/{id}/members/{OTHER}")) == (404, "IMG.0114")


def test_deleted_image_leaves_no_members(call: Caller, store: Store) -> None:
    id = call.create()["id"]
    share(call, id)

    assert call("DELETE", f"/v2/images/{id}").status_code == 204
    with store.reading() as database:
        assert database.execute("SELECT count(*) FROM members").fetchone() == (0,)


def test_members_are_listed_to_the_owner_and_each_to_itself(call: Caller) -> None:
    id = call.create()["id"]
    share(call, id)
    share(call, id, THIRD)

    for path in (f"/v2/images/{id}/members", f"/v1/{project_in('cn-north-4').id}/cloudimages/{id}/members"):
        found = call("GET", path).json
        assert [member["member_id"] for member in found["members"]] == [OTHER, THIRD]
        first = call("GET", f"{path}?limit=1").json
        assert first["page_info"] == {"next_marker": OTHER, "current_count": 1}
        second = call("GET", f"{path}?limit=1&marker={OTHER}").json
        assert [member["member_id"] for member in second["members"]] == [THIRD]
        assert second["page_info"] == {"current_count": 1}
        assert call("GET", f"{path}/{THIRD}").json == found["members"][1]
    own = call("GET", f"/v2/images/{id}/members", headers=AS_OTHER).json
    assert [member["member_id"] for member in own["members"]] == [OTHER]
    assert refusal(call("GET", f"/v2/images/{id}/members/{THIRD}", headers=AS_OTHER)) == (404, "IMG.0114")
    elsewhere = {"X-Project-Id": project_in("ap-southeast-3").id}
    assert refusal(call("GET", f"/v2/images/{id}/members", headers=elsewhere)) == (404, "IMG.0144")
    assert refusal(call("GET", f"/v2/images/{id}/members?marker=x")) == (400, "IMG.0114")


def test_members_change_nothing_of_the_owners(call: Caller) -> None:
    id = call.create(name="mine")["id"]
    share(call, id)
    answer(call, id, "accepted")
    patch = {"Content-Type": "application/openstack-images-v2.1-json-patch", **AS_OTHER}
    change = [{"op": "replace", "path": "/name", "value": "theirs"}]

    assert refusal(call("PATCH", f"/v2/images/{id}", change, headers=patch)) == (400, "IMG.0047")
    assert refusal(call("DELETE", f"/v2/images/{id}", headers=AS_OTHER)) == (400, "IMG.0092")
    assert refusal(call("PUT", f"/v2/images/{id}/tags/x", headers=AS_OTHER)) == (400, "IMG.0047")
    shared = call("POST", f"/v2/images/{id}/members", {"member": THIRD}, headers=AS_OTHER)
    assert refusal(shared) == (400, "IMG.0047")
    assert call("GET", f"/v2/images/{id}").json["name"] == "mine"


def test_only_the_member_answers(call: Caller) -> None:
    id = call.create()["id"]
    share(call, id)

    assert refusal(call("PUT", f"/v2/images/{id}/members/{OTHER}", {"status": "accepted"})) == (400, "IMG.0030")
    for status in ("perhaps", "pending", None):
        assert refusal(answer(call, id, status)) == (400, "IMG.0001")
    assert refusal(answer(call, id, "accepted", THIRD)) == (404, "IMG.0114")


def test_offers_that_are_refused(call: Caller) -> None:
    made = call.create()

    assert refusal(share(call, made["id"], made["owner"])) == (400, "IMG.0076")
    assert refusal(share(call, made["id"], "no/project")) == (400, "IMG.0067")
    assert refusal(share(call, "7")) == (404, "IMG.0144")
    assert share(call, made["id"]).status_code == 200
    assert refusal(share(call, made["id"])) == (409, "IMG.0112")


def test_batches_are_jobs(call: Caller) -> None:
    ids = [call.create(name=name)["id"] for name in "ab"]

    job = call("POST", "/v1/cloudimages/members", {"images": ids, "projects": [OTHER, THIRD]}).json["job_id"]
    shown = call("GET", f"/v1/{project_in('cn-north-4').id}/jobs/{job}").json
    assert (shown["status"], shown["job_type"]) == ("SUCCESS", "imsAddImageMembersJob")
    assert [part["entities"]["image_id"] for part in shown["entities"]["sub_jobs_result"]] == ids
    assert call("GET", f"/v1/cloudimages/job/{job}").json["entities"]["process_percent"] == 1.0
    assert sorted(listed(call, "?member_status=pending")) == sorted(ids)

    body = {"images": ids, "project_id": OTHER, "status": "accepted"}
    assert call("PUT", "/v1/cloudimages/members", body, headers=AS_OTHER).status_code == 200
    assert sorted(listed(call)) == sorted(ids)

    gone = call("DELETE", "/v1/cloudimages/members", {"images": ids[:1], "projects": [OTHER]})
    assert gone.status_code == 200
    assert listed(call) == ids[1:]
    assert refusal(call("GET", f"/v1/{OTHER}/jobs/{job}", headers=AS_OTHER)) == (400, "IMG.0023")


def test_batch_with_one_wrong_image_does_nothing(call: Caller) -> None:
    id = call.create()["id"]

    answer = call("POST", "/v1/cloudimages/members", {"images": [id, "7"], "projects": [OTHER]})

    assert refusal(answer) == (404, "IMG.0144")
    assert call("GET", f"/v2/images/{id}/members").json["members"] == []


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("others", ["domains", "organizations"])
def test_images_are_shared_with_projects_alone(method: str, others: str, call: Caller) -> None:
    body = {"images": [call.create()["id"]], "projects": [OTHER], others: ["x"]}

    assert refusal(call(method, "/v1/cloudimages/members", body)) == (400, "IMG.0105")


@pytest.mark.parametrize(
    ("quotas", "most"), [(Quotas(image_member=1), 1), (Quotas(image_shared=0), 0)], ids=["members", "shared"]
)
def test_quotas_bound_sharing(quotas: Quotas, most: int, make_caller: Callable[..., Caller], account: Account) -> None:
    with Store(quotas=quotas) as store:
        call = make_caller(store)
        id = call.create()["id"]
        for project in [OTHER, THIRD][:most]:
            assert share(call, id, project).status_code == 200
        assert refusal(share(call, id, project_in("ap-southeast-3").id)) == (400, "IMG.0088")


def test_quotas_are_shown(call: Caller, store: Store) -> None:
    share(call, call.create()["id"])
    call.create()

    resources = call("GET", "/v1/cloudimages/quota").json["quotas"]["resources"]
    assert [(row["type"], row["used"], row["quota"]) for row in resources] == [
        ("image", 2, -1),
        ("image_shared", 1, -1),
        ("image_member", 0, 128),
    ]
    store.quotas = Quotas(image=2)
    assert refusal(call("POST", "/v2/images", {})) == (400, "IMG.0015")
    assert call("GET", "/v1/cloudimages/quota").json["quotas"]["resources"][0]["quota"] == 2
