"""A new project works as it is laid: its app deploys, and its own tests pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox import Sandbox

from .conftest import clean_environment

pytestmark = pytest.mark.e2e


def run(directory: Path, *words: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=directory,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.parametrize("cdk", ["cdktf", "cdktn"])
def test_new_project_deploys_and_its_tests_pass(tmp_path: Path, cdk: str) -> None:
    run(tmp_path, "constructs_ims.cli.main", "init", "--cdk", cdk)
    run(tmp_path, "mypy", "--strict", "main.py", "test_main.py", f"--cache-dir={tmp_path / 'mypy'}")
    run(tmp_path, "constructs_ims.cli.main", "deploy")
    run(tmp_path, "pytest", "-q", "--snapshot-update")
    tested = run(tmp_path, "pytest", "-q", "-W", "error")

    with Sandbox(tmp_path / ".constructs-ims") as sandbox:
        assert [image["name"] for image in sandbox.images()] == ["base"]
    assert "3 passed" in tested
    assert "1 snapshot passed" in tested
