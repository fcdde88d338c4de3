from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "constructs_ims.cli.main"]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start ``constructs-ims`` in an empty folder, away from this terminal; what still runs at the end is killed."""
    with ExitStack() as stack:

        def run(*arguments: str, **environment: str) -> subprocess.Popen[str]:
            kept = {name: value for name, value in os.environ.items() if not name.startswith("CONSTRUCTS_IMS")}
            process = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd=tmp_path,
                env={**kept, "PYTHONPATH": str(ROOT), **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield run
