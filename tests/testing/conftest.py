"""What runs of pytest inside the tests share."""

from __future__ import annotations

import sys

import pytest

import constructs_ims.testing

for _name in constructs_ims.testing.__all__:  # pytester forgets the modules that its runs are the first to load
    getattr(constructs_ims.testing, _name)


@pytest.fixture(autouse=True)
def _no_bytecode_of_made_up_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every run read the files that a test has just written, even two of one size within a second."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
