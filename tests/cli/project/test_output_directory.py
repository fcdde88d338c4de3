"""The output directory: whole at every moment, with right paths in it, and nothing of the user's deleted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox.directory import stack_name
from constructs_ims.cli.project import Project, synthesize
from constructs_ims.cli.project.problems import ProjectError

_SYNTHESIZE = """
import sys, pathlib
from constructs_ims.cli.project import Project, synthesize
directory = pathlib.Path(sys.argv[1])
synthesize(Project(directory, f"{sys.executable} main.py", directory / "cdktf.out"))
"""
_ASSET_APP = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
stack = out / "stacks" / "web"
asset = stack / "assets" / "code" / {version!r} / "f.txt"
asset.parent.mkdir(parents=True)
asset.write_text({version!r})
relative = os.path.relpath("modules/vpc", stack)
locals = {{"outdir": str(out), "stack": os.path.relpath(stack), "module": relative, "asset": str(asset)}}
(stack / "cdk.tf.json").write_text(json.dumps({{"locals": locals}}))
entry = {{"name": "web", "workingDirectory": "stacks/web", "constructPath": "web"}}
(out / "manifest.json").write_text(json.dumps({{"stacks": {{"web": entry}}, "outdir": str(out)}}))
print("written to", out)
"""


def entries(project: Project) -> set[str]:
    return {path.name for path in project.directory.iterdir()}


@pytest.mark.parametrize("output", ["cdktf.out", "out put/ö", ".", "build/../out"])
def test_paths_are_those_of_the_output_directory(app_of: Callable[[str], Project], output: str) -> None:
    project = app_of(_ASSET_APP.format(version="1"))
    project = replace(project, output=Path(os.path.normpath(project.directory / output)))
    lines: list[str] = []

    (stack,) = synthesize(project, say=lines.append)

    found = json.loads((stack.directory / "cdk.tf.json").read_text())["locals"]
    pointing = {"stack": project.directory, "module": stack.directory}
    assert {name: os.path.normpath(pointing.get(name, project.directory) / path) for name, path in found.items()} == {
        "outdir": str(project.output),
        "stack": str(stack.directory),
        "module": str(project.directory / "modules/vpc"),
        "asset": str(stack.directory / "assets/code/1/f.txt"),
    }
    assert Path(found["asset"]).read_text() == "1"
    assert json.loads((project.output / "manifest.json").read_text())["outdir"] == str(project.output)
    assert lines == [f"written to {project.output}"]


def test_old_versions_of_assets_go_and_the_rest_of_a_stack_stays(app_of: Callable[[str], Project]) -> None:
    (stack,) = synthesize(app_of(_ASSET_APP.format(version="1")))
    kept = [
        stack.directory / ".terraform" / "x",
        stack.directory / "terraform.web.tfstate",
        stack.directory / "assets/my",
    ]
    for path in kept:
        path.parent.mkdir(exist_ok=True)
        path.write_text("kept")

    synthesize(app_of(_ASSET_APP.format(version="2")))

    assert [path.name for path in (stack.directory / "assets/code").iterdir()] == ["2"]
    assert [path.read_text() for path in kept] == ["kept"] * 3


def test_output_directory_is_whole_while_the_app_runs_and_after_it_failed(
    app_with: Callable[..., Project], app_of: Callable[[str], Project]
) -> None:
    project = app_with(web={})
    synthesize(project)
    before = {path: path.read_bytes() for path in project.output.rglob("*") if path.is_file()}
    looking = f"""
import os, pathlib, shutil
out = pathlib.Path({str(project.output)!r})
print((out / "manifest.json").exists(), (out / "stacks/web/cdk.tf.json").exists())
pathlib.Path(os.environ["CDKTF_OUTDIR"], "manifest.json").write_text("torn")
"""
    lines: list[str] = []

    with pytest.raises(ProjectError, match="Broken manifest"):
        synthesize(app_of(looking), say=lines.append)

    assert lines == ["True True"]
    assert {path: path.read_bytes() for path in project.output.rglob("*") if path.is_file()} == before
    assert entries(project) == {"cdktf.out", "main.py", "cdktf.json"}


