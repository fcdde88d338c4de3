"""What Terraform 1.11.4 answered to thirty made-up calls of each function; ``test_differential`` asks it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .calls import TESTDATA, plain_zero, rendered, together

RECORDED = sorted((TESTDATA / "calls").glob("*.json"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_calls_are_answered_as_terraform_answers(path: Path) -> None:
    recorded = json.loads(path.read_text())

    assert plain_zero(rendered(together(recorded["calls"]))) == recorded["answer"]
