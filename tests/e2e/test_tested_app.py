"""The tests of the larger example pass with either CDK and either engine, its files unchanged but for the imports."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, clean_environment, move_project

APP = ROOT / "examples" / "tested_app"
pytestmark = pytest.mark.e2e
UNDER_TERRAFORM = {"cdktf": "", "cdktn": "templates or committed or refuses or announces"}
"""Which tests the real Terraform plays under each CDK: all of them, and some of each kind."""


@pytest.fixture(params=["cdktf", "cdktn"])
def cdk(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(cdk: str, tmp_path: Path) -> Path:
    project = tmp_path / "tested_app"
    shutil.copytree(APP, project, ignore=shutil.ignore_patterns("__pycache__", "cdktf.out", ".constructs-ims"))
    move_project(cdk, project)
    return project


def run_tests(project: Path, *words: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-rs", *words],
        cwd=project,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_tests_pass_as_committed(project: Path) -> None:
    shown = run_tests(project, "-n", "2")

    assert re.search(r"^\d+ passed in", shown, re.MULTILINE)
    assert "4 snapshots passed" in shown


@pytest.mark.usefixtures("terraform_program")
def test_tests_pass_under_terraform_but_for_other_providers(project: Path, cdk: str) -> None:
    shown = run_tests(project, "-n", "2", "--ims-engine=terraform", "-k", UNDER_TERRAFORM[cdk])

    skipped = {"cdktf": 3, "cdktn": 2}[cdk]
    assert re.search(rf"^\d+ passed, {skipped} skipped in", shown, re.MULTILINE)
    assert "3 snapshots passed" in shown
    (reason,) = re.findall(rf"^SKIPPED \[{skipped}\] (.*)", shown, re.MULTILINE)
    assert "hashicorp/null" in reason
    assert "hashicorp/random" in reason


def test_tests_and_app_are_typed(project: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir=cache", "."]
    ran = subprocess.run(command, cwd=project, env=clean_environment(), capture_output=True, text=True, timeout=300)

    assert ran.returncode == 0, ran.stdout + ran.stderr
