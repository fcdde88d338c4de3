"""Constructing and synthesizing 1,000 images, and starting an app, beside generated bindings in the same run.

Goals: at most 0.8 of their time for construct and synth, and at most 0.1 s of start-up beyond ``import cdktf``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import ROUNDS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
IMAGES = 1000
pytestmark = [pytest.mark.benchmark, pytest.mark.xdist_group("cdktf get")]


def measure(origin: str, generated: Path) -> dict[str, float]:
    """One run in a process of its own, with compiled bytecode as an installed package has it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(generated)]),
        "PYTHONPYCACHEPREFIX": str(generated / "bytecode"),
    }
    command = [sys.executable, str(HERE / "synth_app.py"), origin, str(IMAGES)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_construct_and_synth_beside_generated_bindings(generated_bindings: Path, show: Callable[[str], None]) -> None:
    for origin in ("generated", "ours"):
        measure(origin, generated_bindings)
    rounds = [(measure("generated", generated_bindings), measure("ours", generated_bindings)) for _ in range(ROUNDS)]
    theirs, ours = zip(*rounds, strict=True)
    for part in ("construct", "synth", "total"):
        ratios = [own[part] / other[part] for other, own in rounds]
        show(
            f"{IMAGES} images, {part:9}: ours {best(ours, part):.3f} s, generated {best(theirs, part):.3f} s, "
            f"ratio {statistics.median(ratios):.2f} (median of {ROUNDS}: {min(ratios):.2f} to {max(ratios):.2f})"
        )
    show(
        f"start-up beyond import cdktf ({best(ours, 'cdktf'):.3f} s): ours {best(ours, 'bindings'):.3f} s, "
        f"generated for this resource alone {best(theirs, 'bindings'):.3f} s"
    )

    assert all(run["total"] > 0 for run in (*theirs, *ours))


def best(runs: tuple[dict[str, float], ...], part: str) -> float:
    return min(run[part] for run in runs)
