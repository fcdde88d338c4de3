"""Connections that lose no answer: what a client still sends when the server closes is read, and thrown away.

A socket that is closed with bytes unread is reset by the system, and the client may lose the answer on its way to it.
"""

from __future__ import annotations

import socket
import time
from typing import Any, ClassVar, Final

from waitress.channel import HTTPChannel

_PIECE: Final = 64 * 1024


class LingeringChannel(HTTPChannel):  # type: ignore[misc]
    """A connection that, once its last answer is sent, closes its sending side and reads on until the client closes.

    It is closed all the same when nothing comes for ``silence`` seconds, or after ``longest`` seconds, or when more
    than ``most_thrown_away`` bytes came.
    """

    silence: ClassVar = 5.0
    longest: ClassVar = 30.0
    most_thrown_away: ClassVar = 256 * 1024 * 1024

    is_reset = False
    """Whether the connection is to be closed at once, its answer lost or not."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.last_read = time.monotonic()  # ``last_activity`` is of a clock that may be set back
        self._lingers_since: float | None = None
        self._thrown_away = 0

    def readable(self) -> bool:
        """Tell whether to look for bytes to read."""
        return self._lingers or super().readable()

    def writable(self) -> bool:
        """Tell whether there is something to send, or to close."""
        return bool(self.will_close if self._lingers else super().writable())

    def handle_read(self) -> None:
        """Read what came."""
        self.last_read = time.monotonic()
        if not self._lingers:
            super().handle_read()
        elif self._throw_away() == 0 or self._thrown_away > self.most_thrown_away:
            super().handle_close()

    def handle_write(self) -> None:
        """Send what is to be sent; after the last of it, linger."""
        if not self.close_when_flushed or self.will_close or self.is_reset or self._lingers:
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif self.connected and not self.total_outbufs_len:
            self._linger()

    def handle_close(self) -> None:
        """Close the connection; of one that lingers, only with all read that has come."""
        while self._lingers and self._thrown_away <= self.most_thrown_away and self._throw_away():
            pass
        super().handle_close()

    def close_overdue(self) -> None:
        """Close the connection if it has lingered for long enough."""
        now = time.monotonic()
        if self._lingers_since is not None and (
            now - self.last_read > self.silence or now - self._lingers_since > self.longest
        ):
            self.handle_close()

    @property
    def _lingers(self) -> bool:
        return self.connected and self._lingers_since is not None

    def _linger(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # the client is gone
            super().handle_close()
        else:
            self._lingers_since = self.last_read = time.monotonic()

    def _throw_away(self) -> int | None:
        """Read a piece of what came; return its length: None when nothing is there, 0 when nothing will come."""
        try:
            length = len(self.socket.recv(_PIECE))
        except BlockingIOError:
            return None
        except OSError:
            return 0
        self._thrown_away += length
        return length
