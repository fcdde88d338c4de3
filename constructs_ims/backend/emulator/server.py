"""The emulator on a socket: waitress in a thread of its own."""

from __future__ import annotations

import errno
import logging
import threading
import time
from types import TracebackType
from typing import Any, Final
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.server import create_server

from constructs_ims.backend.emulator.problems import AddressError

_GRACE: Final = 5.0
"""Seconds that requests in flight get to finish when the server closes."""


class EmulatorServer:
    """Serves ``app`` on ``host``, on ``port`` or, when that is 0, on a port of the system's choice.

    It serves from ``start`` (or entering it as a context) until ``close``. Raise ``AddressError`` when the address
    cannot be had.
    """

    def __init__(self, app: WSGIApplication, *, host: str = "127.0.0.1", port: int = 0, threads: int = 8) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue is work to do, not a fault
        self._sockets: dict[int, Any] = {}
        self._server = _bound(app, host, port, threads, self._sockets)
        self._thread = threading.Thread(target=self._serve, name="emulator", daemon=True)
        self._ready = threading.Event()
        self._closing = False
        self._trigger_lock = threading.RLock()  # a signal handler may run while its own thread holds it
        self._trigger_is_open = True

    @property
    def host(self) -> str:
        """The address it listens on."""
        return str(self._server.effective_host)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.effective_port)

    @property
    def endpoint(self) -> str:
        """The root of its URLs."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}"

    def start(self) -> EmulatorServer:
        """Begin to serve; return when requests are answered."""
        self._thread.start()
        self._ready.wait()
        return self

    def request_close(self) -> None:
        """Ask the server to close, without waiting; may be called from a signal handler."""
        self._closing = True
        with self._trigger_lock:
            if self._trigger_is_open:
                self._server.pull_trigger()

    def close(self) -> None:
        """Stop accepting, let requests in flight finish, and close."""
        if self._thread.ident is None:
            self._shut()
        elif self._thread.is_alive():
            self.request_close()
            self._thread.join()

    def wait(self) -> None:
        """Wait until the server has closed."""
        self._thread.join()

    def __enter__(self) -> EmulatorServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self) -> None:
        self._ready.set()
        while not self._closing:
            self._turn(1.0)
        self._finish()
        self._shut()

    def _turn(self, timeout: float) -> None:
        wasyncore.loop(timeout=timeout, use_poll=True, map=self._sockets, count=1)

    def _finish(self) -> None:
        """Go on until every request in flight is answered, or the grace is over."""
        self._server.accepting = False
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline and any(map(_is_busy, list(self._server.active_channels.values()))):
            self._turn(0.05)

    def _shut(self) -> None:
        self._server.task_dispatcher.shutdown(timeout=1)
        with self._trigger_lock:
            self._trigger_is_open = False
            wasyncore.close_all(self._sockets)


def _is_busy(channel: Any) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)


def _bound(app: WSGIApplication, host: str, port: int, threads: int, sockets: dict[int, Any]) -> Any:
    try:
        if not 0 <= port <= 65535:
            raise ValueError("a port is a number from 0 to 65535")  # the resolver would take it modulo 65536
        return create_server(
            app, map=sockets, host=host, port=port, threads=threads, ident="", clear_untrusted_proxy_headers=False
        )
    except (OSError, ValueError) as failure:
        wasyncore.close_all(sockets)
        raise _address_error(host, port, failure) from failure


def _address_error(host: str, port: int, failure: Exception) -> AddressError:
    code = failure.errno if isinstance(failure, OSError) else None
    if code == errno.EADDRINUSE:
        return AddressError(
            "Port in use",
            f"Another program listens on {host}:{port}. Stop it, or choose another port; 0 lets the system choose.",
        )
    if code == errno.EACCES:
        return AddressError("Port refused", f"This user may not listen on {host}:{port}. Choose a port above 1023.")
    return AddressError("Cannot listen", f"{host}:{port} is not an address to listen on ({failure}).")
