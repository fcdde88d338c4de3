"""Signatures: what the gateway lets in, and its words for what it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from falcon.testing import TestClient
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.tokens import new_token, write_token

from .conftest import HOST, Caller, refusal, sign


def test_unknown_key_is_named(store: Store, account: Account) -> None:
    stranger = Caller(create_app(store, account), Account("STRANGER", "secret"))

    answer = stranger("GET", "/v2/images")

    assert refusal(answer) == (401, "APIGW.0301")
    assert answer.json["error_msg"] == (
        "Incorrect IAM authentication information: Get secretKey failed,ak:STRANGER,err:ak not exist"
    )
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_wrong_secret_fails_verification(store: Store, account: Account) -> None:
    mistaken = Caller(create_app(store, account), Account("ACCESSKEY", "another"))

    answer = mistaken("POST", "/v2/images", {})

    assert refusal(answer) == (401, "APIGW.0301")
    assert answer.json["error_msg"] == "Incorrect IAM authentication information: verify aksk signature fail"
    assert store.count() == 0


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic dXNlcjpwYXNz",
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 Access=ACCESSKEY, SignedHeaders=host",
        "SDK-HMAC-SHA256 Access=ACCESSKEY, SignedHeaders=, Signature=00",
        "SDK-HMAC-SHA256 Access=ACCESSKEY, SignedHeaders=host, Signature=XYZ",
        "V11-HMAC-SHA256 Credential=ACCESSKEY/20260131/cn-north-4/ims, SignedHeaders=host, Signature=00",
    ],
)
def test_missing_or_malformed_signature_is_refused(authorization: str | None, call: Caller) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    assert refusal(call("GET", "/v2/images", signed=False, headers=headers)) == (401, "APIGW.0301")


@pytest.mark.parametrize("path", ["/v2/images", "/v2/cloudimages", "/v3/projects", "/v1/cloudimages/os_version"])
def test_vendor_paths_want_a_signature(path: str, call: Caller) -> None:
    assert call("GET", path, signed=False).status_code == 401


@pytest.mark.parametrize(
    ("minutes", "status"), [(-15.1, 401), (-14.9, 200), (0, 200), (14.9, 200), (15.1, 401), (60 * 24 * 365, 401)]
)
def test_signature_ages_in_fifteen_minutes(
    minutes: float, status: int, store: Store, make_caller: Callable[..., Caller]
) -> None:
    call = make_caller(store, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))

    assert call("GET", "/v2/images").status_code == status


@pytest.mark.parametrize("date", ["", "yesterday", "20260131T080000", "99999999T999999Z"])
def test_unreadable_date_is_refused(date: str, account: Account, store: Store) -> None:
    headers = sign(account, "GET", "/v2/images", "", {"Host": HOST}, b"") | {"X-Sdk-Date": date}

    answer = TestClient(create_app(store, account)).simulate_get("/v2/images", headers=headers)

    assert refusal(answer) == (401, "APIGW.0301")


@pytest.mark.parametrize(
    "tamper",
    [
        {"path": "/v2/cloudimages"},
        {"query_string": "limit=2"},
        {"body": b'{"name": "y"}'},
        {"method": "DELETE"},
        {"headers": {"Host": "localhost:8765"}},
        {"headers": {"X-Project-Id": "1" * 32}},
    ],
    ids=str,
)
def test_tampered_request_is_refused(tamper: dict[str, object], account: Account, store: Store) -> None:
    """Whatever is signed cannot be changed on the way."""
    body = b'{"name": "x"}'
    headers = {"Host": HOST, "Content-Type": "application/json", "X-Project-Id": "0" * 32}
    signed = sign(account, "POST", "/v2/images", "limit=1", headers, body)
    request = {"method": "POST", "path": "/v2/images", "query_string": "limit=1", "body": body} | tamper
    request["headers"] = signed | tamper.get("headers", {})  # type: ignore[operator]

    answer = TestClient(create_app(store, account)).simulate_request(**request)

    assert answer.status_code in (401, 404)
    assert store.count() == 0


def test_signed_header_must_be_there(account: Account, store: Store) -> None:
    headers = sign(account, "GET", "/v2/images", "", {"Host": HOST, "X-Project-Id": "0" * 32}, b"")
    del headers["X-Project-Id"]

    answer = TestClient(create_app(store, account)).simulate_get("/v2/images", headers=headers)

    assert "x-project-id" in answer.json["error_msg"]


def test_unsigned_project_header_is_taken(account: Account, store: Store) -> None:
    """The vendor's Go SDK adds it after signing, and leaves ``Host`` out."""
    other = project_in("ap-southeast-1").id
    headers = sign(account, "GET", "/v2/images", "", {"Host": HOST}, b"") | {"X-Project-Id": other}

    assert TestClient(create_app(store, account)).simulate_get("/v2/images", headers=headers).status_code == 200


