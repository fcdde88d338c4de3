"""Stacks that change step by step, planned and applied by Terraform and by the engine: all they say must be equal.

A story is a file in ``stories``: a list of steps, each a configuration with the options of its plan. What Terraform
says to each step stands in ``recorded``, which the quick tests hold the engine to; the real Terraform judges it anew:
every fourth story, or all with ``CONSTRUCTS_IMS_STORIES=all``. To add a story, add a file and record it:
``CONSTRUCTS_IMS_RECORD=1 pytest -m e2e`` with this file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from .judge import Judge
from .steps import Step

STORIES = sorted((Path(__file__).parent / "stories").glob("*.json"))
RECORD = bool(os.environ.get("CONSTRUCTS_IMS_RECORD"))
JUDGED = STORIES if RECORD or os.environ.get("CONSTRUCTS_IMS_STORIES") == "all" else STORIES[::4]


def steps(story: Path) -> list[Step]:
    return [Step(**step) for step in json.loads(story.read_text())]


def recorded(story: Path) -> Path:
    return story.parents[1] / "recorded" / story.name


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_engine_says_what_terraform_once_said(story: Path, judge_of_recorded: Callable[[Path], Judge]) -> None:
    differences = judge_of_recorded(recorded(story)).differences(steps(story))
    assert not differences, "\n".join(differences)


@pytest.mark.e2e
@pytest.mark.parametrize("story", JUDGED, ids=lambda path: path.stem)
def test_terraform_and_the_engine_agree(story: Path, judge: Judge) -> None:
    differences = judge.differences(steps(story))
    assert not differences, "\n".join(differences)
    if RECORD:
        lines = (json.dumps(step, sort_keys=True, separators=(",", ":")) for step in judge.recorded)
        recorded(story).write_text("[\n" + ",\n".join(lines) + "\n]\n")
