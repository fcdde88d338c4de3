"""Progress and event streams: what the engine tells of a run equals what Terraform told of the same."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.plans.changes import Action, ActionReason, Importing, ResourceChange
from constructs_ims.backend.engine.render.events_json import EventStream, change_record
from constructs_ims.backend.engine.render.progress_text import (
    Counts,
    ProgressText,
    apply_summary_text,
    count_planned,
    elapsed_text,
)
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.engine.state.statefile import read_state
from constructs_ims.schema.diagnostics import error, warning

STEPS: list[dict[str, Any]] = json.loads((Path(__file__).parents[3] / "testdata" / "events.json").read_text())
IDS = ["create", "change"]
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOON = datetime(2026, 11, 23, 12, 0, 0, 1500, tzinfo=UTC)


def prior(step: dict[str, Any]) -> State:
    return read_state(step["state"].encode()).state or State()


def comparable(lines: list[str]) -> list[str]:
    """Terraform's order is that of its threads, its times and new ids are its own."""
    events = [json.loads(_UUID.sub("ID", line)) for line in lines]
    for event in events:
        event["@timestamp"] = "T"
    return sorted(json.dumps(event, sort_keys=True) for event in events)


def stack(directory: Path, step: dict[str, Any]) -> Path:
    (directory / "main.tf.json").write_text(json.dumps(step["config"]))
    return directory


@pytest.mark.parametrize("step", STEPS, ids=IDS)
def test_plan_stream_is_terraforms(tmp_path: Path, step: dict[str, Any]) -> None:
    lines: list[str] = []
    stream = EventStream(lines.append)
    stream.version()
    stream.plan(Engine(lambda _: None, observer=stream).plan(stack(tmp_path, step), prior(step)))

    assert comparable(lines) == comparable(step["plan"])


@pytest.mark.parametrize("step", STEPS, ids=IDS)
def test_apply_stream_is_terraforms(tmp_path: Path, step: dict[str, Any]) -> None:
    lines: list[str] = []
    stream = EventStream(lines.append)
    engine = Engine(lambda _: None, observer=stream)
    stream.version()
    plan = engine.plan(stack(tmp_path, step), prior(step))
    stream.plan(plan)
    outcome = engine.apply(plan)
    stream.summary("apply", Counts(outcome.added, outcome.changed, outcome.destroyed, outcome.imported))
    stream.outputs(outcome.state.outputs)

    assert comparable(lines) == comparable(step["apply"])


@pytest.mark.parametrize("step", STEPS, ids=IDS)
def test_progress_lines_are_terraforms(tmp_path: Path, step: dict[str, Any]) -> None:
    lines: list[str] = []
    engine = Engine(lambda _: None, observer=ProgressText(lines.append))
    engine.apply(engine.plan(stack(tmp_path, step), prior(step)))

    recorded = [line for line in step["apply_text"].split("\n") if re.match(r"terraform_data\S+: ", line)]
    assert sorted(_UUID.sub("ID", line) for line in lines) == sorted(_UUID.sub("ID", line) for line in recorded)


IMAGE = InstanceAddress(ResourceAddress("managed", "huaweicloud_ims_image_metadata", "a"), "k")


def change(action: Action, **more: Any) -> ResourceChange:
    return ResourceChange(IMAGE, "provider", action, {}, {}, **more)


def told(tell: Any) -> list[dict[str, Any]]:
    lines: list[str] = []
    tell(EventStream(lines.append, now=lambda: NOON))
    return [json.loads(line) for line in lines]


def test_event_has_time_level_and_module() -> None:
    lines: list[str] = []
    EventStream(lines.append, now=lambda: NOON).log("<hello>")

    assert lines == [
        '{"@level":"info","@message":"\\u003chello\\u003e","@module":"terraform.ui",'
        '"@timestamp":"2026-11-23T12:00:00.001500Z","type":"log"}'
    ]


