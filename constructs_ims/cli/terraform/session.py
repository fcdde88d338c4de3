"""What every command works with: the terminal, the environment, the stack's directory, and its place in the sandbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from constructs_ims.backend.sandbox.directory import write_private
from constructs_ims.cli.settings import simulates
from constructs_ims.cli.terraform.terminal import CommandTerminal
from constructs_ims.schema.diagnostics import Diagnostic, has_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_ims.backend.engine.configuration import Configuration
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.backend.engine.state.lock import StateLock
    from constructs_ims.backend.engine.state.model import State
    from constructs_ims.backend.engine.state.storage import LoadedState
    from constructs_ims.backend.sandbox import Sandbox, SandboxStack
    from constructs_ims.backend.sandbox.directory import SandboxDirectory
    from constructs_ims.cli.terraform.flags import Parsed


class CommandFailedError(Exception):
    """A command that cannot go on; ``diagnostics`` say why."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = diagnostics


class UsageError(CommandFailedError):
    """A command line that makes no sense; the command's help page is pointed at."""


@dataclass
class CommandSession:
    """One command at work. ``directory`` is the stack's, where the process may not be."""

    terminal: CommandTerminal
    environment: Mapping[str, str]
    directory: Path
    compact_warnings: bool
    _opened: list[Sandbox] = field(default_factory=list)

    @cached_property
    def sandbox(self) -> Sandbox:
        """The sandbox around the stack, opened on first use."""
        from constructs_ims.backend.sandbox import Sandbox

        sandbox = Sandbox(self._place.path, simulate=simulates(self.environment))
        self._opened.append(sandbox)
        return sandbox

    @cached_property
    def stack(self) -> SandboxStack:
        """The stack in its current workspace."""
        return self.sandbox.stack(self.directory, workspace=self.workspace)

    @property
    def states_directory(self) -> Path:
        """The folder in the sandbox that holds the states of the stack's workspaces."""
        return self._place.state(self._stack_name).parent

    @property
    def workspace(self) -> str:
        """The current workspace: that of ``TF_WORKSPACE``, else the chosen one.

        ``CommandFailedError`` when it has a name that no workspace can have.
        """
        if given := self.environment.get("TF_WORKSPACE"):
            return self._checked(given, "TF_WORKSPACE", "Unset it, or name a workspace.")
        try:
            chosen = self._choice.read_bytes().decode(errors="replace").strip()
        except FileNotFoundError:
            return "default"
        mend = "Delete the file to go back to the default workspace."
        return self._checked(chosen, str(self._choice), mend) if chosen else "default"

    def choose_workspace(self, name: str) -> None:
        """Make a workspace the current one of this stack."""
        self._choice.parent.mkdir(parents=True, exist_ok=True)
        write_private(self._choice, name)

    def _checked(self, name: str, given_in: str, mend: str) -> str:
        from constructs_ims.backend.engine.state.storage import check_workspace_name

        if faults := check_workspace_name(name):
            detail = f"{faults[0].detail} It stands in {given_in}. {mend}"
            raise CommandFailedError(replace(faults[0], detail=detail))
        return name

    def read_configuration(self) -> tuple[Configuration, list[Diagnostic]]:
        """Return the stack's configuration with its warnings; ``CommandFailedError`` when it has faults."""
        from constructs_ims.backend.engine.configuration import read_configuration

        configuration, diagnostics = read_configuration(self.directory)
        if has_errors(diagnostics):
            raise CommandFailedError(*diagnostics)
        return configuration, diagnostics

    def read_state(self, path: str | None = None) -> State:
        """Return the stack's state, or the one in a file; ``CommandFailedError`` when it cannot be used.

        A file that is not there holds an empty state, as for Terraform.
        """
        if path is None:
            return self._usable(self.stack.keeper.load())
        from constructs_ims.backend.engine.state.model import State
        from constructs_ims.backend.engine.state.statefile import read_state

        try:
            found = read_state((self.directory / path).read_bytes())
        except FileNotFoundError:
            return State()
        if found.fault is not None:
            raise CommandFailedError(*found.diagnostics)
        return found.state or State()

    @contextmanager
    def changing_state(self, parsed: Parsed, operation: str) -> Iterator[State]:
        """Hold the state's lock, yield the state to be changed in place, and save it unless the block fails."""
        with self.locked(parsed, operation):
            state = self._usable(self.stack.keeper.load())
            yield state
            if faults := self.stack.keeper.save(state):
                raise CommandFailedError(*faults)

    def plan_path(self, name: str) -> Path:
        """Return where a plan is kept: a bare name in the sandbox, since the stack's directory is not ours to fill."""
        return self.directory / name if os.sep in name else self.states_directory / "plans" / name

    def save_plan(self, plan: Plan, name: str) -> None:
        """Keep a plan in a file; ``CommandFailedError`` when it cannot be written."""
        from constructs_ims.backend.engine.plans.plan_file import write_plan

        path = self.plan_path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if faults := write_plan(path, plan):
            raise CommandFailedError(*faults)

    def load_plan(self, name: str) -> Plan:
        """Return a kept plan; ``CommandFailedError`` when there is none that can be read.

        A bare name that the sandbox does not have is a file that somebody put into the stack's directory.
        """
        from constructs_ims.backend.engine.plans.plan_file import read_plan

        kept = self.plan_path(name)
        path = kept if kept.exists() else self.directory / name
        found = read_plan(path, self.stack.engine().schemas, name)
        if found.plan is None:
            raise CommandFailedError(*found.diagnostics)
        return found.plan

    def current_plan(self, name: str) -> Plan:
        """Return a kept plan to be carried out; ``CommandFailedError`` when the state has changed since."""
        from constructs_ims.backend.engine.plans.plan_file import check_current

        plan = self.load_plan(name)
        if faults := check_current(plan, self.stack.load()):
            raise CommandFailedError(*faults)
        return plan

    def _usable(self, loaded: LoadedState) -> State:
        if loaded.state is None:
            raise CommandFailedError(*loaded.diagnostics)
        self.show(loaded.diagnostics)
        return loaded.state

    @cached_property
    def _place(self) -> SandboxDirectory:
        from constructs_ims.backend.sandbox.directory import SandboxDirectory

        return SandboxDirectory.locate(self.directory, self.environment)

    @property
    def _stack_name(self) -> str:
        from constructs_ims.backend.sandbox.directory import stack_name

        return stack_name(self.directory)

    @property
    def _choice(self) -> Path:
        return self.states_directory / "environment"

    @contextmanager
    def locked(self, parsed: Parsed, operation: str, lock: StateLock | None = None) -> Iterator[None]:
        """Hold the lock of the stack's state, or ``lock``, unless ``-lock=false``.

        ``CommandFailedError`` when another has it.
        """
        if not parsed.values.get("lock", True):
            yield
            return
        from constructs_ims.backend.engine.state.waiting import Waiting

        held = (lock or self.stack.keeper).held
        with held(operation, Waiting(parsed.values.get("lock-timeout", 0.0))) as faults:
            if faults:
                raise CommandFailedError(*faults)
            yield

    def show(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print errors to standard error, and warnings to standard output, as Terraform does."""
        shown = list(diagnostics)
        if self.compact_warnings and shown and not has_errors(shown):
            from constructs_ims.backend.engine.render.diagnostics_text import compact_warnings_text
            from constructs_ims.backend.engine.render.text_layout import TextLayout

            layout = TextLayout(self.terminal.width, self.terminal.color)
            more = "To see the full warning notes, run Terraform without -compact-warnings."
            self.terminal.say(f"\n{compact_warnings_text(shown, layout)}\n{more}")
            return
        self._print([one for one in shown if not one.is_error], self.terminal.say, self.terminal.width)
        self._print([one for one in shown if one.is_error], self.terminal.complain, self.terminal.error_width)

    def _print(self, diagnostics: list[Diagnostic], write: Callable[..., None], width: int) -> None:
        if diagnostics:
            from constructs_ims.cli.views.diagnostics import diagnostics_lines

            color = self.terminal.color
            write(diagnostics_lines(diagnostics, self.directory, width=width, color=color), end="")

    def close(self) -> None:
        """Close what was opened."""
        while self._opened:
            self._opened.pop().close()

    def __enter__(self) -> CommandSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
