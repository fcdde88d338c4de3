"""The database: kept, shared, sound, and never touched when it is not ours."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.emulator import EmulatorError, Store, database, pages
from constructs_ims.backend.emulator.database_errors import DatabaseError
from constructs_ims.backend.emulator.faults import Fault
from constructs_ims.backend.emulator.images import accepted
from constructs_ims.backend.emulator.listing import SORT_KEYS, listing
from constructs_ims.backend.emulator.store import Quotas, stored_images

PROJECT = "0" * 32


def everything(store: Store) -> set[str]:
    return {image.id for image in store.all()}


def test_images_outlive_the_store(tmp_path: Path) -> None:
    with Store(tmp_path / "ims.db") as store:
        made = store.create(PROJECT, accepted({"name": "映像"}))

    with Store(tmp_path / "ims.db") as store:
        assert store.find(PROJECT, made.id) == made


def test_memory_is_each_stores_own() -> None:
    with Store() as one, Store() as other:
        one.create(PROJECT, accepted({}))

        assert (one.count(), other.count()) == (1, 0)


def test_two_stores_share_a_file(tmp_path: Path) -> None:
    """Two processes may serve one sandbox; each sees at once what the other wrote."""
    with Store(tmp_path / "ims.db") as one, Store(tmp_path / "ims.db") as other:
        made = one.create(PROJECT, accepted({}))
        assert other.find(PROJECT, made.id) == made

        other.delete(PROJECT, made.id)
        assert one.find(PROJECT, made.id) is None


@pytest.mark.parametrize("in_file", [False, True], ids=["memory", "file"])
def test_threads_lose_nothing(in_file: bool, tmp_path: Path) -> None:
    with Store(tmp_path / "ims.db" if in_file else ":memory:") as store, ThreadPoolExecutor(10) as threads:
        made = {image.id for image in threads.map(store.create, repeat(PROJECT, 300), repeat(accepted({})))}
        assert len(made) == 300
        gone = set(list(made)[:100])

        list(threads.map(store.delete, repeat(PROJECT), gone))

        assert everything(store) == made - gone


def test_one_deletion_wins(tmp_path: Path) -> None:
    """Of ten that delete one image at once, one succeeds and nine are told that it is not there."""
    with Store(tmp_path / "ims.db") as store, ThreadPoolExecutor(10) as threads:
        made = store.create(PROJECT, accepted({}))

        def delete(_: int) -> int:
            try:
                store.delete(PROJECT, made.id)
            except Fault as fault:
                return fault.status
            return 204

        assert sorted(threads.map(delete, range(10))) == [204] + [404] * 9


def test_new_file_is_made_once(tmp_path: Path) -> None:
    """Six that open a file which is not there yet at the same moment all come to use the one database."""
    begin = threading.Barrier(6)

    def use(path: Path) -> None:
        begin.wait()
        with Store(path) as store:
            store.create(PROJECT, accepted({}))

    with ThreadPoolExecutor(6) as threads:
        for n in range(10):
            list(threads.map(use, repeat(tmp_path / f"{n}.db", 6)))

            with Store(tmp_path / f"{n}.db") as store:
                assert store.count() == 6


def test_quota_bounds_each_project() -> None:
    with Store(quotas=Quotas(image=2)) as store, ThreadPoolExecutor(5) as threads:
        outcomes = [threads.submit(store.create, PROJECT, accepted({})).exception() for _ in range(5)]

        refused = [outcome for outcome in outcomes if outcome]
        assert [type(outcome) for outcome in refused] == [Fault] * 3
        assert "IMG.0015" in str(refused[0])
        store.create("1" * 32, accepted({}))


def test_ids_in_use_are_passed_over(tmp_path: Path) -> None:
    """A repeatable generator begins anew with each run on a saved database."""
    with Store(tmp_path / "ims.db", new_id=iter("abc").__next__) as store:
        store.create(PROJECT, accepted({}))
        store.create(PROJECT, accepted({}))

    with Store(tmp_path / "ims.db", new_id=iter("abc").__next__) as store:
        assert store.create(PROJECT, accepted({})).id == "c"


def test_generator_without_new_ids_is_an_error() -> None:
    with Store(new_id=lambda: "same") as store:
        store.create(PROJECT, accepted({}))

        with pytest.raises(EmulatorError, match="No free image id"):
            store.create(PROJECT, accepted({}))
        assert store.count() == 1


def test_failed_creation_leaves_nothing(tmp_path: Path) -> None:
    def broken_clock() -> None:
        raise ZeroDivisionError

    with Store(tmp_path / "ims.db", clock=broken_clock) as store:  # type: ignore[arg-type]
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                store.create(PROJECT, accepted({}))
        assert store.count() == 0


FILTERS: list[tuple[str, str]] = [
    ("id", "7"),
    ("name", "base"),
    ("tag", "a=b"),
    ("protected", "false"),
    ("min_disk", "40"),
    ("architecture", "x86"),
    ("enterprise_project_id", "0"),
    *(
        (name, f"{comparison}:2024-01-01T00:00:00Z")
        for name in ("created_at", "updated_at")
        for comparison in ("gt", "lte", "eq", "neq")
    ),
    ("member_status", "accepted"),
]


@pytest.mark.parametrize("few", [0, 5000], ids=["many", "few"])
@pytest.mark.parametrize("query", [[], *([one] for one in FILTERS), FILTERS[1:5]], ids=str)
def test_lists_use_an_index(query: list[tuple[str, str]], few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a long list costs as much as the page, and one image as much as one image."""
    monkeypatch.setattr(pages, "_SORTED", few)
    statements: list[str] = []
    with Store() as store:
        store._connection.set_trace_callback(statements.append)
        for sort_key in SORT_KEYS:
            store.page(PROJECT, listing([*query, ("sort_key", sort_key)], 25))
        store._connection.set_trace_callback(None)
        plans = [str(store._connection.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()) for one in statements]
    assert plans
    assert [plan for plan in plans if re.search("SCAN (?!listed|beginning|few)", plan)] == []


