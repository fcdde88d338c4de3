"""Putting another world in the place of a sandbox's: images and states change together, whenever the process dies.

The new world is laid out beside the old one, and begins to count when its folder gets its name. From then on it is
carried over, by whoever comes first if the process that laid it out is gone; nobody works with the sandbox before.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.engine.state.durable_files import sync_directory
from constructs_ims.backend.engine.state.waiting import Waiting
from constructs_ims.backend.sandbox.gates import FileGate
from constructs_ims.schema.diagnostics import Diagnostic

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox.world import WorldStore

DATABASE: Final = "ims.sqlite3"
STACKS: Final = "stacks"
_PENDING: Final = ".loading"


def finish_pending_change(directory: Path, waiting: Waiting) -> list[Diagnostic]:
    """Carry over a new world of the sandbox at ``directory`` that a killed process left; say why not, if so."""
    change = WorldChange(directory)
    if not change.is_pending:
        return []
    from constructs_ims.backend.sandbox.world import WorldStore

    with change.gate.held(waiting, alone=True) as faults:
        if not faults and change.is_pending:
            with WorldStore(directory / DATABASE) as store:
                change.finish(store)
        return faults


@dataclass(frozen=True, slots=True)
class WorldChange:
    """The change of the world in the sandbox at ``directory``; all but ``is_pending`` needs ``gate`` held alone."""

    directory: Path

    @property
    def gate(self) -> FileGate:
        """What keeps runs away while the world changes."""
        return FileGate(self.directory / "runs.lock")

    @property
    def is_pending(self) -> bool:
        """Whether a new world counts that has not been carried over yet."""
        return os.path.isdir(self._pending)  # False too where the sandbox cannot be, of which its first use tells

    @contextmanager
    def prepared(self) -> Iterator[Path]:
        """Yield an empty folder for the new world's database and states; what is in it counts after the block."""
        scratch = self.directory / f"{_PENDING}.new"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        yield scratch
        (scratch / STACKS).mkdir(exist_ok=True)
        scratch.rename(self._pending)
        sync_directory(self.directory)

    def finish(self, store: WorldStore) -> None:
        """Carry a pending world over into ``store`` and the folder of states."""
        from constructs_ims.backend.emulator.database import look_at_database

        with closing(look_at_database(self._pending / DATABASE)) as database:
            store.copy_from(database)
        states = self._pending / STACKS
        if states.is_dir():  # else it was moved before
            shutil.rmtree(self.directory / STACKS, ignore_errors=True)
            states.rename(self.directory / STACKS)
        done = self.directory / f"{_PENDING}.done"
        shutil.rmtree(done, ignore_errors=True)
        self._pending.rename(done)
        sync_directory(self.directory)
        shutil.rmtree(done, ignore_errors=True)

    @property
    def _pending(self) -> Path:
        return self.directory / _PENDING
