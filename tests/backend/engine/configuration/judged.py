"""Configurations with what Terraform 1.11.4 says of each, in one file, and the way to say it.

A diagnostic is a list of its severity, summary, detail and place, which is "" or ``line:column-line:column``. Where we
point at another place than Terraform does, the place is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

RECORDED = Path(__file__).parents[3] / "testdata" / "judged_configurations.json"
Said: TypeAlias = list[list[str]]


def groups() -> dict[str, dict[str, dict[str, Any]]]:
    """Return the recorded configurations by the first word of their names."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name, judged in json.loads(RECORDED.read_text(encoding="utf-8")).items():
        found.setdefault(name.split()[0], {})[name] = judged
    return found


def said(diagnostics: Iterable[dict[str, Any]]) -> Said:
    """Return the diagnostics of ``validate -json`` in the form and order in which they are recorded."""
    return sorted([one["severity"], one["summary"], one["detail"], _place(one.get("range"))] for one in diagnostics)


def without_places(found: Said) -> Said:
    """Return diagnostics without the places that they point at."""
    return sorted(one[:3] for one in found)


def _place(found: dict[str, Any] | None) -> str:
    if not found:
        return ""
    start, end = found["start"], found["end"]
    return f"{start['line']}:{start['column']}-{end['line']}:{end['column']}"
