"""Waiting for the service: by the time of the machine, or by the clock of a service in the same process."""

from __future__ import annotations

import time
from threading import Event
from typing import Final, Protocol


class Timer(Protocol):
    """Seconds that pass, and a way to let them pass."""

    def now(self) -> float:
        """Return seconds since some moment."""

    def wait(self, stopped: Event, seconds: float) -> bool:
        """Wait so long, or until ``stopped``; return whether it is."""


class RealTime:
    """The time of the machine."""

    def now(self) -> float:
        """Return seconds since some moment."""
        return time.monotonic()

    def wait(self, stopped: Event, seconds: float) -> bool:
        """Wait so long, or until ``stopped``; return whether it is."""
        return stopped.wait(seconds)


REAL_TIME: Final = RealTime()
