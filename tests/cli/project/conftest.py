"""A project in a temporary folder, whose app is a few lines of Python."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.cli.project import Project

_MANIFEST_APP = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
stacks = {stacks!r}
for name in stacks:
    (out / "stacks" / name).mkdir(parents=True, exist_ok=True)
    (out / "stacks" / name / "cdk.tf.json").write_text("{{}}")
entries = {{
    name: {{
        "name": name, "workingDirectory": "stacks/" + name, "annotations": [], "dependencies": [], **more
    }} for name, more in stacks.items()
}}
(out / "manifest.json").write_text(json.dumps({{"version": "stubbed", "stacks": entries}}))
"""


@pytest.fixture
def app_of(tmp_path: Path) -> Callable[[str], Project]:
    """Make a project whose app is the given Python code."""

    def make(code: str) -> Project:
        (tmp_path / "main.py").write_text(code)
        (tmp_path / "cdktf.json").write_text(json.dumps({"app": "python main.py"}))
        return Project(tmp_path, f"{sys.executable} main.py", tmp_path / "cdktf.out")

    return make


@pytest.fixture
def app_with(app_of: Callable[[str], Project]) -> Callable[..., Project]:
    """Make a project whose app synthesizes empty stacks: ``app_with(base={}, web={"dependencies": ["base"]})``."""

    def make(**stacks: dict[str, Any]) -> Project:
        return app_of(_MANIFEST_APP.format(stacks=stacks))

    return make
