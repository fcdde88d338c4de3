"""The local cloud of a sandbox: what it holds and was asked, changes from behind, and failures on demand."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.emulator import create_app
from constructs_ims.backend.emulator.operations import OPERATIONS
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox

WriteStack = Callable[..., Path]
Image = dict[str, Any]


def operations(sandbox: Sandbox) -> list[str]:
    return [request.operation for request in sandbox.cloud.requests]


def test_requests_are_what_the_service_was_asked(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)

    (created,) = [request for request in sandbox.cloud.requests if request.operation == "create"]
    assert (created.method, created.url, created.status) == ("POST", "/v2/images", 201)
    assert created.body["name"] == "ubuntu"
    assert [request.number for request in sandbox.cloud.requests] == list(range(1, len(sandbox.cloud.requests) + 1))

    sandbox.cloud.clear_requests()
    sandbox.plan(stack)
    assert set(operations(sandbox)) == {"list_projects", "read"}


def test_requests_show_no_secrets(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    sandbox.apply(write_stack(images={"a": ubuntu}))
    account = sandbox.world.account

    shown = "".join(f"{request!r}{request.curl()}{request.document()}" for request in sandbox.cloud.requests)

    assert account.secret_key not in shown
    assert account.access_key not in shown


def test_changes_behind_the_stacks_back(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)
    (image,) = sandbox.cloud.images

    sandbox.cloud.change_image(image["id"], {"min_disk": 80})
    assert sandbox.images()[0]["min_disk"] == 80
    sandbox.cloud.remove_image(image["id"])
    made = sandbox.cloud.create_image({"name": "theirs"})

    assert sandbox.plan(stack).summary == "1 to add, 0 to change, 0 to destroy"
    assert [image["id"] for image in sandbox.cloud.images] == [made["id"]]


def test_image_that_the_service_would_refuse_is_not_created(sandbox: Sandbox) -> None:
    with pytest.raises(OperationFailedError, match=r"IMG\.0072"):
        sandbox.cloud.create_image({"disk_format": "floppy"})
    assert sandbox.cloud.images == []


@pytest.mark.parametrize(
    "value",
    [float("inf"), float("nan"), -float("inf"), {1, 2}, object(), "\ud800", 10**5000, b"x", {"a": [float("inf")]}],
    ids=lambda value: type(value).__name__,
)
def test_attribute_that_json_has_no_place_for(sandbox: Sandbox, value: object) -> None:
    made = sandbox.cloud.create_image({"name": "a"})

    for change_image in (sandbox.change_image, sandbox.cloud.change_image):
        with pytest.raises(OperationFailedError, match="Invalid attribute"):
            change_image(made["id"], {"min_disk": value})
    assert sandbox.images() == [made]


@pytest.mark.parametrize(
    ("failure", "said", "requests", "images"),
    [
        ({}, "Internal server error.", 1, 0),
        ({"status": 400}, "IMG.0001", 1, 0),
        ({"status": 403}, "APIGW.0302", 1, 0),
        ({"status": 409, "message": "In use."}, "conflict", 1, 0),
        ({"status": 429, "times": 6}, "APIGW.0308", 6, 0),
        ({"drop": "before"}, "Answer lost", 1, 0),
        ({"drop": "after"}, "Answer lost", 1, 1),
    ],
    ids=str,
)
def test_failed_creation(
    failure: dict[str, Any],
    said: str,
    requests: int,
    images: int,
    sandbox: Sandbox,
    write_stack: WriteStack,
    ubuntu: Image,
) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.cloud.fail_next("create", **failure)

    with pytest.raises(OperationFailedError, match=said):
        sandbox.apply(stack)
    assert operations(sandbox).count("create") == requests
    assert len(sandbox.images()) == images
    assert sandbox.cloud.pending_failures == []
    assert sandbox.apply(stack).added == 1 - images
    assert len(sandbox.images()) == 1
    assert not sandbox.plan(stack).has_changes


@pytest.mark.parametrize("kind", ["memory", "directory"])
def test_image_whose_creation_got_no_answer_is_taken_up_once(
    kind: str, tmp_path: Path, write_stack: WriteStack, ubuntu: Image
) -> None:
    stack = write_stack(images={"a": ubuntu, "b": ubuntu | {"name": "b"}})
    with Sandbox(None if kind == "memory" else tmp_path / "sandbox") as sandbox:
        sandbox.cloud.fail_next("create", drop="after")
        with pytest.raises(OperationFailedError, match="Answer lost"):
            sandbox.apply(stack)
        sandbox.save("lost")
        for _ in range(2):
            plan = sandbox.plan(stack)
            assert [fault.summary for fault in plan.diagnostics] == ["Unfinished creation found"]
            sandbox.apply(plan)
            assert sorted(image["name"] for image in sandbox.images()) == ["b", "ubuntu"]
            assert not sandbox.plan(stack).has_changes
            sandbox.load("lost")

        sandbox.reset()
        assert sandbox.apply(stack).added == 2
        assert len(sandbox.images()) == 2


@pytest.mark.parametrize("operation", ["read", "delete"])
@pytest.mark.parametrize("failure", [{"drop": "before"}, {"drop": "after"}, {"status": 503}, {"status": 429}])
def test_what_passes_is_repeated(
    operation: str, failure: dict[str, Any], sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image
) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)
    sandbox.cloud.clear_requests()
    sandbox.cloud.fail_next(operation, **failure)

    sandbox.destroy(stack)

    assert sandbox.images() == []
    assert sandbox.cloud.pending_failures == []
    answers = [request.status for request in sandbox.cloud.requests if request.operation == operation]
    assert answers[0] == failure.get("status")
    assert len(answers) > 1


def test_failure_of_one_image_leaves_the_others(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={name: ubuntu | {"name": name} for name in ("a", "b", "c")})
    sandbox.cloud.fail_next("create", image="b")

    with pytest.raises(OperationFailedError):
        sandbox.apply(stack)
    assert sorted(image["name"] for image in sandbox.images()) == ["a", "c"]

    sandbox.apply(stack)
    (b,) = [image for image in sandbox.images() if image["name"] == "b"]
    for image in (b["id"], "b"):
        sandbox.cloud.fail_next("read", image=image, status=500)
        with pytest.raises(OperationFailedError):
            sandbox.plan(stack)
        assert not sandbox.plan(stack).has_changes


def test_reset_forgets_requests_and_failures(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)
    sandbox.cloud.fail_next("create")

    sandbox.reset()

    assert (sandbox.cloud.requests, sandbox.cloud.pending_failures) == ([], [])
    assert sandbox.apply(stack).added == 1


def test_cleared_failures_do_not_come(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    sandbox.cloud.fail_next("create", times=3)
    sandbox.cloud.clear_failures()

    assert sandbox.apply(write_stack(images={"a": ubuntu})).added == 1


def test_delay_holds_the_answer_back_by_the_services_clock(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"{seconds} seconds of real time pass"))
    before = sandbox.cloud.now
    sandbox.cloud.fail_next("create", delay=20)

    assert sandbox.apply(write_stack(images={"a": ubuntu})).added == 1
    assert sandbox.cloud.now - before >= timedelta(seconds=20)
    assert len(sandbox.images()) == 1


@pytest.mark.parametrize("drop", [None, "before", "after"])
def test_delay_beyond_the_clients_timeout_is_no_answer(
    drop: Any, sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image
) -> None:
    """As over a socket: whether the image was made is not known, and the next plan looks for it."""
    stack = write_stack(images={"a": ubuntu})
    sandbox.cloud.fail_next("create", delay=31, drop=drop)

    with pytest.raises(OperationFailedError, match="Answer timed out"):
        sandbox.apply(stack)

    assert len(sandbox.images()) == (0 if drop == "before" else 1)
    sandbox.apply(stack)
    assert len(sandbox.images()) == 1


def test_reading_waits_until_the_service_answers_in_time(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image
) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)
    sandbox.cloud.fail_next("read", times=2, delay=3600)

    assert not sandbox.plan(stack).has_changes


def test_delay_of_a_service_on_a_socket_is_real_time() -> None:
    with (
        Sandbox() as sandbox,
        EmulatorServer(
            create_app(sandbox.world.store, sandbox.world.account, controls=sandbox.world.controls)
        ) as server,
    ):
        sandbox.cloud.fail_next("issue_token", delay=0.2, status=401)
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{server.endpoint}/v3/auth/tokens", b"{}", headers)
        started = time.monotonic()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(asked, timeout=60)

    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"operation": "craete"}, "There is no operation 'craete'. Use one of create, read"),
        ({"operation": ""}, "There is no operation"),
        ({"times": 0}, "times is 0"),
        ({"times": True}, "times is True"),
        ({"times": 1.5}, "times is 1.5"),
        ({"skip": -1}, "skip is -1"),
        ({"status": 200}, "status is 200"),
        ({"status": 600}, "status is 600"),
        ({"delay": -1}, "delay is -1"),
        ({"delay": float("nan")}, "delay is nan"),
        ({"delay": 1e9}, "delay is 1000000000.0"),
        ({"drop": "during"}, "drop is 'during'"),
        ({"drop": "after", "status": 500}, "has no status"),
        ({"image": 7}, "image is 7"),
        ({"message": 7}, "message is 7"),
    ],
    ids=str,
)
def test_failure_that_makes_no_sense_is_refused(arguments: dict[str, Any], said: str, sandbox: Sandbox) -> None:
    with pytest.raises(OperationFailedError) as caught:
        sandbox.cloud.fail_next(**({"operation": "create"} | arguments))

    assert said in str(caught.value)
    assert sandbox.cloud.pending_failures == []


@given(
    rules=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), max_size=4),
    requests=st.integers(0, 20),
)
def test_failures_are_counted_in_the_order_in_which_they_were_asked_for(
    rules: list[tuple[int, int]], requests: int
) -> None:
    with Sandbox(deterministic=True) as sandbox:
        for number, (times, skip) in enumerate(rules):
            sandbox.cloud.fail_next("list", times=times, skip=skip, status=400 + number, message="x")
        expected = [
            status for number, (times, skip) in enumerate(rules) for status in [None] * skip + [400 + number] * times
        ]
        failures = sandbox.world.controls.failures

        taken = [failures.take("list", frozenset()) for _ in range(requests)]

        assert [rule and rule.status for rule in taken] == (expected + [None] * requests)[:requests]
        assert sum(rule.times + rule.skip for rule in failures.pending()) == max(0, len(expected) - requests)
        assert failures.take("read", frozenset()) is None


def test_every_operation_can_fail(sandbox: Sandbox) -> None:
    for operation in OPERATIONS:
        sandbox.cloud.fail_next(operation)

    assert [failure.operation for failure in sandbox.cloud.pending_failures] == list(OPERATIONS)
    assert [failure.status for failure in sandbox.cloud.pending_failures] == [500] * len(OPERATIONS)


def with_timeout(image: Image, delete: str) -> Image:
    return {**image, "timeouts": {"delete": delete}}


def test_deletion_that_takes_its_time_is_waited_for_by_the_services_clock(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image
) -> None:
    stack = write_stack(images={"a": ubuntu, "b": ubuntu})
    sandbox.apply(stack)
    sandbox.cloud.set_life_cycle(deleting_seconds=200)
    began, started = sandbox.cloud.advance_clock(0), time.monotonic()

    assert sandbox.destroy(stack).destroyed == 2

    assert sandbox.images() == []
    assert (sandbox.cloud.advance_clock(0) - began).total_seconds() >= 200
    assert time.monotonic() - started < 60
    assert operations(sandbox).count("read") > 4


def test_deletion_that_takes_longer_than_the_timeout_fails_and_loses_nothing(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image
) -> None:
    stack = write_stack(images={"a": with_timeout(ubuntu, "5m")})
    sandbox.apply(stack)
    sandbox.cloud.set_life_cycle(deleting_seconds=1000)

    with pytest.raises(OperationFailedError, match=r"timeout while waiting .* timeout: 5m0s"):
        sandbox.destroy(stack)
    assert [image["status"] for image in sandbox.images()] == ["deleted"]
    assert sandbox.state(stack)["huaweicloud_ims_image_metadata.a"]["name"] == "ubuntu"

    sandbox.cloud.advance_clock(1000)
    assert sandbox.images() == []
    assert sandbox.destroy(stack).destroyed == 0


def test_deletion_that_takes_so_many_reads(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)
    sandbox.cloud.set_life_cycle(deleting_reads=3)
    sandbox.cloud.clear_requests()

    sandbox.destroy(stack)

    assert operations(sandbox)[-5:] == ["delete", "read", "read", "read", "read"]


def test_status_is_set_at_once_and_later(sandbox: Sandbox) -> None:
    id = sandbox.cloud.create_image({"name": "a"})["id"]

    sandbox.cloud.set_status(id, "active")
    assert sandbox.images()[0]["status"] == "active"
    sandbox.cloud.set_status(id, "killed", seconds=3600)
    sandbox.cloud.advance_clock(1800)
    assert sandbox.images()[0]["status"] == "active"
    sandbox.cloud.advance_clock(1800)
    assert sandbox.images()[0]["status"] == "killed"
    with pytest.raises(OperationFailedError, match="No such image"):
        sandbox.cloud.set_status("7", "active")
    with pytest.raises(OperationFailedError, match="Invalid status"):
        sandbox.cloud.set_status(id, "gone")
    with pytest.raises(OperationFailedError, match="Invalid time"):
        sandbox.cloud.advance_clock(-1)
    with pytest.raises(OperationFailedError, match="Invalid life cycle"):
        sandbox.cloud.set_life_cycle(saving_ends="lost")


def test_quotas_bound_what_stacks_create(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu, "b": ubuntu})
    sandbox.cloud.set_quotas(image=1)

    with pytest.raises(OperationFailedError, match=r"IMG\.0015"):
        sandbox.apply(stack)
    assert len(sandbox.images()) == 1
    sandbox.cloud.set_quotas(image=None)
    assert sandbox.apply(stack).added == 1
    with pytest.raises(OperationFailedError, match="Invalid quota"):
        sandbox.cloud.set_quotas(images=1)


def test_seed_is_the_same_in_every_sandbox() -> None:
    seen = set()
    for _ in range(2):
        with Sandbox() as sandbox:
            made = sandbox.cloud.seed([{"name": "base", "status": "active"}, {"name": "more", "count": 2}])
            assert sandbox.images() == made
            seen.add(json.dumps(made))
            with pytest.raises(OperationFailedError, match="Invalid seed"):
                sandbox.cloud.seed([{"min_disk": 5}])
            assert sandbox.images() == made
    assert len(seen) == 1


@pytest.mark.parametrize(("body", "said"), [("truncated", "Answer lost"), ("wrong", "[Jj]SON|unexpected|Answer")])
def test_answer_that_is_none(body: Any, said: str, sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    """The work is done, and nobody can read what came of it: the next apply takes the image up, and makes no second."""
    stack = write_stack(images={"a": ubuntu})
    sandbox.cloud.fail_next("create", body=body)

    with pytest.raises(OperationFailedError, match=said):
        sandbox.apply(stack)
    assert len(sandbox.images()) == 1
    sandbox.apply(stack)
    assert len(sandbox.images()) == 1
    assert not sandbox.plan(stack).has_changes


def test_each_third_request_fails(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images=dict.fromkeys("abcdef", ubuntu))
    sandbox.cloud.fail_next("create", status=403, every=3, times=2)

    with pytest.raises(OperationFailedError, match=r"APIGW\.0302"):
        sandbox.apply(stack)

    statuses = [request.status for request in sandbox.cloud.requests if request.operation == "create"]
    assert statuses == [201, 201, 403, 201, 201, 403]
    assert sandbox.cloud.pending_failures == []


def test_image_beyond_the_quota_is_refused(sandbox: Sandbox) -> None:
    sandbox.cloud.set_quotas(image=0)

    with pytest.raises(OperationFailedError, match=r"IMG\.0015"):
        sandbox.cloud.create_image({"name": "base"})


def test_clock_is_set(sandbox: Sandbox) -> None:
    at = datetime(2030, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))

    assert timedelta(0) <= sandbox.cloud.set_clock(at) - at < timedelta(seconds=5)
    assert sandbox.cloud.now >= at
    assert sandbox.cloud.create_image({"name": "base"})["created_at"].startswith("2030-01-01T00:00:")
    for wrong in (at - timedelta(seconds=1), datetime(2031, 1, 1), "2031-01-01"):
        with pytest.raises(OperationFailedError, match="Invalid time"):
            sandbox.cloud.set_clock(wrong)  # type: ignore[arg-type]


def test_health_and_description_are_those_of_the_service(sandbox: Sandbox) -> None:
    sandbox.cloud.create_image({"name": "base"})

    with EmulatorServer(create_app(sandbox.world.store, sandbox.world.account)) as server:
        for name, said in (("health", sandbox.cloud.health), ("openapi.json", sandbox.cloud.openapi)):
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/_emulator/{name}", timeout=60) as answer:
                assert json.load(answer) == said
    assert sandbox.cloud.health == {"status": "ok", "images": 1}


def test_metrics_count_what_was_asked(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    sandbox.apply(write_stack(images={"a": ubuntu}))

    assert 'ims_requests_total{operation="create",status="201"} 1' in sandbox.cloud.metrics
    assert 'ims_images{status="queued"} 1' in sandbox.cloud.metrics


@pytest.mark.parametrize("kind", ["memory", "directory"])
def test_snapshot_is_deleted(kind: str, tmp_path: Path) -> None:
    with Sandbox(None if kind == "memory" else tmp_path / "sandbox") as sandbox:
        sandbox.save("one")
        sandbox.save("one")
        sandbox.save("two")
        sandbox.delete_snapshot("one")

        assert sandbox.snapshots() == ["two"]
        with pytest.raises(OperationFailedError, match="No such snapshot"):
            sandbox.load("one")
        with pytest.raises(OperationFailedError, match="No such snapshot"):
            sandbox.delete_snapshot("one")


def test_reset_brings_back_the_services_beginning(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    sandbox.cloud.set_life_cycle(deleting_reads=5)
    sandbox.cloud.set_quotas(image=0)
    sandbox.cloud.advance_clock(86400)

    sandbox.reset()

    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)
    assert sandbox.images()[0]["created_at"].startswith("2024-01-01")
    sandbox.destroy(stack)
    assert operations(sandbox)[-2:] == ["delete", "read"]


def test_provider_waits_by_the_services_clock_where_requests_are_throttled(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image
) -> None:
    sandbox.cloud.set_throttle(1, seconds=1)

    applied = sandbox.apply(write_stack(images={"a": ubuntu}))

    assert applied.added == 1
    assert 429 in [request.status for request in sandbox.cloud.requests]
    with pytest.raises(OperationFailedError, match="Invalid threshold"):
        sandbox.cloud.set_throttle(0)


def test_what_was_set_is_read_back(sandbox: Sandbox) -> None:
    cloud = sandbox.cloud
    assert cloud.throttle[0] is None
    before = cloud.now

    cloud.set_throttle(5, seconds=2.0)
    cloud.set_quotas(image=7)
    cloud.set_life_cycle(saving_reads=2, saving_ends="killed")
    moved = cloud.advance_clock(90)

    assert cloud.throttle == (5, 2.0)
    assert cloud.quotas["image"] == 7
    assert (cloud.life_cycle["saving_reads"], cloud.life_cycle["saving_ends"]) == (2, "killed")
    assert before + timedelta(seconds=90) <= moved <= cloud.now
    sandbox.reset()
    assert (cloud.throttle[0], cloud.life_cycle["saving_reads"]) == (None, 0)
    assert cloud.quotas["image"] != 7


def test_requests_are_noted_by_the_services_clock_which_does_not_go_on_for_being_read(
    write_stack: WriteStack, ubuntu: Image
) -> None:
    stack = write_stack(images={"a": ubuntu})
    noted = []
    for _ in range(2):
        with Sandbox(deterministic=True) as sandbox:
            sandbox.apply(stack)
            sandbox.cloud.advance_clock(3600)
            sandbox.plan(stack)
            noted.append([request.at for request in sandbox.cloud.requests])
            assert sandbox.cloud.now == sandbox.cloud.now

    assert noted[0] == noted[1]
    assert noted[0][-1] - noted[0][0] > timedelta(seconds=3600)
