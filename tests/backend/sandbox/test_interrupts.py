"""Interrupts of the Python interface: what is in flight is finished and kept, nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.stack.run.cancellation import Cancellation
from constructs_ims.backend.provider.images import Images
from constructs_ims.backend.provider.provider import ImageProvider
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox

WriteStack = Callable[..., Path]
IMAGES = {f"i{number}": {"name": f"image-{number}"} for number in range(5)}
PATIENCE = 30


@pytest.fixture(params=["memory", "directory"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(None if request.param == "memory" else tmp_path / "sandbox", parallelism=2) as made:
        yield made


@pytest.fixture
def stack(write_stack: WriteStack) -> Path:
    return write_stack(images=IMAGES)


class Gate:
    """Holds calls of the provider's images back until it is opened."""

    def __init__(self) -> None:
        self.waiting = threading.Semaphore(0)
        self.opened = threading.Event()

    def hold(self, monkeypatch: pytest.MonkeyPatch, method: str) -> Gate:
        original = getattr(Images, method)

        def call(*arguments: Any) -> Any:
            self.waiting.release()
            assert self.opened.wait(PATIENCE)
            return original(*arguments)

        monkeypatch.setattr(Images, method, call)
        return self

    def await_calls(self, number: int) -> None:
        for _ in range(number):
            assert self.waiting.acquire(timeout=PATIENCE)


class PressesCtrlC(Observer):
    """Presses Ctrl-C when the first object is begun."""

    def __init__(self) -> None:
        self.pressed = False

    def apply_started(self, *_: Any) -> None:
        if not self.pressed:
            self.pressed = True
            os.kill(os.getpid(), signal.SIGINT)


def known(sandbox: Sandbox, stack: Path) -> list[Any]:
    return sorted(obj.attributes["id"] for _, _, obj in sandbox.state(stack).objects())


def there(sandbox: Sandbox) -> list[Any]:
    return sorted(image["id"] for image in sandbox.images())


def test_images_in_flight_are_finished_and_the_rest_is_left_to_the_next_run(
    world: Sandbox, stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, cancellation = Gate().hold(monkeypatch, "create"), Cancellation()

    with ThreadPoolExecutor() as threads:
        applying = threads.submit(world.apply, stack, cancellation=cancellation)
        gate.await_calls(2)
        cancellation.set()
        gate.opened.set()
        with pytest.raises(OperationFailedError) as failure:
            applying.result()

    assert [found.summary for found in failure.value.diagnostics] == ["execution halted"]
    assert failure.value.result.added == len(world.images()) == 2
    assert known(world, stack) == there(world)
    assert world.apply(stack).added == 3
    assert known(world, stack) == there(world)
    assert not world.plan(stack).has_changes


def test_refresh_that_is_interrupted_leaves_the_state(
    world: Sandbox, stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.apply(stack)
    before = world.state(stack)
    gate, cancellation = Gate().hold(monkeypatch, "read"), Cancellation()

    with ThreadPoolExecutor() as threads:
        planning = threads.submit(world.apply, stack, destroy=True, cancellation=cancellation)
        gate.await_calls(2)
        cancellation.set()
        gate.opened.set()
        with pytest.raises(OperationFailedError, match="execution halted"):
            planning.result()

    assert world.state(stack) == before
    assert len(world.images()) == 5


def test_provider_that_waits_is_told_to_stop(world: Sandbox, stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, cancellation = Gate().hold(monkeypatch, "create"), Cancellation()
    monkeypatch.setattr(ImageProvider, "stop", lambda _: gate.opened.set())

    with ThreadPoolExecutor() as threads:
        applying = threads.submit(world.apply, stack, cancellation=cancellation)
        gate.await_calls(2)
        cancellation.set()
        with pytest.raises(OperationFailedError, match="execution halted"):
            applying.result()

    assert known(world, stack) == there(world)


def test_ctrl_c_is_raised_once_what_is_in_flight_is_saved(world: Sandbox, stack: Path) -> None:
    world.parallelism = 1

    with pytest.raises(KeyboardInterrupt):
        world.apply(stack, observer=PressesCtrlC())

    assert len(known(world, stack)) == 1
    assert known(world, stack) == there(world)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert world.apply(stack).added == 4


def test_second_ctrl_c_ends_it_at_once_and_the_next_run_finds_what_was_created(
    tmp_path: Path, stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Images.create

    def created_then_pressed(*arguments: Any) -> Any:
        original(*arguments)
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("the second Ctrl-C was not raised")

    with Sandbox(tmp_path / "sandbox", parallelism=1) as sandbox:
        with monkeypatch.context() as patched:
            patched.setattr(Images, "create", created_then_pressed)
            with pytest.raises(KeyboardInterrupt):
                sandbox.apply(stack, observer=PressesCtrlC())
        assert (len(known(sandbox, stack)), len(there(sandbox))) == (0, 1)

        assert sandbox.apply(stack).added == 4
        assert known(sandbox, stack) == there(sandbox)
        assert len(there(sandbox)) == 5


def test_own_handler_of_ctrl_c_is_left_in_charge(world: Sandbox, stack: Path) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        assert world.apply(stack, observer=PressesCtrlC()).added == 5
    finally:
        signal.signal(signal.SIGINT, before)

    assert heard == [signal.SIGINT]
