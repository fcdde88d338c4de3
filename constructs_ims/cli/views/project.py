"""What the commands on a project show: ``HumanView`` prints as things happen, ``JsonView`` one document at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

from constructs_ims.cli.views.diagnostics import diagnostics_lines
from constructs_ims.cli.views.progress import Progress, ProgressLines
from constructs_ims.cli.views.style import Style
from constructs_ims.schema.diagnostics import Diagnostic, Severity, error

if TYPE_CHECKING:
    from constructs_ims.backend.engine.events import Observer
    from constructs_ims.backend.engine.state import OutputState
    from constructs_ims.backend.sandbox.results import SandboxApply, SandboxPlan
    from constructs_ims.cli.project import Project, Stack


_CROSS_STACK: Final = "cross-stack-output-"
"""What CDKTF calls the outputs that only its own stacks read."""

_STOPPING: Final = "Finishing and saving what is in flight; interrupt again to stop at once."
_CUT_SHORT: Final = "Stopped at once. What was finished is saved, and the next run looks for what was in flight."


class ProjectView(Protocol):
    """One way of showing a command's course. Calls come in the order in which things happen."""

    def synthesizing(self, project: Project) -> None:
        """The app is about to run."""

    def app_said(self, line: str) -> None:
        """The app has printed a line."""

    def synthesized(self, stacks: Sequence[Stack], seconds: float) -> None:
        """The app has written its stacks, and may have annotated them."""

    def planning(self, stack: Stack) -> Observer | None:
        """A stack is about to be planned; what is returned hears of it."""

    def planned(self, stack: Stack, plan: SandboxPlan, *, in_full: bool) -> None:
        """A stack was planned."""

    def applying(self, stack: Stack, plan: SandboxPlan) -> Observer | None:
        """A plan is about to be carried out; what is returned hears of it."""

    def applied(self, stack: Stack, result: SandboxApply, seconds: float) -> None:
        """A plan was carried out."""

    def outputs(self, stack: Stack, outputs: dict[str, OutputState]) -> None:
        """These are a stack's outputs."""

    def warned(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Something is worth a warning."""

    def failed(self, diagnostics: Iterable[Diagnostic]) -> None:
        """The command cannot go on."""

    def interrupted(self, *, at_work: bool) -> None:
        """The first interrupt came, while a stack was ``at_work`` or while an answer was awaited."""

    def cut_short(self) -> None:
        """The second interrupt came, and the process is about to end."""

    def finish(self) -> None:
        """Nothing more is coming."""


def project_view(*, as_json: bool, colour: bool | None) -> ProjectView:
    """Return the view that was asked for; ``colour`` None means colour on a terminal."""
    if as_json:
        return JsonView(sys.stdout)
    return HumanView(sys.stdout, sys.stderr, Style.of(sys.stdout, colour))


@dataclass
class HumanView:
    """Lines for a person."""

    stdout: TextIO
    stderr: TextIO
    style: Style
    _progress: Progress | None = None
    _said: list[str] = field(default_factory=list)

    def synthesizing(self, project: Project) -> None:
        """Name the app."""
        self._say(self.style.dim(f"Running {project.app}"))

    def app_said(self, line: str) -> None:
        """Pass the line on, set off from ours."""
        self._say(self.style.dim(f"  {line}"))

    def synthesized(self, stacks: Sequence[Stack], seconds: float) -> None:
        """Name the stacks and show what the app had to say about them."""
        names = ", ".join(stack.name for stack in stacks) or "no stacks"
        self._say(f"Synthesized {self.style.bold(names)} in {seconds:.1f} s")
        self.warned(_annotations(stacks, Severity.WARNING))

    def planning(self, stack: Stack) -> Observer | None:
        """Show nothing: a plan is quick."""
        return None

    def planned(self, stack: Stack, plan: SandboxPlan, *, in_full: bool) -> None:
        """Show the whole plan, or what it comes to."""
        if in_full:
            self._say(f"\n{self.style.bold(stack.name)}")
            self._say(plan.text(colour=self.style.enabled).rstrip("\n"))
        else:
            self._say(f"\n{self.style.bold(stack.name)}  {_summary(plan)}")
        self._diagnose(plan.diagnostics, stack)

    def applying(self, stack: Stack, plan: SandboxPlan) -> Observer | None:
        """Begin to show the progress of the objects."""
        self._progress = ProgressLines.start(self.stdout, self.style, len(plan.actions))
        return self._progress

    def applied(self, stack: Stack, result: SandboxApply, seconds: float) -> None:
        """Say what was done."""
        self._stop_progress()
        counts = f"{result.added} added, {result.changed} changed, {result.destroyed} destroyed"
        self._say(f"{self.style.green('Done')}  {counts} in {seconds:.1f} s")
        self._diagnose(result.diagnostics, stack)

    def outputs(self, stack: Stack, outputs: dict[str, OutputState]) -> None:
        """List the outputs, sensitive ones hidden."""
        from constructs_ims.backend.engine.render.outputs import outputs_text

        shown = {name: output for name, output in outputs.items() if not name.startswith(_CROSS_STACK)}
        if shown:
            self._say(f"\nOutputs of {self.style.bold(stack.name)}")
            self._say("\n".join(f"  {line}" for line in outputs_text(shown).splitlines()))

    def warned(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print warnings where they do not mix with results."""
        self._diagnose(diagnostics, None)

    def failed(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print what is wrong."""
        self._stop_progress()
        self._diagnose(diagnostics, None)

    def interrupted(self, *, at_work: bool) -> None:
        """Say what is going to happen."""
        self._complain(f"\nInterrupt received. {_STOPPING if at_work else ''}".rstrip())

    def cut_short(self) -> None:
        """Say what has become of the work."""
        self._stop_progress()
        self._complain(_CUT_SHORT)

    def finish(self) -> None:
        """Leave the terminal as it was."""
        self._stop_progress()

    def _say(self, text: str) -> None:
        self.stdout.write(f"{text}\n")
        self.stdout.flush()

    def _complain(self, text: str) -> None:
        self.stderr.write(f"{text}\n")
        self.stderr.flush()

    def _diagnose(self, diagnostics: Iterable[Diagnostic], stack: Stack | None) -> None:
        directory = stack.directory if stack else None
        self.stderr.write(diagnostics_lines(list(diagnostics), directory, width=100, colour=self.style.enabled))
        self.stderr.flush()

    def _stop_progress(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


@dataclass
class JsonView:
    """One document: ``stacks`` by name, ``diagnostics`` of everything, ``ok``."""

    stdout: TextIO
    _stacks: dict[str, dict[str, Any]] = field(default_factory=dict)
    _diagnostics: list[dict[str, Any]] = field(default_factory=list)
    _ok: bool = True

    def synthesizing(self, project: Project) -> None:
        """Say nothing."""

    def app_said(self, line: str) -> None:
        """Say nothing."""

    def synthesized(self, stacks: Sequence[Stack], seconds: float) -> None:
        """Note the stacks and their warnings."""
        for stack in stacks:
            self._of(stack).update(directory=str(stack.directory), dependencies=list(stack.dependencies))
        self.warned(_annotations(stacks, Severity.WARNING))

    def planning(self, stack: Stack) -> Observer | None:
        """Hear of nothing."""
        return None

    def planned(self, stack: Stack, plan: SandboxPlan, *, in_full: bool) -> None:
        """Note the plan: in full as Terraform's JSON, else as actions by address."""
        if in_full:
            self._of(stack)["plan"] = plan.to_json()
        else:
            self._of(stack)["actions"] = {address: list(action.names) for address, action in plan.actions.items()}
        self.warned(plan.diagnostics)

    def applying(self, stack: Stack, plan: SandboxPlan) -> Observer | None:
        """Hear of nothing."""
        return None

    def applied(self, stack: Stack, result: SandboxApply, seconds: float) -> None:
        """Note what was done."""
        self._of(stack).update(
            added=result.added, changed=result.changed, destroyed=result.destroyed, seconds=round(seconds, 3)
        )
        self.warned(result.diagnostics)

    def outputs(self, stack: Stack, outputs: dict[str, OutputState]) -> None:
        """Note the outputs, as Terraform's JSON has them."""
        from constructs_ims.backend.engine.render.outputs import outputs_json

        self._of(stack)["outputs"] = json.loads(outputs_json(outputs))

    def warned(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note warnings."""
        from constructs_ims.backend.engine.render.diagnostics_text import diagnostic_to_json

        self._diagnostics += (diagnostic_to_json(diagnostic, {}) for diagnostic in diagnostics)

    def failed(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note what is wrong."""
        self._ok = False
        self.warned(diagnostics)

    def interrupted(self, *, at_work: bool) -> None:
        """Say nothing: the document is still to come."""

    def cut_short(self) -> None:
        """Print the document as far as it has come."""
        self.failed([error("Interrupted twice", _CUT_SHORT)])
        self.finish()

    def finish(self) -> None:
        """Print the document."""
        document = {"ok": self._ok, "stacks": self._stacks, "diagnostics": self._diagnostics}
        self.stdout.write(json.dumps(document, indent=2, default=str) + "\n")
        self.stdout.flush()

    def _of(self, stack: Stack) -> dict[str, Any]:
        return self._stacks.setdefault(stack.name, {})


def _annotations(stacks: Sequence[Stack], severity: Severity) -> list[Diagnostic]:
    found = (annotation.diagnostic() for stack in stacks for annotation in stack.annotations)
    return [diagnostic for diagnostic in found if diagnostic and diagnostic.severity is severity]


def _summary(plan: SandboxPlan) -> str:
    if not plan.has_changes:
        return "no changes"
    return plan.summary
