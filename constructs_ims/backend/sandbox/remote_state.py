"""``terraform_remote_state``, answered from the sandbox: which stack's state stands behind a backend's configuration.

CDKTF passes values between stacks by reading the other stack's backend. Offline no backend is read; the stack whose own
``terraform`` block names that backend is looked for among its neighbours, and its state in the sandbox is the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.sandbox_directory import stack_name

_LOCAL_FILE: Final = re.compile(r"terraform\.(?P<stack>.+)\.tfstate")


def stack_behind(backend: str, config: Mapping[str, Any], directory: Path) -> str | None:
    """Return the name of the stack that keeps its state in ``backend`` with ``config``; None when nobody here does.

    ``directory`` is the stack that asks; its neighbours are the other stacks of the app.
    """
    neighbours = _neighbours(directory)
    for neighbour in neighbours:
        if _same(_backend_of(neighbour).get(backend), config):
            return stack_name(neighbour)
    by_file_name = _by_file_name(backend, config)
    return next((stack_name(path) for path in neighbours if path.name == by_file_name), None)


def _neighbours(directory: Path) -> list[Path]:
    try:
        return sorted(path.parent for path in directory.resolve().parent.glob("*/cdk.tf.json"))
    except OSError:
        return []


def _backend_of(directory: Path) -> Mapping[str, Any]:
    try:
        backend = json.loads((directory / "cdk.tf.json").read_text(encoding="utf-8"))["terraform"]["backend"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return backend if isinstance(backend, dict) else {}


def _same(own: Any, asked: Mapping[str, Any]) -> bool:
    """Whether both name one place: all that the reader says agrees with what the stack says."""
    if not isinstance(own, Mapping):
        return False
    # Loaded only for stacks that read others: it brings the configuration's reader along.
    from constructs_ims.backend.engine.configuration.credentials import public_part

    own, public = public_part(own), public_part(asked)
    return bool(public) and all(own.get(name) == value for name, value in public.items() if value is not None)


def _by_file_name(backend: str, config: Mapping[str, Any]) -> str | None:
    """Return the stack that cdktf's default file name speaks of: ``terraform.NAME.tfstate``."""
    if backend != "local" or not isinstance(config.get("path"), str):
        return None
    found = _LOCAL_FILE.fullmatch(Path(config["path"]).name)
    return found["stack"] if found else None
