"""The in-process transport calls an application as PEP 3333 wants."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.validate import validator

import pytest
import requests

from constructs_ims.backend.client import Credentials, Session, WsgiAdapter
from constructs_ims.backend.client.session import Answer

from .conftest import ENDPOINT


def send(application: WSGIApplication, method: str, path: str, **rest: object) -> Answer:
    with Session(Credentials("AK", "SK"), transport=WsgiAdapter(application)) as session:
        return session.send(method, ENDPOINT, path, **rest)  # type: ignore[arg-type]


def mirror(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with what was received."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    seen = {
        name: value for name, value in environ.items() if isinstance(value, str) and not name.startswith("wsgi.")
    } | {"body": environ["wsgi.input"].read(length).decode("latin-1")}
    start_response("200 OK", [("Content-Type", "application/json"), ("X-Request-Id", "42")])
    return [json.dumps(seen).encode()]


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_environment_is_valid(method: str) -> None:
    body = {"name": "é"} if method in ("POST", "PUT", "PATCH") else None

    seen = send(validator(mirror), method, "/v2/images/a%2Fb%C3%A9", query={"id": "x y"}, body=body).json_object()

    assert seen["REQUEST_METHOD"] == method
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/v2/images/a/bé"
    assert seen["QUERY_STRING"] == "id=x%20y"
    assert seen["HTTP_HOST"] == "127.0.0.1:8765"
    assert seen["HTTP_AUTHORIZATION"].startswith("SDK-HMAC-SHA256 ")
    assert seen["body"] == ("" if body is None else json.dumps(body, separators=(",", ":")))


def test_answer_is_whole() -> None:
    def pieces(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        write = start_response("202 Accepted", [("X-Request-Id", "42")])
        write(b'{"a"')
        yield b": "
        yield b"1}"

    answer = send(pieces, "POST", "/")

    assert (answer.status, answer.request_id, answer.json_object()) == (202, "42", {"a": 1})


def test_answer_is_closed() -> None:
    class Closing:
        closed = False

        def __iter__(self) -> Iterable[bytes]:  # type: ignore[misc]
            return iter([b"{}"])

        def close(self) -> None:
            Closing.closed = True

    def application(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return Closing()  # type: ignore[return-value]

    send(application, "GET", "/")

    assert Closing.closed


def test_what_the_application_raises_goes_through() -> None:
    """It is a fault of the application, which a retry or a translated error would only hide."""

    def broken(_environ: WSGIEnvironment, _start_response: StartResponse) -> Iterable[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send(broken, "GET", "/")


def test_answer_names_the_address_that_was_asked() -> None:
    def answer(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"here"]

    with requests.Session() as session:
        session.mount("http://", WsgiAdapter(answer))
        response = session.get("http://ims.test/v2/images?limit=1")

    assert (response.url, response.text) == ("http://ims.test/v2/images?limit=1", "here")
