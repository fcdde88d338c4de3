"""What happens while a plan or an apply runs, in Terraform's words: the facts that text and JSON share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.plans.changes import Action, ResourceChange
from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.render.text_layout import PLAIN, TextLayout

_LONGEST_ID: Final = 80


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of an action: when it begins, while it goes on, and when it is done."""

    begins: str
    goes_on: str
    done: str


WORDS: Final = {
    Action.CREATE: Words("Creating", "creating", "Creation"),
    Action.UPDATE: Words("Modifying", "modifying", "Modifications"),
    Action.DELETE: Words("Destroying", "destroying", "Destruction"),
    Action.READ: Words("Reading", "reading", "Read"),
}


def elapsed_text(seconds: float) -> str:
    """Write a time as Go does, in whole seconds: ``0s``, ``1m10s``, ``2h0m5s``."""
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h", bool(hours)), (minutes, "m", bool(hours or minutes)), (left, "s", True))
    return "".join(f"{number}{unit}" for number, unit, is_shown in parts if is_shown)


def id_suffix(id: str) -> str:
    """Return the note behind a line about an object that has an id."""
    return f" [id={id}]" if id else ""


def deposed_name(address: InstanceAddress, deposed: str | None) -> str:
    """Return how an object is called in progress lines."""
    return f"{address} (deposed object {deposed})" if deposed else str(address)


@dataclass
class ProgressText(Observer):
    """Writes a line for each thing that happens; ``write`` gets lines without an end."""

    write: Callable[[str], None]
    terminal: TextLayout = PLAIN

    def refresh_started(self, address: InstanceAddress, id: str, deposed: str | None) -> None:
        """Say that an object is read."""
        self._say(f"{deposed_name(address, deposed)}: Refreshing state...{id_suffix(id)}")

    def import_started(self, address: InstanceAddress, id: str) -> None:
        """Say that an object is looked up for an import."""
        self._say(f"{address}: Preparing import...{id_suffix(id)}")

    def data_read_started(self, address: InstanceAddress) -> None:
        """Say that a data source is read."""
        self._say(f"{address}: Reading...")

    def data_read_completed(self, address: InstanceAddress, id: str, seconds: float) -> None:
        """Say that a data source was read."""
        self._say(f"{address}: Read complete after {elapsed_text(seconds)}{id_suffix(id)}")

    def apply_started(self, change: ResourceChange, action: Action, id: str) -> None:
        """Say that the work on an object begins."""
        if change.importing is not None and action is Action.NO_OP:
            self._say(f"{change.address}: Importing... [id={change.importing.id}]")
        elif words := WORDS.get(action):
            self._say(f"{deposed_name(change.address, change.deposed)}: {words.begins}...{id_suffix(id)}")

    def apply_progressed(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """Say that the work goes on."""
        if words := WORDS.get(action):
            short = id if len(id) <= _LONGEST_ID else f"{id[: _LONGEST_ID // 2 - 2]}...{id[-(_LONGEST_ID // 2 - 1) :]}"
            noted = f"id={short}, " if id else ""
            self._say(f"{change.address}: Still {words.goes_on}... [{noted}{elapsed_text(seconds)} elapsed]")

    def apply_completed(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """Say that the work is done."""
        if change.importing is not None and action is Action.NO_OP:
            self._say(f"{change.address}: Import complete [id={change.importing.id}]")
        elif words := WORDS.get(action):
            suffix = "" if action is Action.DELETE else id_suffix(id)
            name = deposed_name(change.address, change.deposed)
            self._say(f"{name}: {words.done} complete after {elapsed_text(seconds)}{suffix}")

    def _say(self, line: str) -> None:
        before, behind = self.terminal.paint("[reset][bold]\0[reset]").split("\0")
        self.write(f"{before}{line}{behind}")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many objects an operation met, or is going to meet."""

    added: int = 0
    changed: int = 0
    destroyed: int = 0
    imported: int = 0

    @classmethod
    def of_actions(cls, actions: Mapping[Action, int], *, imported: int) -> Counts:
        """Return what so many changes of each action come to; a replacement is an end and a beginning."""
        replaced = sum(number for action, number in actions.items() if action.is_replace)
        made, ended = actions.get(Action.CREATE, 0), actions.get(Action.DELETE, 0)
        return cls(made + replaced, actions.get(Action.UPDATE, 0), ended + replaced, imported)

    def to_come(self) -> str:
        """Say how much is planned."""
        imports = f"{self.imported} to import, " if self.imported else ""
        return f"{imports}{self.added} to add, {self.changed} to change, {self.destroyed} to destroy"

    def planned_text(self) -> str:
        """Return the summary of a plan."""
        return f"Plan: {self.to_come()}."

    def applied_text(self) -> str:
        """Return the summary of an apply."""
        imports = f"{self.imported} imported, " if self.imported else ""
        counts = f"{imports}{self.added} added, {self.changed} changed, {self.destroyed} destroyed."
        return f"Apply complete! Resources: {counts}"

    def destroyed_text(self) -> str:
        """Return the summary of a destroy."""
        return f"Destroy complete! Resources: {self.destroyed} destroyed."


def apply_summary_text(counts: Counts, terminal: TextLayout = PLAIN, *, is_destroy: bool = False) -> str:
    """Write the summary of an apply as it stands between empty lines."""
    head, rest = (counts.destroyed_text() if is_destroy else counts.applied_text()).split("! ", 1)
    return terminal.paint(f"[reset][bold][green]\n{head}! {rest}\n[reset]")


def count_planned(changes: Iterable[ResourceChange]) -> Counts:
    """Count what a plan is going to do."""
    seen = [one for one in changes if one.action is not Action.DELETE or one.address.resource.mode == "managed"]
    imported = sum(one.importing is not None for one in seen)
    return Counts.of_actions(Counter(one.action for one in seen), imported=imported)
