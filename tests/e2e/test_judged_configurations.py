"""Terraform says again what is recorded of configurations: one in eight, all of them with ``CONSTRUCTS_IMS_RECORD=1``.

``tests/backend/engine/configuration/test_judged.py`` holds us to its words.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.backend.engine.configuration.judged import RECORDED, said, without_places

from .conftest import clean_environment

pytestmark = pytest.mark.e2e

CONFIGURATIONS: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("part", range(4))
def test_recording_is_what_terraform_says(terraform_program: str, tmp_path: Path, part: int) -> None:
    every = 1 if os.environ.get("CONSTRUCTS_IMS_RECORD") else 8
    chosen = list(CONFIGURATIONS)[::every][part::4]
    assert chosen
    for name in chosen:
        recorded = CONFIGURATIONS[name]["said"]
        (tmp_path / "cdk.tf.json").write_text(CONFIGURATIONS[name]["stack"], encoding="utf-8")
        words = [terraform_program, "validate", "-json"]
        done = subprocess.run(words, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True)
        found = said(json.loads(done.stdout)["diagnostics"])
        assert (found if all(len(one) == 4 for one in recorded) else without_places(found)) == recorded, name
