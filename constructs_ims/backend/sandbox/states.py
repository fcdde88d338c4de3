"""The states of stacks: in memory, or one folder for each stack in the layout of Terraform's local backend."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from constructs_ims.backend.engine.state.journal import Journal
from constructs_ims.backend.engine.state.model import State, new_lineage
from constructs_ims.backend.engine.state.storage import DEFAULT_WORKSPACE, LoadedState, StateStorage, list_workspaces
from constructs_ims.backend.engine.state.waiting import DO_NOT_WAIT, Waiting
from constructs_ims.backend.sandbox.gates import Gate, MemoryGate
from constructs_ims.backend.sandbox.world_change import WorldChange
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.backend.engine.state.journal_records import Intent


_PATIENCE: Final = 10.0
"""Seconds that a run waits at least for a change of the whole world."""


class StateKeeper(Protocol):
    """The state of one workspace of one stack. A run that writes is: ``held`` around ``load``, ``begin``, ``save``."""

    def held(self, operation: str, waiting: Waiting = DO_NOT_WAIT) -> AbstractContextManager[list[Diagnostic]]:
        """Hold the lock for a block, which gets the reasons why it could not be had and must stop at any."""

    def load(self) -> LoadedState:
        """Return the state as last saved, with what an interrupted run left."""

    def begin(self, state: State) -> Journal:
        """Open the journal of a run; what it says counts until ``save``, and its open intents beyond that."""

    def save(self, state: State) -> list[Diagnostic]:
        """Keep the state at the end of a run."""

    def replace(self, state: State) -> list[Diagnostic]:
        """Put a state from elsewhere in the place of the one that is kept, under its own lineage and serial."""


class States(Protocol):
    """The states of all stacks."""

    def of(self, stack: str, workspace: str = DEFAULT_WORKSPACE) -> StateKeeper:
        """Return the keeper of one stack's state."""

    def stacks(self) -> list[str]:
        """Return the names of the stacks that something is known of."""

    def keepers(self) -> dict[tuple[str, str], StateKeeper]:
        """Return the keeper of every state that is kept, by stack and workspace."""

    def clear(self) -> None:
        """Forget every state."""

    def held_alone(self, waiting: Waiting = DO_NOT_WAIT) -> AbstractContextManager[list[Diagnostic]]:
        """Keep every run on any state away for a block, which gets the reasons why that could not be done."""


