"""``sandbox`` and ``doctor``."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.cli.commands import doctor


def test_world_is_saved_reset_and_loaded(ci: Any) -> None:
    ci.add("web")
    ci("deploy")

    assert ci("sandbox", "save", "monday").out == 'Saved as "monday".\n'
    assert ci("sandbox", "reset").out == "The sandbox is empty.\n"
    assert ci.images() == 0
    assert ci("sandbox", "load", "monday").status == 0

    listed = ci("sandbox", "list").out
    assert "images     1\n" in listed
    assert "stacks     web\n" in listed
    assert "snapshots  monday\n" in listed


def test_unknown_snapshot_is_reported(ci: Any) -> None:
    ran = ci("sandbox", "load", "tuesday")

    assert ran.status == 1
    assert "Error: No such snapshot" in ran.err


def test_action_is_needed(ci: Any) -> None:
    assert ci("sandbox").status == 2


def test_doctor_finds_what_tests_need(ci: Any) -> None:
    ran = ci("doctor")

    assert ran.status == 0
    assert "ok       Python " in ran.out
    assert "ok       offline parts" in ran.out
    assert 'runs "python main.py"' in ran.out


def test_doctor_fails_where_something_essential_is_missing(ci: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name == "falcon" else object())

    ran = ci("doctor", "--json")

    assert ran.status == 1
    (failed,) = [finding for finding in ran.json() if finding["verdict"] == "failed"]
    assert failed["detail"] == "falcon cannot be imported. Install constructs-ims[offline]."


def test_doctor_notices_a_sandbox_that_cannot_be(ci: Any) -> None:
    (ci.directory / ".constructs-ims").write_text("in the way")

    ran = ci("doctor")

    assert ran.status == 1
    assert "is not a directory that can be written to" in ran.out
