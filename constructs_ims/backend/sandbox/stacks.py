"""What counts as a stack: a directory with its JSON, or a CDKTF stack object, which is synthesized on the way in."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from constructs_ims.backend.sandbox.problems import OperationFailedError
from constructs_ims.backend.sandbox_directory import stack_name
from constructs_ims.schema.diagnostics import error

STACKS_FOLDER: Final = "stacks"


@runtime_checkable
class Synthesizable(Protocol):
    """A CDKTF ``TerraformStack``, known by what it can do, so that nothing here imports cdktf."""

    @property
    def node(self) -> Any:
        """Its place in the tree of constructs."""

    def to_terraform(self) -> Any:
        """Return the stack's JSON."""


StackSource: TypeAlias = str | Path | Synthesizable


@dataclass(frozen=True, slots=True)
class StackDirectory:
    """A synthesized stack: the name that its states go by, and its files."""

    name: str
    path: Path


def stack_directory(source: StackSource | object) -> StackDirectory:
    """Return where the stack's JSON is; a stack object is synthesized with the whole of its app.

    Raise ``OperationFailedError`` when ``source`` is no stack.
    """
    if isinstance(source, str | Path):
        return _existing(Path(source))
    if isinstance(source, Synthesizable):
        return _synthesized(source)
    detail = f"A stack is a directory or a TerraformStack, and this is {type(source).__name__}."
    raise OperationFailedError([error("Not a stack", detail)])


def _existing(path: Path) -> StackDirectory:
    if not path.is_dir():
        raise OperationFailedError([error("Not a stack", f"There is no directory {path}. Synthesize the app first.")])
    return StackDirectory(stack_name(path), path)


def _synthesized(stack: Synthesizable) -> StackDirectory:
    app = stack.node.root
    name = str(stack.node.id)
    if callable(getattr(app, "synth", None)) and getattr(app, "outdir", None):
        app.synth()
        return StackDirectory(name, Path(app.outdir) / STACKS_FOLDER / name)
    path = Path(tempfile.mkdtemp(prefix="constructs-ims-"))
    (path / "cdk.tf.json").write_text(json.dumps(stack.to_terraform()), encoding="utf-8")
    return StackDirectory(name, path)
