"""Ctrl-C during an operation: once to finish what is in flight, twice to stop at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

FIRST = """
Interrupt received.
Please wait for Terraform to exit or data loss may occur.
Gracefully shutting down...

Stopping operation...
"""
SECOND = """
Two interrupts received. Exiting immediately. Note that data loss may have occurred.
"""


@contextmanager
def graceful_interrupts(say: Callable[[str], None]) -> Iterator[threading.Event]:
    """Yield an event that the first interrupt sets; the second ends the process with status 1.

    Finished objects are safe even then: each is in the journal before its work counts as done. Outside of the main
    thread, where no handler can be set, interrupts stay as they are.
    """
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    def handle(_number: int, _frame: Any) -> None:
        if interrupted.is_set():
            say(SECOND)
            os._exit(1)
        interrupted.set()
        say(FIRST)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
