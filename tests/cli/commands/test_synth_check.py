"""synth --check: what is synthesized is what was committed, or a diff says how it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest


@pytest.fixture
def app(ci: Any) -> Any:
    ci.add("base", provider={"huaweicloud": [{"region": "cn-north-4", "secret_key": "SECRET", "access_key": "AK"}]})
    ci.add("web")
    return ci


def files(app: Any) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((app.directory / "expected").iterdir())}


def test_written_once_agrees_from_then_on(app: Any) -> None:
    ran = app("synth", "--check", "expected", "--update")
    assert ran.status == 0
    assert "Wrote expected/base.cdk.tf.json" in ran.out
    first = files(app)

    again = app("synth", "--check", "expected")

    assert again.status == 0
    assert "As kept: base, web" in again.out or "As kept: web, base" in again.out
    assert app("synth", "--check", "expected", "--update").status == 0
    assert files(app) == first
    assert first.keys() == {"base.cdk.tf.json", "web.cdk.tf.json"}
    assert "SECRET" not in "".join(first.values())
    assert json.loads(first["base.cdk.tf.json"])["provider"]["huaweicloud"][0]["region"] == "cn-north-4"


def test_nothing_kept_yet_fails_and_writes_nothing(app: Any) -> None:
    ran = app("synth", "--check", "expected")

    assert ran.status == 1
    assert "Synthesized stacks differ" in ran.err
    assert not (app.directory / "expected").exists()


def test_change_fails_with_a_diff_and_update_takes_it(app: Any) -> None:
    app("synth", "--check", "expected", "--update")
    app.add("web", resource={"huaweicloud_ims_image_metadata": {"a": {"name": "renamed"}}})

    ran = app("synth", "--check", "expected")

    assert ran.status == 1
    assert "--- expected/web.cdk.tf.json\n+++ expected/web.cdk.tf.json (synthesized)\n" in ran.out
    assert '+        "name": "renamed"' in ran.out
    assert "base.cdk.tf.json" not in ran.out
    assert "expected/web.cdk.tf.json (changed)" in " ".join(ran.err.split())
    assert app("synth", "base", "--check", "expected").status == 0
    assert app("synth", "--check", "expected", "--update").status == 0
    assert app("synth", "--check", "expected").status == 0


def test_stack_that_is_gone_fails_and_update_removes_its_file_alone(app: Any) -> None:
    app("synth", "--check", "expected", "--update")
    (app.directory / "expected" / "notes.md").write_text("mine")
    (app.directory / "expected" / "main.tf.json").write_text("{}")
    del app.stacks["web"]
    (app.directory / "stacks.json").write_text(json.dumps(app.stacks))

    ran = app("synth", "--check", "expected")

    assert ran.status == 1
    assert "expected/web.cdk.tf.json (obsolete)" in " ".join(ran.err.split())
    assert app("synth", "base", "--check", "expected").status == 0
    assert app("synth", "--check", "expected", "--update").status == 0
    assert files(app).keys() == {"base.cdk.tf.json", "notes.md", "main.tf.json"}


def test_machines_get_one_document(app: Any) -> None:
    ran = app("synth", "--check", "expected", "--json")

    document = json.loads(ran.out)
    assert ran.status == 1
    assert not document["ok"]
    assert [(each["file"], each["status"]) for each in document["files"]] == [
        ("expected/base.cdk.tf.json", "missing"),
        ("expected/web.cdk.tf.json", "missing"),
    ]
    assert document["files"][0]["diff"].startswith("--- expected/base.cdk.tf.json\n")
    updated = json.loads(app("synth", "--check", "expected", "--update", "--json").out)
    assert updated["ok"]
    assert len(updated["files"]) == 2
    assert json.loads(app("synth", "--check", "expected", "--json").out)["files"] == []


def test_rules_are_switched_off(app: Any) -> None:
    assert app("synth", "--check", "expected", "--update", "--keep", "secrets").status == 0

    assert "SECRET" in files(app)["base.cdk.tf.json"]
    assert app("synth", "--check", "expected").status == 1
    assert app("synth", "--check", "expected", "--keep", "secrets").status == 0
    refused = app("synth", "--check", "expected", "--keep", "colors")
    assert refused.status == 2
    assert "invalid choice: 'colors'" in refused.err
    assert "Rule" not in refused.err


def test_files_are_the_same_from_every_directory_of_the_project(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    state = app.directory / "terraform.base.tfstate"
    app.add("base", terraform={"backend": {"local": {"path": str(state)}}})
    app("synth", "--check", "expected", "--update")
    assert "<cwd>/terraform.base.tfstate" in files(app)["base.cdk.tf.json"]
    (app.directory / "below").mkdir()
    monkeypatch.chdir(app.directory / "below")

    assert app("synth", "--check", "../expected").status == 0


def test_file_in_place_of_the_directory_is_told_before_the_app_runs(app: Any) -> None:
    for update in ((), ("--update",)):
        ran = app("synth", "--check", "main.py", *update)

        assert ran.status == 1
        assert "--check is main.py, which is a file. Give a directory." in " ".join(ran.err.split())
        assert "Running" not in ran.out + ran.err


def test_update_needs_a_directory(app: Any) -> None:
    ran = app("synth", "--update")

    assert ran.status == 1
    assert "Give --check DIR too" in " ".join(ran.err.split())


def test_directory_that_cannot_be_written_is_an_error_without_a_traceback(app: Any) -> None:
    (app.directory / "file").write_text("")

    ran = app("synth", "--check", "file/inside", "--update")

    assert ran.status == 1
    assert "Error: File system failure" in ran.err
