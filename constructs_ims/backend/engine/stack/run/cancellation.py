"""A cancellation flag: set from a signal's handler or another thread, it ends an operation early."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

from constructs_ims.schema.diagnostics import Diagnostic, error


class Cancellation:
    """Set once, it stays set. What is in flight then is finished, and nothing new begins.

    It holds no lock, so that it may be set anywhere, in a signal's handler too.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._watchers: list[SimpleQueue[bool]] = []

    def set(self) -> None:
        """Cancel."""
        self._is_set = True
        for watcher in tuple(self._watchers):
            watcher.put(True)

    def is_set(self) -> bool:
        """Tell whether it was cancelled."""
        return self._is_set

    @contextmanager
    def watched(self, then: Callable[[], None]) -> Iterator[None]:
        """Call ``then`` once, in a thread of its own, when this is set before or during the block."""
        watcher: SimpleQueue[bool] = SimpleQueue()

        def watch() -> None:
            if watcher.get():
                then()

        thread = threading.Thread(target=watch, name="interrupt", daemon=True)
        self._watchers.append(watcher)
        if self._is_set:
            watcher.put(True)
        thread.start()
        try:
            yield
        finally:
            self._watchers.remove(watcher)
            watcher.put(False)
            thread.join()


def halted() -> Diagnostic:
    """Say that an interrupt left things undone."""
    detail = "The operation was interrupted: what was in flight was finished and saved, and the rest was not begun."
    return error("execution halted", detail)
