"""Failures on demand and the log of requests over HTTP, as tests of other processes use them."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from constructs_ims.backend.client import Credentials, ImsClient, RetryPolicy, Session
from constructs_ims.backend.client.errors import AnswerLostError
from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.app import refuse_upload
from constructs_ims.backend.emulator.images import accepted
from constructs_ims.backend.emulator.operations import OPERATIONS
from constructs_ims.backend.emulator.routes import ROUTES
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.backend.emulator.tokens import new_token, write_token
from constructs_ims.backend.emulator.updates import PATCH

from .conftest import Caller, refusal

ACCOUNT = Account("ACCESSKEY", "secret")


def test_every_operation_has_its_name() -> None:
    assert {route.operation for route in ROUTES if route.operation} | {""} == {*OPERATIONS, ""}
    assert all(route.operation for route in ROUTES if not route.is_admin and route.signed)
    assert not any(route.operation for route in ROUTES if route.is_admin)


def test_failures_come_are_listed_and_end(call: Caller) -> None:
    asked = {"operation": "create", "times": 2, "status": 429}

    assert call("POST", "/_emulator/failures", asked, signed=False).status_code == 201
    assert refusal(call("POST", "/v2/images", {})) == (429, "APIGW.0308")
    (left,) = call("GET", "/_emulator/failures", signed=False).json["failures"]
    assert (left["operation"], left["times"], left["status"]) == ("create", 1, 429)
    assert call("DELETE", "/_emulator/failures", signed=False).status_code == 204
    assert call("POST", "/v2/images", {}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operation": "nothing"},
        {"operation": "create"},
        {"operation": "create", "status": 500, "color": "red"},
        {"operation": "create", "status": "500"},
        {"operation": ["create"], "status": 500},
        {"operation": "create", "drop": ["after"]},
        b"",
        b"[]",
    ],
)
def test_failure_that_makes_no_sense_is_refused(body: object, call: Caller) -> None:
    assert call("POST", "/_emulator/failures", body, signed=False).status_code == 400
    assert call("GET", "/_emulator/failures", signed=False).json == {"failures": []}


def test_requests_are_listed_without_those_to_the_admin_api(call: Caller) -> None:
    made = call.create(name="a")
    call("GET", f"/v2/cloudimages?id={made['id']}")
    call("GET", "/v2/images", signed=False)
    call("POST", "/v3/auth/tokens", {"auth": {"secret": "sesame"}}, signed=False)
    call("GET", "/_emulator/health", signed=False)

    entries = call("GET", "/_emulator/requests", signed=False).json["requests"]

    assert [(entry["operation"], entry["status"]) for entry in entries] == [
        ("create", 201),
        ("read", 200),
        ("list", 401),
        ("issue_token", 400),
    ]
    assert [entry["body"] for entry in entries] == [{"name": "a"}, None, None, None]
    assert entries[0]["curl"].endswith('-d \'{"name": "a"}\' "$IMS_ENDPOINT"/v2/images')
    assert call("DELETE", "/_emulator/requests", signed=False).status_code == 204
    assert call("GET", "/_emulator/requests", signed=False).json == {"requests": [], "total": 0}


def test_reset_forgets_both(call: Caller) -> None:
    call.create()
    call("POST", "/_emulator/failures", {"operation": "create", "status": 500}, signed=False)
    call("POST", "/_emulator/reset", signed=False)

    assert call("GET", "/_emulator/requests", signed=False).json == {"requests": [], "total": 0}
    assert call("GET", "/_emulator/failures", signed=False).json == {"failures": []}


@pytest.mark.parametrize(("drop", "images"), [("before", 0), ("after", 1)])
def test_dropped_connection_on_a_socket(drop: str, images: int) -> None:
    with (
        Store() as store,
        EmulatorServer(create_app(store, ACCOUNT), refuse_upload=partial(refuse_upload, ACCOUNT)) as server,
        Session(Credentials("ACCESSKEY", "secret"), retries=RetryPolicy(0)) as session,
    ):
        tell(server, {"operation": "create", "drop": drop})
        client = ImsClient(session, server.endpoint)
        with pytest.raises(AnswerLostError):
            client.create_image({"name": "a"})

        assert store.count() == images
        assert client.create_image({"name": "b"})["name"] == "b"


def test_dropped_connection_is_reset() -> None:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        tell(server, {"operation": "create", "drop": "before"})
        token = write_token(new_token(ACCOUNT.default_project.id, datetime.now(UTC)), ACCOUNT)
        with socket.create_connection((server.host, server.port), timeout=60) as connection:
            head = f"POST /v2/images HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nX-Auth-Token: {token}\r\n"
            connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}".encode())
            with pytest.raises(ConnectionResetError):
                connection.recv(1)


def tell(server: EmulatorServer, failure: dict[str, str]) -> None:
    connection = http.client.http.client.HTTPConnection(server.host, server.port, timeout=60)
    try:
        connection.request("POST", "/_emulator/failures", json.dumps(failure))
        assert connection.getresponse().status == 201
    finally:
        connection.close()


def test_failing_requests_of_many_threads_are_counted(store: Store, make_caller: Callable[..., Caller]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    call = make_caller(store)
    call("POST", "/_emulator/failures", {"operation": "create", "times": 7, "status": 500}, signed=False)

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: call("POST", "/v2/images", {}).status_code, range(20)))

    assert (statuses.count(500), statuses.count(201)) == (7, 13)


@pytest.mark.parametrize(
    ("body", "answer"), [("truncated", http.client.IncompleteRead), ("wrong", b"<html><body>Welcome</body></html>")]
)
def test_bad_bodies_over_a_socket(body: str, answer: Any) -> None:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        address = server.endpoint.removeprefix("http://")
        for path, content in (("/_emulator/failures", {"operation": "check_token", "body": body}), ("/", None)):
            connection = http.client.HTTPConnection(address, timeout=10)
            connection.request("POST" if content else "GET", path, json.dumps(content) if content else None)
            assert connection.getresponse().status in (200, 201)
            connection.close()
        connection = http.client.HTTPConnection(address, timeout=10)
        token = write_token(new_token(ACCOUNT.default_project.id, datetime.now(UTC)), ACCOUNT)
        connection.request("GET", "/v3/auth/tokens", headers={"X-Auth-Token": token, "X-Subject-Token": token})
        response = connection.getresponse()
        if isinstance(answer, bytes):
            assert response.read() == answer
        else:
            with pytest.raises(answer):
                response.read()
        connection.close()


@pytest.mark.parametrize(
    "asked",
    [
        {"every": None},
        {"every": 0},
        {"every": 2, "passed": 2},
        {"passed": None},
        {"passed": "1"},
        {"body": "half"},
        {"body": "wrong", "status": 500},
        {"body": "wrong", "drop": "after"},
    ],
)
def test_failures_that_are_none(asked: dict[str, object], call: Caller) -> None:
    body = {"operation": "create", "delay": 1, **asked}

    assert refusal(call("POST", "/_emulator/failures", body, signed=False)) == (400, "IMG.0001")
    assert call("GET", "/_emulator/failures", signed=False).json == {"failures": []}


def test_every_third_request_fails(call: Caller) -> None:
    call("POST", "/_emulator/failures", {"operation": "read", "every": 3, "times": 2, "status": 503}, signed=False)

    answers = [call("GET", "/v2/images/7").status_code for _ in range(8)]

    assert answers == [404, 404, 503, 404, 404, 503, 404, 404]


def test_requests_beyond_the_threshold_are_turned_away(call: Caller, store: Store) -> None:
    assert call("PUT", "/_emulator/throttle", {"requests": 2, "seconds": 600}, signed=False).status_code == 200

    assert [call("GET", "/v2/images/7").status_code for _ in range(3)] == [404, 404, 429]
    assert refusal(call("GET", "/v2/images/7")) == (429, "APIGW.0308")
    assert call("GET", "/_emulator/health", signed=False).status_code == 200
    store.clock.advance(600)
    assert [call("GET", "/v2/images/7").status_code for _ in range(3)] == [404, 404, 429]
    call("POST", "/_emulator/reset", signed=False)
    assert [call("GET", "/v2/images/7").status_code for _ in range(3)] == [404] * 3
    assert call("GET", "/_emulator/throttle", signed=False).json == {"requests": None, "seconds": 1.0}


@pytest.mark.parametrize(
    "asked", [{"requests": 0}, {"requests": "2"}, {"requests": True}, {"requests": 1, "seconds": 0}, {"rate": 1}]
)
def test_thresholds_that_are_none(asked: dict[str, object], call: Caller) -> None:
    assert refusal(call("PUT", "/_emulator/throttle", asked, signed=False)) == (400, "IMG.0001")


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, "IMG.0001", None),
        (401, "APIGW.0301", "Incorrect IAM authentication information"),
        (403, "APIGW.0302", "The IAM user is not authorized to access the API."),
        (404, "IMG.0144", None),
        (418, "APIGW.0201", "API request error."),
        (429, "APIGW.0308", "The throttling threshold has been reached."),
        (500, "APIGW.0601", "Internal server error."),
        (502, "APIGW.0201", "Backend unavailable."),
        (503, "APIGW.0201", "Backend unavailable."),
        (504, "APIGW.0201", "Backend timeout."),
    ],
)
@pytest.mark.parametrize("own", [None, "as a test says"])
def test_each_status_has_its_code_and_text(
    status: int, code: str, message: str | None, own: str | None, call: Caller
) -> None:
    call("POST", "/_emulator/failures", {"operation": "read", "status": status, "message": own}, signed=False)

    answer = call("GET", "/v2/images/7")

    assert refusal(answer) == (status, code)
    shown = answer.json["error_msg"] if "error_msg" in answer.json else answer.json["error"]["detail"]
    assert shown == (own or message or "A test asked for this answer.")


def test_failures_of_iam_are_in_its_form(call: Caller) -> None:
    for operation, path in (("issue_token", "/v3/auth/tokens"), ("list_projects", "/v3/projects")):
        for status in (404, 418, 599):
            failure = {"operation": operation, "status": status}
            call("POST", "/_emulator/failures", failure, signed=False)
            answer = call("POST" if operation == "issue_token" else "GET", path, {} if "token" in path else None)
            assert (answer.status_code, answer.json["error"]["code"]) == (status, status)
            assert set(answer.json["error"]) == {"code", "message", "title"}


def test_failures_of_one_image_are_met_by_calls_that_name_it_in_their_body(call: Caller) -> None:
    mine, other = (call.create(name=name)["id"] for name in ("mine", "other"))
    for image in (mine, "mine"):
        call("POST", "/_emulator/failures", {"operation": "change_tags", "status": 403, "image": image}, signed=False)
        tagged = [call("PUT", "/v1/cloudimages/tags", {"image_id": id, "tag": "a"}).status_code for id in (other, mine)]
        assert tagged == [204, 403]
    failure = {"operation": "change_members", "status": 403, "image": mine}
    call("POST", "/_emulator/failures", failure, signed=False)
    offer = {"images": [other, mine], "projects": ["1" * 32]}
    assert call("POST", "/v1/cloudimages/members", offer).status_code == 403


def test_failure_of_a_list_is_of_no_one_image(call: Caller) -> None:
    answer = call("POST", "/_emulator/failures", {"operation": "list", "status": 403, "image": "a"}, signed=False)

    assert answer.status_code == 400
    assert "A list is of no one image" in json.dumps(answer.json)


def test_unknown_calls_are_listed(call: Caller) -> None:
    call("POST", "/v2/nonsense?a=b", {})
    call("POST", "/_emulator/nonsense", {})

    (entry,) = call("GET", "/_emulator/requests", signed=False).json["requests"]
    assert (entry["operation"], entry["path"], entry["status"]) == ("unknown", "/v2/nonsense", 404)


@pytest.mark.parametrize(
    ("method", "path", "content", "media_type"),
    [
        ("PATCH", "/v2/images/{id}", b'[{"op": "replace", "path": "/name", "value": "b"}]', PATCH),
        ("PUT", "/v2/images/{id}/file", b"plain text's", "application/octet-stream"),
        ("PUT", "/v2/images/{id}/file", b"\x00\xff", "application/octet-stream"),
        ("POST", "/v2/images", b'{"name": "\xc3\xa9"}', "application/json"),
    ],
)
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on PATH")
def test_requests_are_sent_again_by_curl(
    method: str, path: str, content: bytes, media_type: str, tmp_path: Path
) -> None:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        id = store.create(ACCOUNT.default_project.id, accepted({"name": "a"})).id
        token = write_token(new_token(ACCOUNT.default_project.id, datetime.now(UTC)), ACCOUNT)
        headers = {"X-Auth-Token": token, "Content-Type": media_type}
        url = f"{server.endpoint}{path.format(id=id)}"
        first = requests.request(method, url, data=content, headers=headers, timeout=60)
        (entry,) = requests.get(f"{server.endpoint}/_emulator/requests", timeout=60).json()["requests"]
        (tmp_path / "body").write_bytes(content)
        if path.endswith("/file"):
            store.change(id, {"status": "queued"})
        again = subprocess.run(
            f"{entry['curl']} -s -o /dev/null -w '%{{http_code}}'",
            shell=True,
            env={**os.environ, "IMS_ENDPOINT": server.endpoint, "IMS_TOKEN": token, "NO_PROXY": "*"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert first.ok, first.text
    assert again.stdout == str(first.status_code), (entry["curl"], again.stderr)
    assert token not in entry["curl"]


@pytest.mark.parametrize("images", [5, "a", {"a": 1}, [1, None], None], ids=str)
def test_bodies_that_name_no_images_are_refused_as_without_a_failure(images: object, call: Caller) -> None:
    body = {"images": images, "projects": ["1" * 32]}
    usual = call("POST", "/v1/cloudimages/members", body).status_code
    call("POST", "/_emulator/failures", {"operation": "change_members", "status": 418, "image": "x"}, signed=False)

    assert call("POST", "/v1/cloudimages/members", body).status_code == usual < 500
