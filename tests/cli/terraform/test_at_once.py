"""Commands that run at the same time in one sandbox: they wait for each other, and no image is made twice."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox import Sandbox

from ...many_images import TERRAFORM_IMS, assert_every_image_once, write_images

APPLY = [*TERRAFORM_IMS, "apply", "-auto-approve", "-no-color", "-lock-timeout=100s"]
IMAGES = 5


@pytest.mark.e2e
@pytest.mark.parametrize("names", [["a", "a", "a"], ["a", "b", "c"]], ids=["one stack", "three stacks"])
def test_applies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    """All of them are first to find no sandbox, no database and no state."""
    monkeypatch.setenv("CONSTRUCTS_IMS_SANDBOX", str(tmp_path / "sandbox"))
    stacks = {name: write_images(tmp_path / name, IMAGES) for name in sorted(set(names))}

    runs = [
        subprocess.Popen(APPLY, cwd=stacks[name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in names
    ]
    ends = [(run.communicate(timeout=200), run.returncode) for run in runs]

    assert [status for _, status in ends] == [0] * len(names), ends
    with Sandbox(tmp_path / "sandbox") as sandbox:
        assert_every_image_once(sandbox, IMAGES, *stacks.values())