@dataclass(slots=True)
class MemoryKeeper:
    """A state that lives as long as its process, and what is known of creations that were not seen to end."""

    state: State = field(default_factory=State)
    intents: tuple[Intent, ...] = ()
    gate: Gate = field(default_factory=MemoryGate, repr=False)
    _journal: Journal | None = field(default=None, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def held(self, operation: str, waiting: Waiting = DO_NOT_WAIT) -> Iterator[list[Diagnostic]]:
        """Hold the lock for a block."""
        with self.gate.held(waiting) as faults:
            if faults:
                yield faults
            elif not waiting.until(lambda: self._lock.acquire(blocking=False)):
                yield [error("Error acquiring the state lock", f"Another {operation} is at work.")]
            else:
                try:
                    yield []
                finally:
                    self._lock.release()

    def load(self) -> LoadedState:
        """Return a copy of the state, with what a run that did not come to ``save`` had done."""
        journal = self._journal
        if journal is None:
            return LoadedState(self.state.copy(), self.intents, was_replayed=bool(self.intents))
        return LoadedState(journal.state_so_far(), journal.pending_intents(), was_replayed=True)

    def begin(self, state: State) -> Journal:
        """Open a journal in memory."""
        intents = self._journal.pending_intents() if self._journal else self.intents
        self._journal = Journal(state.copy(), {intent.creation_id: intent for intent in intents})
        return self._journal

    def save(self, state: State) -> list[Diagnostic]:
        """Keep a copy of the state, under the next serial."""
        self._end_journal()
        state.lineage = state.lineage or new_lineage()
        state.serial = self.state.serial + 1
        self.state = state.copy()
        return []

    def replace(self, state: State) -> list[Diagnostic]:
        """Keep a copy of a state from elsewhere."""
        self._end_journal()
        differs = (state.resources, state.outputs) != (self.state.resources, self.state.outputs)
        state.serial += bool(self.state.lineage) and differs
        state.lineage = state.lineage or self.state.lineage or new_lineage()
        self.state = state.copy()
        return []

    def _end_journal(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            self.intents = journal.pending_intents()


@dataclass(slots=True)
class MemoryStates:
    """States in memory."""

    kept: dict[tuple[str, str], MemoryKeeper] = field(default_factory=dict)
    gate: Gate = field(default_factory=MemoryGate, repr=False)

    def of(self, stack: str, workspace: str = DEFAULT_WORKSPACE) -> StateKeeper:
        """Return the keeper of one stack's state."""
        return self.kept.setdefault((stack, workspace), MemoryKeeper(gate=self.gate))

    def stacks(self) -> list[str]:
        """Return the names of the stacks that hold anything."""
        return sorted({stack for (stack, _), keeper in self.kept.items() if not keeper.state.is_empty})

    def keepers(self) -> dict[tuple[str, str], StateKeeper]:
        """Return the keeper of every state."""
        return dict(self.kept)

    def clear(self) -> None:
        """Forget every state."""
        self.kept.clear()

    def copy(self) -> MemoryStates:
        """Return copies of all that is kept; no run may be at work."""
        copied = MemoryStates()
        copied.copy_from(self)
        return copied

    def copy_from(self, other: MemoryStates) -> None:
        """Keep copies of what ``other`` keeps, and nothing else."""
        loaded = {key: keeper.load() for key, keeper in other.kept.items()}
        self.kept = {
            key: MemoryKeeper(found.state or State(), found.intents, gate=self.gate) for key, found in loaded.items()
        }

    def held_alone(self, waiting: Waiting = DO_NOT_WAIT) -> AbstractContextManager[list[Diagnostic]]:
        """Keep every run away for a block."""
        return self.gate.held(waiting, alone=True)


class StorageKeeper:
    """A state in files; ``storage`` knows how they are written, ``states`` which others stand beside it."""

    def __init__(self, storage: StateStorage, states: DirectoryStates) -> None:
        self.storage = storage
        self._states = states

    @contextmanager
    def held(self, operation: str, waiting: Waiting = DO_NOT_WAIT) -> Iterator[list[Diagnostic]]:
        """Hold the lock file for a block."""
        while True:
            self._states.prepare()
            # A change of the whole world is soon over, so that it is waited for by those, too, who wait for no run.
            with self._states.gate.held(replace(waiting, timeout=max(waiting.timeout, _PATIENCE))) as faults:
                if faults:
                    yield faults
                    return
                if not self._states.is_changing():  # else a change of the whole world was cut short since
                    with self.storage.lock.held(operation, waiting) as faults:
                        yield faults
                    return

    def load(self) -> LoadedState:
        """Read the state and replay its journal."""
        return self.storage.load()

    def begin(self, state: State) -> Journal:
        """Open the journal of a run."""
        return self.storage.begin(state)

    def save(self, state: State) -> list[Diagnostic]:
        """Write the state and drop its journal."""
        return self.storage.save(state)

    def replace(self, state: State) -> list[Diagnostic]:
        """Write a state from elsewhere."""
        return self.storage.replace(state)


@dataclass(frozen=True, slots=True)
class DirectoryStates:
    """States in a folder for each stack under ``directory``, which ``prepare`` makes ready to be written to.

    ``prepare`` also ends a change of the whole world that was cut short, which ``is_changing`` tells of.
    """

    directory: Path
    prepare: Callable[[], None] = lambda: None

    @property
    def gate(self) -> Gate:
        """What keeps runs away while the whole world changes."""
        return WorldChange(self.directory.parent).gate

    def is_changing(self) -> bool:
        """Whether a change of the whole world was cut short."""
        return WorldChange(self.directory.parent).is_pending

    def of(self, stack: str, workspace: str = DEFAULT_WORKSPACE) -> StateKeeper:
        """Return the keeper of one stack's state."""
        return StorageKeeper(StateStorage(self.directory / stack, workspace), self)

    def held_alone(self, waiting: Waiting = DO_NOT_WAIT) -> AbstractContextManager[list[Diagnostic]]:
        """Keep every run away for a block."""
        return self.gate.held(waiting, alone=True)

    def stacks(self) -> list[str]:
        """Return the names of the stacks that have a folder."""
        return sorted(path.name for path in self.directory.iterdir()) if self.directory.is_dir() else []

    def keepers(self) -> dict[tuple[str, str], StateKeeper]:
        """Return the keeper of every state that has a folder."""
        return {
            (stack, workspace): self.of(stack, workspace)
            for stack in self.stacks()
            for workspace in list_workspaces(self.directory / stack)
        }

    def clear(self) -> None:
        """Delete every folder."""
        if self.directory.is_dir():
            shutil.rmtree(self.directory)
