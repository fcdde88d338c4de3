"""The emulator on a socket: begins, ends, and says clearly when it cannot."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.problems import AddressError
from constructs_ims.backend.emulator.server import EmulatorServer

ACCOUNT = Account("ACCESSKEY", "secret")


def hello(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


def get(server: EmulatorServer, path: str = "/") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_emulator_answers_on_its_endpoint() -> None:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        assert server.endpoint == f"http://127.0.0.1:{server.port}"
        assert get(server, "/_emulator/health") == (200, b'{"status": "ok", "images": 0}')
        assert get(server, "/v2/images")[0] == 401


def test_two_servers_have_ports_of_their_own() -> None:
    with EmulatorServer(hello) as one, EmulatorServer(hello) as other:
        assert one.port != other.port
        assert get(one) == get(other) == (200, b"hello")


def test_closed_server_gives_its_port_back() -> None:
    with EmulatorServer(hello) as server:
        port = server.port
    assert not is_listening(port)

    with EmulatorServer(hello, port=port) as again:
        assert get(again) == (200, b"hello")


def test_closing_twice_is_closing_once() -> None:
    server = EmulatorServer(hello).start()

    server.close()
    server.close()
    server.request_close()

    assert not is_listening(server.port)


def test_server_that_never_began_can_be_closed() -> None:
    server = EmulatorServer(hello)
    port = server.port

    server.close()

    assert not is_listening(port)


def test_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(AddressError) as caught:
            EmulatorServer(hello, port=port)

    assert caught.value.summary == "Port in use"
    assert f"127.0.0.1:{port}" in caught.value.detail


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("no.such.host.invalid", 0), ("127.0.0.1", 70000)])
def test_address_that_is_not_ours_is_named(host: str, port: int) -> None:
    with pytest.raises(AddressError, match=f"{host}:{port}"):
        EmulatorServer(hello, host=host, port=port)


def test_request_in_flight_is_finished_before_the_end() -> None:
    entered, release = threading.Event(), threading.Event()

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        entered.set()
        release.wait(5)
        return hello(environ, start_response)

    with ThreadPoolExecutor(2) as threads:
        server = EmulatorServer(slow).start()
        answer = threads.submit(get, server)
        entered.wait(5)
        closing = threads.submit(server.close)
        assert not closing.done()
        release.set()

        assert answer.result(5) == (200, b"hello")
        closing.result(5)


def test_idle_connections_do_not_delay_the_end() -> None:
    """A client that keeps its connection open is hung up on."""
    with EmulatorServer(hello) as server:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
        connection.request("GET", "/")
        connection.getresponse().read()
    connection.request("GET", "/")

    with pytest.raises(ConnectionError):
        connection.getresponse()
    connection.close()


def test_many_clients_at_once() -> None:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server, ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: get(server, "/_emulator/health")[0], range(200)))

    assert answers == [200] * 200


def test_threads_end_with_the_server() -> None:
    before = threading.active_count()
    with EmulatorServer(hello) as server:
        get(server)
        assert threading.active_count() > before

    assert threading.active_count() == before


def test_ipv6_endpoint_has_brackets() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        server = EmulatorServer(hello, host="::1")
    except AddressError as failure:
        pytest.skip(f"this machine has no IPv6 loopback: {failure}")
    with server:
        assert server.endpoint == f"http://[::1]:{server.port}"
        assert get(server) == (200, b"hello")
