"""What to do when nobody reads the output any more."""

from __future__ import annotations

import os
import sys


def reader_has_gone() -> int:
    """End quietly, as the shell's tools do; return the exit status."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
