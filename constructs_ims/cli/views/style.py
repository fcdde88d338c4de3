"""Color for people: on a terminal, unless it was refused."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Palette:
    """Paints text, or leaves it as it is."""

    enabled: bool = False

    @classmethod
    def of(cls, stream: TextIO, wanted: bool | None = None) -> Palette:
        """Return the style for a stream; ``wanted`` None leaves it to the terminal and the variable ``NO_COLOR``."""
        if wanted is None:
            wanted = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(wanted)

    def bold(self, text: str) -> str:
        """Make names stand out."""
        return self._paint(text, 1)

    def dim(self, text: str) -> str:
        """Let what matters less step back."""
        return self._paint(text, 2)

    def green(self, text: str) -> str:
        """Mark what is made, and success."""
        return self._paint(text, 32)

    def yellow(self, text: str) -> str:
        """Mark what is changed."""
        return self._paint(text, 33)

    def red(self, text: str) -> str:
        """Mark what is destroyed, and failure."""
        return self._paint(text, 31)

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.enabled else text
