"""Which Node.js jsii runs on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_ims import node
from constructs_ims.node import NodeNotFoundError, choose_node, major_version, wheel_node

needs_executables = pytest.mark.skipif(os.name == "nt", reason="the stand-in for Node is a shell script")


def stand_in(folder: Path, version: str) -> str:
    """Lay an executable that answers as Node of ``version`` into ``folder``, and return the PATH that has it alone."""
    program = folder / "node"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    return str(folder)


@pytest.fixture
def wheel(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(node, "wheel_node", lambda: "/wheel/node")
    return "/wheel/node"


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "wheel_node", lambda: None)


@needs_executables
@pytest.mark.parametrize(
    ("version", "chosen"),
    [
        ("v22.11.0", None),
        ("v24.0.0", None),
        ("v20.20.2", "/wheel/node"),
        ("v23.1.0", "/wheel/node"),
        ("?", "/wheel/node"),
    ],
)
def test_wheel_steps_in_for_unsupported_node(tmp_path: Path, wheel: str, version: str, chosen: str | None) -> None:
    environ = {"PATH": stand_in(tmp_path, version)}
    choose_node(environ)

    assert environ.get("JSII_NODE") == chosen


def test_wheel_steps_in_where_there_is_no_node(tmp_path: Path, wheel: str) -> None:
    environ = {"PATH": str(tmp_path)}
    choose_node(environ)

    assert environ["JSII_NODE"] == wheel


@needs_executables
def test_unsupported_node_is_better_than_none(tmp_path: Path, no_wheel: None) -> None:
    environ = {"PATH": stand_in(tmp_path, "v20.20.2")}
    choose_node(environ)

    assert "JSII_NODE" not in environ


def test_no_node_at_all_names_the_extra(tmp_path: Path, no_wheel: None) -> None:
    with pytest.raises(NodeNotFoundError, match=r'pip install "constructs-ims\[node\]"'):
        choose_node({"PATH": str(tmp_path)})


def test_choice_of_the_user_stays(tmp_path: Path, wheel: str) -> None:
    environ = {"PATH": str(tmp_path), "JSII_NODE": "/my/node"}
    choose_node(environ)

    assert environ["JSII_NODE"] == "/my/node"


@pytest.mark.parametrize("program", ["/nowhere/node", sys.executable])
def test_what_is_not_node_has_no_version(program: str) -> None:
    assert major_version(program) is None


needs_wheel = pytest.mark.skipif(wheel_node() is None, reason='the extra "node" is not installed')


@needs_wheel
def test_wheel_is_a_supported_node() -> None:
    found = wheel_node()

    assert found is not None
    assert major_version(found) in node.SUPPORTED_MAJORS


STARTS = {
    "package first": "import constructs_ims, cdktf",
    "name first": "from constructs_ims import ImsImageMetadata",
    "jsii before": "import jsii, constructs_ims, cdktf",
}


@needs_wheel
@needs_executables
@pytest.mark.e2e
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize("path", ["no Node", "old Node"])
def test_app_runs_without_a_banner(tmp_path: Path, path: str, start: str) -> None:
    """The old Node is none at all, so an app that asked it would fail."""
    if path == "old Node":
        stand_in(tmp_path, "v20.20.2")
    environ = {name: value for name, value in os.environ.items() if name not in ("PATH", "JSII_NODE")}
    script = f"{start}; import constructs_ims; constructs_ims.ImsImageMetadata; print('started')"
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**environ, "PATH": f"{tmp_path}", "PYTHONPATH": str(Path(__file__).parents[2])},
    )

    assert (ran.stdout, ran.stderr, ran.returncode) == ("started\n", "", 0)


def test_hook_retires_after_its_one_use(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[bool] = []
    monkeypatch.setattr(node, "choose_node", lambda: chosen.append(True))
    hook = node.ChooseNodeBeforeJsii()
    monkeypatch.setattr(sys, "meta_path", [hook, *sys.meta_path])

    assert hook.find_spec("json") is None
    assert hook.find_spec("jsii") is None
    assert (hook in sys.meta_path, chosen) == (False, [True])
