"""``constructs-ims``: a table of commands. A command's module loads only when the command is called."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final, NoReturn, Protocol, cast

from constructs_ims.backend.extras import missing_from_offline
from constructs_ims.cli.pipes import guarded
from constructs_ims.schema.diagnostics import did_you_mean

PROGRAM: Final = "constructs-ims"
_USAGE: Final = 2


@dataclass(frozen=True, slots=True)
class ProgramCommand:
    """A row of the table: the command's name, the module in ``commands`` that has it, and what it does."""

    name: str
    module: str
    help: str


class CommandModule(Protocol):
    """What a module in ``commands`` has."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the command's work and return the exit status."""


COMMANDS: Final = (
    ProgramCommand("init", "init", "Lay a new project: an app, its first test, and how to run them."),
    ProgramCommand("synth", "synth", "Run the app and name the stacks that it synthesizes."),
    ProgramCommand("plan", "plan", "Show what a deployment would change, offline."),
    ProgramCommand("diff", "plan", "The same as plan."),
    ProgramCommand("deploy", "deploy", "Deploy the app's stacks to the sandbox."),
    ProgramCommand("destroy", "destroy", "Destroy what the stacks have in the sandbox."),
    ProgramCommand("output", "output", "Show the outputs of what is deployed."),
    ProgramCommand("sandbox", "sandbox", "Reset the sandbox, save it, load it, or list what it holds."),
    ProgramCommand("doctor", "doctor", "Check whether everything that the commands need is there."),
    ProgramCommand("emulator", "emulator", "Serve a local IMS until interrupted."),
    ProgramCommand("run", "run", "Run a command, such as cdktf deploy, with the offline world around it."),
    ProgramCommand("provider", "provider", "Lay the Terraform provider where Terraform looks for plugins."),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` (by default the process's) name; return the exit status."""
    return guarded(lambda: _answer(list(sys.argv[1:] if arguments is None else arguments)))


def _answer(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return 0 if words else _USAGE
    if words[0] in ("-V", "--version", "version"):
        print(f"{PROGRAM} {_version()}")
        return 0
    command = next((row for row in COMMANDS if row.name == words[0]), None)
    if command is None:
        hint = did_you_mean(words[0], (row.name for row in COMMANDS))
        print(f'{PROGRAM}: "{words[0]}" is no command.{hint}\n\n{overview()}', file=sys.stderr)
        return _USAGE
    return _run(command, words[1:])


def overview() -> str:
    """Return the page that lists the commands."""
    width = max(len(row.name) for row in COMMANDS)
    rows = [f"  {row.name:<{width}}  {row.help}" for row in COMMANDS]
    usage = f"usage: {PROGRAM} COMMAND [ARGUMENTS]"
    return "\n".join([usage, "", "commands:", *rows, "", f"{PROGRAM} COMMAND --help tells more of a command."])


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in two lines, and what an unknown option may have been meant to be."""

    def error(self, message: str) -> NoReturn:
        """End with the message."""
        unknown = message.partition("unrecognized arguments: ")[2].partition(" ")[0].partition("=")[0]
        hint = did_you_mean(unknown, self._option_string_actions) if unknown else ""
        self.exit(_USAGE, f"{self.prog}: error: {message}{'.' if hint else ''}{hint}\n{self.prog} --help tells more.\n")


def _run(command: ProgramCommand, words: list[str]) -> int:
    try:
        module = cast(CommandModule, import_module(f"constructs_ims.cli.commands.{command.module}"))
        parser = _Parser(f"{PROGRAM} {command.name}", description=command.help, allow_abbrev=False)
        module.add_arguments(parser)
        return module.run(parser.parse_args(words))
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as failure:
        lack = missing_from_offline(failure)
        if lack is None:
            raise
        print(f"Error: {lack}", file=sys.stderr)
        return 1


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(PROGRAM)
    except PackageNotFoundError:  # run from a source tree
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
