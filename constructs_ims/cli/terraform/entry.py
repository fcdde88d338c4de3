"""The way in: finds the command, loads its module, runs it, and turns what goes wrong into a diagnostic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from constructs_ims.backend.extras import missing_from_offline
from constructs_ims.backend.sandbox.directory import SandboxError
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.cli.pipes import reader_has_gone
from constructs_ims.cli.settings import setting_faults, wants_terraform
from constructs_ims.cli.terraform.command_line import CommandLine, read_command_line
from constructs_ims.cli.terraform.flags import Parsed, parse_flags
from constructs_ims.cli.terraform.session import CommandFailedError, CommandSession, UsageError
from constructs_ims.cli.terraform.table import Subcommand
from constructs_ims.cli.terraform.terminal import CommandTerminal
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error, file_system_failure

_ANYWHERE: Final = frozenset({"-no-color", "-compact-warnings"})
"""Flags that Terraform takes out wherever they stand, behind words and before another flag's value too."""

NO_SUCH_COMMAND = 127
"""The exit status of a command line without a command."""


def run(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command line in ``environment`` and return its exit status."""
    terminal = CommandTerminal()
    line = read_command_line(words, environment)
    if line.faults:
        return _refuse(terminal, line.faults)
    if faults := setting_faults(environment):
        return _refuse(terminal, faults)
    if wants_terraform(environment) and not _is_about_us(line):
        return _real_terraform(words, line, environment, terminal)
    if line.command is None:
        return _overview(line, terminal)
    if line.help:
        from constructs_ims.cli.terraform.usage import page

        terminal.say(page(line.command))
        return 0
    return _run_command(line.command, line, environment, terminal)


def _is_about_us(line: CommandLine) -> bool:
    """Whether a page of help is asked for, which is ours even where Terraform does the work."""
    return line.command is None or line.help


def _run_command(
    command: Subcommand, line: CommandLine, environment: Mapping[str, str], terminal: CommandTerminal
) -> int:
    parsed = parse_flags(command.flags, [word for word in line.arguments if word not in _ANYWHERE])
    terminal.color = not (parsed.values.get("no-color", False) or "-no-color" in line.arguments)
    is_compact = parsed.values.get("compact-warnings", False) or "-compact-warnings" in line.arguments
    session = CommandSession(terminal, environment, _directory(line), is_compact)
    if parsed.faults:
        return _refuse_flags(command, parsed, session)
    try:
        with session:
            if command.alone and parsed.words:
                raise CommandFailedError(error("Too many command line arguments", "Did you mean to use -chdir?"))
            return int(getattr(import_module(command.module), command.function)(parsed, session))
    except CommandFailedError as failure:
        session.show(failure.diagnostics)
        is_shown = isinstance(failure, UsageError) and failure.diagnostics
        return _point_at_help(command, terminal) if is_shown else 1
    except OperationFailedError as failure:
        session.show(failure.diagnostics)
        return 1
    except SandboxError as failure:
        session.show((error(failure.summary, failure.detail),))
        return 1
    except ModuleNotFoundError as failure:
        lack = missing_from_offline(failure)
        if lack is None:
            raise
        session.show((lack,))
        return 1
    except RecursionError:
        session.show((_TOO_DEEP,))
        return 1
    except BrokenPipeError:
        return reader_has_gone()
    except OSError as failure:
        session.show((file_system_failure(failure),))
        return 1


def _refuse_flags(command: Subcommand, parsed: Parsed, session: CommandSession) -> int:
    """Show faults of flags, as an event where a stream of events was asked for before the fault."""
    if command.streams and parsed["json"]:
        from constructs_ims.cli.views.operation_json import JsonOperationView

        with JsonOperationView(session) as view:
            view.diagnosed(parsed.faults)
        return 1
    session.show(parsed.faults)
    return _point_at_help(command, session.terminal)


_TOO_DEEP: Final = error(
    "Nested too deeply",
    "A value is made of values within values, more levels of them than can be handled. Bring it to fewer.",
)


def _point_at_help(command: Subcommand, terminal: CommandTerminal) -> int:
    terminal.complain(f"\nFor more help on using this command, run:\n  terraform-ims {command.name} -help")
    return 1


def _directory(line: CommandLine) -> Path:
    return Path.cwd() / line.chdir if line.chdir else Path.cwd()


def _overview(line: CommandLine, terminal: CommandTerminal) -> int:
    from constructs_ims.cli.terraform.table import COMMANDS
    from constructs_ims.cli.terraform.usage import overview

    if line.help or not line.named:
        terminal.say(overview())
        return 0 if line.help else NO_SUCH_COMMAND
    hint = did_you_mean(line.named, (command.name for command in COMMANDS))
    terminal.complain(
        f'Terraform has no command named "{line.named}".{hint}\n\n'
        "To see all of Terraform's top-level commands, run:\n  terraform-ims -help\n"
    )
    return 1


def _refuse(terminal: CommandTerminal, faults: Sequence[Diagnostic]) -> int:
    for fault in faults:
        terminal.complain(f"{fault.summary}: {fault.detail}")
    return 1


def _real_terraform(
    words: Sequence[str], line: CommandLine, environment: Mapping[str, str], terminal: CommandTerminal
) -> int:
    from constructs_ims.cli.terraform.real import run_terraform

    return run_terraform(words, _directory(line), environment, terminal)
