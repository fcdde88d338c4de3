"""The rows: images in one SQLite database, in memory or in a file, safe to share between threads and processes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

from constructs_ims.backend.emulator.database import look_at_database, open_database
from constructs_ims.backend.emulator.database_errors import EmulatorError
from constructs_ims.backend.emulator.faults import ims_fault, no_such_image
from constructs_ims.backend.emulator.images import created, timestamp
from constructs_ims.backend.emulator.listing import Listing, SqlCondition, sort_expression

_MAX_DEPTH: Final = 500
"""The most levels of a document: the database reads about a thousand."""


class NotStorableError(ValueError):
    """An image cannot hold a value, for which JSON has no place."""


@dataclass(frozen=True, slots=True)
class Image:
    """One image: ``document`` is the JSON text that the service answers with."""

    id: str
    project_id: str
    document: str

    @property
    def attributes(self) -> dict[str, Any]:
        """The document, read."""
        attributes: dict[str, Any] = json.loads(self.document)
        return attributes


def images_document(images: Iterable[Image]) -> str:
    """Return the JSON text that a list of images is answered with."""
    return f'{{"images": [{", ".join(image.document for image in images)}]}}'


def stored_images(path: Path) -> list[Image]:
    """Return every image in the database file at ``path``, oldest first, by a look that changes and makes nothing.

    A file that is not there holds none. Raise ``DatabaseError`` when it cannot be used.
    """
    if not path.exists() or path.stat().st_size == 0:
        return []
    with closing(look_at_database(path)) as reader:
        if not reader.execute("PRAGMA user_version").fetchone()[0]:
            return []  # another process is just making the tables
        return [Image(*row) for row in reader.execute("SELECT id, project_id, document FROM images ORDER BY sequence")]


class Store:
    """Every image of the account, in all its projects.

    ``path`` is a file, or ``":memory:"``. ``clock`` gives the time in UTC that images are stamped with and ``new_id``
    their ids; both can be replaced to make runs repeatable. ``quota`` is the most images that a project may hold.
    Raise ``DatabaseError`` when the file cannot be used; it is then left as it was.
    """

    def __init__(
        self,
        path: str | Path = ":memory:",
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
        quota: int | None = None,
    ) -> None:
        self._clock = clock
        self._new_id = new_id
        self._quota = quota
        self._lock = threading.RLock()
        self._connection = open_database(str(path))

    def create(self, project_id: str, asked: Mapping[str, Any], creation_id: str | None = None) -> Image:
        """Add an image made of what ``images.accepted`` has let through; ``creation_id`` is kept beside it.

        An image that was created under the same id in the project is returned as it is, and none is added.
        """
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            if creation_id and (images := self.created_under(project_id, creation_id)):
                return images[0]
            self._check_quota(project_id)
            id = self._free_id()
            document = _text(created(asked, id, project_id, self._clock()))
            self._connection.execute(
                "INSERT INTO images (id, project_id, document, creation_id) VALUES (?, ?, ?, ?)",
                (id, project_id, document, creation_id),
            )
        return Image(id, project_id, document)

    def find(self, project_id: str, id: str) -> Image | None:
        """Return the project's image with ``id``, or None."""
        found = self._images(SqlCondition("project_id = ? AND id = ?", (project_id, id)))
        return found[0] if found else None

    def created_under(self, project_id: str, creation_id: str) -> list[Image]:
        """Return the project's image that was created under an id, in a list of one or none."""
        return self._images(SqlCondition("project_id = ? AND creation_id = ?", (project_id, creation_id)))

    def page(self, project_id: str, listing: Listing) -> list[Image]:
        """Return one page of the project's images."""
        if listing.marker is not None and not self.find(project_id, listing.marker):
            # What an unknown marker does is not documented; Glance refuses it, and so a page is never lost in silence.
            raise ims_fault("IMG.0027", f'The marker "{listing.marker}" is not an image of this project.')
        where = _joined([SqlCondition("project_id = ?", (project_id,)), *listing.conditions, *_after_marker(listing)])
        direction = "DESC" if listing.descending else "ASC"
        return self._images(
            where,
            f"ORDER BY {sort_expression(listing.sort_key)} {direction}, sequence {direction} LIMIT ?",
            listing.limit,
        )

    def delete(self, project_id: str, id: str) -> None:
        """Delete the project's image; raise the service's ``Fault`` when it is unknown or protected."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            image = self.find(project_id, id)
            if image is None:
                raise no_such_image(id)
            if image.attributes.get("protected"):
                raise ims_fault("IMG.0091", f'The image "{id}" is protected.')
            self._connection.execute("DELETE FROM images WHERE id = ?", (id,))

    def all(self) -> list[Image]:
        """Return every image of every project, oldest first."""
        return self._images(SqlCondition("1"), "ORDER BY sequence")

    def count(self) -> int:
        """Return how many images there are in all projects."""
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM images").fetchone()[0])

    def change(self, id: str, changes: Mapping[str, Any]) -> Image | None:
        """Set attributes behind every client's back, those given as None removed; return None for an unknown id.

        Raise ``NotStorableError`` for a value that JSON has no place for.
        """
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            found = self._images(SqlCondition("id = ?", (id,)))
            if not found:
                return None
            merged = {**found[0].attributes, "updated_at": timestamp(self._clock()), **changes}
            document = _checked_text({key: value for key, value in merged.items() if value is not None})
            self._connection.execute("UPDATE images SET document = ? WHERE id = ?", (document, id))
        return Image(id, found[0].project_id, document)

    def remove(self, id: str) -> bool:
        """Delete an image behind every client's back, protected or not; return whether there was one."""
        with self._lock, self._connection:
            return self._connection.execute("DELETE FROM images WHERE id = ?", (id,)).rowcount > 0

    def reset(self) -> None:
        """Delete every image."""
        with self._lock, self._connection:
            self._connection.execute("DELETE FROM images")

    def close(self) -> None:
        """Close the database; the store is of no use afterwards."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _images(self, where: SqlCondition, order: str = "", *values: Any) -> list[Image]:
        statement = f"SELECT id, project_id, document FROM images WHERE {where.sql} {order}"  # noqa: S608 - our own SQL
        with self._lock:
            rows = self._connection.execute(statement, (*where.values, *values)).fetchall()
        return [Image(*row) for row in rows]

    def _check_quota(self, project_id: str) -> None:
        if self._quota is None:
            return
        counted = self._connection.execute("SELECT count(*) FROM images WHERE project_id = ?", (project_id,))
        if counted.fetchone()[0] >= self._quota:
            raise ims_fault("IMG.0015", f"The project has {self._quota} images, which is its quota.")

    def _free_id(self) -> str:
        """Return an id that no image has: a repeatable generator begins anew when a saved database is opened."""
        id, tries = self._new_id(), 0
        while self._images(SqlCondition("id = ?", (id,))):
            tries += 1
            if tries > self.count():
                raise EmulatorError("No free image id", "The generator of image ids repeats ids that are in use.")
            id = self._new_id()
        return id


def _after_marker(listing: Listing) -> Sequence[SqlCondition]:
    if listing.marker is None:
        return ()
    place = f"{sort_expression(listing.sort_key)}, sequence"
    sign = "<" if listing.descending else ">"
    sql = f"({place}) {sign} (SELECT {place} FROM images WHERE id = ?)"  # noqa: S608 - our own SQL
    return (SqlCondition(sql, (listing.marker,)),)


def _joined(conditions: Sequence[SqlCondition]) -> SqlCondition:
    return SqlCondition(
        " AND ".join(condition.sql for condition in conditions),
        tuple(value for condition in conditions for value in condition.values),
    )


def _checked_text(attributes: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(attributes, ensure_ascii=False, allow_nan=False)
        text.encode()
        json.loads(text)  # a whole number may have more digits than Python reads
    except (TypeError, ValueError, RecursionError) as failure:
        raise NotStorableError(f"The image cannot hold these attributes as JSON ({failure}).") from failure
    if _depth(attributes) > _MAX_DEPTH:
        raise NotStorableError(f"The image cannot hold attributes of more than {_MAX_DEPTH} levels.")
    return text


def _depth(value: object) -> int:
    """Return how many levels of lists and objects a value has."""
    level, depth = [value], 0
    while level := [item for value in level if isinstance(value, list | tuple | dict) for item in _items(value)]:
        depth += 1
    return depth


def _items(value: list[Any] | tuple[Any, ...] | dict[str, Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _text(attributes: Mapping[str, Any]) -> str:
    return json.dumps(attributes, ensure_ascii=False)
