"""Standard output as it is in life: it may not take every character, and nobody may read it any more."""

from __future__ import annotations

import io
import os
import sys


def take_any_text() -> None:
    """Let standard output show what its encoding cannot as escapes, as standard error does."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def reader_has_gone() -> int:
    """End quietly, as the shell's tools do; return the exit status."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
