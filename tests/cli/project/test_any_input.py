"""A ``cdktf.json`` or a manifest that is anything at all is read, or refused with an error."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from hypothesis import given

from constructs_ims.cli.project.config import read_project
from constructs_ims.cli.project.manifest import read_stacks
from constructs_ims.cli.project.problems import ProjectError, annotated_problems

from ...generated import files

PROJECT = {
    "language": "python",
    "app": "python main.py",
    "output": "out",
    "context": {"a": 1},
    "terraformModules": ["./a", {"name": "b", "source": "../b"}],
}
MANIFEST = {
    "version": "0.21.0",
    "stacks": {
        "base": {
            "name": "base",
            "constructPath": "base",
            "workingDirectory": "stacks/base",
            "synthesizedStackPath": "stacks/base/cdk.tf.json",
            "annotations": [
                {"constructPath": "base/a", "level": "@cdktf/warn", "message": "Odd: it is.", "stacktrace": []}
            ],
            "dependencies": ["other"],
        }
    },
}


@given(content=files(PROJECT))
def test_project(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cdktf.json").write_bytes(content)

    with suppress(ProjectError):
        assert read_project(tmp_path).app


@given(content=files(MANIFEST))
def test_manifest(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)

    with suppress(ProjectError):
        for stack in read_stacks(tmp_path):
            annotated_problems(stack)
