"""``kill -9`` at random moments: the next run finds what was created, and no image is lost, doubled or taken.

Applies that create, that replace in either order, and that destroy are killed, and one of two that create images alike
at once. ``CONSTRUCTS_IMS_KILLS`` says how many moments of each are tried; CI takes a few.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import Sandbox

from ..many_images import TERRAFORM_IMS, assert_all_managed_once, write_images

pytestmark = pytest.mark.e2e
IMAGES = 20
KILLS = int(os.environ.get("CONSTRUCTS_IMS_KILLS", "8"))
AUTOMATIC = ["-auto-approve", "-no-color"]
LONGEST_DELAY = 0.2
"""Seconds after its first step within which a run is killed; it takes about as long undisturbed."""


@dataclass(frozen=True)
class Way:
    """A kind of run: what stands before it, what it is asked for, and the step that it begins with."""

    images_before: int
    images_after: int
    command: str = "apply"
    first_step: bytes = b"Creating..."
    arguments: dict[str, Any] = field(default_factory=dict)


REPLACED = {"min_disk": 50, "enable_force_new": "true"}
WAYS = {
    "create": Way(0, IMAGES),
    "destroy, then create": Way(IMAGES, IMAGES, first_step=b"Destroying...", arguments=REPLACED),
    "create before destroy": Way(IMAGES, IMAGES, arguments={**REPLACED, "lifecycle": {"create_before_destroy": True}}),
    "destroy": Way(IMAGES, 0, "destroy", b"Destroying..."),
}
every_moment = pytest.mark.parametrize("moment", range(KILLS))


@pytest.fixture
def sandbox_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONSTRUCTS_IMS_SANDBOX", str(tmp_path / "sandbox"))
    return tmp_path / "sandbox"


@contextmanager
def running(stack: Path, way: Way) -> Iterator[subprocess.Popen[bytes]]:
    """Start a run, and wait until it has begun its first step."""
    command = [*TERRAFORM_IMS, way.command, *AUTOMATIC]
    with subprocess.Popen(command, cwd=stack, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        begun = any(way.first_step in line for line in process.stdout)
        assert begun, "the run ended before its first step"
        yield process


def kill(process: subprocess.Popen[bytes], chance: random.Random) -> None:
    time.sleep(chance.uniform(0, LONGEST_DELAY))  # the moment of the kill is what is tried
    process.send_signal(signal.SIGKILL)
    process.communicate()


def run_again(stack: Path, way: Way) -> None:
    ran = subprocess.run([*TERRAFORM_IMS, way.command, *AUTOMATIC], cwd=stack, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def deploy(sandbox_path: Path, *stacks: Path) -> list[str]:
    """Deploy stacks; return the ids of their images."""
    with Sandbox(sandbox_path) as sandbox:
        for stack in stacks:
            sandbox.apply(stack)
        return managed(sandbox, *stacks)


def managed(sandbox: Sandbox, *stacks: Path) -> list[str]:
    return sorted(obj.attributes["id"] for stack in stacks for _, _, obj in sandbox.state(stack).objects())


@pytest.mark.parametrize("kind", WAYS)
@every_moment
def test_killed_run_loses_doubles_and_takes_nothing(tmp_path: Path, sandbox_path: Path, kind: str, moment: int) -> None:
    """Beside the stack stands another with the same images, which keeps its own."""
    way, write = WAYS[kind], alike(tmp_path)
    stack, other = write("stack"), write("other")
    others = deploy(sandbox_path, other)
    if way.images_before:
        deploy(sandbox_path, stack)
    write("stack", **way.arguments)

    with running(stack, way) as process:
        kill(process, random.Random(f"{kind} {moment}"))
    run_again(stack, way)

    with Sandbox(sandbox_path) as sandbox:
        assert_all_managed_once(sandbox, stack, other)
        assert managed(sandbox, other) == others
        assert len(managed(sandbox, stack)) == way.images_after
        assert not sandbox.plan(stack, destroy=way.command == "destroy").has_changes
        assert not sandbox.plan(other).has_changes


@every_moment
def test_killed_run_takes_nothing_of_what_another_creates_at_once(
    tmp_path: Path, sandbox_path: Path, moment: int
) -> None:
    way, write, chance = WAYS["create"], alike(tmp_path), random.Random(moment)
    stack, other = write("stack"), write("other")

    with running(stack, way) as killed, running(other, way) as left_alone:
        kill(killed, chance)
        run_again(stack, way)
        left_alone.communicate()
        assert left_alone.returncode == 0

    with Sandbox(sandbox_path) as sandbox:
        assert_all_managed_once(sandbox, stack, other)
        for deployed in (stack, other):
            assert len(managed(sandbox, deployed)) == IMAGES
            assert not sandbox.plan(deployed).has_changes


@every_moment
def test_configuration_that_is_put_back_after_a_kill_keeps_a_living_image(
    tmp_path: Path, sandbox_path: Path, moment: int
) -> None:
    way, write = WAYS["create before destroy"], alike(tmp_path)
    stack = write("stack")
    deploy(sandbox_path, stack)
    write("stack", **way.arguments)

    with running(stack, way) as process:
        kill(process, random.Random(f"put back {moment}"))
    write("stack", enable_force_new="true")
    run_again(stack, way)

    with Sandbox(sandbox_path) as sandbox:
        assert_all_managed_once(sandbox, stack)
        assert len(managed(sandbox, stack)) == IMAGES
        assert not sandbox.plan(stack).has_changes


def alike(directory: Path) -> Callable[..., Path]:
    """Return what writes a stack by its name, with images that look the same in each."""

    def write(name: str, **arguments: Any) -> Path:
        return write_images(directory / name, IMAGES, name="image-${count.index}", **arguments)

    return write
