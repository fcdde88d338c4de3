"""A disk that fills up at any moment of an apply: a clear error, and the next run has every image once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox import Sandbox

from ...many_images import assert_every_image_once, write_images

pytestmark = pytest.mark.e2e

IMAGES = 12
PROGRAM = """
import resource, sys
from constructs_ims.cli.terraform import main
most = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
raise SystemExit(main())
"""
APPLY = ["apply", "-auto-approve", "-no-color"]


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    return write_images(tmp_path / "image", IMAGES)


def run(stack: Path, most: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command that can write no file larger than ``most`` bytes."""
    command = [sys.executable, "-B", "-c", PROGRAM, str(most), *words]  # Python itself would leave half a cached module
    return subprocess.run(command, cwd=stack, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("most", [0, 6000, 50_000, 80_000])
def test_apply(stack: Path, most: int) -> None:
    """The files grow to 60,000 bytes and more: at first nothing can be written, in the end all but a little."""
    full = run(stack, most, *APPLY)

    assert (full.returncode == 1) == ("Error: " in full.stderr)
    assert "Traceback" not in full.stdout + full.stderr
    with Sandbox(stack / ".constructs-ims") as sandbox:
        sandbox.apply(stack)
        assert_every_image_once(sandbox, IMAGES, stack)


@pytest.mark.parametrize("words", [["plan"], ["plan", "-out=p"], ["refresh"], ["destroy", "-auto-approve"], ["output"]])
def test_other_commands(stack: Path, words: list[str]) -> None:
    """They say what they could not write, and take nothing from what is there."""
    with Sandbox(stack / ".constructs-ims") as sandbox:
        sandbox.apply(stack)
        before = sandbox.images()

    full = run(stack, 0, *words)

    assert "Traceback" not in full.stdout + full.stderr
    assert full.returncode == 0 or "Error" in full.stderr
    with Sandbox(stack / ".constructs-ims") as sandbox:
        assert sandbox.images() == before
        assert len(list(sandbox.state(stack).objects())) == IMAGES
