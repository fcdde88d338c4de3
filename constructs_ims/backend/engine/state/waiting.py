"""Waiting for a lock that somebody else holds: for how long, who is told, and what ends it early."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 0.25


def _never() -> bool:
    return False


def _tell_nobody() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Waiting:
    """How a lock is waited for: up to ``timeout`` seconds, or until ``is_cancelled`` says so.

    ``on_wait`` is called once when there is somebody to wait for.
    """

    timeout: float = 0.0
    on_wait: Callable[[], None] = _tell_nobody
    is_cancelled: Callable[[], bool] = _never
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def until(self, attempt: Callable[[], bool]) -> bool:
        """Try until ``attempt`` succeeds; return whether it did before the wait was over."""
        deadline, pause = self.clock() + self.timeout, _FIRST_PAUSE
        while not attempt():
            left = deadline - self.clock()
            if left <= 0 or self.is_cancelled():
                return False
            if pause == _FIRST_PAUSE:
                self.on_wait()
            self.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)
        return True


DO_NOT_WAIT: Final = Waiting()
