from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
E2E = ROOT / "tests" / "e2e"
ROUNDS = int(os.environ.get("CONSTRUCTS_IMS_BENCHMARK_ROUNDS", "5"))
"""How often each side is measured."""


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a line that a reader of the test run sees, whatever pytest captures."""

    def write(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end="", flush=True)

    return write


def needed(name: str) -> str:
    """Find a program; without it the benchmark is skipped on a user's machine and fails in CI."""
    own = E2E / "node_modules" / ".bin"
    found = shutil.which(name, path=os.pathsep.join([str(own), os.environ["PATH"]]))
    if found is None:
        reason = f"{name} is not on PATH, and the rival needs it"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def generated_bindings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder from which bindings by ``cdktf get`` can be imported."""
    needed("terraform")
    directory = tmp_path_factory.mktemp("generated")
    command = [sys.executable, str(E2E / "bindings" / "generate.py"), needed("cdktf"), str(directory)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory
