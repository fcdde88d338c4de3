from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox.directory import SandboxDirectory


@pytest.fixture
def sandbox(tmp_path: Path) -> SandboxDirectory:
    return SandboxDirectory(tmp_path / ".constructs-ims")


class App:
    """A synthesized app: its folder, and stacks in it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        (directory / "manifest.json").write_text("{}")

    def stack(self, name: str, **content: Any) -> Path:
        folder = self.directory / "stacks" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cdk.tf.json").write_text(json.dumps(content))
        return folder


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(tmp_path / "cdktf.out")
