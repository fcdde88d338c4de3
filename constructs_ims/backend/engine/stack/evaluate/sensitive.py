"""Keeping sensitive values out of what providers say, who are given values without their marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from constructs_ims.backend.engine.lang.redact import redacted, sensitive_texts
from constructs_ims.backend.engine.plans.object_change import value_at
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import Path
from constructs_ims.schema.values import Unknown

MarkedObject: TypeAlias = tuple[Object | None, Iterable[Path]]
"""An object, and the paths in it that are sensitive."""


def without_sensitive(faults: Iterable[Diagnostic], *objects: MarkedObject) -> list[Diagnostic]:
    """Return ``faults`` with ``(sensitive value)`` for what the ``objects`` they are about have at sensitive paths."""
    hidden = list({text for value, paths in objects for path in paths for text in _texts(value_at(value, path))})
    return [redacted(fault, hidden) for fault in faults] if hidden else list(faults)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text, number and truth value in a value."""
    match value:
        case bool():
            yield str(value).lower()
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            yield from _texts([*value, *value.values()])
        case _ if value is not None and value is not Unknown:
            yield from sensitive_texts([value], hidden=True)
