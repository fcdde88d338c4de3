"""Terraform's arguments, fitted to a stack that has moved into the sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_OF_STATE: Final = frozenset({"state", "state-out", "backup"})
_OF_BACKEND: Final = frozenset({"backend-config"})
_OF_PATHS: Final = frozenset({"out", "var-file"})
_OF_USERS_FILES: Final = frozenset({"generate-config-out"})
_OF_VALUES: Final = frozenset({"var", "target", "replace", "lock-timeout", "parallelism", "platform"})
_WITH_PATHS: Final = frozenset({"apply", "show"})
"""Commands whose words are paths."""
_IN_PLACE: Final = frozenset({"version", "fmt", "login", "logout", "metadata"})


class ArgumentError(ValueError):
    """An argument that cannot be honoured inside the sandbox."""


@dataclass(frozen=True, slots=True)
class TerraformCommandLine:
    """A Terraform command line: where it works, its command (with a subcommand, if any), and all its arguments.

    ``arguments`` leave out ``-chdir``.
    """

    directory: Path
    command: tuple[str, ...]
    arguments: tuple[str, ...]

    @property
    def works_in_place(self) -> bool:
        """Whether it concerns no stack, so that it runs where it was called."""
        return not self.command or self.command[0] in _IN_PLACE


def read_command_line(arguments: Sequence[str], directory: Path) -> TerraformCommandLine:
    """Read Terraform's arguments as given in ``directory``."""
    rest: list[str] = []
    for position, argument in enumerate(arguments):
        if not argument.startswith("-"):
            rest.extend(arguments[position:])
            break
        name, _, value = argument.lstrip("-").partition("=")
        if name == "chdir":
            directory = directory / value
        else:
            rest.append(argument)
    words = [argument for argument in rest if not argument.startswith("-")]
    return TerraformCommandLine(directory, tuple(words[:2]), tuple(rest))


def fit_arguments(line: TerraformCommandLine) -> list[str]:
    """Return the arguments for a run in the stack's copy.

    Paths with a folder in them mean the user's own places and become absolute, as does the file of a configuration that
    Terraform writes for the user; other bare names stay with the copy. The stack's own backend is not used, so what
    configures it is dropped. Raise ``ArgumentError`` for a state elsewhere.
    """
    fitted: list[str] = []
    pending = iter(line.arguments)
    for argument in pending:
        name, separator, value = argument.lstrip("-").partition("=")
        if not argument.startswith("-"):
            fitted.append(_fitted_word(line, argument))
        elif name in _OF_STATE:
            raise ArgumentError(
                f"-{name} names a state outside the sandbox, which keeps the state itself. Leave it out."
            )
        elif name in _OF_BACKEND:
            _ = separator or next(pending, None)
        elif name in _OF_PATHS:
            fitted.append(f"-{name}={_fitted_path(line, value if separator else next(pending, ''))}")
        elif name in _OF_USERS_FILES:
            fitted.append(f"-{name}={line.directory.absolute() / (value if separator else next(pending, ''))}")
        else:
            fitted += [argument] if separator or name not in _OF_VALUES else [argument, *_next(pending)]
    return fitted


def _next(pending: Iterator[str]) -> list[str]:
    return [value for value in [next(pending, None)] if value is not None]


def _fitted_word(line: TerraformCommandLine, word: str) -> str:
    names_a_file = line.command[0] in _WITH_PATHS and word != line.command[0]
    return _fitted_path(line, word) if names_a_file else word


def _fitted_path(line: TerraformCommandLine, path: str) -> str:
    return str(line.directory.absolute() / path) if os.sep in path else path
