"""A transport that calls a WSGI application in this process, in place of the network."""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit
from wsgiref.types import WSGIApplication

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import IncompleteRead


class WsgiAdapter(BaseAdapter):
    """Sends each request straight into ``application``, in the calling thread.

    ``waited`` gives the seconds that calls in this thread have been held back by a clock other than the machine's; one
    that is held back for longer than the read timeout ends in that, as it would on a network.
    """

    def __init__(self, application: WSGIApplication, waited: Callable[[], float] = lambda: 0.0) -> None:
        super().__init__()
        self._application = application
        self._waited = waited

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Call the application and return its answer; what it raises goes through, as no network would swallow it."""
        longest = timeout[1] if isinstance(timeout, tuple) else timeout
        deadline = math.inf if longest is None else self._waited() + longest
        received = _Received()
        dropped: ConnectionError | None = None
        body = b""
        try:
            body = self._body(request, received)
        except ConnectionError as failure:
            dropped = failure
        if self._waited() > deadline:  # the client no longer listens, and learns nothing of what came of its request
            raise requests.ReadTimeout(f"Read timed out. (read timeout={longest})", request=request)
        if dropped:
            raise dropped
        return received.response(request, body)

    def _body(self, request: requests.PreparedRequest, received: _Received) -> bytes:
        chunks = self._application(wsgi_environ(request), received.start_response)
        try:
            return b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()

    def close(self) -> None:
        """Do nothing: there is no connection to close."""


class _Received:
    """What the application hands to ``start_response``."""

    def __init__(self) -> None:
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._written: list[bytes] = []

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
        self._status, self._headers = status, headers
        return self._written.append

    def response(self, request: requests.PreparedRequest, body: bytes) -> requests.Response:
        response = requests.Response()
        code, _, response.reason = self._status.partition(" ")
        response.status_code = int(code)
        response.headers = CaseInsensitiveDict(self._headers)
        response.request = request
        response.url = request.url or ""
        content = b"".join(self._written) + body
        missing = int(response.headers.get("Content-Length", len(content))) - len(content)
        response.raw = _Cut(content, missing) if missing > 0 else io.BytesIO(content)
        return response


class _Cut(io.BytesIO):
    """An answer that ends before its length, as a connection that breaks."""

    def __init__(self, content: bytes, missing: int) -> None:
        super().__init__(content)
        self._missing = missing

    def read1(self, size: int | None = -1, /) -> bytes:
        """Return what is there; raise what the network would when it is at its end."""
        part = super().read1(size)
        if not part:
            raise IncompleteRead(self.tell(), self._missing)
        return part


def wsgi_environ(request: requests.PreparedRequest) -> dict[str, Any]:
    """Return the WSGI environment that a server would make of ``request`` (PEP 3333)."""
    url = urlsplit(request.url or "")
    body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "localhost",
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    environ.update(_header_variables(request.headers.items()))
    return environ


def _header_variables(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for name, value in headers:
        variable = name.upper().replace("-", "_")
        yield (variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}"), value
