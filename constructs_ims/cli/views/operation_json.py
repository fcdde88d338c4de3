"""An operation as a stream of JSON events, one a line, as ``terraform -json`` prints them."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING

from constructs_ims.backend.engine.render.events_json import EventStream
from constructs_ims.cli.views.diagnostics import texts_of
from constructs_ims.cli.views.operation import CANCELED, CUT_SHORT, INTERRUPTED, STOPPING
from constructs_ims.cli.views.operation_human import counts_of
from constructs_ims.schema.diagnostics import Diagnostic

if TYPE_CHECKING:
    from constructs_ims.backend.engine.applying.applier import ApplyOutcome
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.backend.engine.plans.events import Observer
    from constructs_ims.cli.terraform.session import CommandSession


class JsonOperationView:
    """Writes events as things happen."""

    def __init__(self, session: CommandSession) -> None:
        self._session = session
        self._events = EventStream(session.terminal.say)
        self.observer: Observer = _Hooks(session.terminal.say)

    def planned(self, plan: Plan, *, out: str | None, last: bool) -> None:
        """Write the drift, every planned change, the sum, and the outputs."""
        self._events.plan(plan)
        self.diagnosed(plan.diagnostics)

    def plan_failed(self, plan: Plan) -> None:
        """Write what the plan got to, and what is wrong."""
        if plan.has_changes or plan.has_cycles:
            self._events.plan(plan)
        self.diagnosed(plan.diagnostics)

    def applied(self, outcome: ApplyOutcome, *, is_destroy: bool) -> None:
        """Write how it ended."""
        self.diagnosed(outcome.diagnostics)
        if outcome.succeeded:
            self._events.summary("destroy" if is_destroy else "apply", counts_of(outcome))
            if not is_destroy:
                self._events.outputs(outcome.state.outputs)

    def refreshed(self, plan: Plan, outcome: ApplyOutcome) -> None:
        """Write the outputs."""
        self.diagnosed((*plan.diagnostics, *outcome.diagnostics))
        self._events.outputs(outcome.state.outputs)

    def diagnosed(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Write diagnostics."""
        found = list(diagnostics)
        self._events.sources = texts_of(found, self._session.directory)
        self._events.diagnostics(found)

    def told(self, message: str, code: str) -> None:
        """Write what ``init`` has to say, as a log where Terraform has no code for it."""
        if code:
            self._events.event(message, "init_output", message_code=code)
        else:
            self._events.log(message)

    def interrupted(self, *, at_work: bool) -> None:
        """Write what an interrupt leads to."""
        self._events.log(INTERRUPTED)
        if at_work:
            self._events.log(STOPPING)

    def cut_short(self) -> None:
        """Write that all ends here."""
        self._events.log(CUT_SHORT)
        self.diagnosed([CANCELED])

    def __enter__(self) -> JsonOperationView:
        self._events.version()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Write a failed command's diagnostics here, and leave none to be printed."""
        from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
        from constructs_ims.cli.terraform.session import CommandFailedError

        if isinstance(failure, CommandFailedError | OperationFailedError):
            self.diagnosed(failure.diagnostics)
            failure.diagnostics = ()


class _Hooks(EventStream):
    """The events of the engine's work; diagnostics come with the plan and the outcome, once."""

    def diagnosed(self, diagnostic: Diagnostic) -> None:
        """Wait for the end."""
