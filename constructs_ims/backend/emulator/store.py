"""The rows: images in one SQLite database, in memory or in a file, safe to share between threads and processes."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

from constructs_ims.backend.emulator import life
from constructs_ims.backend.emulator.clock import Clock
from constructs_ims.backend.emulator.database import look_at_database, open_database
from constructs_ims.backend.emulator.database_errors import EmulatorError
from constructs_ims.backend.emulator.faults import ims_fault, no_such_image, not_yours
from constructs_ims.backend.emulator.images import core_fault, created, timestamp
from constructs_ims.backend.emulator.life import LifeCycle
from constructs_ims.backend.emulator.listing import Listing
from constructs_ims.backend.emulator.pages import SqlCondition, chosen_by, page_rows

_MAX_DEPTH: Final = 500
"""The most levels of a document: the database reads about a thousand."""


class NotStorableError(ValueError):
    """An image cannot hold a value, for which JSON has no place."""


class InvalidQuotaError(EmulatorError):
    """A quota that there is not, or that bounds nothing sensible."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """The most images of a project, images that it shares, and members of an image; None bounds nothing."""

    image: int | None = None
    image_shared: int | None = None
    image_member: int | None = 128

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Return the quotas with some of them set anew; raise ``InvalidQuotaError`` for what is none."""
        known = [field.name for field in fields(self)]
        for name, most in changes.items():
            if name not in known:
                raise InvalidQuotaError("Invalid quota", f"There is no quota {name!r}. Use {', '.join(known)}.")
            if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 0):
                raise InvalidQuotaError("Invalid quota", f"{name} is {most!r}. Use a whole number, 0 or more, or null.")
        return replace(self, **changes)


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
    their ids; both can be replaced to make runs repeatable. ``quotas`` are each project's, and may be set anew.
    Raise ``DatabaseError`` when the file cannot be used; it is then left as it was.
    """

    def __init__(
        self,
        path: str | Path = ":memory:",
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
        quotas: Quotas = Quotas(),
    ) -> None:
        self.clock = clock if isinstance(clock, Clock) else Clock(clock)
        self._new_id = new_id
        self.quotas = quotas
        self.life_cycle = LifeCycle()
        self._lock = threading.RLock()
        self._connection = open_database(str(path))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Have the database to oneself: what the block does is kept whole, or, when it raises, not at all."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read with the connection that the threads share."""
        with self._lock:
            yield self._connection

    def restore_defaults(self) -> None:
        """Have lives take no time, quotas be the usual ones, and the clock show the time of its base."""
        self.life_cycle = LifeCycle()
        self.quotas = Quotas()
        self.clock.reset()

    def pass_time(self) -> None:
        """Give images the status whose time has come."""
        with self._lock:
            if not life.is_waiting(self._connection):
                return
        with self.transaction() as database:
            life.finish_due(database, self.clock)

    def count_read(self, ids: Callable[[], Container[str]]) -> None:
        """Count a request that has read the images with some ids, which are asked for where any status is to come."""
        with self._lock:
            if not life.is_waiting(self._connection):
                return
        read = ids()
        with self.transaction() as database:
            life.count_read(database, read.__contains__, self.clock)

    def schedule(self, id: str, status: str, reads: int = 0, seconds: float = 0.0) -> bool:
        """Have an image get a status after so many reads or seconds, at once without; return whether there is one.

        ``"deleted"`` takes the image away. Raise ``InvalidLifeError`` for what no image can meet.
        """
        life.check_status(status)
        life.check_wait(reads, seconds)
        with self.transaction() as database:
            if not self._images(SqlCondition("id = ?", (id,))):
                return False
            life.begin(database, id, status, reads, seconds, self.clock())
        return True

    def new_job_id(self) -> str:
        """Return an id as jobs have it, of 32 hexadecimal digits."""
        return self._new_id().replace("-", "")

    def now(self) -> str:
        """Return the time as images carry it."""
        return timestamp(self.clock())

    def create(self, project_id: str, asked: Mapping[str, Any], creation_id: str | None = None) -> Image:
        """Add an image made of what ``images.accepted`` has let through; ``creation_id`` is kept beside it.

        An image that was created under the same id in the project is returned as it is, and none is added.
        """
        with self.transaction():
            if creation_id and (images := self.created_under(project_id, creation_id)):
                return images[0]
            self._check_quota(project_id)
            id = self._free_id()
            document = _text(created(asked, id, project_id, self.clock()))
            self._connection.execute(
                "INSERT INTO images (id, project_id, document, creation_id) VALUES (?, ?, ?, ?)",
                (id, project_id, document, creation_id),
            )
        return Image(id, project_id, document)

    def add_copy(
        self, database: sqlite3.Connection, source: Image, project_id: str, changes: Mapping[str, Any]
    ) -> Image:
        """Add an image with the attributes and the file of another, within a transaction; None takes one away."""
        self._check_quota(project_id)
        id, now = self._free_id(), self.now()
        own = {"id": id, "owner": project_id, "self": f"/v2/images/{id}", "file": f"/v2/images/{id}/file"}
        times = {"created_at": now, "updated_at": now, "active_at": now}
        merged = {**source.attributes, **changes, **own, **times}
        document = _text({name: value for name, value in merged.items() if value is not None})
        database.execute("INSERT INTO images (id, project_id, document) VALUES (?, ?, ?)", (id, project_id, document))
        database.execute(
            "INSERT INTO files (image_id, content) SELECT ?, content FROM files WHERE image_id = ?", (id, source.id)
        )
        return Image(id, project_id, document)

    def find(self, project_id: str, id: str) -> Image | None:
        """Return the image with ``id`` when the project owns it or another shares it with the project, or None."""
        found = self._images(SqlCondition("id = ?", (id,)))
        if found and (found[0].project_id == project_id or self._is_member(id, project_id)):
            return found[0]
        return None

    def owned(self, project_id: str, id: str) -> Image:
        """Return the project's own image; raise the service's ``Fault`` for another's, or an unknown id."""
        image = self.visible(project_id, id)
        if image.project_id != project_id:
            raise not_yours(project_id, id)
        if image.attributes["status"] == "deleted":  # and on its way out
            raise no_such_image(id)
        return image

    def visible(self, project_id: str, id: str) -> Image:
        """Return the image that a project owns or shares in; raise the service's ``Fault`` for any other."""
        image = self.find(project_id, id)
        if image is None:
            raise no_such_image(id)
        return image

    def of_project(self, project_id: str) -> list[Image]:
        """Return the project's own images, oldest first."""
        return self._images(SqlCondition("project_id = ?", (project_id,)), "ORDER BY sequence")

    def chosen(self, project_id: str, listing: Listing) -> list[Image]:
        """Return all images that a project sees and the conditions choose, whatever page is asked for."""
        return self._images(chosen_by(project_id, listing), "ORDER BY sequence")

    def update(self, project_id: str, id: str, edit: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Image:
        """Put what ``edit`` makes of the attributes of a project's own image in their place, in one transaction.

        Raise the service's ``Fault`` for an image that is not the project's; one that ``edit`` raises changes nothing.
        """
        with self.transaction():
            image = self.owned(project_id, id)
            return self.rewrite(image, edit(image.attributes))

    def rewrite(self, image: Image, attributes: Mapping[str, Any]) -> Image:
        """Store new attributes of an image, stamped, within a transaction."""
        document = _checked_text({**attributes, "updated_at": self.now()})
        self._connection.execute("UPDATE images SET document = ? WHERE id = ?", (document, image.id))
        return replace(image, document=document)

    def created_under(self, project_id: str, creation_id: str) -> list[Image]:
        """Return the project's image that was created under an id, in a list of one or none."""
        return self._images(SqlCondition("project_id = ? AND creation_id = ?", (project_id, creation_id)))

    def page(self, project_id: str, listing: Listing) -> list[Image]:
        """Return one page of the project's images."""
        if listing.marker is not None and not self.find(project_id, listing.marker):
            # What an unknown marker does is not documented; Glance refuses it, and so a page is never lost in silence.
            raise ims_fault("IMG.0027", f'The marker "{listing.marker}" is not an image of this project.')
        with self._lock:
            return [Image(*row) for row in page_rows(self._connection, project_id, listing)]

    def delete(self, project_id: str, id: str) -> None:
        """Delete the project's image, or begin to; raise the service's ``Fault`` when it is unknown or protected."""
        with self.transaction():
            image = self.visible(project_id, id)
            if image.project_id != project_id:
                raise ims_fault("IMG.0092", f'The image "{id}" belongs to another project.')
            if image.attributes.get("protected"):
                raise ims_fault("IMG.0091", f'The image "{id}" is protected.')
            cycle = self.life_cycle
            if not cycle.deleting_reads and not cycle.deleting_seconds:
                self._connection.execute("DELETE FROM images WHERE id = ?", (id,))
            elif image.attributes["status"] != "deleted":
                self.rewrite(image, {**image.attributes, "status": "deleted"})
                wait = cycle.deleting_reads, cycle.deleting_seconds
                life.begin(self._connection, id, "deleted", *wait, self.clock())

    def any(self, id: str) -> Image | None:
        """Return the image with ``id``, whichever project owns it, or None."""
        found = self._images(SqlCondition("id = ?", (id,)))
        return found[0] if found else None

    def all(self, name: str = "", limit: int = -1, offset: int = 0) -> list[Image]:
        """Return the images of every project, oldest first, whose names begin with ``name``, or a part of them."""
        return self._images(_named(name), "ORDER BY sequence LIMIT ? OFFSET ?", limit, offset)

    def count(self, name: str = "") -> int:
        """Return how many images there are in all projects whose names begin with ``name``."""
        where = _named(name)
        with self._lock:
            asked = f"SELECT count(*) FROM images WHERE {where.sql}"  # noqa: S608 - our own SQL
            return int(self._connection.execute(asked, where.values).fetchone()[0])

    def health(self) -> dict[str, Any]:
        """Return that the database answers, and how many images there are in all projects."""
        return {"status": "ok", "images": self.count()}

    def count_of(self, project_id: str) -> int:
        """Return how many images a project has."""
        with self._lock:
            asked = "SELECT count(*) FROM images WHERE project_id = ?"
            return int(self._connection.execute(asked, (project_id,)).fetchone()[0])

    def change(self, id: str, changes: Mapping[str, Any]) -> Image | None:
        """Set attributes behind every client's back, those given as None removed; return None for an unknown id.

        Raise ``NotStorableError`` for a value that JSON has no place for.
        """
        with self.transaction():
            found = self._images(SqlCondition("id = ?", (id,)))
            if not found:
                return None
            merged = {**found[0].attributes, "updated_at": timestamp(self.clock()), **changes}
            kept = {key: value for key, value in merged.items() if value is not None}
            if fault := core_fault(kept):
                raise NotStorableError(fault)
            document = _checked_text(kept)
            self._connection.execute("UPDATE images SET document = ? WHERE id = ?", (document, id))
        return Image(id, found[0].project_id, document)

    def remove(self, id: str) -> bool:
        """Delete an image behind every client's back, protected or not; return whether there was one."""
        with self._lock, self._connection:
            return self._connection.execute("DELETE FROM images WHERE id = ?", (id,)).rowcount > 0

    def reset(self) -> None:
        """Delete every image."""
        self.replace_all(())

    def replace_all(self, images: Iterable[Image]) -> None:
        """Put images in the place of all there are."""
        with self.transaction() as database:
            database.execute("DELETE FROM images")
            database.execute("DELETE FROM jobs")
            database.executemany(
                "INSERT INTO images (id, project_id, document) VALUES (?, ?, ?)",
                ((image.id, image.project_id, image.document) for image in images),
            )

    def count_by_status(self) -> dict[str, int]:
        """Return how many images there are of each status, in all projects."""
        asked = (
            "SELECT json_extract(document, '$.status') AS status, count(*) FROM images GROUP BY status ORDER BY status"
        )
        with self._lock:
            return {str(status): int(count) for status, count in self._connection.execute(asked)}

    def close(self) -> None:
        """Close the database; the store is of no use afterwards."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _is_member(self, image_id: str, project_id: str) -> bool:
        with self._lock:
            asked = "SELECT 1 FROM members WHERE image_id = ? AND project_id = ?"
            return self._connection.execute(asked, (image_id, project_id)).fetchone() is not None

    def _images(self, where: SqlCondition, order: str = "", *values: Any) -> list[Image]:
        statement = f"SELECT id, project_id, document FROM images WHERE {where.sql} {order}"  # noqa: S608 - our own SQL
        with self._lock:
            rows = self._connection.execute(statement, (*where.values, *values)).fetchall()
        return [Image(*row) for row in rows]

    def _check_quota(self, project_id: str) -> None:
        most = self.quotas.image
        if most is not None and self.count_of(project_id) >= most:
            raise ims_fault("IMG.0015", f"The project has {most} images, which is its quota.")

    def _free_id(self) -> str:
        """Return an id that no image has: a repeatable generator begins anew when a saved database is opened."""
        id, tries = self._new_id(), 0
        while self._images(SqlCondition("id = ?", (id,))):
            tries += 1
            if tries > self.count():
                raise EmulatorError("No free image id", "The generator of image ids repeats ids that are in use.")
            id = self._new_id()
        return id


def _named(beginning: str) -> SqlCondition:
    if not beginning:
        return SqlCondition("1")
    return SqlCondition("substr(json_extract(document, '$.name'), 1, ?) = ?", (len(beginning), beginning))


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
