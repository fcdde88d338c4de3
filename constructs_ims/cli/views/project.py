"""What the commands on a project show: ``HumanView`` prints as things happen, ``JsonView`` one document at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

from constructs_ims.cli.interrupts import Informed
from constructs_ims.cli.project.problems import Problem, annotated_problems
from constructs_ims.cli.views.progress import ProgressLines, ProgressObserver, settled_lines
from constructs_ims.cli.views.style import Palette
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.backend.engine.plans.events import Observer
    from constructs_ims.backend.engine.state.model import OutputState
    from constructs_ims.backend.sandbox.results import SandboxApply, SandboxPlan
    from constructs_ims.cli.project import AppStack, Project
    from constructs_ims.cli.project.kept_files import Difference


_CROSS_STACK: Final = "cross-stack-output-"
"""What CDKTF calls the outputs that only its own stacks read."""

_STOPPING: Final = "Finishing and saving what is in flight; interrupt again to stop at once."
_CUT_SHORT: Final = "Stopped at once. What was finished is saved, and the next run looks for what was in flight."


class ProjectView(Informed, Protocol):
    """One way of showing a command's course. Calls come in the order in which things happen."""

    def synthesizing(self, project: Project) -> None:
        """The app is about to run."""

    def app_said(self, line: str) -> None:
        """The app has printed a line."""

    def app_complained(self, lines: Sequence[str]) -> None:
        """The app has written to standard error, and went well."""

    def synthesized(self, stacks: Sequence[AppStack], seconds: float) -> None:
        """The app has written its stacks, and may have annotated them."""

    def chosen(self, stacks: Sequence[AppStack]) -> None:
        """These are the stacks to work on."""

    def compared(self, stacks: Sequence[AppStack], differences: Sequence[Difference], *, settled: bool) -> None:
        """Stacks were compared with their kept files; ``settled`` tells that the files are now as they should be."""

    def planning(self, stack: AppStack) -> Observer | None:
        """A stack is about to be planned; what is returned hears of it."""

    def waiting(self, stack: AppStack) -> None:
        """Another run is at work on the stack, and has to end first."""

    def planned(self, stack: AppStack, plan: SandboxPlan, *, in_full: bool) -> None:
        """A stack was planned."""

    def applying(self, stack: AppStack, plan: SandboxPlan) -> Observer | None:
        """A plan is about to be carried out; what is returned hears of it."""

    def applied(self, stack: AppStack, result: SandboxApply, seconds: float) -> None:
        """A plan was carried out."""

    def declined(self, stack: AppStack, left: Sequence[AppStack]) -> None:
        """A plan was not approved; ``left`` are the stacks that were to follow and are not begun."""

    def outputs(self, stack: AppStack, outputs: dict[str, OutputState], *, asked: bool = False) -> None:
        """These are a stack's outputs; ``asked`` tells that they are what the command is about."""

    def warned(self, problems: Iterable[Problem]) -> None:
        """Something is worth a warning."""

    def failed(self, problems: Iterable[Problem], stack: AppStack | None = None, left: Sequence[AppStack] = ()) -> None:
        """The command cannot go on; it failed with ``stack``, and those in ``left`` are not begun."""

    def finish(self) -> None:
        """Nothing more is coming."""


def project_view(*, as_json: bool, color: bool | None, brief: bool = True) -> ProjectView:
    """Return the view that was asked for; ``color`` None means color on a terminal, ``brief`` is about plans."""
    if as_json:
        return JsonView(sys.stdout)
    return HumanView(sys.stdout, sys.stderr, Palette.of(sys.stdout, color), brief)


