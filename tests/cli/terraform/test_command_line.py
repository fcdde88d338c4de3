"""Global options, extra arguments from the environment, help and version."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from constructs_ims.backend.engine.render.progress_text import Counts
from constructs_ims.cli.terraform.command_line import read_command_line
from constructs_ims.cli.terraform.operation import OperationArguments
from constructs_ims.cli.terraform.table import COMMANDS, find
from constructs_ims.cli.terraform.usage import overview, page


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        (["plan", "-out", "p"], "plan", ("-out", "p")),
        (["state", "list"], "state list", ()),
        (["state"], "state", ()),
        (["state", "nonsense"], "state", ("nonsense",)),
        (["providers", "lock", "-platform=linux_amd64"], "providers lock", ("-platform=linux_amd64",)),
        (["-chdir=x", "output", "-json"], "output", ("-json",)),
        (["-v"], "version", ("-v",)),
        (["version", "-json"], "version", ("-json",)),
        (["plan", "-version"], "version", ("plan", "-version")),
    ],
)
def test_command_is_found(words: list[str], name: str, arguments: tuple[str, ...]) -> None:
    line = read_command_line(words, {})

    assert line.command is not None
    assert (line.command.name, line.arguments) == (name, arguments)


@pytest.mark.parametrize("words", [["plan", "-help"], ["plan", "--help"], ["plan", "x", "-h"], ["-help"]])
def test_help_is_seen_anywhere(words: list[str]) -> None:
    assert read_command_line(words, {}).help


@pytest.mark.parametrize("words", [["-chdir", "plan"], ["-chdir=", "plan"]])
def test_chdir_needs_a_directory(words: list[str]) -> None:
    (fault,) = read_command_line(words, {}).faults

    assert fault.summary == "Invalid -chdir option"


def test_chdir_is_kept() -> None:
    assert read_command_line(["-chdir=a/b", "plan"], {}).chdir == Path("a/b")


def test_arguments_of_the_environment_come_first_and_the_commands_own_before_all() -> None:
    environment = {"TF_CLI_ARGS": "-no-color", "TF_CLI_ARGS_plan": "-out 'my plan'"}

    assert read_command_line(["plan", "-json"], environment).arguments == ("-out", "my plan", "-no-color", "-json")


def test_own_arguments_of_a_subcommand() -> None:
    environment = {"TF_CLI_ARGS_state_list": "-id=x", "TF_CLI_ARGS_state": "-nonsense"}

    assert read_command_line(["state", "list"], environment).arguments == ("-id=x",)


def test_broken_quotes_in_the_environment_are_reported() -> None:
    (fault,) = read_command_line(["plan"], {"TF_CLI_ARGS": "-out 'x"}).faults

    assert fault.summary == "Invalid extra arguments"


def test_unknown_command_is_named() -> None:
    line = read_command_line(["plam"], {})

    assert (line.command, line.named) == (None, "plam")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_at_home(command: object) -> None:
    found, _ = find(command.name.split())  # type: ignore[attr-defined]

    assert found is command
    assert callable(getattr(import_module(found.module), found.function))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_flags_of_a_command_have_one_meaning(command: object) -> None:
    names = [flag.name for flag in command.flags]  # type: ignore[attr-defined]

    assert len(set(names)) == len(names)


def test_overview_lists_commands_without_groups_members() -> None:
    text = overview()

    assert "\n  plan " in text
    assert "state list" not in text


def test_page_shows_flags_that_have_help() -> None:
    found, _ = find(["plan"])
    assert found is not None

    text = page(found)

    assert "-refresh=false" in text
    assert "-generate-config-out" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_page_of_a_group_lists_its_members() -> None:
    found, _ = find(["state"])
    assert found is not None

    assert "\n  mv " in page(found)


def test_operation_is_a_plan_with_refresh_of_everything_unless_told_otherwise() -> None:
    plain = OperationArguments()

    assert (plain.mode, plain.refresh, plain.targets, plain.replace, plain.variables) == ("normal", True, (), (), ())


def test_counts_begin_with_nothing() -> None:
    assert Counts() == Counts(added=0, changed=0, destroyed=0, imported=0)


@pytest.mark.parametrize("group", ["", "state"])
def test_what_commands_do_stands_in_one_column(group: str) -> None:
    found, _ = find([group])
    text = overview() if found is None else page(found)
    synopses = {command.synopsis for command in COMMANDS if command.synopsis}
    for table in text.split("\n\n"):
        rows = [re.fullmatch(r"(  \S+ {2,})(\S.*)", line) for line in table.splitlines()]
        assert len({len(row[1]) for row in rows if row and row[2] in synopses}) <= 1
    assert sum(synopsis in text for synopsis in synopses) > 3
