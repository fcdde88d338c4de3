"""Which stacks of an app read which: by the backends of their ``terraform_remote_state`` data sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from constructs_ims.backend.sandbox.directory import stack_name
from constructs_ims.backend.sandbox.remote_state import backend_of, read_content, remote_states_of, stack_among
from constructs_ims.cli.project.stack import AppStack


def with_reads(stacks: Sequence[AppStack]) -> list[AppStack]:
    """Return the stacks with the names of those whose states they read; what is no sound stack reads nothing."""
    contents = {stack.directory: read_content(stack.directory) for stack in stacks}
    backends = {directory: backend_of(content) for directory, content in contents.items()}
    names = {stack_name(stack.directory): stack.name for stack in stacks}
    return [replace(stack, reads=_reads(stack, contents[stack.directory], backends, names)) for stack in stacks]


def _reads(
    stack: AppStack, content: Any, backends: Mapping[Path, Mapping[str, Any]], names: Mapping[str, str]
) -> tuple[str, ...]:
    read = (stack_among(backend, config, backends) for _, backend, config in remote_states_of(content))
    found = dict.fromkeys(names[name] for name in read if name is not None and name in names)
    return tuple(name for name in found if name != stack.name)
