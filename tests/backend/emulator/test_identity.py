"""Projects, domains and tokens of IAM."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.schema.regions import REGIONS

from .conftest import START, Caller, refusal


def credentials(user: str = "sandbox", password: object = "sesame", **scope: Any) -> dict[str, Any]:
    identity = {"methods": ["password"], "password": {"user": {"name": user, "password": password}}}
    return {"auth": {"identity": identity, **({"scope": scope} if scope else {})}}


def key_pair(access: object = "ACCESSKEY", secret: object = "secret", **scope: Any) -> dict[str, Any]:
    identity = {"methods": ["hw_ak_sk"], "hw_ak_sk": {"access": {"key": access}, "secret": {"key": secret}}}
    return {"auth": {"identity": identity, **({"scope": scope} if scope else {})}}


def test_project_of_a_region(call: Caller) -> None:
    projects = call("GET", "/v3/projects?name=ap-southeast-1").json["projects"]

    assert [(project["id"], project["name"]) for project in projects] == [
        ("c77934a415036a6cd9d4624b7e03ce5d", "ap-southeast-1")
    ]


def test_each_region_has_a_project_of_its_own(call: Caller) -> None:
    projects = call("GET", "/v3/projects").json["projects"]

    assert {project["name"] for project in projects} == set(REGIONS)
    assert len({project["id"] for project in projects}) == len(REGIONS)


def test_accounts_own_region_is_added(store: Store) -> None:
    account = Account("ACCESSKEY", "secret", region="xx-local-1")
    call = Caller(create_app(store, account), account)

    assert len(call("GET", "/v3/projects?name=xx-local-1").json["projects"]) == 1
    assert call.create()["owner"] == project_in("xx-local-1").id


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("name=cn-nort-4", 0),
        ("name=cn-north-4&domain_id=other", 0),
        ("enabled=true", len(REGIONS)),
        ("enabled=false", 0),
        ("is_domain=true", 0),
        ("page=1&per_page=10", 10),
        ("page=4&per_page=10", len(REGIONS) - 30),
        ("page=9&per_page=10", 0),
    ],
)
def test_projects_are_filtered(query: str, count: int, call: Caller) -> None:
    assert len(call("GET", f"/v3/projects?{query}").json["projects"]) == count


@pytest.mark.parametrize("query", ["page=0&per_page=10", "page=x&per_page=1", "page=1&per_page=-1"])
def test_unreadable_page_is_refused(query: str, call: Caller) -> None:
    assert refusal(call("GET", f"/v3/projects?{query}")) == (400, "400")


def test_domain_owns_the_projects(call: Caller, account: Account) -> None:
    domains = call("GET", "/v3/auth/domains").json["domains"]

    assert [(domain["id"], domain["name"]) for domain in domains] == [(account.domain_id, "sandbox")]
    assert len(call("GET", f"/v3/projects?domain_id={account.domain_id}&name=cn-north-4").json["projects"]) == 1


@pytest.mark.parametrize("make", [credentials, key_pair])
def test_token_opens_its_project(make: Callable[..., dict[str, Any]], call: Caller) -> None:
    answer = call("POST", "/v3/auth/tokens", make(project={"name": "ap-southeast-1"}), signed=False)
    token = {"X-Auth-Token": answer.headers["X-Subject-Token"]}

    assert answer.status_code == 201
    assert answer.json["token"]["project"]["name"] == "ap-southeast-1"
    assert answer.json["token"]["methods"] == make()["auth"]["identity"]["methods"]
    checked = call("GET", "/v3/auth/tokens", signed=False, headers={**token, "X-Subject-Token": token["X-Auth-Token"]})
    assert checked.json["token"]["methods"] == answer.json["token"]["methods"]
    made = call("POST", "/v2/images", {}, signed=False, headers=token).json
    assert made["owner"] == answer.json["token"]["project"]["id"]


def test_token_without_a_scope_is_for_the_domain(call: Caller, account: Account) -> None:
    token = call("POST", "/v3/auth/tokens?nocatalog=true", credentials(), signed=False).json["token"]

    assert token["domain"] == {"id": account.domain_id, "name": "sandbox"}
    assert token["catalog"] == []
    assert "project" not in token


def test_catalog_names_this_service(call: Caller) -> None:
    token = call("POST", "/v3/auth/tokens", credentials(project={"name": "cn-north-4"}), signed=False).json["token"]

    urls = {service["type"]: service["endpoints"][0]["url"] for service in token["catalog"]}
    assert urls == {"image": "http://127.0.0.1:8765", "identity": "http://127.0.0.1:8765/v3"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (credentials(password="wrong"), 401),
        (credentials(user="somebody"), 401),
        (credentials(password=None), 401),
        (credentials(password=["sesame"]), 401),
        (credentials(project={"name": "cn-nort-4"}), 401),
        (key_pair(secret="sesame"), 401),
        (key_pair(access="OTHERKEY"), 401),
        (key_pair(secret=None), 401),
        (key_pair(secret=["secret"]), 401),
        (key_pair(project={"name": "cn-nort-4"}), 401),
        ({"auth": {"identity": {"methods": ["hw_ak_sk"], "hw_ak_sk": {"access": "ACCESSKEY"}}}}, 400),
        ({"auth": {"identity": {"methods": ["hw_ak_sk", "password"]}}}, 401),
        (b"", 400),
        (b"{", 400),
        ({}, 400),
        ({"auth": []}, 400),
        ({"auth": {"identity": {"methods": ["token"]}}}, 401),
    ],
    ids=lambda value: str(value)[:70],
)
def test_wrong_credentials_get_no_token(body: object, status: int, call: Caller) -> None:
    answer = call("POST", "/v3/auth/tokens", body, signed=False)

    assert refusal(answer) == (status, str(status))
    assert "X-Subject-Token" not in answer.headers


def test_no_password_means_no_tokens(store: Store) -> None:
    account = Account("ACCESSKEY", "secret")
    call = Caller(create_app(store, account), account)

    assert refusal(call("POST", "/v3/auth/tokens", credentials(password=""), signed=False)) == (401, "401")


@pytest.mark.parametrize("token", ["x", "é", "AAAA", "A" * 200, ""])
def test_foreign_tokens_are_refused(token: str, call: Caller) -> None:
    answer = call("GET", "/v2/images", signed=False, headers={"X-Auth-Token": token})

    assert refusal(answer) == (401, "APIGW.0301")


def test_token_of_another_key_is_refused(call: Caller, store: Store) -> None:
    other = Account("OTHERKEY", "other", password="sesame")
    foreign = Caller(create_app(store, other), other)
    token = foreign("POST", "/v3/auth/tokens", credentials(), signed=False).headers["X-Subject-Token"]

    answer = call("GET", "/v2/images", signed=False, headers={"X-Auth-Token": token})

    assert "decrypt token fail" in answer.json["error_msg"]


def test_token_expires_after_a_day(store: Store, make_caller: Callable[..., Caller]) -> None:
    now = [START]
    call = make_caller(store, clock=lambda: now[0])
    asked = credentials(project={"name": "cn-north-4"})
    token = call("POST", "/v3/auth/tokens", asked, signed=False).headers["X-Subject-Token"]

    now[0] = START + timedelta(hours=23, minutes=59)
    assert call("GET", "/v2/images", signed=False, headers={"X-Auth-Token": token}).status_code == 200
    now[0] = START + timedelta(hours=24)
    assert refusal(call("GET", "/v2/images", signed=False, headers={"X-Auth-Token": token})) == (401, "APIGW.0307")


def test_version_is_told_to_anyone(call: Caller) -> None:
    assert call("GET", "/v3", signed=False).json["version"]["status"] == "stable"


def test_generated_account_has_the_vendors_form() -> None:
    account = Account.generate("ap-southeast-1")

    assert (len(account.access_key), len(account.secret_key)) == (20, 40)
    assert account.default_project == project_in("ap-southeast-1")
    assert account.secret_key not in repr(account)
    assert account.password not in repr(account)
    assert Account.generate().secret_key != account.secret_key


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"domain": {"name": "sandbox"}}, 201),
        ({"domain": {"name": "another"}}, 401),
        ({"domain": {"id": "another"}}, 401),
        ({"domain": "sandbox"}, 401),
    ],
    ids=str,
)
def test_domain_of_a_user_is_the_accounts(change: dict[str, Any], status: int, call: Caller) -> None:
    body = credentials()
    body["auth"]["identity"]["password"]["user"].update(change)

    assert call("POST", "/v3/auth/tokens", body, signed=False).status_code == status


@pytest.mark.parametrize(
    ("scope", "status"),
    [({"domain": {"name": "sandbox"}}, 201), ({"domain": {"name": "x"}}, 401), ({"system": {}}, 400), ("all", 400)],
    ids=str,
)
def test_scope_is_a_project_or_the_domain(scope: object, status: int, call: Caller) -> None:
    body = credentials()
    body["auth"]["scope"] = scope

    assert call("POST", "/v3/auth/tokens", body, signed=False).status_code == status


def test_regions_and_projects_are_shown_one_by_one(call: Caller) -> None:
    for kind in ("project", "region"):
        for one in call("GET", f"/v3/{kind}s").json[f"{kind}s"]:
            assert call("GET", f"/v3/{kind}s/{one['id']}").json == {kind: one}
        unknown = call("GET", f"/v3/{kind}s/nowhere")
        assert unknown.status_code == 404
        assert unknown.json["error"]["message"] == f"Could not find {kind}: nowhere."


def test_unknown_parameter_of_projects_is_refused(call: Caller) -> None:
    assert refusal(call("GET", "/v3/projects?bogus=1")) == (400, "IMG.0017")
