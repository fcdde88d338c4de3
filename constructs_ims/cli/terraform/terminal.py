"""The terminal: what is said, what is asked, and in which colors.

Like Terraform, color does not depend on being a terminal: only ``-no-color`` takes it away.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TextIO

from constructs_ims.schema.diagnostics import Diagnostic

_CODES: Final = {"reset": 0, "bold": 1, "red": 31, "green": 32, "yellow": 33, "dim": 90}
_PIPE_WIDTH: Final = 78


class InputClosedError(Exception):
    """Nobody answered: the input ended."""


@dataclass(slots=True)
class CommandTerminal:
    """Standard input, output and error of one command."""

    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)
    color: bool = True

    def paint(self, text: str) -> str:
        """Turn ``[bold]`` and its like into color, or take them out."""
        for name, code in _CODES.items():
            text = text.replace(f"[{name}]", f"\x1b[{code}m" if self.color else "")
        return text

    def say(self, text: str = "", *, end: str = "\n") -> None:
        """Print a line of output at once, so that a reader on a pipe or pseudo-terminal sees it in time."""
        _print(self.stdout, f"{text}{end}")

    def complain(self, text: str, *, end: str = "\n") -> None:
        """Print a line of errors."""
        _print(self.stderr, f"{text}{end}")

    def ask(self, query: str, description: str = "") -> str:
        """Ask and return the answer without surrounding blanks; ``InputClosedError`` when there is none."""
        lines = [f"[reset][bold]{query}[reset]"]
        if description:
            lines += [*(f"  {line}" for line in description.splitlines()), ""]
        self.say(self.paint("\n".join([*lines, "  [bold]Enter a value:[reset] [reset]"])), end="")
        answer = self.stdin.readline()
        if not answer:
            raise InputClosedError
        self.say()
        return answer.strip()

    @property
    def width(self) -> int:
        """How many columns to wrap output at."""
        return _width(self.stdout)

    @property
    def error_width(self) -> int:
        """How many columns to wrap errors at."""
        return _width(self.stderr)


def _print(stream: TextIO, text: str) -> None:
    """Print, unless the terminal has gone away: of that a signal tells, and work in flight must not fail for it."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as failure:
        if failure.errno != errno.EIO:
            raise


def _width(stream: TextIO) -> int:
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else _PIPE_WIDTH
    except (OSError, ValueError):
        columns = _PIPE_WIDTH
    return columns or _PIPE_WIDTH


def in_automation(environment: Mapping[str, str]) -> bool:
    """Tell whether a program is in charge, so that hints for people are left out."""
    return bool(environment.get("TF_IN_AUTOMATION"))


def input_allowed(flag: bool, environment: Mapping[str, str]) -> bool:
    """Tell whether values may be asked for: ``-input`` and ``TF_INPUT`` both say so."""
    return flag and environment.get("TF_INPUT", "").lower() not in {"0", "f", "false"}


def brief(diagnostic: Diagnostic) -> str:
    """Write a diagnostic in plain lines, where no view is at hand."""
    return f"{diagnostic.severity.capitalize()}: {diagnostic.summary}\n\n{diagnostic.detail}\n"
