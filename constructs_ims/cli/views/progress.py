"""The course of an apply for a person: a line for each object that is done, and a bar where there are many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TextIO

from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.engine.plans.events import Observer

if TYPE_CHECKING:
    from constructs_ims.backend.engine.lang.addresses import InstanceAddress
    from constructs_ims.backend.engine.plans.changes import ResourceChange
    from constructs_ims.cli.views.style import Palette

MANY: Final = 20
"""From this many objects on, a bar takes the place of lines on a terminal."""
_WORTH_TELLING: Final = 1.0
"""Seconds from which on it is of interest how long an object took."""
_DONE: Final = {
    Action.CREATE: "created",
    Action.READ: "read",
    Action.UPDATE: "changed",
    Action.DELETE: "destroyed",
    Action.FORGET: "forgotten",
}


class ProgressObserver(Observer):
    """Shows an apply while it goes on."""

    def stop(self) -> None:
        """Clear away what is not to stay on the terminal."""


@dataclass
class ProgressLines(ProgressObserver):
    """A line for each object."""

    stdout: TextIO
    style: Palette

    @classmethod
    def start(cls, stdout: TextIO, style: Palette, objects: int) -> ProgressObserver:
        """Return lines, or a bar where a terminal can show one and there are many objects."""
        if objects < MANY or not stdout.isatty() or not style.enabled:
            return cls(stdout, style)
        return ProgressBar(objects)

    def apply_completed(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """Say what was done with the object, and how long it took."""
        address = _shown(change.address, change)
        self._say(f"  {self._symbol(action)} {address}  {self.style.dim(_tail(_DONE.get(action, ''), id, seconds))}")

    def apply_progressed(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """Say that the work goes on."""
        self._say(self.style.dim(f"    {change.address} still at work after {seconds:.0f} s"))

    def apply_errored(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """Say that it failed."""
        self._say(f"  {self.style.red('x')} {change.address}  {self.style.red('failed')}")

    def _symbol(self, action: Action) -> str:
        paint = {Action.CREATE: self.style.green, Action.DELETE: self.style.red}.get(action, self.style.yellow)
        return paint(action.value)

    def _say(self, text: str) -> None:
        self.stdout.write(f"{text}\n")
        self.stdout.flush()


@dataclass
class ProgressBar(ProgressObserver):
    """One bar for all objects, with the time gone by and to go."""

    objects: int
    _bar: Any = field(default=None, init=False)
    _task: Any = field(default=None, init=False)

    def apply_started(self, change: ResourceChange, action: Action, id: str) -> None:
        """Put the bar up with the first object."""
        if self._bar is None:
            self._bar, self._task = _new_bar(self.objects)

    def apply_completed(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """Move on by one object."""
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=str(change.address))

    def stop(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def settled_lines(changes: Iterable[ResourceChange], style: Palette) -> Iterator[str]:
    """Yield a line for each object that is imported or moved, which an apply carries out without a word."""
    for change in changes:
        address = _shown(change.address, change)
        if change.importing:
            told = "  ".join(filter(None, ["imported", change.importing.id]))
            yield f"  = {address}  {style.dim(told)}"
        if change.was_moved:
            yield f"  = {address}  {style.dim(f'moved from {change.previous_address}')}"


def _new_bar(objects: int) -> tuple[Any, Any]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", style="dim"))
    bar = Progress(*columns, transient=True)
    bar.start()
    return bar, bar.add_task("", total=objects)


def _shown(address: InstanceAddress, change: ResourceChange) -> str:
    return f"{address} (simulated)" if change.simulated else str(address)


def _tail(done: str, id: str, seconds: float) -> str:
    took = f" in {seconds:.1f} s" if seconds >= _WORTH_TELLING else ""
    return f"{done}{took}  {id}".rstrip()
