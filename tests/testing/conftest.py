"""What runs of pytest inside the tests share."""

from __future__ import annotations

import sys

import pytest

from ..loaded_kit import LOADED

LOADED_BEFORE_RUNS_IN_THIS_PROCESS = LOADED


@pytest.fixture(autouse=True)
def _no_bytecode_of_made_up_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every run read the files that a test has just written, even two of one size within a second."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
