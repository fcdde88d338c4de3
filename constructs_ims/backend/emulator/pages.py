"""One page of a list, found by an index, so that it costs what the page costs and not what the list does.

``properties`` has a row for each property and tag of an image, in the order of its name, its value and the image's
time. Few images that meet a filter are sorted; of many, the rows are read in the order of the page.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from constructs_ims.backend.emulator.listing import Filter, Listing

_SORTED: Final = 5000
"""As many images are sorted faster than the others are looked through for them."""
_LOOKED_AT: Final = 1000
"""As many images are looked at one by one before those that meet a filter are gathered."""


@dataclass(frozen=True, slots=True)
class SqlCondition:
    """A piece of SQL and the values for its question marks."""

    sql: str
    values: tuple[Any, ...] = ()


def page_rows(database: sqlite3.Connection, project_id: str, listing: Listing) -> list[tuple[str, str, str]]:
    """Return the ids, projects and documents of one page of the images that a project sees.

    Those are its own, and those shared with it that it has accepted. With a status of members, they are those alone
    whose sharing with the project has come to it.
    """
    if listing.marker is None and any(wanted.name == "id" for wanted in listing.filters):
        chosen = chosen_by(project_id, listing)  # one image, or none
        query = f"SELECT id, project_id, document FROM images WHERE {chosen.sql} LIMIT ?"  # noqa: S608 - our own SQL
        return database.execute(query, (*chosen.values, listing.limit)).fetchall()
    search = _Search(database, project_id, listing)
    sequences = search.of_others()
    if listing.member_status is None:
        sequences += search.own()
    return search.page(sequences)


def chosen_by(project_id: str, listing: Listing) -> SqlCondition:
    """Choose among ``images`` all those that a project sees and that meet the filters, whatever page is asked for."""
    shared = SqlCondition(
        "images.id IN (SELECT image_id FROM members WHERE project_id = ? AND status = ?)",
        (project_id, listing.member_status or "accepted"),
    )
    own = SqlCondition("images.project_id = ?", (project_id,))
    seen = shared if listing.member_status else _one_of(own, shared)
    return _all_of(seen, *(_met("images", wanted) for wanted in listing.filters))


_ORDER: Final = ("value", "created_at", "sequence")
_TIME_ORDER: Final = _ORDER[1:]
_FilterGroup: TypeAlias = tuple[Filter, ...]
"""Filters by one property that one range of its rows meets."""


class _Search:
    """The search for one page of the images that a project sees; images are told by their sequence numbers."""

    def __init__(self, database: sqlite3.Connection, project_id: str, listing: Listing) -> None:
        self._database = database
        self._project_id = project_id
        self._listing = listing
        self._after = self._place_of_marker()

    def page(self, sequences: list[int]) -> list[tuple[str, str, str]]:
        """Return the first of some images, as many as the page has, in its order."""
        query = (
            "SELECT images.id, images.project_id, images.document FROM json_each(?) AS listed "  # noqa: S608 - our own SQL
            "CROSS JOIN images ON images.sequence = listed.value "
            "CROSS JOIN properties AS key ON key.sequence = images.sequence AND key.name = ? "
            f"{self._ordered('key', _ORDER)}"
        )
        values = json.dumps(sequences), self._listing.sort_key, self._listing.limit
        return self._database.execute(query, values).fetchall()

    def of_others(self) -> list[int]:
        """Return the page of the images that others share with the project."""
        status = self._listing.member_status or "accepted"
        shared = SqlCondition("members.project_id = ? AND members.status = ?", (self._project_id, status))
        key = SqlCondition("key.name = ?", (self._listing.sort_key,))
        met = [_met("images", wanted) for wanted in self._listing.filters]
        where = _all_of(shared, key, *met, *self._behind("key", _ORDER))
        query = (
            "SELECT key.sequence FROM members CROSS JOIN images ON images.id = members.image_id "  # noqa: S608 - our own SQL
            "CROSS JOIN properties AS key ON key.sequence = images.sequence "
            f"WHERE {where.sql} {self._ordered('key', _ORDER)}"
        )
        return self._column(query, *where.values, self._listing.limit)

    def own(self) -> list[int]:
        """Return the page of the project's own images."""
        groups = _groups(self._listing.filters)
        counts = {group: self._count(group) for group in groups}
        first = min(groups, key=lambda group: counts[group], default=None)
        if first and self._listing.sort_key == "created_at" and first[0].operator == "=":
            others = [group for group in groups if group is not first]
            return self._walked(self._rows(first[0].name, first), others, _TIME_ORDER)
        if first and counts[first] < _SORTED:
            return self._sorted(first, [group for group in groups if group is not first])
        key = self._listing.sort_key
        narrowing = [wanted for wanted in self._listing.filters if wanted.name == key]
        others = [group for group in groups if group[0].name != key]
        return self._walked(self._rows(key, narrowing), others, _ORDER)

    def _sorted(self, first: _FilterGroup, others: list[_FilterGroup]) -> list[int]:
        """Sort the images that meet some filters."""
        met = [_met("found", wanted) for group in others for wanted in group]
        key = SqlCondition("key.name = ?", (self._listing.sort_key,))
        where = _all_of(key, self._rows(first[0].name, first), *met, *self._behind("key", _ORDER))
        query = (
            "SELECT key.sequence FROM properties AS found "  # noqa: S608 - our own SQL
            "CROSS JOIN properties AS key ON key.sequence = found.sequence "
            f"WHERE {where.sql} {self._ordered('key', _ORDER)}"
        )
        return self._column(query, *where.values, self._listing.limit)

    def _walked(self, rows: SqlCondition, groups: list[_FilterGroup], order: tuple[str, ...]) -> list[int]:
        """Read rows in their order until enough of their images meet the filters."""
        ordered = self._ordered("found", order)
        rows = _all_of(rows, *self._behind("found", order))
        if groups:  # which most images are likely to meet, or those of one would have been sorted
            beginning = f"SELECT * FROM properties AS found WHERE {rows.sql} {ordered}"  # noqa: S608 - our own SQL
            met = _all_of(*(_met("beginning", wanted) for group in groups for wanted in group))
            in_order = self._ordered("beginning", order)
            query = f"SELECT sequence FROM ({beginning}) AS beginning WHERE {met.sql} {in_order}"  # noqa: S608 - our own SQL
            sequences = self._column(query, *rows.values, _LOOKED_AT, *met.values, self._listing.limit)
            if len(sequences) == self._listing.limit:
                return sequences
        where = _all_of(rows, *(self._gathered(group) for group in groups))
        query = f"SELECT sequence FROM properties AS found WHERE {where.sql} {ordered}"  # noqa: S608 - our own SQL
        return self._column(query, *where.values, self._listing.limit)

    def _count(self, group: _FilterGroup) -> int:
        """Count the images that meet filters by one property, as far as they are few."""
        rows = self._rows(group[0].name, group)
        query = f"SELECT count(*) FROM (SELECT 1 FROM properties AS found WHERE {rows.sql} LIMIT ?) AS few"  # noqa: S608
        return self._column(query, *rows.values, _SORTED)[0]

    def _rows(self, name: str, filters: Iterable[Filter]) -> SqlCondition:
        """Choose the rows ``found`` of one property of the project's images, where they meet filters by it."""
        of_name = SqlCondition("found.project_id = ? AND found.name = ?", (self._project_id, name))
        return _all_of(of_name, *(_compared("found.value", wanted) for wanted in filters))

    def _gathered(self, group: _FilterGroup) -> SqlCondition:
        """Gather the images that meet filters by one property, and see whether the one of a row is among them."""
        if group[0].name == "created_at":
            return _all_of(*(_met("found", wanted) for wanted in group))
        rows = self._rows(group[0].name, group)
        sql = f"found.sequence IN (SELECT sequence FROM properties AS found WHERE {rows.sql})"  # noqa: S608 - our own SQL
        return SqlCondition(sql, rows.values)

    def _place_of_marker(self) -> tuple[Any, ...] | None:
        """Return the value, time and sequence number that the image before the page is sorted by."""
        if self._listing.marker is None:
            return None
        query = (
            "SELECT key.value, key.created_at, key.sequence FROM images "
            "CROSS JOIN properties AS key ON key.sequence = images.sequence WHERE images.id = ? AND key.name = ?"
        )
        place: tuple[Any, ...] | None
        place = self._database.execute(query, (self._listing.marker, self._listing.sort_key)).fetchone()
        return place

    def _behind(self, table: str, order: tuple[str, ...]) -> list[SqlCondition]:
        """Choose the rows that come after the marker in an order, which may begin with the time."""
        if self._after is None:
            return []
        sign = "<" if self._listing.descending else ">"
        columns = ", ".join(f"{table}.{column}" for column in order)
        sql = f"({columns}) {sign} ({', '.join('?' * len(order))})"
        return [SqlCondition(sql, self._after[-len(order) :])]

    def _ordered(self, table: str, order: tuple[str, ...]) -> str:
        direction = "DESC" if self._listing.descending else "ASC"
        return f"ORDER BY {', '.join(f'{table}.{column} {direction}' for column in order)} LIMIT ?"

    def _column(self, query: str, *values: Any) -> list[int]:
        return [row[0] for row in self._database.execute(query, values)]


