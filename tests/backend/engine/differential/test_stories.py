"""Stacks that change step by step, planned and applied by Terraform and by the engine: all they say must be equal.

A story is a file in ``stories``: a list of steps, each a configuration with the options of its plan. To add one, add
a file.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

STORIES = sorted((Path(__file__).parent / "stories").glob("*.json"))

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not shutil.which("terraform"), reason="Terraform is not installed")]


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_terraform_and_the_engine_agree(story: Path, compare: Any) -> None:
    assert compare(json.loads(story.read_text())) == []
