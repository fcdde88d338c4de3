"""The options of planning, as ``Sandbox.apply`` and ``Sandbox.destroy`` hand them on to ``Sandbox.plan``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox.results import SandboxPlan


class PlanKeywords(TypedDict, total=False):
    """What a plan of any kind can be given; ``Sandbox.plan`` says what each means."""

    refresh: bool
    refresh_only: bool
    targets: Iterable[str]
    replace: Iterable[str]
    variables: Mapping[str, Any] | None
    arguments: Iterable[tuple[str, str]]
    imports: Mapping[str, str] | None
    working_directory: Path | None
    after: Iterable[SandboxPlan]
    on_wait: Callable[[], None] | None


class ApplyKeywords(PlanKeywords, total=False):
    """What the plan behind an apply can be given."""

    destroy: bool
