from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from constructs_ims.backend.child import answer_of_child, run_child

ROOT = Path(__file__).parents[2]
RUN = "import os, signal, sys; from constructs_ims.backend.child import run_child; "
SHIELDED = "signal.SIGINT"
PLAIN = "signal.SIGHUP"
TOLD = """
import signal, sys, time
def tell(number, _):
    signal.signal(number, signal.SIG_IGN)
    print(signal.Signals(number).name, flush=True)
    sys.exit(3)
signal.signal(signal.SIGINT, tell)
if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
    signal.signal(signal.SIGHUP, tell)
print("ready", flush=True)
time.sleep(30)
"""


@contextmanager
def running(child: str, hangup: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that runs the Python text ``child`` as its child; it is given once the child is ready."""
    code = f"{RUN} sys.exit(run_child([sys.executable, '-c', {child!r}], os.environ, hangup={hangup}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


@pytest.mark.parametrize(("hangup", "name"), [(PLAIN, "SIGHUP"), (SHIELDED, "SIGINT")])
def test_what_a_child_gets_when_its_terminal_goes_away(hangup: str, name: str):
    with running(TOLD, hangup) as process:
        os.killpg(process.pid, signal.SIGHUP)
        assert process.communicate(timeout=60)[0].splitlines()[0] == name
    assert process.returncode == 3


COUNTING = """
import signal, time
times, end = 0, time.monotonic() + 60
def tell(number, _):
    global times, end
    times, end = times + 1, time.monotonic() + 1
    print("told", flush=True)
signal.signal(signal.SIGINT, tell)
print("ready", flush=True)
while time.monotonic() < end:
    time.sleep(0.01)
print(times, flush=True)
"""


@pytest.mark.parametrize(
    ("signals", "times"),
    [
        ([signal.SIGINT, signal.SIGHUP], 1),
        ([signal.SIGHUP, signal.SIGINT], 1),
        ([signal.SIGHUP], 1),
        ([signal.SIGINT, signal.SIGINT], 2),
    ],
    ids=["an interrupt, then a hangup", "a hangup, then an interrupt", "a hangup", "two interrupts"],
)
def test_an_interrupt_and_a_hangup_are_one_request(signals: list[signal.Signals], times: int):
    with running(COUNTING, SHIELDED) as process:
        assert process.stdout is not None
        process.send_signal(signals[0])
        assert process.stdout.readline() == "told\n"
        for number in signals[1:]:
            process.send_signal(number)
        assert process.communicate(timeout=60)[0].splitlines()[-1] == str(times)


def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGHUP)
    assert run_child([sys.executable, "-c", "raise SystemExit(5)"], os.environ, hangup=signal.SIGINT) == 5
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGHUP)) == before


def test_a_child_works_where_it_is_told_to(tmp_path: Path):
    run_child([sys.executable, "-c", "open('here', 'w').close()"], os.environ, directory=tmp_path)
    assert (tmp_path / "here").exists()


def test_an_interrupt_of_the_terminal_reaches_the_child_once():
    code = f"{RUN} sys.exit(run_child([sys.executable, '-c', {COUNTING!r}], os.environ, hangup={SHIELDED}))"
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", f"import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n{code}"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

        os.write(ours, b"\x03")

        assert process.communicate(timeout=60)[0].splitlines()[-1] == "1"
    os.close(ours)
    os.close(theirs)


def test_no_child_asks_the_network_for_news(tmp_path: Path):
    script = "import os, pathlib; pathlib.Path('asked').write_text(os.environ['CHECKPOINT_DISABLE'])"
    without = {name: value for name, value in os.environ.items() if name != "CHECKPOINT_DISABLE"}

    run_child([sys.executable, "-c", script], without, directory=tmp_path)
    answer = answer_of_child([sys.executable, "-c", "import os; print(os.environ['CHECKPOINT_DISABLE'])"], without)

    assert (tmp_path / "asked").read_text() == answer.strip() == "1"


STARTING = re.compile(r"subprocess\.(run|Popen|call|check_\w+)\(|os\.(exec|spawn|system|posix_spawn)")


def test_children_are_started_in_one_place():
    package = ROOT / "constructs_ims"
    sources = {path: path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    starting = {str(path.relative_to(package)) for path, source in sources.items() if STARTING.search(source)}
    assert "child_environment(" in sources[package / "backend" / "terraform" / "engine" / "command.py"]
    assert starting == {"backend/child.py", "backend/terraform/engine/command.py", "cli/project/app.py", "node.py"}
