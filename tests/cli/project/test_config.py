"""``cdktf.json``: what is read, and what is said when it cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from constructs_ims.cli.project.config import read_project
from constructs_ims.cli.project.problems import ProjectError


def test_project_is_read(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py", "output": "out", "context": {"a": 1}}')

    project = read_project(tmp_path)

    assert project.app == "python main.py"
    assert project.output == tmp_path / "out"
    assert project.context == {"a": 1}


def test_target_versions_are_context_as_with_cdktn(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py", "targetVersions": {"terraform": ">=1.8.0"}}')

    assert read_project(tmp_path).context == {"targetVersions": {"terraform": ">=1.8.0"}}


def test_relative_modules_are_kept_as_they_are_written(tmp_path: Path) -> None:
    modules = ["./a", {"name": "b", "source": "../b"}, "terraform-aws-modules/vpc/aws", {"name": "c"}]
    (tmp_path / "cdktf.json").write_text(json.dumps({"app": "x", "terraformModules": modules}))

    assert read_project(tmp_path).relative_modules == modules[:2]


def test_app_can_stand_in_for_the_one_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"context": {"a": 1}}')

    project = read_project(tmp_path, "python other.py")

    assert (project.app, project.context) == ("python other.py", {"a": 1})


def test_output_has_a_default(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "x"}')

    assert read_project(tmp_path).output == tmp_path / "cdktf.out"


@pytest.mark.parametrize(
    ("content", "summary", "words"),
    [
        (None, "No project here", 'how to run it: {"language": "python", "app": "python main.py"}'),
        (b'{"app": "x",}', "Broken project file", "line 1, column"),
        (b"[1]", "Broken project file", "not an array"),
        (b"null", "Broken project file", "not null"),
        (b"\xff\xfe", "Broken project file", "not UTF-8"),
        (b"[" * 100_000, "Broken project file", "a nesting that cannot be handled"),
        (b"{}", "No app named", 'names no "app"'),
        (b'{"app": "  "}', "No app named", 'names no "app"'),
        (b'{"app": 7}', "Broken project file", '"app"'),
        (b'{"app": "x", "output": []}', "Broken project file", '"output"'),
        (b'{"app": "x", "context": "y"}', "Broken project file", '"context"'),
        (b'{"app": "x", "terraformModules": "y"}', "Broken project file", '"terraformModules"'),
    ],
    ids=[
        "no file",
        "comma too many",
        "array",
        "null",
        "not text",
        "deep",
        "no app",
        "blank app",
        "app no string",
        "output no string",
        "context no object",
        "modules no array",
    ],
)
def test_fault_is_named(tmp_path: Path, content: bytes | None, summary: str, words: str) -> None:
    if content is not None:
        (tmp_path / "cdktf.json").write_bytes(content)

    with pytest.raises(ProjectError) as raised:
        read_project(tmp_path)

    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.summary == summary
    assert words in diagnostic.detail


def test_project_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").mkdir()

    with pytest.raises(ProjectError, match=r"Unreadable project file: .*cdktf\.json"):
        read_project(tmp_path)