@dataclass
class HumanView:
    """Lines for a person."""

    stdout: TextIO
    stderr: TextIO
    style: Palette
    brief: bool
    _progress: ProgressObserver | None = None
    _shown: set[str] = field(default_factory=set)

    def synthesizing(self, project: Project) -> None:
        """Name the app."""
        self._say(self.style.dim(f"Running {project.app}"))

    def app_said(self, line: str) -> None:
        """Pass the line on, set off from ours."""
        self._say(self.style.dim(f"  {line}"))

    def app_complained(self, lines: Sequence[str]) -> None:
        """Pass the lines on where they do not mix with results."""
        for line in lines:
            self._complain(self.style.dim(f"  {line}"))

    def synthesized(self, stacks: Sequence[AppStack], seconds: float) -> None:
        """Name the stacks and show what the app had to say about them."""
        names = ", ".join(stack.name for stack in stacks) or "no stacks"
        self._say(f"Synthesized {self.style.bold(names)} in {seconds:.1f} s")
        self.warned(warnings_of(stacks))

    def chosen(self, stacks: Sequence[AppStack]) -> None:
        """Show nothing: each stack is named when its turn comes."""

    def compared(self, stacks: Sequence[AppStack], differences: Sequence[Difference], *, settled: bool) -> None:
        """Show each difference, or what was written and removed."""
        for difference in differences:
            done = "Removed" if difference.content is None else "Wrote"
            self._say(f"{done} {difference.path}" if settled else _colored(difference.diff, self.style))
        if not differences:
            self._say(f"As kept: {', '.join(stack.name for stack in stacks)}")

    def planning(self, stack: AppStack) -> Observer | None:
        """Show nothing: a plan is quick."""
        return None

    def waiting(self, stack: AppStack) -> None:
        """Say what is waited for."""
        self._complain(f"Another run is at work on {stack.name}; waiting for it to end.")

    def planned(self, stack: AppStack, plan: SandboxPlan, *, in_full: bool) -> None:
        """Show the whole plan, or what it comes to."""
        if in_full:
            self._say(f"\n{self.style.bold(stack.name)}")
            self._say(plan.text(color=self.style.enabled, brief=self.brief).rstrip("\n"))
        else:
            self._say(f"\n{self.style.bold(stack.name)}  {_summary(plan)}")
            for module in plan.plan.modules:
                self._say(f"    module.{module.name}  simulated, from {module.full_source}")
        self.warned(Problem(diagnostic, stack) for diagnostic in plan.diagnostics)

    def applying(self, stack: AppStack, plan: SandboxPlan) -> Observer | None:
        """Name the objects that are imported or moved, and begin to show the progress of the others."""
        for line in settled_lines(plan.changes.values(), self.style):
            self._say(line)
        self._progress = ProgressLines.start(self.stdout, self.style, len(plan.actions))
        return self._progress

    def applied(self, stack: AppStack, result: SandboxApply, seconds: float) -> None:
        """Say what was done."""
        self._stop_progress()
        self._say(f"{self.style.green('Done')}  {result.summary} in {seconds:.1f} s")
        self.warned(Problem(diagnostic, stack) for diagnostic in result.diagnostics)

    def declined(self, stack: AppStack, left: Sequence[AppStack]) -> None:
        """Say what was not done."""
        self._say(f"{self.style.yellow('Left as it is')}  {stack.name}{_not_begun(left)}")

    def outputs(self, stack: AppStack, outputs: dict[str, OutputState], *, asked: bool = False) -> None:
        """List the outputs, sensitive ones hidden."""
        from constructs_ims.backend.engine.render.output_text import outputs_text

        shown = {name: output for name, output in outputs.items() if not name.startswith(_CROSS_STACK)}
        if shown:
            self._say(f"\nOutputs of {self.style.bold(stack.name)}")
            self._say("\n".join(f"  {line}" for line in outputs_text(shown).splitlines()))
        elif asked:
            self._say(f"\nNo outputs of {self.style.bold(stack.name)}")

    def failed(self, problems: Iterable[Problem], stack: AppStack | None = None, left: Sequence[AppStack] = ()) -> None:
        """Print what is wrong, and what became of the stacks."""
        self._stop_progress()
        self.warned(problems)
        if stack is not None:
            self._complain(f"\n{self.style.red('Failed')}  {stack.name}{_not_begun(left)}")

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

    def warned(self, problems: Iterable[Problem]) -> None:
        """Print problems where they do not mix with results, warnings first, each once."""
        from constructs_ims.cli.views.problem_texts import problem_text
        from constructs_ims.cli.views.stack_files import StackFiles

        files = StackFiles()
        for problem in sorted(problems, key=lambda one: one.diagnostic.is_error):
            text = problem_text(problem, self.style, files)
            if text not in self._shown:
                self._shown.add(text)
                self.stderr.write(text)
        self.stderr.flush()

    def _stop_progress(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


@dataclass
class JsonView:
    """One document: ``stacks`` by name, ``diagnostics`` of everything, ``ok``; ``files`` where they were compared."""

    stdout: TextIO
    _stacks: dict[str, dict[str, Any]] = field(default_factory=dict)
    _diagnostics: list[dict[str, Any]] = field(default_factory=list)
    _ok: bool = True
    _files: list[dict[str, Any]] | None = None

    def synthesizing(self, project: Project) -> None:
        """Say nothing."""

    def app_said(self, line: str) -> None:
        """Say nothing."""

    def app_complained(self, lines: Sequence[str]) -> None:
        """Pass the lines on: the document goes to standard output."""
        for line in lines:
            print(line, file=sys.stderr)

    def synthesized(self, stacks: Sequence[AppStack], seconds: float) -> None:
        """Note the warnings."""
        self.warned(warnings_of(stacks))

    def chosen(self, stacks: Sequence[AppStack]) -> None:
        """Note the stacks, in the order in which they are worked on."""
        for stack in stacks:
            self._of(stack).update(directory=str(stack.directory), dependencies=list(stack.dependencies))

    def compared(self, stacks: Sequence[AppStack], differences: Sequence[Difference], *, settled: bool) -> None:
        """Note the differences."""
        self._files = [{"file": str(each.path), "status": each.status, "diff": each.diff} for each in differences]

    def planning(self, stack: AppStack) -> Observer | None:
        """Hear of nothing."""
        return None

    def waiting(self, stack: AppStack) -> None:
        """Say nothing."""

    def planned(self, stack: AppStack, plan: SandboxPlan, *, in_full: bool) -> None:
        """Note the plan: in full as Terraform's JSON, else as actions by address."""
        self._of(stack)["status"] = "planned"
        self._of(stack)["simulated"] = [address for address, change in plan.changes.items() if change.simulated]
        if plan.plan.modules:
            modules = {f"module.{module.name}": module.full_source for module in plan.plan.modules}
            self._of(stack)["simulated_modules"] = modules
        if in_full:
            self._of(stack)["plan"] = plan.to_json()
        else:
            self._of(stack)["actions"] = {address: list(action.names) for address, action in plan.actions.items()}
        self.warned(Problem(diagnostic, stack) for diagnostic in plan.diagnostics)

    def applying(self, stack: AppStack, plan: SandboxPlan) -> Observer | None:
        """Hear of nothing."""
        return None

    def applied(self, stack: AppStack, result: SandboxApply, seconds: float) -> None:
        """Note what was done."""
        counts = {
            "imported": result.imported,
            "added": result.added,
            "changed": result.changed,
            "destroyed": result.destroyed,
        }
        self._of(stack).update(status="done", **counts, seconds=round(seconds, 3))
        self.warned(Problem(diagnostic, stack) for diagnostic in result.diagnostics)

    def declined(self, stack: AppStack, left: Sequence[AppStack]) -> None:
        """Note what was not done."""
        self._ok = False
        self._stopped("declined", stack, left)

    def outputs(self, stack: AppStack, outputs: dict[str, OutputState], *, asked: bool = False) -> None:
        """Note the outputs, as Terraform's JSON has them."""
        from constructs_ims.backend.engine.render.output_text import outputs_json

        self._of(stack)["outputs"] = json.loads(outputs_json(outputs))

    def failed(self, problems: Iterable[Problem], stack: AppStack | None = None, left: Sequence[AppStack] = ()) -> None:
        """Note what is wrong, and what became of the stacks."""
        self._ok = False
        self.warned(problems)
        if stack is not None:
            self._stopped("failed", stack, left)

    def interrupted(self, *, at_work: bool) -> None:
        """Say nothing: the document is still to come."""

    def cut_short(self) -> None:
        """Print the document as far as it has come."""
        self.failed([Problem(error("Interrupted twice", _CUT_SHORT))])
        self.finish()

    def finish(self) -> None:
        """Print the document."""
        document: dict[str, Any] = {"ok": self._ok, "stacks": self._stacks, "diagnostics": self._diagnostics}
        if self._files is not None:
            document["files"] = self._files
        self.stdout.write(json.dumps(document, indent=2, default=str) + "\n")
        self.stdout.flush()

    def warned(self, problems: Iterable[Problem]) -> None:
        """Note problems, each once."""
        from constructs_ims.cli.views.problem_texts import problem_json
        from constructs_ims.cli.views.stack_files import StackFiles

        files = StackFiles()
        found = (problem_json(problem, files) for problem in problems)
        self._diagnostics += (one for one in found if one not in self._diagnostics)

    def _stopped(self, how: str, stack: AppStack, left: Sequence[AppStack]) -> None:
        self._of(stack)["status"] = how
        for other in left:
            self._of(other)["status"] = "not begun"

    def _of(self, stack: AppStack) -> dict[str, Any]:
        return self._stacks.setdefault(stack.name, {})


def warnings_of(stacks: Iterable[AppStack]) -> list[Problem]:
    """Return what the app's constructs warn of."""
    return [problem for stack in stacks for problem in annotated_problems(stack) if not problem.diagnostic.is_error]


def _colored(diff: str, style: Palette) -> str:
    paints = {"-": style.red, "+": style.green, "@": style.dim}
    return "\n".join(paints[line[0]](line) if line[:1] in paints else line for line in diff.splitlines())


def _not_begun(stacks: Sequence[AppStack]) -> str:
    return f"; not begun: {', '.join(stack.name for stack in stacks)}" if stacks else ""


def _summary(plan: SandboxPlan) -> str:
    if not plan.has_changes:
        return "no changes"
    return plan.summary
