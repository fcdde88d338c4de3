"""What counts as a stack: a directory with its JSON, or a CDKTF stack object, which is synthesized on the way in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from constructs_ims.backend.sandbox.directory import stack_name
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.backend.sandbox.synthesis import Synthesizable, synthesize_stack
from constructs_ims.schema.diagnostics import error

StackSource: TypeAlias = str | Path | Synthesizable


@dataclass(frozen=True, slots=True)
class StackDirectory:
    """A synthesized stack: the name that its states go by, and its files."""

    name: str
    path: Path


def stack_directory(source: StackSource | object) -> StackDirectory:
    """Return where the stack's JSON is; a stack object is synthesized with its app, once for all uses of the app.

    Raise ``OperationFailedError`` when ``source`` is no stack, shares its directory with another stack of its app, or
    has changed since Aspects ran.
    """
    if isinstance(source, str | Path):
        return _existing(Path(source))
    if isinstance(source, Synthesizable):
        return StackDirectory(str(source.node.id), synthesize_stack(source))
    detail = f"A stack is a directory or a TerraformStack, and this is {type(source).__name__}."
    raise OperationFailedError([error("Not a stack", detail)])


def _existing(path: Path) -> StackDirectory:
    if not os.path.isdir(path):  # which, unlike pathlib's, is False for a path that is too long
        raise OperationFailedError([error("Not a stack", f"There is no directory {path}. Synthesize the app first.")])
    return StackDirectory(stack_name(path), path)
