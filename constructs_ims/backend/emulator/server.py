"""The emulator on a socket: waitress in a thread of its own."""

from __future__ import annotations

import errno
import logging
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.server import BaseWSGIServer, create_server

from constructs_ims.backend.emulator.database_errors import AddressError
from constructs_ims.backend.emulator.hosts import reachable_name
from constructs_ims.backend.emulator.uploads import channel_class

_GRACE: Final = 5.0
"""Seconds that requests in flight get to finish when the server closes."""
_MOST_CONNECTIONS: Final = 1000
_OTHER_FILES: Final = 100
"""Files that the process may need beside its connections."""
_MAX_HEADERS: Final = 64 * 1024
_UNSENT: Final = 1 << 40
"""Bytes that may wait to be sent: the thread that sends cannot wait for itself."""
_MAX_BODY: Final = 16 * 1024 * 1024
"""The most bytes of a body that are received at all; the application has its own, lower bounds."""

RefuseUpload = Callable[[Mapping[str, str]], Any]
"""Given a request's headers as WSGI has them, return the refusal of its body (a ``Fault``), or None."""


class _Dispatcher:
    """Has requests answered in the thread that reads them, or, where one may wait, in threads of their own.

    A request is answered faster than it is handed to another thread and back.
    """

    def __init__(self, threads: Any, may_wait: Callable[[], bool]) -> None:
        self._threads = threads
        self._may_wait = may_wait
        self._ready: deque[Any] = deque()

    def add_task(self, channel: Any) -> None:
        """Take a connection that has a request."""
        if self._may_wait():
            self._threads.add_task(channel)
        else:
            self._ready.append(channel)

    def answer(self) -> None:
        """Answer the requests that do not wait."""
        while self._ready:
            channel = self._ready.popleft()
            channel.service()
            if channel.connected:
                channel.handle_write()

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> Any:
        """End the threads."""
        return self._threads.shutdown(cancel_pending, timeout)


class EmulatorServer:
    """Serves ``app`` on ``host``, on ``port`` or, when that is 0, on a port of the system's choice.

    It serves from ``start`` (or entering it as a context) until ``close``. A request whose body ``refuse_upload``
    refuses is answered so, and its body thrown away as it comes in. While ``may_wait`` says so, up to ``threads``
    requests are answered at the same time; else each is answered in its turn. ``most_connections`` are kept open; of
    more, the one that is idle for longest is closed. Raise ``AddressError`` when the address cannot be had.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = 8,
        refuse_upload: RefuseUpload = lambda _: None,
        may_wait: Callable[[], bool] = lambda: True,
        most_connections: int = _MOST_CONNECTIONS,
    ) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue is work to do, not a fault
        self._sockets: dict[int, Any] = {}
        self._most_connections = min(most_connections, _file_limit() - _OTHER_FILES)
        self._servers = _bound(app, host, port, threads, self._sockets, refuse_upload)
        self._dispatcher = _Dispatcher(self._servers[0].task_dispatcher, may_wait)
        for server in self._servers:
            server.task_dispatcher = self._dispatcher
        self._thread = threading.Thread(target=self._serve, name="emulator", daemon=True)
        self._ready = threading.Event()
        self._closing = False
        self._trigger_lock = threading.RLock()  # a signal handler may run while its own thread holds it
        self._trigger_is_open = True

    @property
    def host(self) -> str:
        """The address it listens on."""
        return str(self._servers[0].effective_host)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._servers[0].effective_port)

    @property
    def endpoint(self) -> str:
        """The root of its URLs; of a server on every address, as this machine calls it."""
        host = reachable_name(self.host)
        shown = f"[{host}]" if ":" in host else host
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
                self._servers[0].pull_trigger()

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
            self._close_connections()
        self._finish()
        self._shut()

    def _turn(self, timeout: float) -> None:
        wasyncore.loop(timeout=timeout, use_poll=True, map=self._sockets, count=1)
        self._dispatcher.answer()

    def _finish(self) -> None:
        """Go on until every request in flight is answered, or the grace is over."""
        for server in self._servers:
            server.accepting = False
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline and any(map(_is_busy, self._connections())):
            self._turn(0.05)

    def _connections(self) -> list[Any]:
        return [channel for server in self._servers for channel in list(server.active_channels.values())]

    def _close_connections(self) -> None:
        """Close those that lingered for long enough, and those that are idle for longest where there are too many."""
        for channel in self._connections():
            channel.close_overdue()
        connections = self._connections()
        if (excess := len(connections) - self._most_connections) > 0:
            idle = sorted((one for one in connections if not _is_busy(one)), key=lambda one: one.last_read)
            for channel in idle[:excess]:
                channel.will_close = True

    def _shut(self) -> None:
        self._servers[0].task_dispatcher.shutdown(timeout=1)
        with self._trigger_lock:
            self._trigger_is_open = False
            for channel in self._connections():
                channel.handle_close()
            wasyncore.close_all(self._sockets)


def _is_busy(channel: Any) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)


def _file_limit() -> int:
    """Return how many files this process may have open."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


def _bound(
    app: WSGIApplication,
    host: str,
    port: int,
    threads: int,
    sockets: dict[int, Any],
    refuse_upload: RefuseUpload,
) -> list[Any]:
    """Return the servers, one for each address that ``host`` stands for; they share a port and their threads."""
    try:
        if not 0 <= port <= 65535:
            raise ValueError("a port is a number from 0 to 65535")  # the resolver would take it modulo 65536
        create_server(
            app,
            map=sockets,
            host=host,
            port=port,
            threads=threads,
            ident="",
            clear_untrusted_proxy_headers=False,
            connection_limit=sys.maxsize,  # ours closes what is idle, this one would take no more
            max_request_header_size=_MAX_HEADERS,
            max_request_body_size=_MAX_BODY,
            outbuf_high_watermark=_UNSENT,
        )
        servers = [one for one in sockets.values() if isinstance(one, BaseWSGIServer)]
        for server in servers:
            server.channel_class = channel_class(refuse_upload)
        return servers
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
