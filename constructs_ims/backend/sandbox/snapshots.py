"""Saving a world under a name and going back to it: the images and every stack's state, together."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from constructs_ims.backend.emulator.database import look_at_database
from constructs_ims.backend.emulator.problems import DatabaseError
from constructs_ims.backend.sandbox.problems import OperationFailedError
from constructs_ims.backend.sandbox.states import DirectoryStates, MemoryKeeper, MemoryStates
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox.states import States
    from constructs_ims.backend.sandbox.world import World

_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")
_DATABASE: Final = "ims.sqlite3"
_STACKS: Final = "stacks"


class Snapshots(Protocol):
    """The worlds that were saved."""

    def save(self, name: str, world: World, states: States) -> None:
        """Keep the world under ``name``."""

    def load(self, name: str, world: World, states: States) -> None:
        """Bring a world back."""

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
            self.kept[name] = database.serialize(), _copied(states)

    def load(self, name: str, world: World, states: States) -> None:
        """Put the copies back."""
        images, kept = self.kept[_known(name, self.names())]
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(images)
            world.store.copy_from(database)
        states.clear()
        if isinstance(states, MemoryStates):
            states.kept.update(_copied(kept).kept)

    def names(self) -> list[str]:
        """Return what was saved."""
        return sorted(self.kept)


@dataclass(frozen=True, slots=True)
class DirectorySnapshots:
    """Snapshots as folders under ``directory``, each complete before it bears its name."""

    directory: Path

    def save(self, name: str, world: World, states: States) -> None:
        """Copy the database and the folders of states."""
        _check_name(name)
        scratch = self.directory / f".{name}.new"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        with closing(sqlite3.connect(scratch / _DATABASE)) as database:
            world.store.copy_to(database)
        if isinstance(states, DirectoryStates) and states.directory.is_dir():
            shutil.copytree(states.directory, scratch / _STACKS)
        shutil.rmtree(self.directory / name, ignore_errors=True)
        scratch.rename(self.directory / name)

    def load(self, name: str, world: World, states: States) -> None:
        """Put the copies back."""
        kept = self.directory / _known(name, self.names())
        try:
            with closing(look_at_database(kept / _DATABASE)) as database:
                world.store.copy_from(database)
        except DatabaseError as failure:
            raise OperationFailedError([_damaged(name, failure)]) from failure
        states.clear()
        if isinstance(states, DirectoryStates) and (kept / _STACKS).is_dir():
            shutil.copytree(kept / _STACKS, states.directory)

    def names(self) -> list[str]:
        """Return the folders that bear a name."""
        if not self.directory.is_dir():
            return []
        return sorted(path.name for path in self.directory.iterdir() if _NAME.fullmatch(path.name))


def _copied(states: States) -> MemoryStates:
    if not isinstance(states, MemoryStates):  # pragma: no cover - a sandbox pairs its own kinds
        raise TypeError("Only states in memory are copied in memory.")
    return MemoryStates({key: MemoryKeeper(keeper.state.copy()) for key, keeper in states.kept.items()})


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
