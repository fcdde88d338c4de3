"""Snapshots of all that the service holds, kept in its database beside it under their names."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

from constructs_ims.backend.emulator.database import SCHEMA_VERSION, upgrade_database
from constructs_ims.backend.emulator.database_errors import EmulatorError
from constructs_ims.backend.emulator.store import Store

_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")
_TABLES: Final = ("images", "members", "jobs", "files", "transitions")
_MOST: Final = 100


class SnapshotError(EmulatorError):
    """A snapshot that is not there, cannot be read, or cannot have its name."""


def save_snapshot(store: Store, name: str) -> None:
    """Keep what the service holds under a name, in the place of what was kept under it."""
    if not _NAME.fullmatch(name):
        raise SnapshotError(
            "Invalid snapshot name",
            f"{name!r} cannot be the name of a snapshot. Use up to 100 letters, digits, dots, dashes and underscores, "
            "a letter or digit first.",
        )
    with store.transaction() as database:
        names = _names(database)
        if name not in names and len(names) >= _MOST:
            raise SnapshotError("Too many snapshots", f"There are {_MOST}. Delete one first.")
        content = _content(database)
        row = (name, SCHEMA_VERSION, store.now(), content)
        database.execute("INSERT OR REPLACE INTO snapshots (name, format, saved_at, content) VALUES (?, ?, ?, ?)", row)


def load_snapshot(store: Store, name: str) -> None:
    """Go back to what was kept under a name, all of it or nothing."""
    with store.transaction() as database:
        found = database.execute("SELECT format, content FROM snapshots WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise _unknown(database, name)
        with _kept(name, *found) as kept:
            for table in _TABLES:
                database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own SQL
                _copy_rows(kept, database, table)


def delete_snapshot(store: Store, name: str) -> None:
    """Forget what was kept under a name."""
    with store.transaction() as database:
        if not database.execute("DELETE FROM snapshots WHERE name = ?", (name,)).rowcount:
            raise _unknown(database, name)


def list_snapshots(store: Store) -> list[dict[str, Any]]:
    """Return the names, formats, times and sizes in bytes of what was kept."""
    asked = "SELECT name, format, saved_at, length(content) FROM snapshots ORDER BY name"
    with store.reading() as database:
        rows = database.execute(asked).fetchall()
    return [dict(zip(("name", "format", "saved_at", "size"), row, strict=True)) for row in rows]


def _content(database: sqlite3.Connection) -> bytes:
    with closing(_empty()) as copy:
        for table in _TABLES:
            _copy_rows(database, copy, table)
        copy.commit()
        return copy.serialize()


@contextmanager
def _kept(name: str, version: int, content: bytes) -> Iterator[sqlite3.Connection]:
    """Open a snapshot, brought up to this release's tables."""
    if version > SCHEMA_VERSION:
        raise SnapshotError(
            "Newer snapshot",
            f"{name!r} was saved by a newer release (format {version}, this one reads {SCHEMA_VERSION}). Upgrade "
            "constructs-ims.",
        )
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as kept:
        try:
            kept.deserialize(content)
            upgrade_database(kept)
            yield kept
        except sqlite3.DatabaseError as failure:
            raise SnapshotError("Damaged snapshot", f"{name!r} cannot be read ({failure}). Delete it.") from failure


def _empty() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None)
    upgrade_database(database)
    return database


def _copy_rows(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    rows = source.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - our own SQL
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own SQL


def _names(database: sqlite3.Connection) -> list[str]:
    return [row[0] for row in database.execute("SELECT name FROM snapshots ORDER BY name")]


def _unknown(database: sqlite3.Connection, name: str) -> SnapshotError:
    names = _names(database)
    listed = f"There are: {', '.join(names)}." if names else "Nothing was saved yet."
    return SnapshotError("No such snapshot", f"Nothing was saved as {name!r}. {listed}")
