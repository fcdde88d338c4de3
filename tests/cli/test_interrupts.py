"""SIGINT and SIGTERM at the command lines: once to finish and save what is in flight, twice to stop at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import Sandbox

from .conftest import ROOT

IMAGES = 5
PATIENCE = 60
SLOW = """
import fcntl, os, sys, termios, time
if os.isatty(0):
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from constructs_ims.backend.provider.provider import ImageProvider

def slow(method):
    original = getattr(ImageProvider, method)
    def call(*arguments):
        result = original(*arguments)
        {wait}
        return result
    setattr(ImageProvider, method, call)

slow("apply_resource")
slow("create_marked")
slow("read_resource")
from {module} import main
sys.exit(main())
"""
WAIT_FOR_FILE = """
        while not os.path.exists("go"):
            time.sleep(0.01)
"""
CALL_INTO_C = """
        import collections, itertools
        open("at-work", "w").close()
        collections.deque(itertools.repeat(None), maxlen=0)  # never ends, and never lets the interpreter go on
"""
FULL_PIPE = """
        os.set_blocking(1, False)
        try:
            while True:
                os.write(1, b"x")
        except BlockingIOError:
            os.set_blocking(1, True)
        open("at-work", "w").close()
        print("y" * 100000, flush=True)
"""
PROGRAMS = {"terraform-ims": "constructs_ims.cli.terraform", "constructs-ims": "constructs_ims.cli.main"}
INTERRUPTED = """
Interrupt received.
Please wait for Terraform to exit or data loss may occur.
Gracefully shutting down...

