"""Saving a world under a name and going back to it: the images and every stack's state, together."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from constructs_ims.backend.emulator.database import look_at_database, open_database
from constructs_ims.backend.emulator.database_errors import DatabaseError
from constructs_ims.backend.engine.state.durable_files import sync_directory
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.backend.sandbox.states import DirectoryStates, MemoryStates
from constructs_ims.backend.sandbox.world_change import DATABASE, STACKS, WorldChange
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox.states import States
    from constructs_ims.backend.sandbox.world import World

_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")


class Snapshots(Protocol):
    """The worlds that were saved. Whoever saves and loads keeps the runs on all states away meanwhile."""

    def save(self, name: str, world: World, states: States) -> None:
        """Keep the world under ``name``; when that fails or is cut short, what was kept under it stays."""

    def load(self, name: str, world: World, states: States) -> None:
        """Bring a world back, all of it or nothing."""

    def empty(self, world: World, states: States) -> None:
        """Delete every image and state, all of them or none."""

    def delete(self, name: str) -> None:
        """Forget what was kept under ``name``."""

    def names(self) -> list[str]:
        """Return what was saved."""


@dataclass(slots=True)
class MemorySnapshots:
    """Snapshots that die with the process."""

    kept: dict[str, tuple[bytes, MemoryStates]] = field(default_factory=dict)

    def save(self, name: str, world: World, states: States) -> None:
        """Keep a copy of the images and of every state."""
        _check_name(name)
        with closing(sqlite3.connect(":memory:")) as database:
            world.store.copy_to(database)
            self.kept[name] = database.serialize(), _in_memory(states).copy()

    def load(self, name: str, world: World, states: States) -> None:
        """Put the copies back."""
        images, kept = self.kept[_known(name, self.names())]
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(images)
            world.store.copy_from(database)
        _in_memory(states).copy_from(kept)

    def empty(self, world: World, states: States) -> None:
        """Delete every image and state."""
        world.store.reset()
        states.clear()

    def delete(self, name: str) -> None:
        """Forget a copy."""
        del self.kept[_known(name, self.names())]

    def names(self) -> list[str]:
        """Return what was saved."""
        return sorted(self.kept)


@dataclass(frozen=True, slots=True)
class DirectorySnapshots:
    """Snapshots as folders under ``directory``, each complete before it bears its name.

    While a new one takes its place, an old one is ``.NAME.old``, and counts where a kill left no other.
    """

    directory: Path

    def save(self, name: str, world: World, states: States) -> None:
        """Copy the database and the folders of states."""
        _check_name(name)
        scratch, final, old = self.directory / f".{name}.new", self.directory / name, self._old(name)
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        with closing(sqlite3.connect(scratch / DATABASE)) as database:
            world.store.copy_to(database)
        if isinstance(states, DirectoryStates) and states.directory.is_dir():
            shutil.copytree(states.directory, scratch / STACKS, ignore=_of_running_processes)
        if final.is_dir():
            shutil.rmtree(old, ignore_errors=True)
            final.rename(old)
        scratch.rename(final)
        sync_directory(self.directory)
        shutil.rmtree(old, ignore_errors=True)

    def load(self, name: str, world: World, states: States) -> None:
        """Put the copies back."""
        kept = self._place(_known(name, self.names()))
        change = WorldChange(self.directory.parent)
        try:
            with (
                change.prepared() as place,
                closing(look_at_database(kept / DATABASE)) as saved,
                closing(sqlite3.connect(place / DATABASE)) as copy,
            ):
                saved.backup(copy)
                if (kept / STACKS).is_dir():
                    shutil.copytree(kept / STACKS, place / STACKS, ignore=_of_running_processes)
        except DatabaseError as failure:
            raise OperationFailedError([_damaged(name, failure)]) from failure
        change.finish(world.store)

    def empty(self, world: World, states: States) -> None:
        """Put an empty world in the place of this one."""
        change = WorldChange(self.directory.parent)
        with change.prepared() as place:
            open_database(str(place / DATABASE)).close()
        change.finish(world.store)

    def delete(self, name: str) -> None:
        """Remove the folders of a snapshot; it is gone as a whole once the first has another name."""
        _known(name, self.names())
        gone = self.directory / f".{name}.gone"
        shutil.rmtree(gone, ignore_errors=True)
        shutil.rmtree(self._old(name), ignore_errors=True)
        if (self.directory / name).is_dir():
            (self.directory / name).rename(gone)
            sync_directory(self.directory)
        shutil.rmtree(gone, ignore_errors=True)

    def names(self) -> list[str]:
        """Return the folders that bear a name."""
        if not self.directory.is_dir():
            return []
        names = {path.name.removeprefix(".").removesuffix(".old") for path in self.directory.iterdir()}
        return sorted(name for name in names if _NAME.fullmatch(name) and self._place(name).is_dir())

    def _place(self, name: str) -> Path:
        place = self.directory / name
        return place if place.is_dir() else self._old(name)

    def _old(self, name: str) -> Path:
        return self.directory / f".{name}.old"


def _of_running_processes(_directory: str, names: list[str]) -> set[str]:
    """Return what belongs to processes and not to the world: locks, and files that are just being written."""
    return {name for name in names if name.endswith((".lock", ".lock.info", ".tmp"))}


def _in_memory(states: States) -> MemoryStates:
    if not isinstance(states, MemoryStates):  # pragma: no cover - a sandbox pairs its own kinds
        raise TypeError("Only states in memory are copied in memory.")
    return states


def _damaged(name: str, failure: DatabaseError) -> Diagnostic:
    detail = f'"{name}" cannot be loaded: {failure.detail} The sandbox is what it was before.'
    return error("Damaged snapshot", detail)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        detail = (
            f'"{name}" cannot be the name of a snapshot. Use up to 100 letters, digits, dots, dashes and underscores, '
            "a letter or digit first."
        )
        raise OperationFailedError([error("Invalid snapshot name", detail)])


def _known(name: str, names: list[str]) -> str:
    if name not in names:
        listed = f"Saved are: {', '.join(names)}." if names else "Nothing was saved yet."
        hint = did_you_mean(name, names)
        raise OperationFailedError([error("No such snapshot", f'Nothing was saved as "{name}". {listed}{hint}')])
    return name
