"""Diagnostics of a stack, with the lines of its files that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from constructs_ims.schema.diagnostics import Diagnostic


def texts_of(diagnostics: Iterable[Diagnostic], directory: Path) -> dict[str, str]:
    """Return the texts of the files that diagnostics name, as far as they can be read."""
    return texts_for({diagnostic.subject.filename for diagnostic in diagnostics if diagnostic.subject}, directory)


def texts_for(names: Iterable[str], directory: Path) -> dict[str, str]:
    """Return the texts of files in a directory by their names, as far as they can be read."""
    return {name: text for name in sorted(names) if (text := _read(directory / name)) is not None}


def diagnostics_lines(
    diagnostics: Sequence[Diagnostic], directory: Path | None = None, *, width: int, color: bool
) -> str:
    """Return diagnostics as Terraform prints them; ``directory`` is the stack's that they are about."""
    from constructs_ims.backend.engine.render.diagnostics_text import diagnostics_text
    from constructs_ims.backend.engine.render.text_layout import TextLayout

    texts = texts_of(diagnostics, directory) if directory else {}
    return diagnostics_text(diagnostics, texts, TextLayout(width, color))


def _read(path: Path) -> str | None:
    from constructs_ims.backend.engine.configuration.credentials import hidden_credentials

    try:
        return hidden_credentials(path.name, path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
