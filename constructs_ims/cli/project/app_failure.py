"""What an app said when it failed: of a Python traceback the error and the app's own lines, else the last lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from constructs_ims.cli.project.config import Project
from constructs_ims.schema.diagnostics import Diagnostic, error

_TAIL: Final = 30
"""How many of the last lines are shown where there is no traceback."""
_TRACEBACK: Final = "Traceback (most recent call last):"
_FRAME: Final = re.compile(r'  File "(?P<path>[^"]+)", line \d+')
_MARKS: Final = frozenset(" ^~")
_LIBRARIES: Final = ("site-packages", "dist-packages")


def app_failed(project: Project, status: int, said: Sequence[str]) -> Diagnostic:
    """Say that the app ended with ``status`` (a signal, where negative), and what it ``said``."""
    how = f"was ended by signal {-status}" if status < 0 else f"failed with exit status {status}"
    return error("App failed", f'The app "{project.app}" {how}. {_quoted(project, said)}')


def nothing_written(project: Project, manifest: Path, said: Sequence[str]) -> Diagnostic:
    """Say that the app ended well, but wrote no ``manifest``."""
    detail = f'The app "{project.app}" wrote no {manifest}. It is expected to end with app.synth().'
    return error("Nothing synthesized", f"{detail} {_quoted(project, said)}")


def _quoted(project: Project, said: Sequence[str]) -> str:
    if not said:
        return "It said nothing."
    found = _last_traceback(said)
    if found is None:
        return f"It said at the end:\n\n{_indented(said[-_TAIL:])}"
    frames, raised = found
    own = [line for path, lines in frames if _is_own(path, project) for line in lines]
    where = own or [line for _, lines in frames for line in lines]
    whole = f"\n\nTo see all of it, run the app by itself: {project.app}" if own else ""
    return f"It said:\n\n{_indented(raised)}\n\n{_indented(where)}{whole}"


def _last_traceback(said: Sequence[str]) -> tuple[list[tuple[str, list[str]]], list[str]] | None:
    """Return the frames, as paths and lines, and the lines of the error of the last traceback; None without one."""
    starts = [index for index, line in enumerate(said) if line == _TRACEBACK]
    if not starts:
        return None
    lines = said[starts[-1] + 1 :]
    length = next((index for index, line in enumerate(lines) if not line.startswith(" ")), len(lines))
    frames: list[tuple[str, list[str]]] = []
    for line in lines[:length]:
        if frame := _FRAME.match(line):
            frames.append((frame["path"], []))
        if frames and set(line) - _MARKS:
            frames[-1][1].append(line.removeprefix("  "))
    return frames, [line for line in lines[length:] if line.strip()]


def _is_own(path: str, project: Project) -> bool:
    place = project.directory / path
    return place.is_relative_to(project.directory) and not any(name in place.parts for name in _LIBRARIES)


def _indented(lines: Sequence[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)
