"""The life of an image after a request: at once, after it was read so often, or after so many seconds of the clock."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final, Self

from constructs_ims.backend.emulator.database_errors import EmulatorError
from constructs_ims.backend.emulator.images import timestamp

STATUSES: Final = ("queued", "saving", "active", "killed", "deleted")
_MOST: Final = 1_000_000


class InvalidLifeError(EmulatorError):
    """A life that no image can have."""


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """How long it takes to save the file of an image and to delete an image: no time, by default.

    An image is ``saving`` for ``saving_reads`` requests that read it, or for ``saving_seconds`` of the clock, and ends
    as ``saving_ends``: ``"active"`` or ``"killed"``. A deleted one is shown as ``deleted`` likewise before it is gone.
    With both reads and seconds, the first that is over counts.
    """

    saving_reads: int = 0
    saving_seconds: float = 0.0
    saving_ends: str = "active"
    deleting_reads: int = 0
    deleting_seconds: float = 0.0

    def __post_init__(self) -> None:
        check_wait(self.saving_reads, self.saving_seconds)
        check_wait(self.deleting_reads, self.deleting_seconds)
        if self.saving_ends not in ("active", "killed"):
            raise InvalidLifeError(
                "Invalid life cycle", f'saving_ends is {self.saving_ends!r}. Use "active" or "killed".'
            )

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> Self:
        """Make one of JSON; raise ``InvalidLifeError`` when it is none."""
        known = [field.name for field in fields(cls)]
        if unknown := sorted(asked.keys() - set(known)):
            raise InvalidLifeError("Invalid life cycle", f"It has no {unknown[0]}. Use {', '.join(known)}.")
        return cls(**asked)


@dataclass(frozen=True, slots=True)
class Transition:
    """The next status of an image, after ``reads`` more requests that read it or at a time, whatever comes first."""

    image_id: str
    status: str
    reads: int | None
    at: float | None


def check_status(status: object) -> None:
    """Raise ``InvalidLifeError`` for what is no status."""
    if status not in STATUSES:
        raise InvalidLifeError(
            "Invalid status", f"{status!r} is no status of an image. Use one of {', '.join(STATUSES)}."
        )


def check_wait(reads: object, seconds: object) -> None:
    """Raise ``InvalidLifeError`` for what is no number of requests, or no time."""
    if not isinstance(reads, int) or isinstance(reads, bool) or not 0 <= reads <= _MOST:
        raise InvalidLifeError("Invalid life cycle", f"{reads!r} is no number of reads. Use 0 to {_MOST}.")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool) and math.isfinite(seconds)
    if not is_number or not 0 <= float(str(seconds)) <= _MOST:
        raise InvalidLifeError("Invalid life cycle", f"{seconds!r} is no number of seconds. Use 0 to {_MOST}.")


def begin(database: sqlite3.Connection, image_id: str, status: str, reads: int, seconds: float, now: datetime) -> None:
    """Keep the next status of an image in the place of one that was to come, within a transaction."""
    if not reads and not seconds:
        _finish(database, Transition(image_id, status, None, None), now)
        return
    at = (now + timedelta(seconds=seconds)).timestamp() if seconds else None
    database.execute(
        "INSERT OR REPLACE INTO transitions (image_id, status, reads, at) VALUES (?, ?, ?, ?)",
        (image_id, status, reads or None, at),
    )


def transitions(database: sqlite3.Connection) -> list[Transition]:
    """Return what is to come."""
    return [Transition(*row) for row in database.execute("SELECT image_id, status, reads, at FROM transitions")]


def is_waiting(database: sqlite3.Connection) -> bool:
    """Whether anything is to come; nearly always nothing is."""
    return database.execute("SELECT 1 FROM transitions LIMIT 1").fetchone() is not None


def finish_due(database: sqlite3.Connection, now: Callable[[], datetime]) -> None:
    """Give images the status whose time has come, within a transaction."""
    time = now()
    for transition in transitions(database):
        if transition.at is not None and transition.at <= time.timestamp():
            _finish(database, transition, time)


def count_read(database: sqlite3.Connection, image_ids: Callable[[str], bool], now: Callable[[], datetime]) -> None:
    """Count a request that has read images, and give them their next status after the last; within a transaction."""
    for transition in transitions(database):
        if transition.reads is None or not image_ids(transition.image_id):
            continue
        if transition.reads > 1:
            database.execute("UPDATE transitions SET reads = reads - 1 WHERE image_id = ?", (transition.image_id,))
        else:
            _finish(database, transition, now())


def _finish(database: sqlite3.Connection, transition: Transition, time: datetime) -> None:
    database.execute("DELETE FROM transitions WHERE image_id = ?", (transition.image_id,))
    if transition.status == "deleted":
        database.execute("DELETE FROM images WHERE id = ?", (transition.image_id,))
        return
    changes = {"status": transition.status, "updated_at": timestamp(time)}
    if transition.status == "active":
        changes["active_at"] = timestamp(time)
    for name, value in changes.items():
        database.execute(
            "UPDATE images SET document = json_set(document, '$.' || ?, ?) WHERE id = ?",
            (name, value, transition.image_id),
        )
