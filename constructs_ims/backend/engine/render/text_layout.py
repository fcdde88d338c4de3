"""How text meets a terminal: color by tags (``[bold]``, ``[red]``), wrapping, rules, and names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from constructs_ims.backend.engine.lang.quoting import quote

_CODES: Final = {
    "reset": 0,
    "bold": 1,
    "underline": 4,
    "red": 31,
    "green": 32,
    "yellow": 33,
    "cyan": 36,
    "dark_gray": 90,
}
_TAG: Final = re.compile(r"\[(" + "|".join(_CODES) + r")\]")
_ESCAPE: Final = re.compile("\x1b\\[[0-9;]*m")

DEFAULT_WIDTH: Final = 78
"""Columns that Terraform takes for granted where there is no terminal."""


@dataclass(frozen=True, slots=True)
class TextLayout:
    """What the text is for: ``width`` in columns, 0 for no wrapping; ``color`` says whether tags become colors."""

    width: int = DEFAULT_WIDTH
    color: bool = False

    def paint(self, text: str) -> str:
        """Turn tags into colors, or leave them out; a colored text ends in a reset."""
        if not self.color:
            return _TAG.sub("", text) if "[" in text else text
        painted, count = _TAG.subn(lambda tag: f"\x1b[{_CODES[tag[1]]}m", text)
        return f"{painted}\x1b[0m" if count else painted

    def wrap(self, text: str) -> str:
        """Wrap each paragraph at the terminal's width; lines that begin with a blank stay as they are."""
        if self.width <= 0:
            return text
        return "\n".join(
            line if line.startswith((" ", "\t")) else wrap_line(line, self.width - 1) for line in text.split("\n")
        )

    def rule(self) -> str:
        """Return a line across the terminal."""
        width = self.width if self.width > 0 else DEFAULT_WIDTH + 2
        return self.paint(f"[dark_gray]{'─' * (width - 1)}[reset]")


PLAIN: Final = TextLayout()
"""No color, and the width that Terraform takes for granted."""


def wrap_line(line: str, width: int) -> str:
    """Break a line at blanks so that each part has at most ``width`` columns where its words allow."""
    lines, current = [""], 0
    for blanks, word in re.findall(r"([ \t]*)([^ \t]*)", line):
        length = visible_length(word)
        if lines[-1] and word and current + len(blanks) + length > width:
            lines.append(word)
            current = length
        else:
            lines[-1] += blanks + word
            current += len(blanks) + length
    return "\n".join(lines)


def visible_length(text: str) -> int:
    """Return how many characters of ``text`` show."""
    return len(_ESCAPE.sub("", text)) if "\x1b" in text else len(text)


_IDENTIFIER: Final = re.compile(r"[^\W\d][\w-]*")


@lru_cache(maxsize=4096)
def attribute_name(name: str) -> str:
    """Return a name as it may stand before ``=``: quoted unless it is an identifier."""
    return name if _IDENTIFIER.fullmatch(name) else quote(name)
