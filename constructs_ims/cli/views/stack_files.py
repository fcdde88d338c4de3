"""The files of stacks that problems are about: each read and parsed once, however many problems there are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.engine.configuration.source import SourceFile, Steps, read_source
from constructs_ims.cli.views.diagnostics import texts_for
from constructs_ims.schema.diagnostics import SourceRange

if TYPE_CHECKING:
    from constructs_ims.cli.project.stack import AppStack

STACK_FILE: Final = "cdk.tf.json"
_OBJECTS: Final = ("resource", "data")
_DEPTH: Final = 3
"""How far down in a file objects stand: below their kind, type and name."""


class StackFiles:
    """Reads the files of stacks as they are asked for; their names are as one would name them from here."""

    def __init__(self) -> None:
        self._texts: dict[Path, str | None] = {}
        self._sources: dict[Path, SourceFile | None] = {}

    def texts(self, stack: AppStack, names: Iterable[str]) -> dict[str, str]:
        """Return the texts of a stack's files, as far as they can be read."""
        found = {os.path.relpath(stack.directory / name): self._text(stack.directory, name) for name in names}
        return {name: text for name, text in found.items() if text is not None}

    def source(self, stack: AppStack) -> SourceFile | None:
        """Return the file that the app wrote for a stack, with its places."""
        path = stack.directory / STACK_FILE
        if path not in self._sources:
            text = self._text(stack.directory, STACK_FILE)
            self._sources[path] = None if text is None else read_source(os.path.relpath(path), text)[0]
        return self._sources[path]

    def _text(self, directory: Path, name: str) -> str | None:
        path = directory / name
        if path not in self._texts:
            self._texts[path] = texts_for([name], directory).get(name)
        return self._texts[path]


def object_around(source: SourceFile, place: SourceRange) -> Steps | None:
    """Return the way to the resource or data source that a place in a stack's file lies in."""
    found = source.path_at(place.start, _DEPTH) if place.filename == source.filename else None
    return found if found and found[0] in _OBJECTS else None
