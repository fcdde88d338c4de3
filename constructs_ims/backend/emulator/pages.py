"""One page of a list, found by an index as far as there is one, so that it costs what the page costs and not the list.

``properties`` has a row for each property and tag of an image, in the order of its name, its value and the image's
time. A page is read from the rows of the filter that the fewest images meet, or in the order of the rows of the key
that it is sorted by; all other filters are looked up in each image that comes along.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_ims.backend.emulator.listing import Listing, SqlCondition, sort_expression

_FEW: Final = 500
"""As many images are sorted faster than others are looked through for them."""


def page_rows(database: sqlite3.Connection, project_id: str, listing: Listing) -> list[tuple[str, str, str]]:
    """Return the ids, projects and documents of one page of the images that a project sees."""
    query = _page(database, project_id, listing)
    return database.execute(query.sql, query.values).fetchall()


def seen_by(database: sqlite3.Connection, project_id: str, listing: Listing) -> SqlCondition:
    """Choose the images that a project sees: its own, and those shared with it that it has accepted.

    With a status of members, those alone whose sharing with the project has come to it.
    """
    own = SqlCondition("images.project_id = ?", (project_id,))
    if listing.member_status is not None:
        return _shared_with(project_id, listing.member_status)
    if not _shares(database, project_id):
        return own
    shared = _shared_with(project_id, "accepted")
    return SqlCondition(f"({own.sql} OR {shared.sql})", (*own.values, *shared.values))


def joined(conditions: Iterable[SqlCondition]) -> SqlCondition:
    """Return a condition that holds where all of some hold."""
    found = list(conditions)
    return SqlCondition(
        " AND ".join(condition.sql for condition in found),
        tuple(value for condition in found for value in condition.values),
    )


@dataclass(frozen=True, slots=True)
class _Path:
    """A way to the images: tables, what chooses in them, and the columns of the order that they are read in."""

    tables: str
    where: SqlCondition
    order: tuple[str, ...]


def _page(database: sqlite3.Connection, project_id: str, listing: Listing) -> SqlCondition:
    path = _path(database, project_id, listing)
    marker = _after_marker(database, listing, path)
    where = joined([path.where, *listing.conditions, *marker])
    direction = "DESC" if listing.descending else "ASC"
    order = ", ".join(f"{column} {direction}" for column in path.order)
    sql = (
        f"SELECT images.id, images.project_id, images.document FROM {path.tables} "  # noqa: S608 - our own SQL
        f"WHERE {where.sql} ORDER BY {order} LIMIT ?"
    )
    return SqlCondition(sql, (*where.values, listing.limit))


def _path(database: sqlite3.Connection, project_id: str, listing: Listing) -> _Path:
    seen = seen_by(database, project_id, listing)
    by_time = listing.sort_key == "created_at"
    filters = [condition.equals for condition in listing.conditions if condition.equals is not None]
    is_one = any(name == "id" for name, _ in filters)  # which its own index finds
    if not is_one and listing.member_status is None and not _shares(database, project_id):
        counted = [(_count(database, project_id, *equals), number) for number, equals in enumerate(filters)]
        few, number = min(counted, default=(_FEW, 0))
        if counted and (by_time or few < _FEW):
            name, value = filters[number]
            order = (_TIME, _SEQUENCE) if by_time else (sort_expression(listing.sort_key), _TIME, _SEQUENCE)
            return _Path(_INDEXED, _rows(project_id, name, value), order)
        if not by_time:
            return _Path(_INDEXED, _rows(project_id, listing.sort_key), ("found.value", _TIME, _SEQUENCE))
    keys = () if by_time else (sort_expression(listing.sort_key),)
    return _Path("images", seen, (*keys, sort_expression("created_at"), "images.sequence"))


_INDEXED: Final = "properties AS found CROSS JOIN images ON images.sequence = found.sequence"
_TIME: Final = "found.created_at"
_SEQUENCE: Final = "found.sequence"


def _rows(project_id: str, name: str, *value: Any) -> SqlCondition:
    sql = "found.project_id = ? AND found.name = ?" + (" AND found.value = ?" if value else "")
    return SqlCondition(sql, (project_id, name, *value))


def _count(database: sqlite3.Connection, project_id: str, name: str, value: Any) -> int:
    """Count the images that have a property, as far as a few."""
    asked = "SELECT count(*) FROM (SELECT 1 FROM properties WHERE project_id = ? AND name = ? AND value = ? LIMIT ?)"
    return int(database.execute(asked, (project_id, name, value, _FEW)).fetchone()[0])


def _after_marker(database: sqlite3.Connection, listing: Listing, path: _Path) -> Sequence[SqlCondition]:
    if listing.marker is None:
        return ()
    keys = [sort_expression("created_at"), "images.sequence"]
    if len(path.order) > len(keys):
        keys.insert(0, sort_expression(listing.sort_key))
    asked = f"SELECT {', '.join(keys)} FROM images WHERE id = ?"  # noqa: S608 - our own SQL
    place = database.execute(asked, (listing.marker,)).fetchone()
    sign = "<" if listing.descending else ">"
    return (SqlCondition(f"({', '.join(path.order)}) {sign} ({', '.join('?' * len(place))})", place),)


def _shares(database: sqlite3.Connection, project_id: str) -> bool:
    asked = "SELECT 1 FROM members WHERE project_id = ? AND status = 'accepted' LIMIT 1"
    return database.execute(asked, (project_id,)).fetchone() is not None


def _shared_with(project_id: str, status: str) -> SqlCondition:
    sql = "images.id IN (SELECT image_id FROM members WHERE project_id = ? AND status = ?)"
    return SqlCondition(sql, (project_id, status))