Stopping operation...
"""
SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)


class Command:
    """A command at work; its provider does what it is asked for, but does not return before there is a file ``go``."""

    def __init__(self, process: subprocess.Popen[str], terminal: int | None = None) -> None:
        self.process, self.terminal = process, terminal
        self.out = ""

    def await_text(self, text: str, times: int = 1) -> None:
        source = self.process.stdout.fileno() if self.process.stdout is not None else self.terminal
        assert source is not None
        while self.out.count(text) < times:
            read = os.read(source, 65536).decode()
            assert read, f"ended without {text!r}:\n{self.out}{self.process.stderr and self.process.stderr.read()}"
            self.out += read

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Take the command's terminal away."""
        assert self.terminal is not None
        os.close(self.terminal)

    def await_silence(self) -> None:
        """Wait until what the command says goes nowhere, which is the first that it does when its terminal is gone."""
        deadline = time.monotonic() + PATIENCE
        while os.readlink(f"/proc/{self.process.pid}/fd/1") != os.devnull:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(0.2)

    def end(self) -> int:
        """Read to the end; ``err`` is then what came on standard error, on lines without the rule beside them."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.out += self.process.stdout.read()
        self.err = "\n".join(line.removeprefix("│ ") for line in self.process.stderr.read().splitlines())
        return self.process.wait(timeout=PATIENCE)


class World:
    """A project with one stack of images."""

    def __init__(self, directory: Path, starting: ExitStack) -> None:
        self.directory, self.starting = directory, starting
        self.stack = directory / "cdktf.out" / "stacks" / "web"
        self.stack.mkdir(parents=True)
        image = {"count": IMAGES, "name": "image-${count.index}"}
        content = {
            "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
            "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
            "resource": {"huaweicloud_ims_image_metadata": {"image": image}},
        }
        (self.stack / "cdk.tf.json").write_text(json.dumps(content))
        (directory / "cdktf.json").write_text('{"app": "true"}')
        entry = {"name": "web", "workingDirectory": "stacks/web", "annotations": [], "dependencies": []}
        manifest = {"version": "0.21.0", "stacks": {"web": entry}}
        (directory / "cdktf.out" / "manifest.json").write_text(json.dumps(manifest))

    def start(self, program: str, *words: str, on_terminal: bool = False, wait: str = WAIT_FOR_FILE) -> Command:
        terminal, end = os.openpty() if on_terminal else (None, subprocess.PIPE)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONSTRUCTS_IMS", "TF_"))}
        process = subprocess.Popen(
            [sys.executable, "-c", SLOW.format(module=PROGRAMS[program], wait=wait.strip()), *words],
            cwd=self.stack if program == "terraform-ims" else self.directory,
            env={**kept, "PYTHONPATH": str(ROOT)},
            stdin=end,
            stdout=end,
            stderr=end,
            text=True,
            start_new_session=True,
        )
        if on_terminal:
            os.close(end)
        self.starting.enter_context(process)
        self.starting.callback(process.kill)
        return Command(process, terminal)

    def go(self) -> None:
        for directory in (self.directory, self.stack):
            (directory / "go").touch()

    def known_and_there(self) -> tuple[list[Any], list[Any]]:
        """The ids of the images that the state knows, and of those that the service has."""
        with Sandbox(self.directory / ".constructs-ims") as sandbox:
            known = sorted(obj.attributes["id"] for _, _, obj in sandbox.state(self.stack).objects())
            return known, sorted(image["id"] for image in sandbox.images())

    def finish(self) -> None:
        """Apply again, to the end: every image is then there once, and known."""
        self.go()
        with Sandbox(self.directory / ".constructs-ims") as sandbox:
            sandbox.apply(self.stack)
        known, there = self.known_and_there()
        assert known == there
        assert len(known) == IMAGES


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ExitStack() as starting:
        yield World(tmp_path, starting)


def _await_images(world: World, number: int) -> None:
    """Wait until the service has so many images."""
    deadline = time.monotonic() + PATIENCE
    while len(world.known_and_there()[1]) < number:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _await_error(command: Command, text: str) -> None:
    """Read lines of standard error until one has the text."""
    assert command.process.stderr is not None
    assert any(text in line for line in command.process.stderr)


APPLY = ("terraform-ims", "apply", "-auto-approve", "-no-color", "-parallelism=2")
DEPLOY = ("constructs-ims", "deploy", "--skip-synth", "--parallelism=2")


@SIGNALS
def test_apply_finishes_what_is_in_flight(world: World, number: signal.Signals) -> None:
    apply = world.start(*APPLY)
    apply.await_text("Creating...", times=2)
    apply.signal(number)
    apply.await_text(INTERRUPTED)
    world.go()

    assert apply.end() == 1
    assert (apply.out.count("Creating..."), apply.out.count("Creation complete")) == (2, 2)
    assert "Error: execution halted" in apply.err
    assert "Apply complete!" not in apply.out
    known, there = world.known_and_there()
    assert known == there
    assert len(known) == 2
    world.finish()


@pytest.mark.e2e
@pytest.mark.parametrize("first", [None, signal.SIGINT], ids=["alone", "after an interrupt, as from cdktf"])
def test_apply_finishes_what_is_in_flight_when_its_terminal_goes_away(world: World, first: int | None) -> None:
    apply = world.start(*APPLY, on_terminal=True)
    apply.await_text("Creating...", times=2)
    if first is not None:
        apply.signal(first)
    apply.hang_up()
    apply.await_silence()
    world.go()

    assert apply.process.wait(PATIENCE) == 1
    known, there = world.known_and_there()
    assert known == there
    assert len(known) == 2
    world.finish()


@SIGNALS
def test_second_interrupt_ends_the_apply_at_once(world: World, number: signal.Signals) -> None:
    apply = world.start(*APPLY)
    apply.await_text("Creating...", times=2)
    _await_images(world, 2)
    apply.signal(number)
    apply.await_text(INTERRUPTED)
    apply.signal(number)

    assert apply.end() == 1
    assert apply.err.startswith(
        "\nTwo interrupts received. Exiting immediately. Note that data loss may have\noccurred.\n"
    )
    assert "Error: operation canceled" in apply.err
    known, there = world.known_and_there()
    assert (known, len(there)) == ([], 2)
    world.finish()


def test_events_tell_of_interrupts(world: World) -> None:
    apply = world.start("terraform-ims", "apply", "-auto-approve", "-json", "-parallelism=2")
    apply.await_text('"apply_start"', times=2)
    apply.signal(signal.SIGINT)
    apply.await_text("Stopping operation...")
    apply.signal(signal.SIGINT)

    assert apply.end() == 1
    events = [json.loads(line) for line in apply.out.splitlines()]
    assert [(event["type"], event["@message"]) for event in events[-4:]] == [
        ("log", INTERRUPTED.partition("\nStopping")[0]),
        ("log", "Stopping operation..."),
        ("log", "\nTwo interrupts received. Exiting immediately. Note that data loss may have occurred.\n"),
        ("diagnostic", "Error: operation canceled"),
    ]


@pytest.mark.e2e
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("plan", "-out=kept"), id="plan"),
        pytest.param(("apply", "-auto-approve"), id="apply"),
        pytest.param(("destroy", "-auto-approve"), id="destroy"),
        pytest.param(("refresh",), id="refresh"),
    ],
)
def test_interrupted_refresh_changes_nothing(world: World, words: tuple[str, ...]) -> None:
    with Sandbox(world.directory / ".constructs-ims") as sandbox:
        sandbox.apply(world.stack)
    before = world.known_and_there()

    command = world.start("terraform-ims", *words, "-no-color", "-parallelism=2")
    command.await_text("Refreshing state...", times=2)
    command.signal(signal.SIGINT)
    command.await_text(INTERRUPTED)
    world.go()

    assert command.end() == 1
    assert command.out.count("Refreshing state...") == 2
    assert "Error: execution halted" in command.err
    assert world.known_and_there() == before
    assert not list(world.directory.rglob("kept"))


@SIGNALS
@pytest.mark.e2e
@pytest.mark.parametrize(
    ("words", "question", "error"),
    [
        pytest.param(
            ("terraform-ims", "apply", "-no-color"),
            "Enter a value: ",
            "Error: error asking for approval: interrupted",
            id="terraform-ims",
        ),
        pytest.param(
            ("constructs-ims", "deploy", "--skip-synth", "--ask", "--no-color"),
            'Only "yes" counts: ',
            "Error: Approval interrupted",
            id="constructs-ims",
        ),
    ],
)
def test_interrupt_at_the_prompt_approves_nothing(
    world: World, words: tuple[str, ...], question: str, error: str, number: signal.Signals
) -> None:
    command = world.start(*words)
    command.await_text(question)
    command.signal(number)

    assert command.end() == 1
    assert "Interrupt received." in command.out + command.err
    assert "Stopping operation..." not in command.out
    assert error in command.err
    assert world.known_and_there() == ([], [])


def test_interrupt_where_a_variable_is_asked_for_leaves_it_missing(world: World) -> None:
    content = json.loads((world.stack / "cdk.tf.json").read_text())
    (world.stack / "cdk.tf.json").write_text(json.dumps({**content, "variable": {"a": {}, "b": {}}}))
    command = world.start("terraform-ims", "apply", "-no-color")
    command.await_text("Enter a value: ")
    command.signal(signal.SIGINT)

    assert command.end() == 1
    assert "var.b" not in command.out
    assert "No value for required variable" in command.err


@SIGNALS
def test_deploy_finishes_what_is_in_flight(world: World, number: signal.Signals) -> None:
    deploy = world.start(*DEPLOY)
    _await_images(world, 2)
    deploy.signal(number)
    _await_error(deploy, "Interrupt received.")
    world.go()

    assert deploy.end() == 1
    assert "Error: execution halted" in deploy.err
    known, there = world.known_and_there()
    assert known == there
    assert len(known) == 2
    world.finish()


@pytest.mark.e2e
@pytest.mark.parametrize("as_json", [False, True], ids=["for people", "for machines"])
def test_second_interrupt_ends_the_deploy_at_once(world: World, as_json: bool) -> None:
    deploy = world.start(*DEPLOY, *(["--json"] if as_json else []))
    _await_images(world, 2)
    deploy.signal(signal.SIGINT)
    _await_error(deploy, "Interrupt received.") if not as_json else None
    deploy.signal(signal.SIGTERM)

    assert deploy.end() == 1
    assert "Stopped at once." in (json.loads(deploy.out)["diagnostics"][-1]["detail"] if as_json else deploy.err)
    world.finish()


BLOCKED = pytest.mark.parametrize("wait", [CALL_INTO_C, FULL_PIPE], ids=["in a call into C", "by a full pipe"])


@BLOCKED
@pytest.mark.e2e
@pytest.mark.parametrize(
    ("words", "number"), [(APPLY, signal.SIGTERM), (DEPLOY, signal.SIGINT)], ids=["apply", "deploy"]
)
def test_second_interrupt_ends_what_cannot_answer_the_first(
    world: World, words: tuple[str, ...], number: signal.Signals, wait: str
) -> None:
    command = world.start(*words, wait=wait)
    _await_work(world)
    command.signal(number)
    time.sleep(0.2)
    command.signal(number)

    assert command.process.wait(PATIENCE) in (1, -number)
    world.finish()


def _await_work(world: World) -> None:
    deadline = time.monotonic() + PATIENCE
    while not list(world.directory.rglob("at-work")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.2)
