"""An operation as Terraform prints it for people."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.engine.render.output_text import apply_outputs_text
from constructs_ims.backend.engine.render.plan_text import plan_text
from constructs_ims.backend.engine.render.progress_text import Counts, ProgressText, apply_summary_text
from constructs_ims.backend.engine.render.text_layout import TextLayout
from constructs_ims.cli.terraform.terminal import in_automation
from constructs_ims.cli.views.operation import CANCELED, CUT_SHORT, INTERRUPTED, STOPPING
from constructs_ims.schema.diagnostics import Diagnostic

if TYPE_CHECKING:
    from constructs_ims.backend.engine.applying.applier import ApplyOutcome
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.backend.engine.plans.events import Observer
    from constructs_ims.cli.terraform.session import CommandSession


class HumanOperationView:
    """Prints as things happen."""

    def __init__(self, session: CommandSession) -> None:
        self._session = session
        self._terminal = session.terminal
        self._layout = TextLayout(session.terminal.width, session.terminal.color)
        self.observer: Observer = ProgressText(session.terminal.say, self._layout)

    def planned(self, plan: Plan, *, out: str | None, last: bool) -> None:
        """Print the plan, warnings, and what can be done with it."""
        self._print_plan(plan)
        self._session.show(plan.diagnostics)
        if last:
            self._print_hints(plan, out)

    def plan_failed(self, plan: Plan) -> None:
        """Print what the plan got to, and what is wrong."""
        if plan.has_changes:
            self._print_plan(plan)
        self._session.show(plan.diagnostics)

    def applied(self, outcome: ApplyOutcome, *, is_destroy: bool) -> None:
        """Print how it ended, and the outputs."""
        self._session.show(outcome.diagnostics)
        if not outcome.succeeded:
            return
        self._terminal.say(apply_summary_text(counts_of(outcome), self._layout, is_destroy=is_destroy), end="")
        if not is_destroy:
            self._print_outputs(outcome)

    def refreshed(self, plan: Plan, outcome: ApplyOutcome) -> None:
        """Print the outputs."""
        self._session.show((*plan.diagnostics, *outcome.diagnostics))
        self._print_outputs(outcome)

    def diagnosed(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print diagnostics."""
        self._session.show(diagnostics)

    def interrupted(self, *, at_work: bool) -> None:
        """Print what an interrupt leads to."""
        self._terminal.say(INTERRUPTED)
        if at_work:
            self._terminal.say(STOPPING)

    def cut_short(self) -> None:
        """Print that all ends here."""
        self._terminal.complain(self._layout.wrap(CUT_SHORT))
        self._session.show([CANCELED])

    def __enter__(self) -> HumanOperationView:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave failures to the one who called the command."""

    def _print_plan(self, plan: Plan) -> None:
        automated = in_automation(self._session.environment)
        self._terminal.say(plan_text(plan, self._layout, automated=automated), end="")

    def _print_hints(self, plan: Plan, out: str | None) -> None:
        if not plan.applyable:
            return
        if not in_automation(self._session.environment):
            self._terminal.say(f"\n{self._layout.rule()}")
            self._terminal.say(self._saved(out) if out else _NOT_SAVED)
        elif out:
            self._terminal.say(self._saved(out))

    def _saved(self, out: str) -> str:
        path = self._session.plan_path(out)
        where = out if path == self._session.directory / out else path
        return (
            f"\nSaved the plan to: {where}\n\nTo perform exactly these actions, run the following command to apply:\n"
            f'    terraform apply "{out}"'
        )

    def _print_outputs(self, outcome: ApplyOutcome) -> None:
        self._terminal.say(apply_outputs_text(outcome.state.outputs, self._layout), end="")


def counts_of(outcome: ApplyOutcome) -> Counts:
    """Return how many objects an apply dealt with."""
    return Counts(outcome.added, outcome.changed, outcome.destroyed, outcome.imported)


_NOT_SAVED: Final = (
    "\nNote: You didn't use the -out option to save this plan, so Terraform can't\n"
    'guarantee to take exactly these actions if you run "terraform apply" now.'
)
