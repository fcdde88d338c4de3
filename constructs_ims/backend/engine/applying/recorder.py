"""Keeps the state of a running apply: every change of an object's place goes to the journal first, then to memory."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, Key
from constructs_ims.backend.engine.state.journal import Journal
from constructs_ims.backend.engine.state.journal_records import Intent, Placement
from constructs_ims.backend.engine.state.model import ModuleOutputs, ObjectState, State, new_deposed_key


@dataclass
class Recorder:
    """The state while it changes. The journal is never called under the lock, so that writers share a sync."""

    state: State
    journal: Journal | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def intend(self, address: InstanceAddress, provider: str, planned: ObjectState) -> Intent | None:
        """Note that an object is about to be created; None where nothing outlives the process anyway."""
        return self.journal.intent(address, provider, planned) if self.journal else None

    def set_current(
        self, address: InstanceAddress, provider: str, stored: ObjectState | None, settles: Intent | None = None
    ) -> None:
        """Note the current object of an instance, None when it is gone."""
        self._record(Placement(address, provider, stored), settles=settles)

    def set_deposed(self, address: InstanceAddress, key: str, provider: str, stored: ObjectState | None) -> None:
        """Note a deposed object, None when it is gone."""
        self._record(Placement(address, provider, stored, key))

    def depose(self, address: InstanceAddress, provider: str) -> str | None:
        """Put the current object aside, to be destroyed once its successor is there; return its key.

        When the disk refuses the record, it stays where it is.
        """
        with self.lock:
            current = self.state.current(address)
            key = new_deposed_key(self.state.deposed(address))
        if current is None:
            return None
        placements = Placement(address, provider, current, key), Placement(address, provider, None)
        if self.journal is not None:
            self.journal.record(*placements)
        self._make(placements)
        return key

    def restore(self, address: InstanceAddress, key: str, provider: str, settles: Intent | None = None) -> None:
        """Make a deposed object current again, because nothing took its place."""
        with self.lock:
            deposed = self.state.deposed(address).get(key)
        if deposed is not None:
            self._record(
                Placement(address, provider, deposed), Placement(address, provider, None, key), settles=settles
            )

    def set_module(self, name: str, outputs: Mapping[Key, ModuleOutputs]) -> None:
        """Note the outputs of the instances of a simulated module call."""
        if self.journal is not None and outputs != self.state.modules.get(name):
            self.journal.record_module(name, outputs)
        with self.lock:
            self.state.modules[name] = dict(outputs)

    def _record(self, *placements: Placement, settles: Intent | None = None) -> None:
        """Write a change to the journal, then make it. What has happened is kept though the disk refuses."""
        try:
            if self.journal is not None:
                self.journal.record(*placements, settles=settles)
        finally:
            self._make(placements)

    def _make(self, placements: Iterable[Placement]) -> None:
        with self.lock:
            for placement in placements:
                placement.apply_to(self.state)
