"""Stacks that change step by step, planned and applied by Terraform and by the engine: all they say must be equal.

A story is a file in ``stories``: a list of steps, each a configuration with the options of its plan. To add one, add
a file.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .judge import Judge
from .steps import Step

STORIES = sorted((Path(__file__).parent / "stories").glob("*.json"))

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_terraform_and_the_engine_agree(story: Path, judge: Judge) -> None:
    differences = judge.differences([Step(**step) for step in json.loads(story.read_text())])
    assert not differences, "\n".join(differences)
