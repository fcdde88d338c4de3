"""Runs child processes: as a shell would, with this process's streams and signals, or to read what they answer."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

_PASSED_ON: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
_KILLED: Final = 128
_ANSWER_TIMEOUT: Final = 20.0


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return ``environment`` as every child process gets it: Terraform, wherever it runs, asks nobody for news."""
    return {**environment, "CHECKPOINT_DISABLE": "1"}


def answer_of_child(command: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """Run ``command`` to its end and return what it prints.

    Raise ``OSError`` or ``subprocess.SubprocessError`` when it does not run, fails, or is silent for 20 seconds.
    """
    kept = child_environment(environment)
    ran = subprocess.run(command, env=kept, capture_output=True, text=True, timeout=_ANSWER_TIMEOUT, check=True)
    return ran.stdout


def run_child(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    directory: Path | None = None,
    hangup: signal.Signals = signal.SIGHUP,
) -> int:
    """Run ``command`` to its end and return its exit status; 128 and the signal's number when a signal ended it.

    ``hangup`` is what the child gets when its terminal goes away; any other signal than that of the hangup itself
    shields the child from it. Whoever closes the terminal may have interrupted the child just before: the two are one
    request, so the child then gets one signal and not a second, at which Terraform would drop what is in flight.
    """
    passing = _Passing(hangup)
    handlers: dict[signal.Signals, Any] = dict.fromkeys([*_PASSED_ON, signal.SIGHUP], passing.handle)
    if hangup is not signal.SIGHUP:
        handlers[signal.SIGHUP] = signal.SIG_IGN  # which the child inherits
    with _handling(handlers), subprocess.Popen(command, env=child_environment(environment), cwd=directory) as child:
        signal.signal(signal.SIGHUP, passing.handle)
        passing.begin(child)
        status = child.wait()
    return status if status >= 0 else _KILLED - status


class _Passing:
    """Passes signals on to a child; those that come before the child is there wait for it."""

    def __init__(self, hangup: signal.Signals) -> None:
        self._hangup = hangup
        self._child: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._seen: set[int] = set()

    def begin(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        for number in self._early:
            self.handle(number, None)

    def handle(self, number: int, _: Any) -> None:
        if self._child is None:
            self._early.append(number)
            return
        told = self._has_told(number)
        self._seen.add(number)
        if not told and not _terminal_sends(number):
            with suppress(ProcessLookupError):
                self._child.send_signal(self._hangup if number == signal.SIGHUP else number)

    def _has_told(self, number: int) -> bool:
        """Tell whether the child has had this signal in its other shape: a hangup for an interrupt, or the reverse."""
        shapes = {signal.SIGHUP, self._hangup}
        return number in shapes and bool((shapes - {number}) & self._seen)


@contextmanager
def _handling(handlers: Mapping[signal.Signals, Any]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminal_sends(number: int) -> bool:
    """Tell whether a terminal sends this signal to the child too; a second interrupt would cut Terraform short."""
    if number not in (signal.SIGINT, signal.SIGQUIT):
        return False
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:  # the terminal has just gone away
        return False
    finally:
        os.close(terminal)
