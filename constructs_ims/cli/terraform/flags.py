"""Command-line flags as Terraform reads them: one dash or two, ``-name=value`` or ``-name value``, before all words.

A flag is data, so that the parser and the help page read the same table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error
from constructs_ims.schema.durations import parse_duration

Kind: TypeAlias = Literal["bool", "text", "number", "duration", "texts"]

_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag. ``texts`` may be repeated; ``duration`` is seconds, written ``1m30s``; an empty ``help`` hides it.

    A flag that Terraform has and that cannot be honest here is known with its ``refusal``, the reason in sentences.
    """

    name: str
    kind: Kind
    help: str = ""
    default: Any = None
    placeholder: str = ""
    refusal: str = ""

    @property
    def initial(self) -> Any:
        """The value when the flag is not given."""
        if self.default is not None:
            return self.default
        return {"bool": False, "texts": (), "number": 0, "duration": 0.0}.get(self.kind)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a command line holds: ``given`` flags in their order, ``words`` behind them, ``faults`` in the rest."""

    values: dict[str, Any]
    words: tuple[str, ...] = ()
    given: tuple[tuple[str, Any], ...] = ()
    faults: tuple[Diagnostic, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(slots=True)
class _Reading:
    """A command line while it is read."""

    flags: dict[str, Flag]
    rest: list[str]
    given: list[tuple[str, Any]] = field(default_factory=list)


class _FlagError(Exception):
    """A flag that cannot be read; the text is Terraform's."""


def parse_flags(flags: Sequence[Flag], arguments: Sequence[str]) -> Parsed:
    """Read ``arguments``; reading stops at the first word, at ``--``, or at the first fault."""
    reading = _Reading({flag.name: flag for flag in flags}, list(arguments))
    faults: tuple[Diagnostic, ...] = ()
    try:
        while _take_flag(reading):
            pass
    except _FlagError as fault:
        faults = (error("Failed to parse command-line flags", str(fault)),)
    return Parsed(_values(flags, reading.given), tuple(reading.rest), tuple(reading.given), faults)


def _values(flags: Sequence[Flag], given: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    values = {flag.name: flag.initial for flag in flags}
    several = {flag.name for flag in flags if flag.kind == "texts"}
    for name, value in given:
        values[name] = (*values[name], value) if name in several else value
    return values


def _take_flag(reading: _Reading) -> bool:
    """Take one flag off the front; False when a word stands there."""
    if not reading.rest or len(reading.rest[0]) < 2 or not reading.rest[0].startswith("-"):
        return False
    argument = reading.rest.pop(0)
    if argument == "--":
        return False
    name, equals, value = argument.removeprefix("-").removeprefix("-").partition("=")
    if not name or name.startswith("-"):
        raise _FlagError(f"bad flag syntax: {argument}")
    flag = reading.flags.get(name)
    if flag is None:
        raise _FlagError(f"flag provided but not defined: -{name}{did_you_mean(name, reading.flags)}")
    found = _read(flag, value if equals else _next_value(flag, reading))
    if flag.refusal:
        raise _FlagError(f"-{name} is not available offline. {flag.refusal}")
    reading.given.append((name, found))
    return True


def _next_value(flag: Flag, reading: _Reading) -> str:
    if flag.kind == "bool":
        return "true"
    if not reading.rest:
        raise _FlagError(f"flag needs an argument: -{flag.name}")
    return reading.rest.pop(0)


def _read(flag: Flag, text: str) -> Any:
    match flag.kind:
        case "bool":
            return _read_bool(flag, text)
        case "number" if re.fullmatch(r"[+-]?\d+", text):
            return int(text)
        case "duration" if (seconds := parse_duration(text)) is not None:
            return seconds
        case "text" | "texts":
            return text
    raise _FlagError(f'invalid value "{text}" for flag -{flag.name}: parse error')


def _read_bool(flag: Flag, text: str) -> bool:
    if text not in _TRUE | _FALSE:
        raise _FlagError(f'invalid boolean value "{text}" for -{flag.name}: parse error')
    return text in _TRUE