def test_unsigned_payload_is_taken_when_the_header_says_so(account: Account, store: Store, call: Caller) -> None:
    """So do SDKs for uploads, whose bodies are too long to hash."""
    path = f"/v2/images/{call.create()['id']}/file"
    headers = sign(account, "PUT", path, "", {"Host": HOST, "Content-Type": "application/octet-stream"}, b"signed")
    assert headers["X-Sdk-Content-Sha256"] == "UNSIGNED-PAYLOAD"

    answer = TestClient(create_app(store, account)).simulate_put(path, body=b"another", headers=headers)

    assert answer.status_code == 204


HOME, AWAY, NOWHERE = project_in("cn-north-4").id, project_in("ap-southeast-1").id, "0" * 32


@pytest.mark.parametrize("token", ["none", None, HOME, AWAY, NOWHERE], ids=["key pair", "domain", "home", "away", "?"])
@pytest.mark.parametrize("header", ["", HOME, AWAY, NOWHERE], ids=["no header", "home", "away", "?"])
@pytest.mark.parametrize("path", ["", HOME, AWAY, NOWHERE], ids=["no path", "home", "away", "?"])
def test_token_header_and_path_agree_on_the_project(
    token: str | None, header: str, path: str, account: Account, store: Store, make_caller: Callable[..., Caller]
) -> None:
    now = datetime.now(UTC)
    call = make_caller(store, clock=lambda: now)
    url = f"/v2/{path}/images/tags" if path else "/v2/images"
    headers = {"X-Project-Id": header} if header else {}
    is_signed = token == "none"
    if not is_signed:
        headers["X-Auth-Token"] = write_token(new_token(token, now), account)

    answer = call("GET", url, signed=is_signed, headers=headers)

    named = {header, path} | (set() if is_signed else {token})
    allowed = named - {""} in ({HOME}, {AWAY}, set())
    assert answer.status_code == (200 if allowed else 400)
    assert allowed or refusal(answer) == (400, "IMG.0030")


@pytest.mark.parametrize("path", ["/v3/projects", "/v3/auth/domains", "/v3/auth/catalog", "/v3/regions"])
def test_identity_takes_tokens_for_the_domain(path: str, account: Account, call: Caller) -> None:
    headers = {"X-Auth-Token": write_token(new_token(None, datetime.now(UTC)), account), "X-Project-Id": NOWHERE}

    assert call("GET", path, signed=False, headers=headers).status_code == 200


def test_stranger_is_not_told_which_projects_there_are(account: Account, store: Store) -> None:
    mistaken = Caller(create_app(store, account), Account("ACCESSKEY", "another"))

    for project in (HOME, NOWHERE):
        answer = mistaken("GET", "/v2/images", headers={"X-Project-Id": project})
        assert refusal(answer) == (401, "APIGW.0301")


VALUE = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)


@given(query=st.lists(st.tuples(VALUE.filter(bool), VALUE), max_size=4), id=st.text("abc-ü 映/", max_size=12))
def test_whatever_the_vendor_signs_is_verified(query: list[tuple[str, str]], id: str, call: Caller) -> None:
    encoded = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in query)

    assert call("GET", f"/v2/cloudimages?{encoded}").status_code != 401
    assert call("GET", f"/v2/images/{id}?{encoded}").status_code != 401


def test_secrets_are_not_logged(caplog: pytest.LogCaptureFixture, call: Caller, store: Store) -> None:
    """Not even when the emulator fails and logs the request that made it."""
    store.close()
    answer = call("GET", "/v2/images")

    assert refusal(answer) == (500, "APIGW.0601")
    assert answer.headers["X-Request-Id"] in caplog.text
    assert "secret" not in caplog.text
    assert "Signature" not in caplog.text
