"""The database file: made when it is not there, checked when it is, left alone when it is not ours or not sound."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Final

from constructs_ims.backend.emulator.database_errors import DamagedDatabaseError, DatabaseError
from constructs_ims.backend.emulator.listing import DEFAULTS

_APPLICATION_ID: Final = 0x494D5331  # "IMS1": tells our files from other programs' databases
_BUSY_TIMEOUT: Final = 10.0
_PRIVATE_MODE: Final = 0o600

_DEFAULTS: Final = ", ".join(f"('{name}', {value!r})" for name, value in DEFAULTS.items())


_ADD: Final = f"""
    INSERT OR IGNORE INTO properties (project_id, name, value, created_at, sequence)
    SELECT NEW.project_id, name, value, coalesce(json_extract(NEW.document, '$.created_at'), ''), NEW.sequence
    FROM (
        SELECT key AS name, atom AS value FROM json_each(NEW.document)
        WHERE atom IS NOT NULL AND key NOT IN ('self', 'file', 'schema', 'tag', 'architecture')
        UNION ALL SELECT 'tag', value FROM json_each(NEW.document, '$.tags')
        UNION ALL SELECT 'architecture',
        CASE json_extract(NEW.document, '$.__support_arm') WHEN 'true' THEN 'arm' ELSE 'x86' END
        UNION ALL SELECT column1, column2 FROM (VALUES {_DEFAULTS})
        WHERE json_extract(NEW.document, '$.' || column1) IS NULL
    );
"""  # noqa: S608 - our own SQL
"""Writes down what an image can be found by; what has a default has a row even where the image does not have it."""
_REMOVE: Final = "DELETE FROM properties WHERE sequence = OLD.sequence;"

_UPGRADES: Final = (
    (
        """
        CREATE TABLE images (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            project_id TEXT NOT NULL,
            document TEXT NOT NULL CHECK (json_valid(document))
        )
        """,
        """
        CREATE INDEX images_by_time
        ON images (project_id, coalesce(json_extract(document, '$.created_at'), ''), sequence)
        """,
        f"PRAGMA application_id = {_APPLICATION_ID}",
    ),
    (
        "ALTER TABLE images ADD COLUMN creation_id TEXT",
        "CREATE UNIQUE INDEX images_by_creation ON images (project_id, creation_id) WHERE creation_id IS NOT NULL",
    ),
    (
        """
        CREATE TABLE members (
            image_id TEXT NOT NULL,
            project_id TEXT NOT NULL,
            status TEXT NOT NULL,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            PRIMARY KEY (image_id, project_id)
        )
        """,
        "CREATE INDEX members_by_project ON members (project_id, status)",
        """
        CREATE TRIGGER deleted_image AFTER DELETE ON images
        BEGIN
            DELETE FROM members WHERE image_id = OLD.id;
            DELETE FROM files WHERE image_id = OLD.id;
            DELETE FROM transitions WHERE image_id = OLD.id;
        END
        """,
        """
        CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            project_id TEXT NOT NULL,
            document TEXT NOT NULL CHECK (json_valid(document))
        )
        """,
        "CREATE TABLE snapshots (name TEXT PRIMARY KEY, format INTEGER NOT NULL, saved_at TEXT, content BLOB NOT NULL)",
        "CREATE TABLE files (image_id TEXT PRIMARY KEY, content BLOB NOT NULL)",
        "CREATE TABLE transitions (image_id TEXT PRIMARY KEY, status TEXT NOT NULL, reads INTEGER, at REAL)",
    ),
    (
        "DROP INDEX IF EXISTS images_by_time",
        "CREATE INDEX images_by_project ON images (project_id, sequence)",
        *(f"DROP TRIGGER IF EXISTS properties_of_{event}" for event in ("new", "changed", "deleted")),
        "DROP TABLE IF EXISTS properties",
        """
        CREATE TABLE properties (
            project_id TEXT NOT NULL,
            name TEXT NOT NULL,
            value NOT NULL,
            created_at TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (project_id, name, value, created_at, sequence)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX properties_by_image ON properties (sequence, name)",
        f"CREATE TRIGGER properties_of_new AFTER INSERT ON images BEGIN {_ADD} END",
        f"CREATE TRIGGER properties_of_changed AFTER UPDATE OF document ON images BEGIN {_REMOVE} {_ADD} END",
        f"CREATE TRIGGER properties_of_deleted AFTER DELETE ON images BEGIN {_REMOVE} END",
        "UPDATE images SET document = document",  # which writes down the properties of those that are there
    ),
)
"""The statements that bring a database to each version of its tables from the one before, beginning with none."""

