"""Planning and applying stacks of images beside the real Terraform with the same provider, in the same run.

Goals, for 1,000 images beside Terraform with the vendor's provider: a tenth of its time for plan, apply and a no-op
plan; and for one image a ``plan`` under 0.5 s as a whole process. 1,000 images under Terraform take a minute, and
10,000 are for the engine alone: ``CONSTRUCTS_IMS_BENCHMARK_IMAGES=1,100,1000,10000`` measures them too.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.backend.terraform.mirror import write_launcher

from .conftest import ROUNDS, needed

pytestmark = [pytest.mark.benchmark, pytest.mark.xdist_group("engine")]

SIZES = [int(size) for size in os.environ.get("CONSTRUCTS_IMS_BENCHMARK_IMAGES", "1,100").split(",")]
MOST_FOR_TERRAFORM = 1000
Show = Callable[[str], None]


@dataclass
class Times:
    """Seconds of the three steps."""

    plan: float
    apply: float
    noop: float

    def __str__(self) -> str:
        return f"plan {self.plan:.2f} s, apply {self.apply:.2f} s, no-op plan {self.noop:.2f} s"

    def over(self, other: Times) -> str:
        return f"{self.plan / other.plan:.3f}, {self.apply / other.apply:.3f}, {self.noop / other.noop:.3f}"


def write_stack(directory: Path, images: int) -> Path:
    """Write a stack of images that differ in their names."""
    (directory / "cdktf.json").write_text('{"app": "true"}')
    stack = directory / "stack"
    stack.mkdir()
    required = {"huaweicloud": {"source": "huaweicloud/huaweicloud", "version": ">= 1.73.2, < 2.0.0"}}
    image = {"__os_version": "Ubuntu 20.04 server 64bit", "min_disk": 40, "tags": ["team=images"]}
    resources = {f"image-{number}": {**image, "name": f"image-{number}"} for number in range(images)}
    content = {
        "terraform": {"required_providers": required},
        "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
        "resource": {"huaweicloud_ims_image_metadata": resources},
    }
    (stack / "cdk.tf.json").write_text(json.dumps(content))
    return stack


@contextmanager
def timed(times: list[float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    times.append(time.perf_counter() - start)


def engine_times(directory: Path, images: int) -> Times:
    """Measure the engine in this process, with a sandbox on disk."""
    stack, times = write_stack(directory, images), list[float]()
    with Sandbox(directory / ".constructs-ims") as sandbox:
        with timed(times):
            plan = sandbox.plan(stack)
        with timed(times):
            applied = sandbox.apply(plan)
        with timed(times):
            again = sandbox.plan(stack)
    assert applied.added == images
    assert not again.has_changes
    return Times(*times)


def whole_process_times(directory: Path, images: int, *, engine: str) -> Times:
    """Measure the three commands as processes, after a plan that has the bytecode compiled."""
    stack, times = write_stack(directory, images), list[float]()
    launcher = directory / "terraform-ims"
    write_launcher(launcher, "constructs_ims.cli.terraform")
    for words in (("init",), ("plan",)):
        run(launcher, stack, *words, engine=engine)
    for words in (("plan", "-out=plan"), ("apply", "plan"), ("plan",)):
        with timed(times):
            run(launcher, stack, *words, engine=engine)
    return Times(*times)


def run(program: Path, directory: Path, *words: str, engine: str = "") -> None:
    """Run a program with compiled bytecode, as an installed package has it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(directory.parent / "bytecode"), "CHECKPOINT_DISABLE": "1"}
    environment["CONSTRUCTS_IMS_ENGINE"] = engine
    done = subprocess.run([program, *words], cwd=directory, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("images", SIZES)
def test_plan_and_apply_beside_terraform(tmp_path: Path, images: int, show: Show) -> None:
    for name in ("warm", "processes", "terraform", "in_process"):
        (tmp_path / name).mkdir()
    processes = whole_process_times(tmp_path / "processes", images, engine="")
    show(f"{images} images, whole processes: {processes}")
    if images <= MOST_FOR_TERRAFORM:
        needed("terraform")
        theirs = whole_process_times(tmp_path / "terraform", images, engine="terraform")
        show(f"{images} images, Terraform with our provider: {theirs}; ours are {processes.over(theirs)} of that")
    engine_times(tmp_path / "warm", 1)
    show(f"{images} images, in this process: {engine_times(tmp_path / 'in_process', images)}")
    assert processes.apply > 0


def test_whole_process_plans_one_image(tmp_path: Path, show: Show) -> None:
    stack = write_stack(tmp_path, 1)
    launcher = tmp_path / "terraform-ims"
    write_launcher(launcher, "constructs_ims.cli.terraform")
    run(launcher, stack, "plan")
    first, noop, bare = list[float](), list[float](), list[float]()
    for _ in range(ROUNDS):
        with timed(first):
            run(launcher, stack, "plan")
    run(launcher, stack, "apply", "-auto-approve")
    for _ in range(ROUNDS):
        with timed(noop):
            run(launcher, stack, "plan")
        with timed(bare):
            run(Path(sys.executable), stack, "-c", "pass")
    show(
        f"plan of one image: {statistics.median(first):.2f} s new, {statistics.median(noop):.2f} s no-op "
        f"(best {min(first):.2f}, {min(noop):.2f}; Python alone {min(bare):.2f})"
    )
    assert min(first) > 0