AS_IN_VERSION_3 = """
    DROP TRIGGER properties_of_new; DROP TRIGGER properties_of_changed; DROP TRIGGER properties_of_deleted;
    DROP TABLE properties; DROP INDEX images_by_project;
    CREATE INDEX images_by_time ON images (project_id, coalesce(json_extract(document, '$.created_at'), ''), sequence);
    CREATE TABLE properties (project_id, name, value, created_at, sequence);
    CREATE INDEX properties_by_image ON properties (sequence);
    CREATE TRIGGER properties_of_new AFTER INSERT ON images BEGIN
        INSERT INTO properties VALUES (NEW.project_id, 'name', 'one', '', NEW.sequence);
    END;
    PRAGMA user_version = 3;
"""
AS_IN_VERSION_1 = f"""
    {AS_IN_VERSION_3}
    DROP TRIGGER properties_of_new; DROP TABLE properties; DROP TRIGGER deleted_image;
    DROP TABLE members; DROP TABLE jobs; DROP TABLE files; DROP TABLE transitions;
    DROP TABLE snapshots; DROP INDEX images_by_creation;
    ALTER TABLE images DROP COLUMN creation_id; PRAGMA user_version = 1;
"""


def earlier(path: Path, changes: str = AS_IN_VERSION_1) -> list[str]:
    """Make a database of an earlier version of the tables, with two images; return their ids."""
    with Store(path) as store:
        ids = [store.create(PROJECT, accepted({"name": name})).id for name in "ab"]
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(changes)
    return ids


@pytest.mark.parametrize("changes", [AS_IN_VERSION_1, AS_IN_VERSION_3], ids=["1", "3"])
def test_database_of_an_earlier_release_is_upgraded_with_its_images(changes: str, tmp_path: Path) -> None:
    ids = earlier(tmp_path / "ims.db", changes)
    assert [image.id for image in stored_images(tmp_path / "ims.db")] == ids

    with Store(tmp_path / "ims.db") as store, Store(tmp_path / "ims.db") as other:
        made = store.create(PROJECT, accepted({}), "one")
        assert [image.id for image in other.all()] == [*ids, made.id]
        assert other.created_under(PROJECT, "one") == [made]
        assert len(store.page(PROJECT, listing([("protected", "false"), ("sort_key", "name")], 25))) == 3


def test_upgrade_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ims.db"
    ids = earlier(path)
    with monkeypatch.context() as patched:
        broken = (*database._UPGRADES, ("CREATE TABLE halfway (id)", "nonsense"))
        patched.setattr(database, "_UPGRADES", broken)
        patched.setattr(database, "SCHEMA_VERSION", len(broken))
        with pytest.raises(DatabaseError):
            Store(path)

    with Store(path) as store:
        assert [image.id for image in store.all()] == ids


