"""``kill -9`` at random moments of an apply: the next apply finds what was created, and no image is lost or doubled.

``CONSTRUCTS_IMS_KILLS`` says how many moments are tried; CI takes a few, the promise was counted with 200.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox import Sandbox

from ..many_images import TERRAFORM_IMS, assert_every_image_once, write_images

IMAGES = 30
KILLS = int(os.environ.get("CONSTRUCTS_IMS_KILLS", "8"))
APPLY = [*TERRAFORM_IMS, "apply", "-auto-approve", "-no-color"]


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    return write_images(tmp_path / "image", IMAGES)


def apply_killed_after(stack: Path, seconds: float) -> int:
    """Kill an apply so many seconds after it begins to create images; return its exit status."""
    with subprocess.Popen(APPLY, cwd=stack, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        begun = any(b"Creating..." in line for line in process.stdout)
        assert begun, "the apply ended before it created anything"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.stdout.read()
        return process.wait()


@pytest.mark.parametrize("moment", range(KILLS))
def test_nothing_is_lost_or_doubled(stack: Path, moment: int) -> None:
    delay = random.Random(moment).uniform(0, 0.15)

    apply_killed_after(stack, delay)
    ran = subprocess.run(APPLY, cwd=stack, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    with Sandbox(stack / ".constructs-ims") as sandbox:
        assert_every_image_once(sandbox, IMAGES, stack)
        assert not sandbox.plan(stack).has_changes