SCHEMA_VERSION: Final = len(_UPGRADES)


def upgrade_database(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing, and bring those of an earlier release up to this one's; its images stay.

    ``connection`` begins transactions by itself alone.
    """
    if _version(connection) >= SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements in _UPGRADES[_version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def open_database(path: str) -> sqlite3.Connection:
    """Open the database at ``path``, a file or ``":memory:"``, with its tables made.

    Wait for another process that is just making it or has it to itself. Raise ``DatabaseError`` when it cannot be used.
    """
    return _patiently(Path(path), lambda: _connected(path))


def look_at_database(path: Path) -> sqlite3.Connection:
    """Open the database file at ``path`` for reading, checked, and neither made nor changed.

    Raise ``DatabaseError`` when it cannot be used.
    """
    return _patiently(path, lambda: _looking(path))


def _patiently(path: Path, attempt: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
    deadline = time.monotonic() + _BUSY_TIMEOUT
    while True:
        try:
            return attempt()
        except sqlite3.Error as failure:
            if "locked" not in str(failure) or time.monotonic() > deadline:
                raise _unusable(path, failure) from failure
            time.sleep(0.01)


def _looking(path: Path) -> sqlite3.Connection:
    _check_file(path)
    return _reader(path)


@cache
def _empty() -> bytes:
    """Return a database with its tables and nothing in them; making those costs more than a small test does."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        upgrade_database(made)
        return made.serialize()


def _connected(path: str) -> sqlite3.Connection:
    if path == ":memory:":
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        connection.deserialize(_empty())
        return connection
    _check_file(Path(path))
    _make_private(Path(path))
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=_BUSY_TIMEOUT)
    try:
        # A killed process loses nothing in this mode; only a power cut may cost the last commits, never the file.
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        upgrade_database(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    """Let the owner alone read the file, made here when it is not there; SQLite gives its other files the same mode."""
    with suppress(OSError):  # what is wrong with the place is told when the database is opened
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _PRIVATE_MODE))
        os.chmod(path, _PRIVATE_MODE)


def _check_file(path: Path) -> None:
    """Refuse a file that is not our database, reading only."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with closing(_reader(path)) as reader:
        # Emptiness comes first: another process may be making the tables, which sets the two numbers with them.
        is_empty = reader.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        application = reader.execute("PRAGMA application_id").fetchone()[0]
        version = _version(reader)
        faults = reader.execute("PRAGMA quick_check(1)").fetchone()[0]
    if application != _APPLICATION_ID and not is_empty:
        raise DatabaseError(
            "Not an emulator database",
            f"{path} is a database of another program. Give the emulator a file of its own.",
        )
    if version > SCHEMA_VERSION:
        raise DatabaseError(
            "Newer database",
            f"{path} was written by a newer release (version {version}, this one reads {SCHEMA_VERSION}). "
            "Upgrade constructs-ims, or give the emulator another file.",
        )
    if faults != "ok":
        raise _unusable(path, faults)


def _reader(path: Path) -> sqlite3.Connection:
    """Open a file to look at it: closing the connection neither changes the file nor leaves another beside it."""
    log = path.with_name(f"{path.name}-wal")
    # A writable connection would move what a killed process left in the log into the file; one that may only read
    # would leave an empty log behind.
    mode = "ro" if log.exists() and log.stat().st_size else "rw"
    if not os.access(path.parent, os.W_OK):
        mode = "ro&immutable=1"  # nobody changes it, and the files that readers share cannot be made
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_TIMEOUT)


def _unusable(path: Path, reason: object) -> DatabaseError:
    if isinstance(reason, sqlite3.OperationalError) and "locked" in str(reason):
        return DatabaseError(
            "Database in use", f"Another program keeps {path} to itself. End it, or give the emulator another file."
        )
    if isinstance(reason, sqlite3.OperationalError) and "malformed" not in str(reason):
        return DatabaseError(
            "Cannot open database",
            f"{path} cannot be opened ({reason}). See that its directory exists and may be written to.",
        )
    return DamagedDatabaseError(
        "Damaged database",
        f"{path} is not a sound emulator database ({reason}). It was left as it is. Restore it from a copy, or move it "
        "away to begin with an empty one.",
    )
