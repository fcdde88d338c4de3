"""The service's clock: that of the machine, or of a test, which can move it on."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from constructs_ims.backend.emulator.database_errors import EmulatorError

_LONGEST: Final = 100 * 365 * 86400.0


class InvalidTimeError(EmulatorError):
    """A clock cannot be moved as it was asked to."""


class Clock:
    """A clock that tests move on; safe to share between threads.

    ``base`` gives the time in UTC, to which what it was moved by is added; ``shown`` gives that time where reading
    ``base`` moves it on. It never goes back, as images would then be older than what they were made of.
    """

    def __init__(
        self, base: Callable[[], datetime] = lambda: datetime.now(UTC), shown: Callable[[], datetime] | None = None
    ) -> None:
        self._base = base
        self._shown = shown or base
        self._lock = threading.Lock()
        self._advanced = 0.0

    def __call__(self) -> datetime:
        """Return the time in UTC."""
        return self._base() + timedelta(seconds=self._advanced)

    def shown(self) -> datetime:
        """Return the time in UTC, which does not go on for being read."""
        return self._shown() + timedelta(seconds=self._advanced)

    @property
    def advanced(self) -> float:
        """The seconds that it was moved by."""
        return self._advanced

    def advance(self, seconds: float) -> None:
        """Move it on; raise ``InvalidTimeError`` for less than nothing, and for more than a hundred years in all."""
        with self._lock:
            is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool) and math.isfinite(seconds)
            if not is_number or seconds < 0 or self._advanced + seconds > _LONGEST:
                raise InvalidTimeError(
                    "Invalid time", f"The clock cannot be moved by {seconds!r}. Use seconds from 0 to {_LONGEST:.0f}."
                )
            self._advanced += seconds

    def set(self, now: datetime) -> None:
        """Have it show a time; raise ``InvalidTimeError`` for one that has passed, or has no time zone."""
        if not isinstance(now, datetime) or now.tzinfo is None:
            raise InvalidTimeError("Invalid time", f"{now!r} is no time in a time zone.")
        seconds = (now - self.shown()).total_seconds()
        if seconds < 0:
            raise InvalidTimeError(
                "Invalid time", f"{now.isoformat()} has passed by the service's clock, which never goes back."
            )
        self.advance(seconds)

    def reach(self, advanced: float) -> None:
        """Move it on until it was moved by so many seconds in all; it stays when it was moved further.

        Those who wait at the same time do so with this: each for its own time, and not for the sum of all.
        """
        with self._lock:
            self._advanced = max(self._advanced, min(advanced, _LONGEST))

    def reset(self) -> None:
        """Show the time of the base again."""
        with self._lock:
            self._advanced = 0.0


@dataclass(slots=True)
class Ticking:
    """A clock that goes on by one second with every reading, from ``start``; safe to share between threads."""

    start: datetime
    _ticks: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> datetime:
        """Return the time in UTC."""
        with self._lock:
            now = self.shown()
            self._ticks += 1
        return now

    def shown(self) -> datetime:
        """Return the time that the next reading gives."""
        return self.start + timedelta(seconds=self._ticks)
