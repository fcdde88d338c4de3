"""Commands whose standard streams are closed, full or gone do their work, or say in a line why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

PROGRAMS = {
    "terraform-ims": "import sys; from constructs_ims.cli.terraform import main; sys.exit(main())",
    "constructs-ims": "import sys; from constructs_ims.cli.main import main; sys.exit(main())",
}
STACK = {
    "resource": {"terraform_data": {"a": {"input": "x"}}},
    "output": {"a": {"value": "${terraform_data.a.output}"}},
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "cdktf.json").write_text('{"app": "true"}')
    (tmp_path / "cdk.tf.json").write_text(json.dumps(STACK))
    return tmp_path


def play(
    directory: Path, program: str, redirections: str, environment: dict[str, str] | None = None
) -> tuple[int, str]:
    """Run a program with the shell's redirections; return its status and what comes out of both streams."""
    name, _, words = program.partition(" ")
    ran = subprocess.run(
        ["sh", "-c", f'"$0" -c "$1" {words} {redirections}', sys.executable, PROGRAMS[name]],
        cwd=directory,
        env={**os.environ, "CHECKPOINT_DISABLE": "1", **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_keep_nothing_from_its_work(closed: str, project: Path) -> None:
    status, printed = play(project, "terraform-ims apply -auto-approve", closed)

    assert (status, "Traceback" in printed) == (0, False), printed
    [state] = (project / ".constructs-ims").rglob("terraform.tfstate")
    assert json.loads(state.read_text())["outputs"]["a"]["value"] == "x"


@pytest.mark.parametrize("program", ["constructs-ims --help", "constructs-ims nonsense", "terraform-ims nonsense"])
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_status(program: str, closed: str, project: Path) -> None:
    expected, _ = play(project, program, "")

    status, printed = play(project, program, closed)

    assert (status, "Traceback" in printed) == (expected, False), printed


@pytest.mark.parametrize(
    "program",
    ["terraform-ims -help", "terraform-ims version", "constructs-ims --help", "terraform-ims providers schema -json"],
)
def test_reader_that_leaves_ends_it_quietly(program: str, project: Path) -> None:
    _, printed = play(project, program, "| head -c 1")

    assert len(printed) == 1, printed


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
@pytest.mark.parametrize("program", ["terraform-ims -help", "terraform-ims version", "constructs-ims --help"])
def test_full_output_is_told_in_a_line(program: str, project: Path) -> None:
    status, printed = play(project, program, ">/dev/full")

    assert status == 1
    assert "Error" in printed
    assert "No space left on device" in printed.lower().replace("no space", "No space")
    assert "Traceback" not in printed


@pytest.mark.parametrize("program", ["terraform-ims plan", "constructs-ims plan", "constructs-ims doctor"])
def test_directory_that_is_gone_is_told_in_a_line(program: str, project: Path) -> None:
    (project / "gone").mkdir()
    name, _, words = program.partition(" ")
    script = f'cd gone && rmdir ../gone && "$0" -c "$1" {words}'

    ran = subprocess.run(
        ["sh", "-c", script, sys.executable, PROGRAMS[name]], cwd=project, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 1
    assert ran.stderr.startswith("Error: Working directory gone: ")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("home", [{"HOME": ""}, {"CONSTRUCTS_IMS_SANDBOX": "~nobody-of-this-name/x"}])
def test_home_that_is_not_known(home: dict[str, str], project: Path) -> None:
    status, printed = play(project, "terraform-ims plan", "", home)

    assert (status, "Traceback" in printed) == (0, False), printed


@pytest.mark.parametrize("long", ["x" * 5000, "x/" * 3000], ids=["name", "path"])
def test_overlong_paths(
    long: str, project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from constructs_ims.cli.main import main
    from constructs_ims.cli.terraform.entry import run

    monkeypatch.chdir(project)
    words = [
        *(["plan", f"-{name}={long}"] for name in ("var-file", "out", "target", "generate-config-out", "state")),
        *(["show", long], ["apply", long], ["state", "push", long], ["output", long], ["taint", long]),
        *(["workspace", "new", long], ["workspace", "select", long], ["init", f"-from-module={long}"]),
        *(["state", "list", f"-state={long}"], ["console", f"-state={long}"], [f"-chdir={long}", "plan"]),
    ]
    for command in words:
        assert run(command, {}) in (0, 1, 2), command[:2]
    assert run(["plan"], {"CONSTRUCTS_IMS_SANDBOX": str(project / long)}) == 1
    for command in (
        ["sandbox", "save", long],
        ["emulator", "--port", "0", "--data", long],
        ["provider", "install", long],
    ):
        with suppress(SystemExit):
            assert main(command) == 1, command[:2]
    assert "Traceback" not in capsys.readouterr().err
