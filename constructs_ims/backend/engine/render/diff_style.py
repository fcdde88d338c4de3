"""How differences are written: the symbols of actions, and what is said behind and in place of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from constructs_ims.backend.engine.lang.json_text import number_text
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.engine.render.text_layout import PLAIN, TextLayout

SYMBOLS: Final[Mapping[Action, str]] = {
    Action.CREATE: "  [green]+[reset]",
    Action.DELETE: "  [red]-[reset]",
    Action.UPDATE: "  [yellow]~[reset]",
    Action.READ: " [cyan]<=[reset]",
    Action.DELETE_THEN_CREATE: "[red]-[reset]/[green]+[reset]",
    Action.CREATE_THEN_DELETE: "[green]+[reset]/[red]-[reset]",
    Action.FORGET: " [red].[reset]",
    Action.NO_OP: "   ",
}
_ARROW, _NULL = "[yellow]->[reset]", "[dark_gray]null[reset]"
INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class DiffStyle:
    """How a difference is written.

    ``hides_null`` leaves out ``-> null`` behind what is deleted, ``shows_unchanged`` shows every part,
    ``hides_symbols`` leaves the symbols out as states do, and ``replacement`` settles ``# forces replacement`` for this
    value alone, where it is not None. Where ``given`` is not None, attributes that only the apply will tell are counted
    and not shown, but for those in ``given``.
    """

    terminal: TextLayout = PLAIN
    hides_null: bool = False
    shows_unchanged: bool = False
    hides_symbols: bool = False
    replacement: bool | None = None
    given: frozenset[str] | None = None

    def inside(self, *, hides_null: bool | None = None, shows_unchanged: bool | None = None) -> DiffStyle:
        """Return the style for the parts of a value."""
        return replace(
            self,
            replacement=None,
            given=None,
            hides_null=self.hides_null if hides_null is None else hides_null,
            shows_unchanged=self.shows_unchanged if shows_unchanged is None else shows_unchanged,
        )

    @property
    def arrow(self) -> str:
        """What stands between a value and its successor."""
        return self.terminal.paint(_ARROW)

    @property
    def null_text(self) -> str:
        """How null is written."""
        return self.terminal.paint(_NULL)

    def symbol(self, action: Action) -> str:
        """Return the four columns in front of a line."""
        return "" if self.hides_symbols else _symbol(self.terminal, action)

    def line(self, indent: int, action: Action) -> str:
        """Return what stands before the text of a line."""
        return INDENT * indent + self.symbol(action)

    def forces(self, diff_replaces: bool) -> str:
        """Return the note that a value forces a replacement, where it does."""
        forces = diff_replaces if self.replacement is None else self.replacement
        return self.terminal.paint(" [red]# forces replacement[reset]") if forces else ""

    def null(self, action: Action) -> str:
        """Return the note that a value becomes null, where it does."""
        is_shown = action is Action.DELETE and not self.hides_null
        return self.terminal.paint(" [dark_gray]-> null[reset]") if is_shown else ""

    def hidden(self, what: str, count: int) -> str:
        """Return the note that stands for unchanged parts."""
        return self.terminal.paint(f"[dark_gray]# ({count} unchanged {what}{'s' * (count != 1)} hidden)[reset]")

    def untold(self, count: int) -> str:
        """Return the note that stands for attributes that only the apply will tell."""
        return self.terminal.paint(f"[dark_gray]# ({count} attribute{'s' * (count != 1)} known after apply)[reset]")


@lru_cache(maxsize=64)
def _symbol(terminal: TextLayout, action: Action) -> str:
    return f"{terminal.paint(SYMBOLS[action])} "


def value_text(value: Any, style: DiffStyle) -> str:
    """Write a text, number or truth value, or null, on one line."""
    match value:
        case None:
            return style.null_text
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return number_text(value)
        case _:
            return quote(str(value))
