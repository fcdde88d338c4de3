"""Whatever requests can raise, a caller sees the client's own errors only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
import urllib3
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ReadTimeoutError

from constructs_ims.backend.client import Credentials, RetryPolicy, Session, Timeouts
from constructs_ims.backend.client.errors import (
    AnswerLostError,
    AnswerTimeoutError,
    ClientError,
    ConnectError,
    EndpointError,
    TlsError,
)
from constructs_ims.backend.client.translation import TRANSLATIONS, translate, translated

EXCEPTIONS_OF_REQUESTS = {
    kind
    for kind in vars(requests.exceptions).values()
    if isinstance(kind, type) and issubclass(kind, requests.RequestException)
}


@pytest.mark.parametrize("kind", sorted(EXCEPTIONS_OF_REQUESTS, key=lambda kind: kind.__name__))
def test_every_exception_of_requests_is_named(kind: type[Exception]) -> None:
    """None falls through to its parent unnoticed: a new exception in requests must be given a place."""
    assert kind in {theirs for theirs, _ in TRANSLATIONS}


def test_the_most_specific_comes_first() -> None:
    order = [theirs for theirs, _ in TRANSLATIONS]

    for later, kind in enumerate(order):
        assert not any(issubclass(kind, earlier) for earlier in order[:later])


@pytest.mark.parametrize("failure", [urllib3.exceptions.ProtocolError("x"), OSError("x"), ConnectionResetError()])
def test_exceptions_from_below_requests_are_translated(failure: Exception) -> None:
    with pytest.raises(AnswerLostError), translated("GET", "http://127.0.0.1"):
        raise failure


def test_text_names_the_request_and_the_reason() -> None:
    failure = translate(requests.ConnectionError("broken pipe"), "POST", "http://127.0.0.1/v2/images")

    assert str(failure) == (
        "Answer lost: POST http://127.0.0.1/v2/images was sent, but the connection broke before the whole answer came"
        " (broken pipe)."
    )


@contextmanager
def peer(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection after another with ``behave`` and yield the endpoint."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stopping = threading.Event()

        def serve() -> None:
            while not stopping.is_set():
                connection, _ = listening.accept()
                with connection:
                    if not stopping.is_set():
                        behave(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        stopping.set()
        socket.create_connection(("127.0.0.1", port)).close()
        thread.join()


def hang_up(connection: socket.socket) -> None:
    connection.recv(65536)


def cut_short(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


def talk_nonsense(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"what?\r\n\r\n")


@pytest.mark.parametrize("behave", [hang_up, cut_short, talk_nonsense])
def test_broken_answers_are_lost_answers(behave: Callable[[socket.socket], None]) -> None:
    with peer(behave) as endpoint, session() as sending, pytest.raises(AnswerLostError):
        sending.send("POST", endpoint, "/v2/images", body={})


def test_silence_is_a_timeout() -> None:
    release = threading.Event()

    with (
        peer(lambda connection: bool(release.wait(5)) and None) as endpoint,
        session(Timeouts(connect=1, read=0.05)) as sending,
    ):
        with pytest.raises(AnswerTimeoutError):
            sending.send("POST", endpoint, "/v2/images", body={})
        release.set()


def test_closed_port_is_a_failed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with session() as sending, pytest.raises(ConnectError, match="Nothing answers") as caught:
        sending.send("POST", f"http://127.0.0.1:{port}", "/v2/images", body={})
    assert not caught.value.reached_service


def test_plain_server_fails_tls() -> None:
    with (
        peer(talk_nonsense) as endpoint,
        session() as sending,
        pytest.raises(TlsError),
    ):
        sending.send("GET", endpoint.replace("http:", "https:"), "/v2/images")


def test_bad_header_is_an_error_of_ours() -> None:
    with session() as sending, pytest.raises(EndpointError):
        sending.send("GET", "http://127.0.0.1:1", "/v2/images", headers={"X-Project-Id": "a\r\nb"})


def session(timeouts: Timeouts = Timeouts(connect=2, read=2)) -> Session:  # noqa: B008
    return Session(Credentials("AK", "SK"), timeouts=timeouts, retries=RetryPolicy(retries=0))


def test_all_errors_are_client_errors() -> None:
    assert all(issubclass(ours, ClientError) for _, ours in TRANSLATIONS)


def test_time_out_inside_a_body_is_a_time_out() -> None:
    """It comes from the socket's own library: the head of the answer was there, and the rest did not follow."""
    failure = ReadTimeoutError(HTTPConnectionPool("127.0.0.1"), "/", "slow")  # type: ignore[arg-type]

    assert type(translate(failure, "GET", "http://127.0.0.1/x")) is AnswerTimeoutError
