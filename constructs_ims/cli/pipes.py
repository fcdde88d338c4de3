"""Standard streams as processes are given them: closed ones, ones nobody reads any more, and ones that are full."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from constructs_ims.cli.one_shot_signals import interrupt_spent_by_one

_STREAMS: Final = ("stdin", "stdout", "stderr")
_DIRECTORY_GONE: Final = "Working directory gone: the directory of this command was deleted. Change to one that exists."


def guarded(command: Callable[[], int]) -> int:
    """Run a command with standard streams that work, and return its exit status.

    What the operating system refuses on the way, and nobody told of, ends in one line and status 1.
    """
    open_missing_streams()
    take_any_text()
    try:
        with interrupt_spent_by_one():
            status = command()
        sys.stdout.flush()
    except BrokenPipeError:
        return reader_has_gone()
    except OSError as failure:
        return _told(_reason(failure))
    except SystemError:  # Python 3.13 raises it while it imports from a directory that is gone
        if not _is_directory_gone():
            raise
        return _told(_DIRECTORY_GONE)
    return status


def open_missing_streams() -> None:
    """Put the null device in place of standard streams that were closed.

    Else the next file to be opened, the database for one, would take a stream's number, and what is printed with it.
    """
    for number, name in enumerate(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            _open_null(number)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", closefd=False, encoding="utf-8"))  # noqa: SIM115 - for good


def take_any_text() -> None:
    """Let standard output show what its encoding cannot as escapes, as standard error does."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def reader_has_gone() -> int:
    """End quietly, as the shell's tools do; return the exit status."""
    _drop_output()
    return 1


def _told(reason: str) -> int:
    with suppress(OSError):
        print(f"Error: {reason}", file=sys.stderr)
        sys.stderr.flush()
    _drop_output()
    return 1


def _is_directory_gone() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _reason(failure: OSError) -> str:
    if _is_directory_gone():
        return _DIRECTORY_GONE
    place = f"{failure.filename}: " if failure.filename else ""
    return f"{place}{failure.strerror or failure}."


def _drop_output() -> None:
    """Let the interpreter flush at its end what cannot be written any more."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
            continue
        with suppress(OSError, ValueError):
            _open_null(stream.fileno())


def _open_null(number: int) -> None:
    descriptor = os.open(os.devnull, os.O_RDWR)
    if descriptor != number:
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.set_inheritable(number, True)
