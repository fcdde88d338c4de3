"""A service on a real socket, with the faults that a network and a broken peer have."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from wsgiref.types import WSGIApplication

import requests

from constructs_ims.backend.client import WsgiAdapter

Exchange = Callable[[], bytes]
"""Carries the request out and gives the body of the answer."""
Fault = Callable[[socket.socket, Exchange], None]


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers]
    if not any(header.startswith(("Content-Length", "Transfer-Encoding")) for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def refuses(status: str, *headers: str) -> Fault:
    body = b'{"error_msg": "m", "error_code": "APIGW.0201"}'
    return lambda peer, _: peer.sendall(http(status, body, *headers))


def says(*pieces: bytes) -> Fault:
    """Answer with these bytes, whatever they are, without carrying the request out."""
    return lambda peer, _: peer.sendall(b"".join(pieces))


def says_after(change: Callable[[bytes], bytes]) -> Fault:
    """Carry the request out, and answer with what ``change`` makes of the body."""
    return lambda peer, exchange: peer.sendall(change(exchange()))


def with_body(change: Callable[[bytes], bytes]) -> Fault:
    return says_after(lambda body: http("200 OK", change(body)))


def reset(peer: socket.socket, exchange: Exchange | None = None) -> None:
    if exchange is not None:
        exchange()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(peer: socket.socket, exchange: Exchange) -> None:
    """Send a byte now and then, each soon enough for the timeout of a socket, and never the last one."""
    body = exchange()
    peer.sendall(http("200 OK", b"", f"Content-Length: {len(body) + 10_000}"))
    with suppress(OSError):
        for byte in body + b" " * 10_000:
            peer.sendall(bytes([byte]))
            time.sleep(0.01)


def flood(peer: socket.socket, _: Exchange) -> None:
    peer.sendall(http("200 OK", b"", "Transfer-Encoding: chunked"))
    with suppress(OSError):
        while True:
            peer.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


def silence(peer: socket.socket, exchange: Exchange) -> None:
    exchange()
    with suppress(OSError):
        peer.recv(1)


FAULTS: dict[str, Fault] = {
    "throttled": refuses("429 Too Many Requests"),
    "throttled for an hour": refuses("429 Too Many Requests", "Retry-After: 3600"),
    "internal error": refuses("500 Internal Server Error"),
    "bad gateway": refuses("502 Bad Gateway"),
    "unavailable": refuses("503 Service Unavailable", "Retry-After: soon"),
    "gateway timeout": refuses("504 Gateway Timeout"),
    "beyond the last status": refuses("599 What"),
    "refused": refuses("403 Forbidden"),
    "teapot": refuses("418 Teapot"),
    "redirect to another machine": refuses("302 Found", "Location: http://192.0.2.1/v2/images"),
    "redirect to itself": refuses("307 Temporary Redirect", "Location: /v2/images"),
    "no content": says_after(lambda _: http("204 No Content")),
    "success of another kind": says_after(lambda body: http("206 Partial Content", body[:9])),
    "status that is none": says(b"HTTP/1.1 abc\r\n\r\n"),
    "no HTTP": says(b"\x15\x03\x01\x00\x02\x02\x16"),
    "empty": says(b""),
    "half a header": says(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "endless header": says(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 70_000, b"\r\n\r\n"),
    "endless headers": says(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n" * 200, b"\r\n"),
    "negative length": says(http("200 OK", b"{}", "Content-Length: -1")),
    "chunks that are none": says(http("200 OK", b"zz\r\n{}\r\n", "Transfer-Encoding: chunked")),
    "chunks cut short": says_after(
        lambda body: http("200 OK", b"%x\r\n%s" % (len(body) + 5, body), "Transfer-Encoding: chunked")
    ),
    "reset before": lambda peer, _: reset(peer),
    "reset after": reset,
    "closed after": lambda _, exchange: [exchange(), None][1],
    "silent": silence,
    "slow": drip,
    "huge": flood,
    "cut short": says_after(lambda body: http("200 OK", body[:-1], f"Content-Length: {len(body) + 1}")),
    "half a body": with_body(lambda body: body[: len(body) // 2]),
    "no body": with_body(lambda _: b""),
    "a page for people": says_after(lambda _: http("200 OK", b"<html>Welcome</html>", "Content-Type: text/html")),
    "squeezed unasked": says_after(lambda _: http("200 OK", b"\x1f\x8b\x08", "Content-Encoding: gzip")),
    "no Unicode": with_body(lambda _: b'{"id": "\xff"}'),
    "half a surrogate pair": with_body(lambda body: body.replace(b'"', b'"\\ud800', 1) or b'"\\ud800"'),
    "another array": with_body(lambda _: b"[1, 2, 3]"),
    "null": with_body(lambda _: b"null"),
    "too deep": with_body(lambda _: b'{"id":' * 10_000),
    "infinite": with_body(lambda _: b'{"id": "7", "min_disk": 1e999}'),
    "not a number": with_body(lambda _: b'{"id": "7", "min_disk": NaN}'),
    "many digits": with_body(lambda _: b'{"id": "7", "min_disk": ' + b"9" * 5000 + b"}"),
    "another object": with_body(lambda _: b'{"images": {}, "projects": 1, "domains": "x"}'),
    "items of another kind": with_body(lambda _: b'{"images": [1], "projects": [null], "domains": [{"id": 1}]}'),
}
HOLDING_BACK = (silence, drip)
"""Faults that only a timeout ends."""
SOUND_AS_HTML = says_after(lambda body: http("200 OK", body, "Content-Type: text/html"))


@contextmanager
def service(app: WSGIApplication) -> Iterator[Service]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        serving = Service(listening, app)
        thread = threading.Thread(target=serving.serve, daemon=True)
        thread.start()
        yield serving
        serving.stopping.set()
        with suppress(OSError):
            socket.create_connection(listening.getsockname()).close()
        thread.join()


class Service:
    """Passes requests on to an application, ``times`` of them, after those ``spared``, through ``fault``."""

    def __init__(self, listening: socket.socket, app: WSGIApplication) -> None:
        self._listening = listening
        self._app = WsgiAdapter(app)
        self.endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.stopping = threading.Event()
        self.fault: Fault | None = None
        self.times = 0
        self.spared = 0

    def break_next(self, fault: Fault, times: int = 1, *, spared: int = 0) -> None:
        self.fault, self.times, self.spared = fault, times, spared

    @property
    def will_hold_back(self) -> bool:
        """Whether the next request meets a fault that only a timeout ends."""
        return self.times > 0 and not self.spared and self.fault in HOLDING_BACK

    def serve(self) -> None:
        while not self.stopping.is_set():
            peer, _ = self._listening.accept()
            with peer, suppress(OSError):
                if not self.stopping.is_set():
                    self._answer(peer)

    def _answer(self, peer: socket.socket) -> None:
        peer.settimeout(5)
        request = self._received(peer)
        if request is None:
            return
        if self.fault is None or self.times == 0 or self.spared:
            self.spared = max(self.spared - 1, 0)
            status, _, body = self._carried_out(request)
            peer.sendall(http(status, body, "Content-Type: application/json"))
            return
        self.times -= 1
        self.fault(peer, lambda: self._carried_out(request)[2])

    def _received(self, peer: socket.socket) -> requests.PreparedRequest | None:
        received = b""
        while b"\r\n\r\n" not in received:
            if not (part := peer.recv(65536)):
                return None
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        while len(body) < int(headers.get("Content-Length", "0")):
            body += peer.recv(65536)
        request = requests.PreparedRequest()
        request.method, request.url, request.body = method, f"{self.endpoint}{target}", body
        request.prepare_headers(headers)
        return request

    def _carried_out(self, request: requests.PreparedRequest) -> tuple[str, requests.Response, bytes]:
        response = self._app.send(request)
        return f"{response.status_code} {response.reason}", response, response.content


class TimeoutsForFaults:
    """A session's timeouts: short where an answer is held back, and long where a sound one may come late."""

    connect = 5.0
    body = 30.0

    def __init__(self, way: Service) -> None:
        self._way = way

    @property
    def read(self) -> float:
        """Asked for before each request; the timeout of its body is then the same."""
        self.body = 0.05 if self._way.will_hold_back else 30.0
        return self.body
