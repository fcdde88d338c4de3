"""``sandbox`` and ``doctor``."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from constructs_ims.backend import extras
from constructs_ims.cli.commands import doctor
from constructs_ims.schema.attribute import Block, Schema
from tests.bindings_text import files, write_archive


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
    assert ci("sandbox", "delete", "monday").out == '"monday" is deleted.\n'
    assert "snapshots  none\n" in ci("sandbox", "list").out


def test_unknown_snapshot_is_reported(ci: Any) -> None:
    ran = ci("sandbox", "load", "tuesday")

    assert ran.status == 1
    assert "Error: No such snapshot" in ran.err


def test_json_is_asked_for_before_or_after_the_action(ci: Any) -> None:
    assert ci("sandbox", "list", "--json").json() == ci("sandbox", "--json", "list").json()
    assert "images" in ci("sandbox", "list").out


def test_action_is_needed(ci: Any) -> None:
    assert ci("sandbox").status == 2


def test_doctor_finds_what_tests_need(ci: Any) -> None:
    ran = ci("doctor")

    assert ran.status == 0
    assert "ok       Python " in ran.out
    assert "ok       offline parts" in ran.out
    assert 'runs "python main.py"' in ran.out


def test_doctor_tells_where_types_are_from(ci: Any) -> None:
    stack = ci.directory / "cdktf.out" / "stacks" / "web"
    stack.mkdir(parents=True)
    resources = {"shop_thing": {"t": {}}, "depot_box": {"b": {}}}
    (stack / "cdk.tf.json").write_text(json.dumps({"resource": resources}))
    content = files("hashicorp/shop", {("managed", "shop_thing"): Schema("shop_thing", Block(()))})
    write_archive(ci.directory / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", content)
    (ci.directory / "imports/depot/_jsii").mkdir(parents=True)
    (ci.directory / "imports/depot/_jsii/depot@0.0.0.jsii.tgz").write_bytes(b"broken")

    [found] = [one for one in json.loads(ci("doctor", "--json").out) if one["name"] == "simulated types"]

    assert "hashicorp/shop: imports/shop" in found["detail"]
    assert "hashicorp/depot: the stack's own use; imports/depot cannot be read" in found["detail"]


def test_doctor_asks_no_program_for_news(ci: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = ci.directory / "bin"
    programs.mkdir()
    (programs / "terraform").write_text('#!/bin/sh\necho "checkpoint=$CHECKPOINT_DISABLE"\n')
    (programs / "terraform").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.delenv("CHECKPOINT_DISABLE", raising=False)

    assert "checkpoint=1 at" in ci("doctor").out


def test_doctor_fails_where_something_essential_is_missing(ci: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "falcon" else object())
    monkeypatch.setitem(sys.modules, "falcon", None)

    ran = ci("doctor", "--json")

    assert ran.status == 1
    (failed,) = [finding for finding in ran.json() if finding["verdict"] == "failed"]
    assert failed["detail"] == "falcon cannot be imported. Install constructs-ims[offline]."


def test_doctor_notices_a_sandbox_that_cannot_be(ci: Any) -> None:
    (ci.directory / ".constructs-ims").write_text("in the way")

    ran = ci("doctor")

    assert ran.status == 1
    assert "is not a directory that can be written to" in ran.out


@pytest.fixture
def damaged(ci: Any) -> Any:
    """A project whose sandbox had an image, until its database was written over."""
    ci.add("web")
    ci("deploy")
    ci.damage = ci.directory / ".constructs-ims" / "ims.sqlite3"
    ci.damage.write_text("garbage")
    return ci


@pytest.mark.parametrize(
    "words", [("plan",), ("deploy",), ("destroy",), ("sandbox", "list"), ("sandbox", "save", "x")], ids=" ".join
)
def test_damaged_database_is_reported_with_the_way_out(damaged: Any, words: tuple[str, ...]) -> None:
    ran = damaged(*words)

    assert ran.status == 1
    assert "Error: Damaged database" in ran.err
    assert "constructs-ims sandbox reset" in " ".join(ran.err.split())
    assert damaged.damage.read_text() == "garbage"


@pytest.mark.parametrize("name", ["ims.sqlite3", "credentials.json"])
def test_reset_mends_what_is_damaged(damaged: Any, name: str) -> None:
    (damaged.directory / ".constructs-ims" / name).write_text("garbage")

    failed = damaged("doctor")
    assert failed.status == 1
    assert "failed   sandbox" in failed.out
    assert damaged("sandbox", "reset").status == 0
    assert damaged("doctor").status == 0
    assert damaged("deploy").status == 0
    assert damaged.images() == 1


@pytest.mark.parametrize("broken", ["garbage", None], ids=["damaged", "missing"])
def test_damaged_snapshot_changes_nothing(ci: Any, broken: str | None) -> None:
    ci.add("web")
    ci("deploy")
    ci("sandbox", "save", "monday")
    database = ci.directory / ".constructs-ims" / "snapshots" / "monday" / "ims.sqlite3"
    database.unlink()
    if broken is not None:
        database.write_text(broken)

    ran = ci("sandbox", "load", "monday")

    assert ran.status == 1
    assert "Error: Damaged snapshot" in ran.err
    assert ci.images() == 1


@pytest.mark.parametrize("words", [("sandbox", "list"), ("doctor",), ("output",)], ids=" ".join)
def test_looking_makes_no_sandbox(ci: Any, words: tuple[str, ...]) -> None:
    ci.add("web")
    ci("synth")

    assert ci(*words).status == 0

    assert not (ci.directory / ".constructs-ims").exists()


@pytest.mark.parametrize(
    "words", [("sandbox", "reset"), ("sandbox", "save", "x"), ("plan",), ("run", "--", "true")], ids=" ".join
)
def test_directory_with_other_files_is_no_sandbox(ci: Any, words: tuple[str, ...]) -> None:
    ci.add("web")
    photos = ci.directory / "photos"
    photos.mkdir()
    (photos / "summer.jpg").write_text("sun")
    (photos / "credentials.json").write_text("{}")
    ci.monkeypatch.setenv("CONSTRUCTS_IMS_SANDBOX", str(photos))

    ran = ci(*words)

    assert ran.status == 1
    assert "Error: Not a sandbox" in ran.err
    assert "in CONSTRUCTS_IMS_SANDBOX." in " ".join(ran.err.split())
    assert {path.name: path.read_text() for path in photos.iterdir()} == {"summer.jpg": "sun", "credentials.json": "{}"}


@pytest.mark.parametrize("words", [("deploy",), ("sandbox", "reset"), ("emulator", "--data", "file")], ids=" ".join)
def test_file_in_the_place_of_the_sandbox_is_reported_alike(ci: Any, words: tuple[str, ...]) -> None:
    ci.add("web")
    (ci.directory / "file").write_text("")
    ci.monkeypatch.setenv("CONSTRUCTS_IMS_SANDBOX", "file")

    ran = ci(*words)

    assert ran.status == 1
    assert "Error: Sandbox not usable" in ran.err
    named = "--data" if "--data" in words else "CONSTRUCTS_IMS_SANDBOX"
    assert f"or name another in {named}." in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("main", ["plan"]),
        ("main", ["emulator"]),
        ("main", ["run", "--", "true"]),
        ("terraform", ["-chdir=cdktf.out/stacks/web", "plan", "-no-color"]),
    ],
    ids=str,
)
def test_missing_extra_is_named(ci: Any, module: str, words: list[str]) -> None:
    ci.add("web")
    assert ci("synth").status == 0
    without = (
        "import sys; sys.modules.update(dict.fromkeys(['falcon', 'waitress']))\n"
        f"from constructs_ims.cli.{module} import main; sys.exit(main())"
    )

    ran = subprocess.run(
        [sys.executable, "-c", without, *words], cwd=ci.directory, capture_output=True, text=True, timeout=60
    )

    assert ran.returncode == 1
    assert "Error: Offline parts missing" in ran.stderr
    assert "Install constructs-ims[offline]." in ran.stderr
    assert "Traceback" not in ran.stderr


def test_port_whose_last_connection_closed_a_moment_ago_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = listening.accept()
            accepted.close()  # first, so that this side waits for stray packets
            assert client.recv(1) == b""
    monkeypatch.setattr(doctor, "_EMULATOR_PORT", port)

    assert doctor.check_port().verdict == "ok"
    with socket.create_server(("127.0.0.1", port)):
        assert doctor.check_port().verdict == "missing"
