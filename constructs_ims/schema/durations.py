"""Lengths of time in Go's notation: ``90s``, ``1h30m``, ``-1.5h``."""

from __future__ import annotations

import re
from typing import Final

_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART: Final = r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)"
_DURATION: Final = re.compile(rf"([+-]?)(0|(?:{_PART})+)")


def parse_duration(text: str) -> float | None:
    """Return the seconds of a duration, None when it is none."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in re.findall(_PART, found[2]))
    return -seconds if found[1] == "-" else seconds
