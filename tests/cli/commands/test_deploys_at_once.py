"""Deploys of one project at the same time: each waits for its turn, and no image is made twice."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from constructs_ims.backend.sandbox import Sandbox

from .conftest import Project

CONSTRUCTS_IMS = [sys.executable, "-c", "from constructs_ims.cli.main import main; raise SystemExit(main())"]


@pytest.mark.e2e
def test_overlapping_runs_take_their_turns(ci: Project) -> None:
    ci.add("web", image="a")

    def run(command: str) -> subprocess.CompletedProcess[str]:
        words = [*CONSTRUCTS_IMS, command, "web", "--auto-approve"]
        return subprocess.run(words, cwd=ci.directory, capture_output=True, text=True)

    with ThreadPoolExecutor() as threads, Sandbox(ci.directory / ".constructs-ims") as sandbox:
        for command, left in (("deploy", 1), ("destroy", 0)):
            ends = list(threads.map(run, [command] * 3))
            assert [end.returncode for end in ends] == [0] * 3, [end.stderr for end in ends]
            assert len(sandbox.images()) == left
