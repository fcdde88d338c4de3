"""Made-up stacks that change step by step under Terraform and under the engine: all they say must be equal.

``CONSTRUCTS_IMS_STORIES=300`` plays so many stories, as ``all`` does; ``CONSTRUCTS_IMS_STORIES=41-60`` those.
A failure prints the seed, the differences and the steps; saved into ``stories``, the steps are a test of their own.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from .inventor import Inventor
from .judge import Judge
from .steps import Step

FIRST, _, LAST = os.environ.get("CONSTRUCTS_IMS_STORIES", "4").replace("all", "300").rpartition("-")
SEEDS = range(int(FIRST or 1), int(LAST) + 1)

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("seed", SEEDS)
def test_terraform_and_the_engine_agree(seed: int, judge: Judge) -> None:
    story = Inventor(seed).story()
    differences = judge.differences([Step(**step) for step in story])
    assert not differences, "\n".join([f"seed {seed}", *map(_brief, story), *differences, json.dumps(story, indent=2)])


def _brief(step: dict[str, Any]) -> str:
    return f"plays {json.dumps({name: part for name, part in step.items() if name not in ('configuration', 'files')})}"
