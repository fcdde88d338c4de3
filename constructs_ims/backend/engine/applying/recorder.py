"""Keeps the state of a running apply: every change of an object's place goes to the journal first, then to memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from constructs_ims.backend.engine.addresses import InstanceAddress
from constructs_ims.backend.engine.state.journal import Journal
from constructs_ims.backend.engine.state.model import ObjectState, State, new_deposed_key


@dataclass
class Recorder:
    """The state while it changes. The journal is never called under the lock, so that writers share a sync."""

    state: State
    journal: Journal | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def intend(self, address: InstanceAddress, provider: str, planned: ObjectState) -> int | None:
        """Note that an object is about to be created."""
        return self.journal.intent(address, provider, planned) if self.journal else None

    def set_current(
        self, address: InstanceAddress, provider: str, stored: ObjectState | None, intent: int | None = None
    ) -> None:
        """Note the current object of an instance, None when it is gone."""
        if self.journal is not None:
            self._write_current(self.journal, address, provider, stored, intent)
        with self.lock:
            self.state.set_current(address, provider, stored)

    def _write_current(
        self, journal: Journal, address: InstanceAddress, provider: str, stored: ObjectState | None, intent: int | None
    ) -> None:
        if stored is None and intent is not None:
            journal.settle(intent)
        else:
            journal.record(address, provider, stored, settles=intent)

    def set_deposed(self, address: InstanceAddress, key: str, provider: str, stored: ObjectState | None) -> None:
        """Note a deposed object, None when it is gone."""
        if self.journal is not None:
            self.journal.record(address, provider, stored, deposed=key)
        with self.lock:
            self.state.set_deposed(address, key, provider, stored)

    def depose(self, address: InstanceAddress, provider: str) -> str | None:
        """Put the current object aside, to be destroyed once its successor is there; return its key."""
        with self.lock:
            current, taken = self.state.current(address), self.state.deposed(address)
            key = new_deposed_key(taken)
        if current is None:
            return None
        if self.journal is not None:
            self.journal.record(address, provider, current, deposed=key)
            self.journal.record(address, provider, None)
        with self.lock:
            return self.state.depose(address, key)

    def restore(self, address: InstanceAddress, key: str, provider: str) -> None:
        """Make a deposed object current again, because nothing took its place."""
        with self.lock:
            restored = self.state.restore_deposed(address, key)
            current = self.state.current(address)
        if restored and self.journal is not None:
            self.journal.record(address, provider, current)
            self.journal.record(address, provider, None, deposed=key)