def test_killed_synthesis_changes_nothing_and_is_cleared_away(
    app_with: Callable[..., Project], app_of: Callable[[str], Project]
) -> None:
    project = app_with(web={})
    (stack,) = synthesize(project)
    before = {path: path.read_bytes() for path in project.output.rglob("*") if path.is_file()}
    name = stack_name(stack.directory)
    app_of("import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(60)")
    running = subprocess.Popen([sys.executable, "-c", _SYNTHESIZE, project.directory])
    pid = project.directory / "pid"
    while not pid.exists() or not pid.read_text():
        assert running.poll() is None
        time.sleep(0.02)

    running.kill()
    running.wait()
    os.kill(int(pid.read_text()), signal.SIGKILL)

    assert {path: path.read_bytes() for path in project.output.rglob("*") if path.is_file()} == before
    assert stack_name(stack.directory) == name
    assert any(entry.startswith(".cdktf-synth-") for entry in entries(project))
    app_with(web={})
    synthesize(project)
    assert not any(entry.startswith(".cdktf-synth-") for entry in entries(project))


def test_syntheses_at_once_leave_one_whole_output(app_with: Callable[..., Project]) -> None:
    project = app_with(base={}, web={"dependencies": ["base"]})
    command = [sys.executable, "-c", _SYNTHESIZE, project.directory]

    running = [subprocess.Popen(command) for _ in range(3)]

    assert [process.wait() for process in running] == [0] * 3
    assert {path.name for path in (project.output / "stacks").iterdir()} == {"base", "web"}
    assert entries(project) == {"cdktf.out", "main.py", "cdktf.json"}


def test_app_that_names_the_output_directory_itself_is_read_there(app_of: Callable[[str], Project]) -> None:
    code = _ASSET_APP.format(version="1").replace('os.environ["CDKTF_OUTDIR"]', '"cdktf.out"')

    (stack,) = synthesize(app_of(code))

    assert (stack.directory / "assets/code/1/f.txt").exists()


def test_folders_of_the_user_in_the_output_directory_stay(app_with: Callable[..., Project]) -> None:
    project = replace(app_with(old={}, kept={}), output=Path())
    project = replace(project, output=project.directory)
    own = [project.directory / "stacks" / name / "mine.py" for name in ("own", "old", "kept")]
    for path in own:
        path.parent.mkdir(parents=True)
        path.write_text("mine")
    synthesize(project)

    synthesize(replace(app_with(kept={}), output=project.directory))

    assert [path.read_text() for path in own] == ["mine"] * 3
    assert not (project.directory / "stacks/old/cdk.tf.json").exists()
    assert (project.directory / "stacks/kept/cdk.tf.json").exists()


@pytest.mark.parametrize("missing", ["manifest.json", "stacks/web/cdk.tf.json"])
@pytest.mark.parametrize("output", ["cdktf.out", "elsewhere"])
def test_no_missing_file_changes_what_a_stack_is(app_with: Callable[..., Project], missing: str, output: str) -> None:
    project = app_with(web={})
    project = replace(project, output=project.directory / output)
    (stack,) = synthesize(project)

    (project.output / missing).unlink()

    assert stack_name(stack.directory) == "web"


_TWO_OF_ONE_ID = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
(out / "stacks/net").mkdir(parents=True)
body = {"//": {"metadata": {"path": "prod/net/x/a", "uniqueId": "a"}}}
(out / "stacks/net/cdk.tf.json").write_text(json.dumps({"resource": {"null_resource": {"a": body}}}))
entry = {"name": "net", "constructPath": "dev/net", "workingDirectory": "stacks/net"}
(out / "manifest.json").write_text(json.dumps({"stacks": {"net": entry}}))
"""


def test_two_stacks_with_one_id_are_refused_and_named(
    app_with: Callable[..., Project], app_of: Callable[[str], Project]
) -> None:
    project = app_with(net={"constructPath": "dev/net"})
    synthesize(project)
    before = (project.output / "stacks/net/cdk.tf.json").read_text()

    with pytest.raises(ProjectError, match='Two stacks with one id: The stacks "dev/net" and "prod/net"'):
        synthesize(app_of(_TWO_OF_ONE_ID))

    assert (project.output / "stacks/net/cdk.tf.json").read_text() == before


def test_two_entries_with_one_directory_are_refused_and_named(app_with: Callable[..., Project]) -> None:
    one = {"workingDirectory": "stacks/net"}
    project = app_with(
        **{"dev-net": {**one, "constructPath": "dev/net"}, "prod-net": {**one, "constructPath": "prod/net"}}
    )

    with pytest.raises(ProjectError, match='"dev/net" and "prod/net"'):
        synthesize(project)


def test_dependencies_are_found_by_construct_path(app_with: Callable[..., Project]) -> None:
    project = app_with(net={"constructPath": "dev/net"}, web={"constructPath": "dev/web", "dependencies": ["dev/net"]})

    assert [stack.dependencies for stack in synthesize(project)] == [(), ("net",)]
