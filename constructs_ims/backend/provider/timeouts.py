"""How long a deletion may take, and the private bytes in which the vendor's provider remembers it.

Keeping the same bytes makes a state written here equal to one that the vendor's provider writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.durations import parse_duration
from constructs_ims.schema.image_metadata import DEFAULT_DELETE_TIMEOUT
from constructs_ims.schema.values import Unknown

_TIMEOUTS_KEY: Final = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0"
"""The key under which plugins of Terraform's SDK keep timeouts in their private bytes."""


def delete_timeout(values: Mapping[str, Any]) -> float:
    """Return the seconds that deleting the object may take, by its ``timeouts`` block."""
    given = (values.get("timeouts") or {}).get("delete")
    seconds = None if given is None or given is Unknown else parse_duration(given)
    return DEFAULT_DELETE_TIMEOUT if seconds is None else seconds


def timeout_fault(values: Mapping[str, Any]) -> Diagnostic | None:
    """Return what is wrong with the timeout of an object that is to be made or changed."""
    given = (values.get("timeouts") or {}).get("delete")
    if given is None or given is Unknown or parse_duration(given) is not None:
        return None
    return error(f'Error parsing "delete" timeout: time: {_parse_failure(given)}')


def _parse_failure(text: str) -> str:
    """Say what Go's parser of durations says."""
    quoted = json.dumps(text, ensure_ascii=False)
    found = re.fullmatch(r"([+-]?)((?:[0-9]*\.?[0-9]+(?:ns|us|µs|μs|ms|s|m|h))*)([0-9]*\.?[0-9]*)([^0-9.]*).*", text)
    if found is None or not found[3].strip("."):
        return f"invalid duration {quoted}"
    unit = json.dumps(found[4], ensure_ascii=False)
    return f"unknown unit {unit} in duration {quoted}" if found[4] else f"missing unit in duration {quoted}"


def private_bytes(values: Mapping[str, Any], *, imported: bool = False) -> bytes:
    """Return the private bytes of an object; those of an imported one also hold the schema's version."""
    memory: dict[str, Any] = {_TIMEOUTS_KEY: {"delete": round(delete_timeout(values) * 1e9)}}
    if imported:
        memory["schema_version"] = "0"
    return json.dumps(memory, separators=(",", ":")).encode()


def go_duration(seconds: float) -> str:
    """Write a length of time as Go does: ``10m0s``, ``1h0m5s``, ``1.5s``, ``500ms``."""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.6g}ms"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{round(rest, 9):.12g}s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text
