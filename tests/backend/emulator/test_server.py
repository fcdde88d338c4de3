"""The emulator on a socket: begins, ends, and says clearly when it cannot."""

from __future__ import annotations

import http.client
import itertools
import json
import select
import socket
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from types import SimpleNamespace
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from constructs_ims.backend.client import Credentials, ImsClient, Session
from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.app import refuse_upload
from constructs_ims.backend.emulator.database_errors import AddressError
from constructs_ims.backend.emulator.lingering import LingeringChannel
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


def get_url(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return bytes(answer.read())


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
    before = set(threading.enumerate())
    with EmulatorServer(hello) as server:
        get(server)
        own = set(threading.enumerate()) - before
        assert own

    for thread in own:
        thread.join(timeout=60)  # it has been told to end, and does so in its own time
    assert not [thread for thread in own if thread.is_alive()]


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


@pytest.mark.parametrize(("host", "called"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1")])
def test_endpoint_is_one_that_the_application_answers_to(host: str, called: str) -> None:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT, host=host), host=host) as server:
        assert server.endpoint == f"http://{called}:{server.port}"
        assert get_url(f"{server.endpoint}/").startswith(b'{"versions"')


def test_server_on_localhost_answers_on_each_of_its_addresses() -> None:
    with EmulatorServer(hello, host="localhost") as server:
        assert get_url(server.endpoint) == b"hello"


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n"], ids=["silent", "half-a-request"])
def test_idle_connections_starve_nobody(sent: bytes) -> None:
    with EmulatorServer(hello) as server, ExitStack() as connections:
        for _ in range(200):
            idle = connections.enter_context(socket.create_connection((server.host, server.port), timeout=60))
            idle.sendall(sent)

        started = time.monotonic()
        assert get(server) == (200, b"hello")
        assert time.monotonic() - started < 5


@pytest.mark.parametrize("step", [0, -3600], ids=["clock that goes on", "clock that is set back"])
def test_connection_idle_for_longest_is_closed_when_there_are_too_many(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(time.time(), step) if step else iter(time.time, None)
    monkeypatch.setattr("waitress.channel.time", SimpleNamespace(time=lambda: next(clock)))
    with EmulatorServer(hello, most_connections=3) as server, ExitStack() as connections:
        clients = []
        for _ in range(5):
            client = http.client.HTTPConnection(server.host, server.port, timeout=60)
            connections.callback(client.close)
            client.request("GET", "/")
            assert client.getresponse().read() == b"hello"
            clients.append(client)

        assert clients[0].sock.recv(1) == b""  # closed by the server
        clients[-1].request("GET", "/")
        assert clients[-1].getresponse().read() == b"hello"


CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Content-Length: 6000000\r\n", b"x" * 6_000_000),
        (b"Transfer-Encoding: chunked\r\n", CHUNK * 90 + b"0\r\n\r\n"),
        (b"Content-Length: 6000000\r\nExpect: 100-continue\r\n", b""),
    ],
    ids=["length", "chunked", "expect"],
)
def test_large_upload_of_who_is_not_known_is_refused_and_not_stored(
    headers: bytes, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[bytes] = []
    monkeypatch.setattr("waitress.buffers.FileBasedBuffer.append", lambda _, data: stored.append(data))
    with (
        Store() as store,
        EmulatorServer(create_app(store, ACCOUNT), refuse_upload=partial(refuse_upload, ACCOUNT)) as server,
        socket.create_connection((server.host, server.port), timeout=60) as connection,
        connection.makefile("rb") as received,
    ):
        connection.sendall(b"POST /v2/images HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n" + body)
        answer = received.read()

    head, _, content = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert json.loads(content)["error_code"] == "APIGW.0301"
    assert sum(map(len, stored)) == 0


def test_signed_upload_is_taken() -> None:
    """A body of some size that is signed reaches the application whole."""
    with (
        Store() as store,
        EmulatorServer(create_app(store, ACCOUNT), refuse_upload=partial(refuse_upload, ACCOUNT)) as server,
        Session(Credentials(ACCOUNT.access_key, ACCOUNT.secret_key)) as session,
    ):
        made = ImsClient(session, server.endpoint).create_image({"x": "y" * 1_000_000})

    assert len(made["x"]) == 1_000_000


def test_endless_headers_are_refused() -> None:
    with (
        EmulatorServer(hello) as server,
        socket.create_connection((server.host, server.port), timeout=60) as connection,
        connection.makefile("rb") as received,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000)
        assert received.readline().split()[1] == b"494"


REFUSALS = {
    "no request": (b"nonsense\r\n\r\n", 400, "APIGW.0201", "Start line is invalid"),
    "headers": (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n", 494, "APIGW.0201", "Request headers too large."),
    "length": (b"POST / HTTP/1.1\r\nContent-Length: 17000000\r\n\r\n", 413, "APIGW.0201", "entity too large."),
    "chunks": (
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
        400,
        "APIGW.0201",
        "",
    ),
    "coding": (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "APIGW.0201", ""),
    "address": (
        b"GET /v2/images?a=" + b"x" * 33_000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        414,
        "APIGW.0201",
        "Request URI too large.",
    ),
    "upload": (
        b"POST /v2/images HTTP/1.1\r\nContent-Length: 6000000\r\nExpect: 100-continue\r\n\r\n",
        401,
        "APIGW.0301",
        "",
    ),
}


@pytest.fixture(params=[True, False], ids=["threads", "in turn"])
def guarded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatorServer]:
    """A server that refuses uploads; its requests are answered in threads, or in the one that reads them."""
    for limit in ("silence", "longest"):
        monkeypatch.setattr(LingeringChannel, limit, 600)  # a loaded machine may be slow to send
    with (
        Store() as store,
        EmulatorServer(
            create_app(store, ACCOUNT),
            refuse_upload=partial(refuse_upload, ACCOUNT),
            may_wait=lambda: bool(request.param),
        ) as server,
    ):
        yield server


@pytest.mark.parametrize("kind", REFUSALS)
@pytest.mark.parametrize("sent_after", ["nothing", "much", "slowly"])
def test_what_the_server_cannot_read_is_answered_as_the_gateway_does(
    guarded: EmulatorServer, kind: str, sent_after: str
) -> None:
    """Whatever the client sends behind its request, before it reads the answer: the answer is not lost."""
    head, status, code, said = REFUSALS[kind]
    with socket.create_connection((guarded.host, guarded.port), timeout=60) as connection:
        connection.sendall(head.replace(b"localhost", f"localhost:{guarded.port}".encode()))
        if sent_after == "much":
            connection.sendall(b"x" * 20_000_000)
        elif sent_after == "slowly":
            assert select.select([connection], [], [], 60)[0]  # the server has answered
            for _ in range(10):
                connection.sendall(b"x" * 100_000)
                time.sleep(0.01)
        else:
            connection.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        content = answer.read()
        assert connection.recv(1) == b""  # its sending side is closed, behind the answer

    assert (answer.status, answer.getheader("Content-Type")) == (status, "application/json")
    assert json.loads(content)["error_code"] == code
    assert said in content.decode()


@pytest.mark.parametrize(
    ("limit", "value", "sent"),
    [("most_thrown_away", 1_000_000, 64_000), ("longest", 0.5, 1), ("silence", 0.5, 0)],
    ids=["bytes", "time", "silence"],
)
def test_client_that_never_ends_is_closed_all_the_same(
    limit: str, value: float, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LingeringChannel, limit, value)
    with (
        EmulatorServer(hello) as server,
        socket.create_connection((server.host, server.port), timeout=60) as connection,
    ):
        connection.sendall(b"nonsense\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 400 ")
        deadline = time.monotonic() + 60
        while (lingers := bool(server._connections())) and time.monotonic() < deadline:
            with suppress(ConnectionError):
                connection.sendall(b"x" * sent)
            time.sleep(0.001)

    assert not lingers


def test_server_closes_at_once_though_a_refused_client_stays() -> None:
    with (
        EmulatorServer(hello) as server,
        socket.create_connection((server.host, server.port), timeout=60) as connection,
    ):
        connection.sendall(b"nonsense\r\n\r\n" + b"x" * 1_000_000)
        assert select.select([connection], [], [], 60)[0]
        started = time.monotonic()
        server.close()

        assert time.monotonic() - started < LingeringChannel.silence
        assert connection.recv(1_000).startswith(b"HTTP/1.0 400 ")


@pytest.mark.parametrize("port", [-1, 65536, 70000, 131072])
def test_port_out_of_range_is_refused_and_not_wrapped(port: int) -> None:
    with pytest.raises(AddressError, match=f":{port} is not an address"):
        EmulatorServer(hello, port=port)


def test_highest_port_is_a_port() -> None:
    try:
        with EmulatorServer(hello, port=65535) as server:
            assert server.port == 65535
    except AddressError as failure:
        assert failure.summary == "Port in use"  # noqa: PT017 - another program of this machine has it


@pytest.mark.parametrize("size", [10, 20_000_000])
def test_requests_that_do_not_wait_are_answered_in_turn(size: int) -> None:
    """Also answers that are larger than what a socket takes at once, to clients that are slow to read."""
    threads = set()

    def large(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        threads.add(threading.current_thread().name)
        start_response("200 OK", [("Content-Length", str(size))])
        return [b"x" * size]

    with EmulatorServer(large, may_wait=lambda: False) as server, ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: get(server)[1], range(8)))

    assert {len(answer) for answer in answers} == {size}
    assert threads == {"emulator"}


def test_one_that_waits_does_not_hold_up_the_others() -> None:
    entered, gate, waits = threading.Event(), threading.Event(), iter([True, False])

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            entered.set()
            assert gate.wait(60)
        return hello(environ, start_response)

    with EmulatorServer(app, may_wait=lambda: next(waits)) as server, ThreadPoolExecutor(1) as clients:
        slow = clients.submit(get, server, "/slow")
        assert entered.wait(60)
        assert get(server) == (200, b"hello")
        assert not slow.done()
        gate.set()
        assert slow.result(60) == (200, b"hello")
