"""``terraform_remote_state``, answered from the sandbox: which stack's state stands behind a backend's configuration.

CDKTF passes values between stacks by reading the other stack's backend. Offline no backend is read; the stack whose own
``terraform`` block names that backend is looked for in the app, and its state in the sandbox is the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.sandbox.directory import stack_name

_LOCAL_FILE: Final = re.compile(r"terraform\.(?P<stack>.+)\.tfstate")


def stack_behind(backend: str, config: Mapping[str, Any], directory: Path) -> str | None:
    """Return the name of the stack that keeps its state in ``backend`` with ``config``; None when nobody here does.

    ``directory`` is the stack that asks.
    """
    return stack_among(backend, config, {path: backend_of(read_content(path)) for path in neighbours_of(directory)})


def stack_among(backend: str, config: Mapping[str, Any], backends: Mapping[Path, Mapping[str, Any]]) -> str | None:
    """Return the name of the stack that keeps its state there; ``backends`` are those of the stacks, by directory."""
    for directory, own in backends.items():
        if _same(backend, own.get(backend), config):
            return stack_name(directory)
    by_file_name = _by_file_name(backend, config)
    return next((stack_name(directory) for directory in backends if directory.name == by_file_name), None)


def backend_of(content: Any) -> Mapping[str, Any]:
    """Return the backend of a stack's JSON: its configuration by its type; empty when there is none.

    A ``cloud`` block counts as the backend ``remote``, by which other stacks read its state.
    """
    terraform = content.get("terraform") if isinstance(content, dict) else None
    if not isinstance(terraform, dict):
        return {}
    backend, cloud = terraform.get("backend"), terraform.get("cloud")
    return backend if isinstance(backend, dict) else {"remote": cloud} if isinstance(cloud, dict) else {}


def remote_states_of(content: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the name, the type of the backend and its configuration for each remote state in a stack's JSON."""
    try:
        blocks = list(content["data"]["terraform_remote_state"].items())
    except (LookupError, TypeError, AttributeError):
        return
    for name, block in blocks:
        if isinstance(block, dict) and isinstance(block.get("config"), dict):
            yield name, str(block.get("backend")), block["config"]


def neighbours_of(directory: Path) -> list[Path]:
    """Return the directories of the stacks beside one, that one among them."""
    try:
        beside = sorted(directory.resolve().parent.iterdir())
        return [path for path in beside if (path / "cdk.tf.json").exists()]
    except OSError:
        return []


def read_content(directory: Path) -> Any:
    """Return a stack's JSON; None where it cannot be read, which is said where the stack is planned."""
    try:
        return json.loads((directory / "cdk.tf.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "azurerm": ("storage_account_name", "container_name", "key"),
    "cos": ("bucket", "prefix", "key"),
    "gcs": ("bucket", "prefix"),
    "http": ("address",),
    "oss": ("bucket", "prefix", "key"),
    "s3": ("bucket", "key"),
}
"""The settings that name the place of a state in a backend; its others say how it is reached."""


def _same(backend: str, own: Any, asked: Mapping[str, Any]) -> bool:
    """Whether both name one place: where it is not known what does, all that the reader says agrees with the stack."""
    if not isinstance(own, Mapping):
        return False
    if places := _PLACES.get(backend):
        named = [(own.get(name), asked.get(name)) for name in places]
        return any(value is not None for _, value in named) and all(_agrees(mine, theirs) for mine, theirs in named)
    # Loaded only for stacks that read others: it brings the configuration's reader along.
    from constructs_ims.backend.engine.configuration.credentials import public_part

    own, public = public_part(own), public_part(asked)
    return any(value is not None for value in public.values()) and _agrees(own, public)


def _agrees(own: Any, asked: Any) -> bool:
    """Whether ``own`` has all that ``asked`` has, within nested objects too; null says nothing."""
    if not isinstance(own, Mapping) or not isinstance(asked, Mapping):
        return bool(own == asked)
    return all(_agrees(own.get(name), value) for name, value in asked.items() if value is not None)


def _by_file_name(backend: str, config: Mapping[str, Any]) -> str | None:
    """Return the stack that cdktf's default file name speaks of: ``terraform.NAME.tfstate``."""
    if backend != "local" or not isinstance(config.get("path"), str):
        return None
    found = _LOCAL_FILE.fullmatch(Path(config["path"]).name)
    return found["stack"] if found else None
