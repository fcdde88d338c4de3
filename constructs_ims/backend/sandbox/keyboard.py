"""Ctrl-C during an operation of the Python interface."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from constructs_ims.backend.engine.stack.run.cancellation import Cancellation
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError


@contextmanager
def graceful_keyboard(cancellation: Cancellation) -> Iterator[None]:
    """Let the first Ctrl-C set ``cancellation`` and be raised at the block's end, and the second be raised at once.

    Where somebody else handles Ctrl-C, or outside of the main thread, nothing is changed.
    """
    in_charge = threading.current_thread() is threading.main_thread()
    if not in_charge or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    pressed = False

    def note(_number: int, _frame: Any) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        cancellation.set()

    signal.signal(signal.SIGINT, note)
    try:
        yield
    except OperationFailedError as failure:
        if pressed:
            raise KeyboardInterrupt from failure
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if pressed:
        raise KeyboardInterrupt
