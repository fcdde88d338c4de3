"""Filling the service alike each time, keeping what it holds and going back to it, and its metrics."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from constructs_ims.backend.emulator import Account, Store
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.database import SCHEMA_VERSION
from constructs_ims.backend.emulator.seeding import InvalidSeedError, seed_images
from constructs_ims.backend.emulator.snapshots import SnapshotError, list_snapshots, load_snapshot, save_snapshot

from .conftest import Caller, refusal

SEED = [
    {"name": "base", "min_disk": 40, "tags": ["team=images"], "status": "active", "note": "映像"},
    {"name": "more", "count": 3},
    {"name": "far", "region": "ap-southeast-1"},
]


def test_same_seed_gives_the_same_images_byte_for_byte(make_caller: Callable[..., Caller]) -> None:
    texts = set()
    for _ in range(2):
        with Store() as store:
            call = make_caller(store)
            call.create(name="before")
            answer = call("POST", "/_emulator/seed", {"images": SEED}, signed=False)
            assert (answer.status_code, answer.json) == (201, {"images": 5})
            texts.add(call("GET", "/_emulator/images", signed=False).text)

    assert len(texts) == 1


def test_seed_has_images_as_they_are_created(store: Store, account: Account) -> None:
    images = [image.attributes for image in seed_images(store, account, SEED, datetime(2025, 5, 1, tzinfo=UTC))]

    assert [image["name"] for image in images] == ["base", "more-1", "more-2", "more-3", "far"]
    assert [image["status"] for image in images] == ["active", *["queued"] * 4]
    assert [image["created_at"][-3:] for image in images] == ["00Z", "01Z", "02Z", "03Z", "04Z"]
    assert images[0]["created_at"] == "2025-05-01T00:00:00Z"
    assert images[0]["note"] == "映像"
    assert [image["owner"] for image in images[-2:]] == [project_in("cn-north-4").id, project_in("ap-southeast-1").id]
    assert [image.attributes for image in store.all()] == images


@pytest.mark.parametrize(
    "item",
    [
        "image",
        {"min_disk": 5},
        {"status": "deleted"},
        {"region": "nowhere"},
        {"count": 0},
        {"count": True},
        {"count": 200_001},
    ],
)
def test_seed_that_is_none_changes_nothing(item: object, store: Store, account: Account, call: Caller) -> None:
    before = call.create(name="before")

    with pytest.raises(InvalidSeedError):
        seed_images(store, account, [{"name": "fine"}, item])
    assert [image.attributes for image in store.all()] == [before]
    for body in ({"images": [item]}, {"images": {}}, {"images": [], "start": "soon"}, {"images": [], "end": 1}):
        assert refusal(call("POST", "/_emulator/seed", body, signed=False)) == (400, "IMG.0001")


def test_service_goes_back_to_what_was_kept(call: Caller) -> None:
    id = call.create(name="kept", tags=["a=1"])["id"]
    call("PUT", f"/v2/images/{id}/file", b"content", headers={"Content-Type": "application/octet-stream"})
    call("POST", f"/v2/images/{id}/members", {"member": project_in("ap-southeast-1").id})
    before = [call("GET", path).text for path in (f"/v2/images/{id}", f"/v2/images/{id}/members")]

    assert call("PUT", "/_emulator/snapshots/one", signed=False).status_code == 204
    call("DELETE", f"/v2/images/{id}")
    call.create(name="later")
    assert call("POST", "/_emulator/snapshots/one", signed=False).status_code == 204

    assert [call("GET", path).text for path in (f"/v2/images/{id}", f"/v2/images/{id}/members")] == before
    assert call("GET", f"/v2/images/{id}/file").content == b"content"
    assert call.names("/v2/cloudimages") == ["kept"]
    [listed] = call("GET", "/_emulator/snapshots", signed=False).json["snapshots"]
    assert (listed["name"], listed["format"]) == ("one", SCHEMA_VERSION)
    assert call("DELETE", "/_emulator/snapshots/one", signed=False).status_code == 204
    assert call("GET", "/_emulator/snapshots", signed=False).json == {"snapshots": []}


@pytest.mark.parametrize(("method", "name"), [("POST", "none"), ("DELETE", "none"), ("PUT", ".hidden"), ("PUT", "a b")])
def test_snapshots_that_are_none(method: str, name: str, call: Caller) -> None:
    assert refusal(call(method, f"/_emulator/snapshots/{name}", signed=False)) == (400, "IMG.0001")


def test_snapshot_that_cannot_be_read_changes_nothing(tmp_path: Path, call: Caller) -> None:
    with Store(tmp_path / "ims.db") as store:
        project = "0" * 32
        kept = store.create(project, _asked("kept"))
        save_snapshot(store, "newer")
        save_snapshot(store, "damaged")
        with closing(sqlite3.connect(tmp_path / "ims.db")) as other:
            other.execute("UPDATE snapshots SET format = ? WHERE name = 'newer'", (SCHEMA_VERSION + 1,))
            other.execute("UPDATE snapshots SET content = x'00' WHERE name = 'damaged'")
            other.commit()

        for name, words in (("newer", "newer release"), ("damaged", "cannot be read")):
            with pytest.raises(SnapshotError) as caught:
                load_snapshot(store, name)
            assert words in caught.value.detail
        assert store.all() == [kept]


def test_snapshots_outlive_the_process(tmp_path: Path) -> None:
    with Store(tmp_path / "ims.db") as store:
        kept = store.create("0" * 32, _asked("kept"))
        save_snapshot(store, "one")
        store.reset()

    with Store(tmp_path / "ims.db") as store:
        load_snapshot(store, "one")
        assert store.all() == [kept]
        assert [snapshot["name"] for snapshot in list_snapshots(store)] == ["one"]


def _asked(name: str) -> dict[str, object]:
    rest = {"visibility": "private", "protected": False, "container_format": "bare", "disk_format": "raw"}
    return {"__os_version": "Other(64 bit)", "name": name, "tags": [], "min_ram": 0, "min_disk": 0, **rest}


def test_metrics_are_what_prometheus_reads(call: Caller) -> None:
    for name in "ab":
        call.create(name=name)
    call("GET", "/v2/images/7")
    call("POST", "/_emulator/failures", {"operation": "create", "times": 2, "status": 500}, signed=False)

    answer = call("GET", "/_emulator/metrics", signed=False)

    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples["ims_requests_total", ("create", "201")] == 2
    assert samples["ims_requests_total", ("read", "404")] == 1
    assert samples["ims_images", ("queued",)] == 2
    assert samples["ims_failures_pending", ()] == 2


def test_active_images_of_a_seed_have_been_active_since_then(store: Store) -> None:
    start = datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=8)))
    made = seed_images(store, Account("ACCESSKEY", "secret"), [{"status": "active"}, {}], start)

    assert made[0].attributes["active_at"] == made[0].attributes["created_at"] == "2024-01-01T04:00:00Z"
    assert "active_at" not in made[1].attributes


def test_large_seed_is_taken_on_this_machine(call: Caller) -> None:
    images = [{"name": f"image-{number}", "tags": [f"number={number}"]} for number in range(3000)]

    answer = call("POST", "/_emulator/seed", {"images": images}, signed=False)

    assert answer.status_code < 300
    assert call("GET", "/_emulator/health", signed=False).json["images"] == 3000
