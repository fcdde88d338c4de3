"""What runs of pytest inside the tests share."""

from __future__ import annotations

import gc
import sys

import pytest

from ..loaded_kit import LOADED

LOADED_BEFORE_RUNS_IN_THIS_PROCESS = LOADED


@pytest.fixture(autouse=True)
def _no_bytecode_of_made_up_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every run read the files that a test has just written, even two of one size within a second."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture(autouse=True)
def _no_warnings_of_what_other_tests_left(request: pytest.FixtureRequest) -> None:
    """Let go of what earlier tests left open, such as databases of runs that were killed in process.

    A run inside this process takes warnings for errors, and Python 3.13 warns of these whenever it comes to them.
    """
    if sys.version_info >= (3, 13) and "pytester" in request.fixturenames:
        gc.collect()
