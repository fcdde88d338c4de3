"""What a provider answers: the results of reading, planning, applying and importing an object.

Values are plain Python with ``Unknown`` for what only an apply can tell; an object is a dict with every attribute and
block of its schema as a key, null being ``None``. ``private`` is the provider's own memory, kept beside the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.paths import Path

Object: TypeAlias = dict[str, Any]
"""An object under its schema's names."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What is there now; ``state`` is None when the object is gone."""

    state: Object | None
    private: bytes = b""
    diagnostics: Sequence[Diagnostic] = ()


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What an apply would make; ``planned`` is None for a deletion.

    ``requires_replace`` names the attributes whose change cannot be made in place.
    """

    planned: Object | None
    requires_replace: tuple[Path, ...] = ()
    private: bytes = b""
    diagnostics: Sequence[Diagnostic] = ()


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What an apply left behind: None when nothing is there, the last known state when it failed half way."""

    state: Object | None
    private: bytes = b""
    diagnostics: Sequence[Diagnostic] = ()
    may_exist: bool = False
    """Whether a creation that failed without a state may have made something all the same."""


@dataclass(frozen=True, slots=True)
class ImportedResource:
    """One object taken under management; a read fills in what ``state`` lacks."""

    type_name: str
    state: Object
    private: bytes = b""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The objects that an import found."""

    resources: Sequence[ImportedResource] = ()
    diagnostics: Sequence[Diagnostic] = ()
