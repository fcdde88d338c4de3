"""The region that a shared configuration file of the vendor's command line names; of the rest nothing is taken.

Source: the vendor's provider reads such a file only where one, or a profile, is named, and lets it win over the block.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from constructs_ims.schema.diagnostics import Diagnostic, warning
from constructs_ims.schema.paths import attribute_path

_DEFAULT_FILE: Final = "~/.hcloud/config.json"


def shared_region(file: str, profile: str) -> tuple[str, list[Diagnostic]]:
    """Return the region of a profile, "" where it has none, and why the file could not be used.

    ``file`` and ``profile`` are "" where they are left out; without both, no file is looked at.
    """
    if not file and not profile:
        return "", []
    path = file or _DEFAULT_FILE
    try:
        content = json.loads(Path(path).expanduser().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "", [_unusable(f"The specified shared config file {path} does not exist.")]
    except (OSError, ValueError, RuntimeError, RecursionError):
        return "", [_unusable(f"The shared config file {path} cannot be read as JSON.")]
    name = profile or _text(content, "current")
    found = _profile(content, name)
    if found is None:
        return "", [_unusable(f'Error finding profile "{name}" from shared config file {path}.')]
    return _text(found, "region"), []


def _profile(content: Any, name: str) -> Any:
    profiles = content.get("profiles") if isinstance(content, Mapping) else None
    return next((one for one in profiles if _text(one, "name") == name), None) if isinstance(profiles, list) else None


def _text(values: Any, name: str) -> str:
    value = values.get(name) if isinstance(values, Mapping) else None
    return value if isinstance(value, str) else ""


def _unusable(why: str) -> Diagnostic:
    detail = f"{why} Offline nothing else is read from it than the region; in production the provider refuses this."
    return warning("Unusable shared config file", detail, attribute_path("shared_config_file"))
