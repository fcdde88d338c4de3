"""Help pages, made from the table of commands."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from constructs_ims.cli.terraform.flags import Flag
from constructs_ims.cli.terraform.table import COMMANDS, Subcommand, below

_WIDTH = 80


def overview() -> str:
    """Return the page that lists every command."""
    top = [command for command in COMMANDS if " " not in command.name and command.synopsis]
    return "\n".join(
        [
            "Usage: terraform-ims [global options] <subcommand> [args]",
            "",
            "Terraform's command line over the offline sandbox of constructs-ims.",
            "",
            "Main commands:",
            *_table(command for command in top if command.main),
            "",
            "All other commands:",
            *_table(command for command in top if not command.main),
            "",
            "Global options (use these before the subcommand, if any):",
            "  -chdir=DIR    Work in another directory.",
            "  -help         Show this page, or that of a subcommand.",
            '  -version      The same as the "version" subcommand.',
            "",
            "CONSTRUCTS_IMS_ENGINE=terraform makes every command run the real Terraform in the sandbox.",
        ]
    )


def page(command: Subcommand) -> str:
    """Return the page of one command."""
    subcommands = list(below(command.name))
    visible = [flag for flag in command.flags if flag.help]
    tail = "<subcommand> [options] [args]" if subcommands else " ".join(filter(None, ["[options]", command.words]))
    lines = [f"Usage: terraform-ims [global options] {command.name} {tail}", "", f"  {command.synopsis}."]
    if command.about:
        lines += ["", *textwrap.wrap(command.about, _WIDTH, initial_indent="  ", subsequent_indent="  ")]
    if subcommands:
        lines += ["", "Subcommands:", *_table(subcommands, group=command.name)]
    if visible:
        lines += ["", "Options:", *(line for flag in visible for line in _flag(flag))]
    return "\n".join(lines)


def _table(commands: Iterable[Subcommand], group: str = "") -> list[str]:
    rows = [(command.name.removeprefix(f"{group} "), command.synopsis) for command in commands]
    width = max(len(name) for name, _ in rows)
    return [f"  {name:<{width}}  {synopsis}" for name, synopsis in rows]


def _flag(flag: Flag) -> list[str]:
    shown = f"-{flag.name}"
    if flag.kind == "bool" and flag.initial:
        shown += "=false"
    elif flag.kind != "bool":
        shown += f"={flag.placeholder or flag.name.upper()}"
    return ["", *textwrap.wrap(flag.help, _WIDTH, initial_indent=f"  {shown:<22} ", subsequent_indent=" " * 25)]
