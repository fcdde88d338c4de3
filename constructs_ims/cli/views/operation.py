"""What plan, apply, destroy and refresh show: Terraform's lines for people, or its stream of JSON events."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol

from constructs_ims.cli.interrupts import Informed
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.backend.engine.applying.applier import ApplyOutcome
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.backend.engine.plans.events import Observer


class OperationView(Informed, Protocol):
    """One way of showing an operation."""

    observer: Observer
    """What hears of the engine's work."""

    def planned(self, plan: Plan, *, out: str | None, last: bool) -> None:
        """A plan was made, kept in the file ``out``; ``last`` tells that nothing follows."""

    def plan_failed(self, plan: Plan) -> None:
        """Planning failed; the plan shows what it got to."""

    def applied(self, outcome: ApplyOutcome, *, is_destroy: bool) -> None:
        """A plan was carried out, or as much of it as could be; ``is_destroy`` tells that ``destroy`` did it."""

    def refreshed(self, plan: Plan, outcome: ApplyOutcome) -> None:
        """What a refresh found was written down."""

    def diagnosed(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Something is wrong, or worth a warning."""

    def __enter__(self) -> OperationView:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        """End; a failed command's diagnostics are shown in the view's own form."""


INTERRUPTED: Final = """
Interrupt received.
Please wait for Terraform to exit or data loss may occur.
Gracefully shutting down...
"""
STOPPING: Final = "Stopping operation..."
CUT_SHORT: Final = """
Two interrupts received. Exiting immediately. Note that data loss may have occurred.
"""
CANCELED: Final = error("operation canceled")