def _groups(filters: Iterable[Filter]) -> list[_FilterGroup]:
    """Put the ranges of one property together; an image may have to have several tags, each of which is a row."""
    ranges: dict[str, list[Filter]] = {}
    groups: list[_FilterGroup] = []
    for wanted in filters:
        if wanted.operator == "=":
            groups.append((wanted,))
        else:
            ranges.setdefault(wanted.name, []).append(wanted)
    return [*groups, *map(tuple, ranges.values())]


def _met(table: str, wanted: Filter) -> SqlCondition:
    """Look up whether the image of a row meets a filter."""
    if wanted.name == "id" and table == "images":
        return _compared("images.id", wanted)
    if wanted.name == "created_at" and table != "images":  # each row of ``properties`` has it
        return _compared(f"{table}.created_at", wanted)
    value = _compared("property.value", wanted)
    sql = (
        "EXISTS (SELECT 1 FROM properties AS property "  # noqa: S608 - our own SQL
        f"WHERE property.sequence = {table}.sequence AND property.name = ? AND {value.sql})"
    )
    return SqlCondition(sql, (wanted.name, *value.values))


def _compared(column: str, wanted: Filter) -> SqlCondition:
    if wanted.operator == "<>":  # for which no index serves, as it does for two ranges
        return SqlCondition(f"({column} < ? OR {column} > ?)", (wanted.value, wanted.value))
    return SqlCondition(f"{column} {wanted.operator} ?", (wanted.value,))


def _all_of(*conditions: SqlCondition) -> SqlCondition:
    return _joined(" AND ", conditions)


def _one_of(*conditions: SqlCondition) -> SqlCondition:
    return _joined(" OR ", conditions)


def _joined(word: str, conditions: Iterable[SqlCondition]) -> SqlCondition:
    parts = list(conditions)
    return SqlCondition(
        f"({word.join(part.sql for part in parts)})", tuple(value for part in parts for value in part.values)
    )
