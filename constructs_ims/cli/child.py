"""Runs a child process as a shell would: its streams, its exit status, and the signals that this process gets."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

_PASSED_ON: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_KILLED: Final = 128


def run_child(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run ``command`` to its end and return its exit status; 128 and the signal's number when a signal ended it."""
    with subprocess.Popen(command, env=environment) as child, _passing_signals(child):
        status = child.wait()
    return status if status >= 0 else _KILLED - status


@contextmanager
def _passing_signals(child: subprocess.Popen[bytes]) -> Iterator[None]:
    def pass_on(number: int, _: Any) -> None:
        if not _terminal_sends(number):
            with suppress(ProcessLookupError):
                child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in _PASSED_ON}
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
    finally:
        os.close(terminal)
