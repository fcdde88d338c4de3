"""``force-unlock``: for a lock that nobody holds any more; one that is held cannot be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_ims.backend.engine.state.storage import StateStorage
from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.cli.terraform.terminal import InputClosedError
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def force_unlock(parsed: Parsed, session: CommandSession) -> int:
    """Clear away the lock with the given id."""
    if len(parsed.words) != 1:
        raise CommandFailedError(error("Lock ID required", "Expected a single argument: LOCK_ID."))
    if not parsed["force"] and not _confirmed(session):
        session.terminal.say("force-unlock cancelled.")
        return 1
    if faults := StateStorage(session.states_directory, session.workspace).lock.force_unlock(parsed.words[0]):
        raise CommandFailedError(*faults)
    session.terminal.say(
        session.terminal.paint(
            "[reset][bold][green]Terraform state has been successfully unlocked![reset]\n\n"
            "The state has been unlocked, and Terraform commands should now be able to\nobtain a new lock on the state."
        )
    )
    return 0


def _confirmed(session: CommandSession) -> bool:
    description = "Terraform will remove the lock on the state. Only 'yes' will be accepted to confirm."
    try:
        return session.terminal.ask("Do you really want to force-unlock?", description) == "yes"
    except InputClosedError:
        raise CommandFailedError(error("error asking for confirmation: EOF")) from None
