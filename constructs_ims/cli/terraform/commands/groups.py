"""``state``, ``workspace`` and ``metadata`` without a subcommand: the page that lists what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_ims.cli.terraform.table import BY_NAME
from constructs_ims.cli.terraform.usage import page

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def state(_parsed: Parsed, session: CommandSession) -> int:
    """List the commands on states."""
    return _list("state", session)


def workspace(_parsed: Parsed, session: CommandSession) -> int:
    """List the commands on workspaces."""
    return _list("workspace", session)


def _list(name: str, session: CommandSession) -> int:
    session.terminal.say(page(BY_NAME[name]))
    return 1