def test_processes_that_upgrade_at_once_wait_for_each_other(tmp_path: Path) -> None:
    ids = earlier(tmp_path / "ims.db")

    def opened(_: int) -> int:
        with Store(tmp_path / "ims.db") as store:
            return store.count()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(opened, range(16))) == {len(ids)}


def test_image_is_found_by_the_id_of_its_creation(tmp_path: Path) -> None:
    with Store(tmp_path / "ims.db") as store:
        marked, unmarked = store.create(PROJECT, accepted({}), "one"), store.create(PROJECT, accepted({}))

    with Store(tmp_path / "ims.db") as store:
        assert store.created_under(PROJECT, "one") == [marked]
        assert store.created_under(PROJECT, "two") == store.created_under("1" * 32, "one") == []
        store.change(marked.id, {"name": "renamed"})
        assert [image.id for image in store.created_under(PROJECT, "one")] == [marked.id]
        store.delete(PROJECT, marked.id)
        assert store.created_under(PROJECT, "one") == []
        assert [image.id for image in store.all()] == [unmarked.id]


def test_creation_that_is_sent_again_makes_no_second_image() -> None:
    with Store() as store, ThreadPoolExecutor(4) as threads:
        made = list(threads.map(store.create, repeat(PROJECT, 12), repeat(accepted({})), repeat("one")))

        assert {image.id for image in made} == everything(store)
        assert store.count() == 1


def text_file(path: Path) -> None:
    path.write_text("This is a letter, not a database.\n" * 100)


def short_file(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def full(path: Path) -> None:
    with Store(path) as store:
        for _ in range(200):
            store.create(PROJECT, accepted({"name": "x" * 255}))


def truncated(path: Path) -> None:
    full(path)
    path.write_bytes(path.read_bytes()[:20_000])


def scribbled_on(path: Path) -> None:
    full(path)
    content = bytearray(path.read_bytes())
    content[4096:40_000] = b"\xa5" * (40_000 - 4096)
    path.write_bytes(content)


def another_programs(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text)")
    connection.close()


def newer(path: Path) -> None:
    full(path)
    connection = sqlite3.connect(path)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version + 1}")
    connection.close()


@pytest.mark.parametrize(
    ("make", "summary"),
    [
        (text_file, "Damaged database"),
        (short_file, "Damaged database"),
        (truncated, "Damaged database"),
        (scribbled_on, "Damaged database"),
        (another_programs, "Not an emulator database"),
        (newer, "Newer database"),
    ],
)
def test_unusable_file_is_refused_and_left_alone(make: Callable[[Path], None], summary: str, tmp_path: Path) -> None:
    path = tmp_path / "ims.db"
    make(path)
    before = path.read_bytes()

    with pytest.raises(DatabaseError) as caught:
        Store(path)

    assert caught.value.summary == summary
    assert str(path) in caught.value.detail
    assert path.read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {"ims.db"}


def test_file_that_another_keeps_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("constructs_ims.backend.emulator.database._BUSY_TIMEOUT", 0.05)
    full(tmp_path / "ims.db")
    with closing(sqlite3.connect(tmp_path / "ims.db")) as owner:
        owner.execute("PRAGMA locking_mode = EXCLUSIVE")
        owner.execute("BEGIN EXCLUSIVE")

        with pytest.raises(DatabaseError, match="Database in use"):
            Store(tmp_path / "ims.db")


def test_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="Cannot open database") as caught:
        Store(tmp_path / "nowhere" / "ims.db")
    assert "directory" in caught.value.detail


def test_directory_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError):
        Store(tmp_path)


def test_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "ims.db").touch()

    with Store(tmp_path / "ims.db") as store:
        assert store.count() == 0
    with Store(tmp_path / "ims.db") as store:
        assert store.count() == 0


def test_odd_file_names_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "a?b#c%41 é.db"
    with Store(path) as store:
        store.create(PROJECT, accepted({}))

    with Store(path) as store:
        assert store.count() == 1


def test_database_is_its_owners_alone_from_the_first_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, modes = tmp_path / "ims.db", list[int]()
    connect = sqlite3.connect

    def noting(*arguments: Any, **options: Any) -> sqlite3.Connection:
        modes.append(stat.S_IMODE(path.stat().st_mode))
        return connect(*arguments, **options)

    monkeypatch.setattr("sqlite3.connect", noting)
    mask = os.umask(0o022)
    try:
        Store(path).close()
    finally:
        os.umask(mask)

    assert set(modes) == {0o600}
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
