"""The journal of a running apply: what was begun and what was finished, so that the next run knows what was cut off."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, Key
from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.backend.engine.state.journal_records import (
    Intent,
    Placement,
    change_record,
    intent_record,
    module_record,
    settle_record,
)
from constructs_ims.backend.engine.state.model import ModuleOutputs, ObjectState, State
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.values import is_wholly_known


class JournalError(Exception):
    """A record could not be made durable; ``diagnostic`` says why. After an intent, the object must not be created."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


@dataclass(slots=True)
class Journal:
    """An open journal in memory, which lasts as long as its process; ``JournalFile`` is one that outlives it.

    Its methods may be called from any number of threads. ``state`` is the state as stored, of which the journal keeps
    its own copy up to date; ``intents`` are the open ones, by creation id.
    """

    state: State
    intents: dict[str, Intent] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=lambda: threading.Condition(threading.Lock()), init=False)

    def intent(self, address: InstanceAddress, provider: str, planned: ObjectState) -> Intent:
        """Say that an object is about to be created; what is returned goes to ``record`` or ``settle``.

        Attributes of ``planned`` that are not wholly known are left out. ``JournalError``: do not create it.
        """
        known = {name: value for name, value in planned.attributes.items() if is_wholly_known(value)}
        intent = Intent(uuid.uuid4().hex, address, provider, replace(planned, attributes=known))
        try:
            self._append(lambda: intent_record(intent), lambda: self._open_intent(intent))
        except JournalError:
            with self._changed:
                self._close_intent(intent)
            raise
        return intent

    def settle(self, intent: Intent) -> None:
        """Say that nothing came of an intent."""
        self._append(lambda: settle_record(intent.creation_id), lambda: self._close_intent(intent))

    def record(self, *placements: Placement, settles: Intent | None = None) -> None:
        """Say what stands at some places now, all of them at once: a crash leaves every change of a record or none.

        Everything that changes an object's place counts: creation, update, removal, taint, deposing and forgetting.
        """
        settled = settles.creation_id if settles else None
        self._append(lambda: change_record(placements, self.state, settled), lambda: self._place(placements, settles))

    def record_module(self, name: str, outputs: Mapping[Key, ModuleOutputs]) -> None:
        """Say what outputs the instances of a simulated module call have now."""

        def keep() -> None:
            self.state.modules[name] = dict(outputs)

        self._append(lambda: module_record(name, outputs), keep)

    def pending_intents(self) -> tuple[Intent, ...]:
        """Return the intents of which nothing is known yet."""
        with self._changed:
            return tuple(self.intents.values())

    def state_so_far(self) -> State:
        """Return a copy of the state with all that was recorded."""
        with self._changed:
            return self.state.copy()

    def _place(self, placements: Sequence[Placement], settles: Intent | None) -> None:
        for placement in placements:
            placement.apply_to(self.state)
        if settles is not None:
            self._close_intent(settles)

    def _open_intent(self, intent: Intent) -> None:
        self.intents[intent.creation_id] = intent

    def _close_intent(self, intent: Intent) -> None:
        self.intents.pop(intent.creation_id, None)

    def _append(self, record: Callable[[], Record], then: Callable[[], None]) -> None:
        """Call ``then``, which changes the state and the intents; ``record`` says of the state before what changes."""
        with self._changed:
            then()
