"""What a test with the kit costs: a fresh ``ims`` world and the small life of a stack in it, beside ``terraform plan``.

Goal, for ten images: under 20 ms for world, plan, apply and empty plan together. The stack's construction and synthesis
are not counted: they are the CDK's, and cost the same under any kit (``test_templates.py`` has their share).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.backend.terraform.mirror import write_launcher

from .conftest import ROUNDS, needed
from .test_engine import run, timed, write_stack

pytestmark = [pytest.mark.benchmark, pytest.mark.xdist_group("engine")]

IMAGES = 10
LIVES = 8 * ROUNDS
PARTS = ("world", "plan", "apply", "empty plan")


def live(stack: Path) -> list[float]:
    """Do what a test with ``ims`` does; return the seconds of each part, the world's end counted with its start."""
    times = list[float]()
    with timed(times):
        sandbox = Sandbox(deterministic=True, environment={})
        assert sandbox.images() == []
    with timed(times):
        plan = sandbox.plan(stack)
    with timed(times):
        sandbox.apply(plan)
    with timed(times):
        second = sandbox.plan(stack)
    assert second.no_changes
    start = time.perf_counter()
    sandbox.close()
    times[0] += time.perf_counter() - start
    return times


def terraform_plan(stack: Path) -> float:
    """Measure ``terraform plan`` of the same stack, with this package's provider and without its ``init``."""
    times, launcher = list[float](), stack.parent / "terraform-ims"
    write_launcher(launcher, "constructs_ims.cli.terraform")
    run(launcher, stack, "init", engine="terraform")
    for _ in range(3):
        with timed(times):
            run(launcher, stack, "plan", engine="terraform")
    return min(times)


def test_life_of_ten_images_beside_terraform_plan(tmp_path: Path, show: Callable[[str], None]) -> None:
    stack = write_stack(tmp_path, IMAGES)
    live(stack)  # loads what the first test of a run loads
    rounds = [live(stack) for _ in range(LIVES)]
    best = [min(part) * 1000 for part in zip(*rounds, strict=True)]
    median = statistics.median(sum(times) for times in rounds) * 1000
    parts = ", ".join(f"{name} {part:.1f}" for name, part in zip(PARTS, best, strict=True))
    show(f"a test of {IMAGES} images: {sum(best):.1f} ms (best of {LIVES}: {parts}; median of the whole {median:.1f})")
    needed("terraform")
    theirs = terraform_plan(stack)
    show(f"terraform plan of the same: {theirs * 1000:.0f} ms, {theirs * 1000 / sum(best):.0f} times as long")

    assert theirs > 0
