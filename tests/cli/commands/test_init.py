"""A new project: its files, what is said of it, and what is left alone."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from constructs_ims.cli.commands.init import suggested_cdk
from constructs_ims.cli.main import main
from constructs_ims.cli.new_project import project_files

FILES = {"main.py", "cdktf.json", "test_main.py", ".gitignore"}
PACKAGES = {"cdktf": {"cdktf", "constructs_ims"}, "cdktn": {"cdktn", "constructs_ims.cdktn"}}


def imported(file: Path) -> set[str]:
    return {str(node.module) for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("cdk", PACKAGES)
def test_project_is_laid_for_the_cdk(tmp_path: Path, capsys: pytest.CaptureFixture[str], cdk: str) -> None:
    directory = tmp_path / "new images"

    assert main(["init", str(directory), "--cdk", cdk]) == 0

    assert {path.name for path in directory.iterdir()} == FILES
    assert imported(directory / "main.py") == PACKAGES[cdk]
    assert imported(directory / "test_main.py") == {*PACKAGES[cdk], "constructs_ims.testing", "main"}
    assert json.loads((directory / "cdktf.json").read_text())["app"] == "python main.py"
    said = capsys.readouterr().out
    commands = [line.partition(" #")[0].strip() for line in said.splitlines() if line.startswith("  ")]
    assert commands == [f"cd '{directory}'", "constructs-ims deploy", "pytest --snapshot-update", f"{cdk} deploy"]


def test_project_is_laid_in_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("ours")

    assert main(["init"]) == 0

    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "README.md"}
    assert "  cd " not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kept", "added"), [("build\n", True), ("/.constructs-ims/\ncdktf.out\n", True), ("all", False)]
)
def test_gitignore_that_is_there_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: str, added: bool
) -> None:
    own = project_files("cdktf")[".gitignore"]
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text(own if kept == "all" else kept)

    assert main(["init", str(tmp_path)]) == 0

    assert {path.name for path in tmp_path.iterdir()} == {*FILES, ".git"}
    assert (tmp_path / ".gitignore").read_text() == (own if kept == "all" else kept)
    said = capsys.readouterr().out
    laid = said.splitlines()[0].partition(": ")[2].split(", ")
    assert set(laid) == FILES - {".gitignore"}
    assert (".gitignore was there and is left as it is. Add to it: " in said) == added
    lacking = {line.strip("/") for line in own.splitlines()} - {line.strip("/") for line in kept.splitlines()}
    assert not added or {line.strip("/") for line in said.rpartition("Add to it: ")[2].strip().split(", ")} == lacking


def test_projects_have_ids_of_their_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        main(["init", str(tmp_path / name)])
    first, second = (json.loads((tmp_path / name / "cdktf.json").read_text())["projectId"] for name in ("a", "b"))

    assert first != second


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.py").write_text("ours")
    (tmp_path / ".gitignore").symlink_to(tmp_path / "nowhere")

    assert main(["init", str(tmp_path)]) == 1

    assert f"Error: Files exist: {tmp_path} has main.py, .gitignore already" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"main.py", ".gitignore"}
    assert (tmp_path / "main.py").read_text() == "ours"


def test_directory_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("ours")

    assert main(["init", str(tmp_path / "file" / "project")]) == 1

    assert "Error: Project not written: " in capsys.readouterr().err


@pytest.mark.parametrize(("installed", "cdk"), [(True, "cdktn"), (False, "cdktf")])
def test_cdk_that_is_installed_is_suggested(monkeypatch: pytest.MonkeyPatch, installed: bool, cdk: str) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name if installed else None)

    assert suggested_cdk() == cdk
