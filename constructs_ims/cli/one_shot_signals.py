"""Signals whose handler takes one delivery: a second that comes before the first is answered ends the process.

Python's handlers run between two steps of the interpreter, so that a long call into C leaves every signal unanswered.
What the operating system itself does at a signal, nothing in the process can hold up.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final


class _LinuxAction(ctypes.Structure):
    """``struct sigaction`` of glibc and musl on the 64-bit platforms that Python has wheels for."""

    _fields_: ClassVar = [
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_ubyte * 128),
        ("flags", ctypes.c_uint),
        ("restorer", ctypes.c_void_p),
    ]


class _DarwinAction(ctypes.Structure):
    """``struct sigaction`` of macOS."""

    _fields_: ClassVar = [("handler", ctypes.c_void_p), ("mask", ctypes.c_uint32), ("flags", ctypes.c_uint)]


_RESET_HANDLER: Final = {"linux": (_LinuxAction, 0x80000000), "darwin": (_DarwinAction, 0x4)}
"""By platform: the structure, and the flag ``SA_RESETHAND`` in it."""
_KNOWN_FLAGS: Final = {"linux": 0x08000000 | 0x04000000, "darwin": 0x1}
"""``SA_ONSTACK`` and ``SA_RESTORER``, which Python and the C library set; others mean another layout."""


def spend_handler(number: int) -> None:
    """Let the handler that Python has installed for a signal take one delivery; the default action takes the next.

    Does nothing where there is no handler in Python, or where ``sigaction`` is not known to look as described here.
    """
    if (
        not callable(signal.getsignal(number))
        or sys.platform not in _RESET_HANDLER
        or ctypes.sizeof(ctypes.c_void_p) != 8
    ):
        return
    structure, flag = _RESET_HANDLER[sys.platform]
    library = ctypes.CDLL(None)
    action = structure()
    if library.sigaction(number, None, ctypes.byref(action)) == 0 and _is_as_python_sets(action):
        action.flags |= flag
        library.sigaction(number, ctypes.byref(action), None)


def _is_as_python_sets(action: Any) -> bool:
    return bool(action.handler) and action.flags & ~_KNOWN_FLAGS[sys.platform] == 0


@contextmanager
def interrupt_spent_by_one() -> Iterator[None]:
    """In a block, let a second Ctrl-C end the process where the first is unanswered; the main thread's affair alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    spend_handler(signal.SIGINT)
    try:
        yield
    finally:
        if callable(before):
            signal.signal(signal.SIGINT, before)
