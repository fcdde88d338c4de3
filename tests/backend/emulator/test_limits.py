"""Every limit of the service at its boundary: the last that is taken, and the first that is refused or cut."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from falcon.testing import TestClient

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.auth import MAX_SKEW
from constructs_ims.backend.emulator.clock import Clock as MovedClock
from constructs_ims.backend.emulator.clock import InvalidTimeError
from constructs_ims.backend.emulator.controls import (
    Controls,
    Failure,
    InvalidFailureError,
    InvalidThrottleError,
    LoggedRequest,
)
from constructs_ims.backend.emulator.life import InvalidLifeError, LifeCycle
from constructs_ims.backend.emulator.seeding import InvalidSeedError, seed_images
from constructs_ims.backend.emulator.snapshots import SnapshotError, list_snapshots, save_snapshot
from constructs_ims.backend.emulator.updates import PATCH

from .conftest import HOST, START, Caller, sign

HUNDRED_YEARS = 100 * 365 * 24 * 60 * 60


@pytest.mark.parametrize(
    "fields",
    [
        {"status": 400},
        {"status": 599},
        {"delay": 3600},
        {"delay": 0.001},
        {"delay": 1, "times": 1},
        {"delay": 1, "every": 1},
        {"delay": 1, "every": 3, "passed": 2},
        {"delay": 1, "skip": 0},
    ],
    ids=str,
)
def test_failures_at_the_edge_are_taken(fields: dict[str, Any]) -> None:
    failure = Failure("create", **fields)

    assert {name: getattr(failure, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"status": 399}, "status is 399. Use 400 to 599."),
        ({"status": 600}, "status is 600. Use 400 to 599."),
        ({"delay": 3600.1}, "delay is 3600.1. Use seconds from 0 to 3600."),
        ({"delay": -1}, "delay is -1. Use seconds from 0 to 3600."),
        ({"delay": math.inf}, "delay is inf. Use seconds from 0 to 3600."),
        ({"delay": True}, "delay is True. Use seconds from 0 to 3600."),
        ({"delay": 1, "times": 0}, "times is 0. Use a whole number, 1 or more."),
        ({"delay": 1, "times": True}, "times is True. Use a whole number, 1 or more."),
        ({"delay": 1, "every": 0}, "every is 0. Use a whole number, 1 or more."),
        ({"delay": 1, "every": 3, "passed": 3}, "passed is 3. Use a whole number less than every."),
        ({"delay": 1, "skip": -1}, "skip is -1. Use a whole number, 0 or more."),
        ({"delay": 1, "message": 7}, "message is 7. Use a text."),
        ({"delay": 1, "image": 7}, "image is 7. Use the id or the name of an image."),
        ({"delay": 1, "drop": "both"}, 'drop is \'both\'. Use "before" or "after".'),
        ({"status": 500, "drop": "after"}, "A dropped connection has no status. Leave one of the two out."),
        ({"status": 500, "body": "wrong"}, "A bad body has neither a status nor a drop. Leave one of them out."),
        ({"delay": 0}, "Nothing is to happen. Give a status, a delay, a drop or a body."),
    ],
    ids=str,
)
def test_failures_beyond_it_are_refused(fields: dict[str, Any], detail: str) -> None:
    with pytest.raises(InvalidFailureError, match=re.escape(detail)):
        Failure("create", **fields)


def test_thousand_failures_can_be_to_come() -> None:
    failures = Controls().failures
    for _ in range(1000):
        failures.add(Failure("create", status=500))

    with pytest.raises(InvalidFailureError, match=r"1000 are to come\. Clear them first\."):
        failures.add(Failure("create", status=500))
    assert len(failures.pending()) == 1000


@pytest.mark.parametrize(("requests", "seconds"), [(1, 0.001), (10_000, 3600), (None, 1)])
def test_thresholds_at_the_edge_are_taken(requests: int | None, seconds: float) -> None:
    throttle = Controls().throttle
    throttle.set(requests, seconds)

    assert (throttle.requests, throttle.seconds) == (requests, seconds)


@pytest.mark.parametrize(("requests", "seconds"), [(0, 1), (10_001, 1), (1, 0), (1, 3600.1), (1, -1), (1, "1")])
def test_thresholds_beyond_it_are_refused(requests: int, seconds: object) -> None:
    with pytest.raises(InvalidThrottleError):
        Controls().throttle.set(requests, seconds)


def test_window_of_the_threshold_ends_with_its_last_second() -> None:
    throttle = Controls().throttle
    throttle.set(2, 10)

    assert [throttle.takes(now) for now in (0, 1, 1, 9.9, 10, 10, 11, 11)] == [
        *(True, True, False, False),
        *(True, False, True, False),
    ]


def test_last_ten_thousand_requests_are_kept_and_counted_beyond() -> None:
    log = Controls().log
    for number in range(10_001):
        log.add(LoggedRequest(START, "read", "GET", f"/{number}", (), 200))

    entries = log.entries()
    assert (len(entries), entries[0].path, entries[0].number, entries[-1].number) == (10_000, "/1", 2, 10_001)
    assert log.totals() == {("read", 200): 10_001}


@pytest.mark.parametrize(("size", "is_kept"), [(16 * 1024, True), (16 * 1024 + 1, False)])
def test_body_of_sixteen_kib_is_kept(size: int, is_kept: bool) -> None:
    log = Controls().log
    log.add(LoggedRequest(START, "create", "POST", "/v2/images", (), 200, b" " * size))

    (entry,) = log.entries()
    assert (entry.is_whole, len(entry.content)) == (is_kept, size if is_kept else 0)


def test_clock_moves_by_a_hundred_years_at_most() -> None:
    clock = MovedClock(lambda: START)
    clock.advance(0)
    clock.advance(HUNDRED_YEARS)
    for seconds in (1, -1, math.nan, True):
        with pytest.raises(InvalidTimeError, match=f"Use seconds from 0 to {HUNDRED_YEARS}"):
            clock.advance(seconds)

    assert (clock.advanced, clock()) == (HUNDRED_YEARS, START + timedelta(seconds=HUNDRED_YEARS))


def test_clock_reaches_what_lies_ahead_within_its_bound() -> None:
    clock = MovedClock(lambda: START)
    seen = []
    for seconds in (10, 5, 2 * HUNDRED_YEARS):
        clock.reach(seconds)
        seen.append(clock.advanced)
    clock.reset()

    assert (seen, clock.advanced) == ([10, 10, HUNDRED_YEARS], 0)


@pytest.mark.parametrize(("now", "is_taken"), [(START, True), (START - timedelta(seconds=1), False)])
def test_clock_is_set_to_no_time_that_has_passed(now: datetime, is_taken: bool) -> None:
    clock = MovedClock(lambda: START)
    if is_taken:
        clock.set(now)
    else:
        with pytest.raises(InvalidTimeError, match="has passed by the service's clock"):
            clock.set(now)
    assert clock() == START


MILLION = 1_000_000


@pytest.mark.parametrize("kind", ["saving", "deleting"])
@pytest.mark.parametrize(
    ("reads", "seconds", "is_taken"),
    [
        (0, 0, True),
        (MILLION, MILLION, True),
        (MILLION + 1, 0, False),
        (0, MILLION + 1, False),
        (-1, 0, False),
        (0, -1, False),
        (0, math.inf, False),
        (True, 0, False),
        (0, True, False),
        (1.0, 0, False),
    ],
)
def test_life_takes_a_million_reads_and_seconds(kind: str, reads: Any, seconds: Any, is_taken: bool) -> None:
    fields: dict[str, Any] = {f"{kind}_reads": reads, f"{kind}_seconds": seconds}
    if is_taken:
        assert LifeCycle.read(fields) == LifeCycle(**fields)
    else:
        with pytest.raises(InvalidLifeError, match="Use 0 to 1000000"):
            LifeCycle.read(fields)


@pytest.fixture
def many(store: Store, account: Account, call: Caller) -> Caller:
    """A caller of a service with 1,001 images, each with a tag of its own."""
    seed_images(store, account, [{"name": f"i{number:04}", "tags": [f"t{number:04}=x"]} for number in range(1001)])
    return call


def test_pages_have_a_size_of_their_own_and_an_upper_bound(many: Caller, account: Account) -> None:
    project = account.default_project.id
    found = f"/v2/{project}/images/resource_instances/action"

    def instances(**asked: object) -> int:
        return len(many("POST", found, {"action": "filter", **asked}).json["resources"])

    sizes = {
        "/v2/images": 25,
        "/v2/cloudimages": 500,
        "/v2/images?limit=1000": 1000,
        "/v2/images?limit=1001": 1000,
        "/v2/cloudimages?limit=1001": 1000,
    }
    assert {url: len(many.names(url)) for url in sizes} == sizes
    tags = {
        "": ("t0000=x", 500),
        "?limit=3": ("t0000=x", 3),
        "?limit=3&page=2": ("t0003=x", 3),
        "?page=3": ("t1000=x", 1),
    }
    answers = {query: many("GET", f"/v1/cloudimages/tags{query}").json["tags"] for query in tags}
    assert {query: (found[0], len(found)) for query, found in answers.items()} == tags
    assert many("GET", "/v1/cloudimages/tags?page=0&limit=1").json["tags"] == ["t0000=x"]
    assert [instances(), instances(limit="11"), instances(limit="1000"), instances(limit="1001")] == [
        10,
        11,
        1000,
        1000,
    ]
    assert [instances(offset="1000"), instances(offset="1001")] == [1, 0]


def test_members_come_a_hundred_at_a_time(call: Caller) -> None:
    id = call.create()["id"]
    for number in range(101):
        assert call("POST", f"/v2/images/{id}/members", {"member": f"{number:032}"}).status_code == 200

    first = call("GET", f"/v2/images/{id}/members").json
    last = call("GET", f"/v2/images/{id}/members?marker={first['page_info']['next_marker']}").json
    assert (len(first["members"]), first["page_info"]["current_count"]) == (100, 100)
    assert (len(last["members"]), last["page_info"]) == (1, {"current_count": 1})


@pytest.mark.parametrize(
    ("operations", "status"),
    [
        ([("add", "/__description", "x" * 1024)], 200),
        ([("add", "/__description", "x" * 1025)], 400),
        ([("add", "/note", "x" * 255)], 200),
        ([("add", "/note", "x" * 256)], 400),
        ([("add", "/" + "x" * 255, "x")], 200),
        ([("add", "/" + "x" * 256, "x")], 400),
        ([("add", "/note", "x")] * 100, 200),
        ([("add", "/note", "x")] * 101, 400),
    ],
    ids=lambda given: f"{len(given)}" if isinstance(given, list) else str(given),
)
def test_changes_are_bounded(operations: list[tuple[str, str, str]], status: int, call: Caller) -> None:
    id = call.create()["id"]
    body = [{"op": op, "path": path, "value": value} for op, path, value in operations]

    assert call("PATCH", f"/v2/images/{id}", body, headers={"Content-Type": PATCH}).status_code == status


@pytest.mark.parametrize("name", ["min_ram", "max_ram"])
@pytest.mark.parametrize(("value", "status"), [("9" * 9, 200), ("9" * 10, 400), ("", 400)])
def test_memory_has_nine_digits(name: str, value: str, status: int, call: Caller, store: Store) -> None:
    id = call.create()["id"]
    store.change(id, {"status": "active"})

    answer = call("PATCH", f"/v2/cloudimages/{id}", [{"op": "add", "path": f"/{name}", "value": value}])

    assert answer.status_code == status
    if status == 200:
        assert answer.json[name] == (999_999_999 if name == "min_ram" else "999999999")


def test_value_of_a_refused_operation_is_shown_up_to_a_hundred_characters(call: Caller) -> None:
    id, headers = call.create()["id"], {"Content-Type": PATCH}

    answer = call("PATCH", f"/v2/images/{id}", [{"op": "x" * 200}], headers=headers)

    assert answer.json["error"]["detail"] == f'op is "{"x" * 99}; use one of add, replace, remove.'


@pytest.mark.parametrize(
    ("action", "key", "value", "status"),
    [
        ("create", 36, 43, 204),
        ("create", 37, 43, 400),
        ("create", 36, 44, 400),
        ("delete", 127, 255, 204),
        ("delete", 128, 255, 400),
        ("delete", 127, 256, 400),
    ],
)
def test_tags_are_longer_where_they_are_deleted(action: str, key: int, value: int, status: int, call: Caller) -> None:
    made = call.create()
    body = {"action": action, "tags": [{"key": "k" * key, "value": "v" * value}]}

    answer = call("POST", f"/v2/{made['owner']}/images/{made['id']}/tags/action", body)

    assert answer.status_code == status


def test_hundred_snapshots_can_be_kept(store: Store) -> None:
    for number in range(100):
        save_snapshot(store, f"s{number}")
    save_snapshot(store, "s0")

    with pytest.raises(SnapshotError, match=r"There are 100\. Delete one first\."):
        save_snapshot(store, "another")
    assert len(list_snapshots(store)) == 100


@pytest.mark.parametrize(("name", "is_taken"), [("x" * 100, True), ("x" * 101, False), ("x", True), ("", False)])
def test_name_of_a_snapshot_has_a_hundred_characters(name: str, is_taken: bool, store: Store) -> None:
    if is_taken:
        save_snapshot(store, name)
    else:
        with pytest.raises(SnapshotError, match="Use up to 100 letters"):
            save_snapshot(store, name)
    assert [one["name"] for one in list_snapshots(store)] == ([name] if is_taken else [])


@pytest.mark.parametrize(("count", "is_taken"), [(0, False), (1, True), (True, False), ("1", False)])
def test_seed_counts_from_one(count: Any, is_taken: bool, store: Store, account: Account) -> None:
    if is_taken:
        assert [image.attributes["name"] for image in seed_images(store, account, [{"count": count}])] == ["image-1"]
    else:
        with pytest.raises(InvalidSeedError, match="Use a whole number, 1 or more"):
            seed_images(store, account, [{"count": count}])


@pytest.mark.parametrize(("levels", "status"), [(500, 200), (501, 400)])
def test_attributes_nest_to_a_bound(levels: int, status: int, call: Caller) -> None:
    made = call.create()
    deep = json.loads("[" * levels + "]" * levels)

    answer = call("PATCH", f"/_emulator/images/{made['id']}", {"deep": deep}, signed=False)

    assert answer.status_code == status


@pytest.mark.parametrize(("length", "status"), [(32 * 1024, 400), (32 * 1024 + 1, 414)])
def test_address_has_32_kib(length: int, status: int, call: Caller) -> None:
    """One that is short enough is read, and refused for its parameter."""
    path, query = "/v3/projects", "bogus="

    answer = call("GET", f"{path}?{query}{'x' * (length - len(path) - len(query))}")

    assert answer.status_code == status


@pytest.mark.parametrize(("skew", "status"), [(MAX_SKEW, 200), (MAX_SKEW + timedelta(seconds=1), 401)])
@pytest.mark.parametrize("sign_of_skew", [1, -1])
def test_signature_is_good_for_fifteen_minutes_to_the_second(
    skew: timedelta, status: int, sign_of_skew: int, store: Store, account: Account
) -> None:
    headers = sign(account, "GET", "/v2/images", "", {"Host": HOST}, b"")
    date = datetime.strptime(headers["X-Sdk-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    app = create_app(store, account, clock=lambda: date + sign_of_skew * skew)

    assert timedelta(minutes=15) == MAX_SKEW
    assert TestClient(app).simulate_get("/v2/images", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("query", "regions"), [("?page=1&per_page=1", 1), ("?page=2&per_page=1", 1), ("?page=1000&per_page=1000", 0)]
)
def test_pages_of_projects_count_from_one(query: str, regions: int, call: Caller) -> None:
    first = call("GET", "/v3/projects?page=1&per_page=1").json["projects"]
    found = call("GET", f"/v3/projects{query}").json["projects"]

    assert len(found) == regions
    assert (found == first) is (query == "?page=1&per_page=1")
