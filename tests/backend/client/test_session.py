"""The sending edge: loopback only, no environment, no cookies, no redirects, signed, bounded, shared by threads."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from constructs_ims.backend.client import Credentials, RetryPolicy, Session, Timeouts, WsgiAdapter
from constructs_ims.backend.client.errors import BadAnswerError, EndpointError, ServiceError

from .conftest import ENDPOINT, Script, answer

Play = Callable[..., Script]


def test_other_machines_get_nothing(session: Session, script: Script) -> None:
    with pytest.raises(EndpointError, match=r"ims\.cn-north-4\.myhuaweicloud\.com"):
        session.send("GET", "https://ims.cn-north-4.myhuaweicloud.com/", "/v2/images")
    assert script.sent == []


def test_request_is_what_was_asked(session: Session, play: Play) -> None:
    script = play(answer(201))

    session.send("POST", f"{ENDPOINT}/root/", "/v2/images", query={"b": "x y", "a": "="}, body={"name": "é"})

    request = script.sent[0]
    assert request.url == f"{ENDPOINT}/root/v2/images?a=%3D&b=x%20y"
    assert json.loads(request.body or b"") == {"name": "é"}
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Host"] == "127.0.0.1:8765"
    assert "content-type;host;" in request.headers["Authorization"]


def test_time_is_bounded_and_tls_verified(play: Play, script: Script) -> None:
    play(answer(200))
    with Session(Credentials("AK", "SK"), transport=script, timeouts=Timeouts(1.5, 2.5), verify="ca.pem") as sending:
        sending.send("GET", ENDPOINT, "/")

    assert script.options[0]["timeout"] == (1.5, 2.5)
    assert script.options[0]["verify"] == "ca.pem"


def test_environment_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, session: Session, play: Play) -> None:
    """Neither a proxy nor a netrc entry of the user's changes what is sent, or where."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password sesame\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    script = play(answer(200))

    session.send("GET", ENDPOINT, "/")

    assert not script.options[0]["proxies"]
    assert script.sent[0].headers["Authorization"].startswith("SDK-HMAC-SHA256 ")


def test_cookies_are_not_sent_back(session: Session, play: Play) -> None:
    script = play(answer(200, Set_Cookie="a=b; Path=/"), answer(200))

    session.send("GET", ENDPOINT, "/")
    session.send("GET", ENDPOINT, "/")

    assert "Cookie" not in script.sent[1].headers


def test_redirects_are_not_followed(session: Session, play: Play) -> None:
    script = play(answer(307, Location="http://192.0.2.1/"))

    with pytest.raises(ServiceError, match="got 307 instead"):
        session.send("GET", ENDPOINT, "/")
    assert len(script.sent) == 1


@pytest.mark.parametrize(
    ("method", "good"),
    [("GET", {200}), ("POST", {200, 201, 202}), ("PUT", {200, 201, 202}), ("DELETE", {200, 202, 204})],
)
def test_statuses_of_success(method: str, good: set[int], play: Play, script: Script) -> None:
    once = Session(Credentials("AK", "SK"), transport=script, retries=RetryPolicy(retries=0))
    for status in (200, 201, 202, 203, 204, 206, 302, 400, 500):
        play(answer(status))
        if status in good:
            assert once.send(method, ENDPOINT, "/").status == status
        else:
            with pytest.raises(ServiceError) as caught:
                once.send(method, ENDPOINT, "/")
            assert caught.value.status == status


def test_refusal_carries_all_that_came(session: Session, play: Play) -> None:
    body = '{"error": {"code": "IMG.0055", "message": "The memory or disk size is invalid."}}'
    play(answer(400, body, X_Request_Id="42"))

    with pytest.raises(ServiceError) as caught:
        session.send("POST", ENDPOINT, "/v2/images", body={})

    refusal = caught.value
    assert (refusal.status, refusal.request_id, refusal.body) == (400, "42", body)
    assert (refusal.code, refusal.message) == ("IMG.0055", "The memory or disk size is invalid.")
    assert (refusal.method, refusal.url) == ("POST", f"{ENDPOINT}/v2/images")


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "{", "[]", "null", '"x"', "1", "[" * 100_000, '{"a": NaN}', '{"a": -1e999}', '{"a": "\\ud800"}'],
)
def test_answers_of_another_shape_are_refused(body: str, session: Session, play: Play) -> None:
    play(answer(200, body, X_Request_Id="42"))

    with pytest.raises(BadAnswerError, match="Request id: 42"):
        session.send("GET", ENDPOINT, "/").json_object()


def test_secrets_are_in_no_error(session: Session, play: Play) -> None:
    play(answer(401, "no"))

    with pytest.raises(ServiceError) as caught:
        session.send("GET", ENDPOINT, "/")
    assert "secret" not in str(caught.value)


def test_signing_time_comes_from_the_clock(play: Play, script: Script) -> None:
    play(answer(200))
    at = datetime(2030, 1, 1, tzinfo=UTC)
    with Session(Credentials("AK", "SK"), transport=script, clock=lambda: at) as sending:
        sending.send("GET", ENDPOINT, "/")

    assert script.sent[0].headers["X-Sdk-Date"] == "20300101T000000Z"


def test_threads_share_a_session() -> None:
    """Ten threads, one session: each answer belongs to its request."""

    def echo(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"query": environ["QUERY_STRING"]}).encode()]

    with (
        Session(Credentials("AK", "SK"), transport=WsgiAdapter(echo)) as sending,
        ThreadPoolExecutor(10) as threads,
    ):
        answers = threads.map(
            lambda n: sending.send("GET", ENDPOINT, "/", query={"n": str(n)}).json_object(), range(200)
        )

        assert [found["query"] for found in answers] == [f"n={n}" for n in range(200)]
