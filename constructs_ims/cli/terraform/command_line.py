"""From words to a command: global options, ``TF_CLI_ARGS``, ``-version`` and ``-help`` wherever Terraform sees them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from constructs_ims.cli.terraform.table import Subcommand, find
from constructs_ims.schema.diagnostics import Diagnostic, error

_VERSION: Final = frozenset({"-v", "-version", "--version"})
_HELP: Final = frozenset({"-h", "-help", "--help"})


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command line taken apart; ``command`` is None where none was named or known.

    ``chdir`` is the directory to work in, ``arguments`` stand behind the command's name, ``named`` is what was typed.
    """

    command: Subcommand | None
    arguments: tuple[str, ...] = ()
    chdir: Path | None = None
    help: bool = False
    named: str = ""
    faults: tuple[Diagnostic, ...] = ()


def read_command_line(words: Sequence[str], environment: Mapping[str, str]) -> CommandLine:
    """Take a command line apart, with the arguments that the environment adds."""
    chdir, rest, faults = _take_chdir(list(words))
    if faults:
        return CommandLine(None, faults=faults)
    if not _VERSION.isdisjoint(rest):
        rest = ["version", *rest]
    command, length = find(rest)
    if command is None:
        named = rest[0] if rest and not rest[0].startswith("-") else ""
        return CommandLine(None, chdir=chdir, help=not _HELP.isdisjoint(rest), named=named)
    try:
        arguments = (*_from_environment(command, environment), *rest[length:])
    except ValueError as fault:
        return CommandLine(None, faults=(error("Invalid extra arguments", f"TF_CLI_ARGS: {fault}."),))
    return CommandLine(command, arguments, chdir, not _HELP.isdisjoint(arguments), command.name)


def _take_chdir(words: list[str]) -> tuple[Path | None, list[str], tuple[Diagnostic, ...]]:
    """Take ``-chdir=DIR`` from in front of the subcommand."""
    chdir: Path | None = None
    rest = list(words)
    while rest and rest[0].startswith("-"):
        name, equals, value = rest[0].lstrip("-").partition("=")
        if name != "chdir":
            break
        if not equals or not value:
            return None, rest, (_invalid_chdir(),)
        chdir, rest = Path(value), rest[1:]
    return chdir, rest, ()


def _invalid_chdir() -> Diagnostic:
    detail = "must include an equals sign followed by a directory path, like -chdir=example"
    return error("Invalid -chdir option", detail)


def _from_environment(command: Subcommand, environment: Mapping[str, str]) -> list[str]:
    """Return the words of ``TF_CLI_ARGS_<command>``, then those of ``TF_CLI_ARGS``."""
    own = command.name.replace("-", "_").replace(" ", "_")
    return shlex.split(environment.get(f"TF_CLI_ARGS_{own}", "")) + shlex.split(environment.get("TF_CLI_ARGS", ""))