def test_diagnostics_have_levels() -> None:
    events = told(lambda stream: stream.diagnostics([error("Bad", "It is."), warning("Odd")]))

    assert [(event["@level"], event["@message"], event["type"]) for event in events] == [
        ("error", "Error: Bad", "diagnostic"),
        ("warn", "Warning: Odd", "diagnostic"),
    ]
    assert events[0]["diagnostic"] == {"severity": "error", "summary": "Bad", "detail": "It is."}


def test_progress_and_failure_tell_the_time() -> None:
    one = change(Action.DELETE)
    events = told(
        lambda stream: (
            stream.apply_progressed(one, Action.DELETE, "7", 70.2),
            stream.apply_errored(one, Action.DELETE, "7", 71),
        )
    )

    assert [event["@message"] for event in events] == [
        'huaweicloud_ims_image_metadata.a["k"]: Still destroying... [1m10s elapsed]',
        'huaweicloud_ims_image_metadata.a["k"]: Destruction errored after 1m11s',
    ]
    assert events[0]["hook"]["elapsed_seconds"] == 70
    assert events[0]["hook"]["resource"]["implied_provider"] == "huaweicloud"


@pytest.mark.parametrize(
    ("one", "action", "extra"),
    [
        pytest.param(change(Action.NO_OP, importing=Importing("7")), "import", {"importing": {"id": "7"}}, id="import"),
        pytest.param(
            change(Action.CREATE_THEN_DELETE, reason=ActionReason.REPLACE_TAINTED),
            "replace",
            {"reason": "tainted"},
            id="tainted",
        ),
        pytest.param(change(Action.FORGET), "remove", {}, id="forgotten"),
    ],
)
def test_change_record_names_the_action(one: ResourceChange, action: str, extra: dict[str, Any]) -> None:
    record = change_record(one)
    del record["resource"]

    assert record == {"action": action, **extra}


def test_counts_see_replacements_twice_and_imports_apart() -> None:
    changes = (
        change(Action.CREATE),
        change(Action.DELETE_THEN_CREATE),
        change(Action.UPDATE, importing=Importing("7")),
        change(Action.NO_OP),
    )

    counts = count_planned(changes)

    assert counts == Counts(added=2, changed=1, destroyed=1, imported=1)
    assert counts.planned_text() == "Plan: 1 to import, 2 to add, 1 to change, 1 to destroy."
    assert counts.applied_text() == "Apply complete! Resources: 1 imported, 2 added, 1 changed, 1 destroyed."
    assert apply_summary_text(Counts(destroyed=3), is_destroy=True) == ("\nDestroy complete! Resources: 3 destroyed.\n")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0s"), (59, "59s"), (60, "1m0s"), (3600, "1h0m0s"), (3725, "1h2m5s")]
)
def test_times_are_written_as_go_does(seconds: float, text: str) -> None:
    assert elapsed_text(seconds) == text


def test_deposed_objects_and_long_ids_are_told_in_text() -> None:
    lines: list[str] = []
    progress = ProgressText(lines.append)
    progress.apply_started(change(Action.DELETE, deposed="00bee5fe"), Action.DELETE, "7")
    progress.apply_progressed(change(Action.DELETE), Action.DELETE, "x" * 100, 10)
    progress.import_started(IMAGE, "7")
    progress.data_read_completed(IMAGE, "", 2)
    progress.apply_progressed(change(Action.DELETE), Action.DELETE, "x" * 80, 10)
    progress.apply_progressed(change(Action.DELETE), Action.DELETE, "x" * 81, 10)

    assert lines[0] == 'huaweicloud_ims_image_metadata.a["k"] (deposed object 00bee5fe): Destroying... [id=7]'
    assert lines[1].endswith(f"Still destroying... [id={'x' * 38}...{'x' * 39}, 10s elapsed]")
    assert lines[2].endswith(": Preparing import... [id=7]")
    assert lines[3].endswith(": Read complete after 2s")
    assert f"[id={'x' * 80}, " in lines[4]
    assert f"[id={'x' * 38}...{'x' * 39}, " in lines[5]
