"""Tells every ten seconds what is still going on."""

from __future__ import annotations

import threading
import time
from contextlib import AbstractContextManager
from types import TracebackType

from constructs_ims.backend.engine.plans.changes import Action, ResourceChange
from constructs_ims.backend.engine.plans.events import Observer

EVERY = 10.0
"""Seconds between two messages about one object."""


class ApplyProgress(AbstractContextManager["ApplyProgress"]):
    """Watches the objects in work from a thread of its own, which starts with the first object that takes long."""

    def __init__(self, observer: Observer, lock: threading.RLock, every: float = EVERY) -> None:
        """``lock`` keeps the observer's calls apart."""
        self.observer = observer
        self.lock = lock
        self.every = every
        self._working: dict[int, tuple[ResourceChange, Action, str, float, float]] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="progress", daemon=True)
        self._started = False

    def begin(self, change: ResourceChange, action: Action, id: str) -> None:
        """Start watching the work of this thread."""
        now = time.monotonic()
        with self.lock:
            self._working[threading.get_ident()] = (change, action, id, now, now + self.every)
            self.observer.apply_started(change, action, id)
            if not self._started:
                self._started = True
                self._thread.start()

    def end(self, id: str, *, succeeded: bool) -> None:
        """Stop watching the work of this thread and say how it ended."""
        with self.lock:
            change, action, before, since, _ = self._working.pop(threading.get_ident())
            tell = self.observer.apply_completed if succeeded else self.observer.apply_errored
            tell(change, action, id or before, time.monotonic() - since)

    def _watch(self) -> None:
        while not self._closed.wait(min(self.every, 1.0)):
            now = time.monotonic()
            with self.lock:
                for thread, (change, action, id, since, due) in list(self._working.items()):
                    if now >= due:
                        self._working[thread] = (change, action, id, since, due + self.every)
                        self.observer.apply_progressed(change, action, id, now - since)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        if self._started:
            self._thread.join()
