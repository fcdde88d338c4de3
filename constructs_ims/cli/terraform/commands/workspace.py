"""``workspace``: several states of one stack, side by side in the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_ims.backend.engine.state.storage import (
    DEFAULT_WORKSPACE,
    StateStorage,
    check_workspace_name,
    create_workspace,
    delete_workspace,
    list_workspaces,
)
from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def list_all(_parsed: Parsed, session: CommandSession) -> int:
    """Name every workspace, the current one marked."""
    current = session.workspace
    known = list_workspaces(session.states_directory)
    for name in known if current in known else [*known, current]:
        session.terminal.say(f"{'*' if name == current else ' '} {name}")
    session.terminal.say()
    if session.environment.get("TF_WORKSPACE"):
        session.terminal.say(_OVERRIDDEN)
    return 0


def show(_parsed: Parsed, session: CommandSession) -> int:
    """Print the name of the current workspace."""
    session.terminal.say(session.workspace)
    return 0


def new(parsed: Parsed, session: CommandSession) -> int:
    """Make a workspace and choose it."""
    name = _name(parsed, session)
    _make(name, session)
    session.terminal.say(
        session.terminal.paint(
            f'[reset][green][bold]Created and switched to workspace "{name}"![reset][green]\n\n'
            "You're now on a new, empty workspace. Workspaces isolate their state,\n"
            'so if you run "terraform plan" Terraform will not see any existing state\n'
            "for this configuration.[reset]"
        )
    )
    return 0


def select(parsed: Parsed, session: CommandSession) -> int:
    """Choose a workspace."""
    name = _name(parsed, session)
    if name not in list_workspaces(session.states_directory):
        if parsed["or-create"]:
            return new(parsed, session)
        raise CommandFailedError(_no_workspace(name))
    if name != session.workspace:
        session.choose_workspace(name)
        session.terminal.say(session.terminal.paint(f'[reset][green]Switched to workspace "{name}".[reset]'))
    return 0


def delete(parsed: Parsed, session: CommandSession) -> int:
    """Delete a workspace that is empty, or any with ``-force``."""
    name = _name(parsed, session)
    if name not in list_workspaces(session.states_directory):
        raise CommandFailedError(_no_workspace(name))
    if name == session.workspace:
        detail = f'Workspace "{name}" is your active workspace. Please switch to another workspace and try again.'
        raise CommandFailedError(error("Workspace is in use", detail))
    storage = StateStorage(session.states_directory, name)
    with session.locked(parsed, "OperationTypeWorkspaceDelete", storage.lock):
        was_empty = _refuse_unless_empty(storage, parsed["force"])
        if faults := delete_workspace(session.states_directory, name):
            raise CommandFailedError(*faults)
    session.terminal.say(session.terminal.paint(f'[reset][green]Deleted workspace "{name}"![reset]'))
    if not was_empty:
        session.terminal.say(session.terminal.paint(_ABANDONED.format(name=name)))
    return 0


def _name(parsed: Parsed, session: CommandSession) -> str:
    if len(parsed.words) != 1:
        raise CommandFailedError(error("Workspace name required", "Expected a single argument: NAME."))
    if session.environment.get("TF_WORKSPACE"):
        detail = "The selected workspace is currently overridden using the TF_WORKSPACE environment variable."
        raise CommandFailedError(error("Workspace is overridden", f"{detail} Unset it to choose another."))
    return parsed.words[0]


def _no_workspace(name: str) -> Diagnostic:
    detail = (
        'You can create this workspace with the "new" subcommand or include the "-or-create" flag with the "select" '
        "subcommand."
    )
    return error(f'Workspace "{name}" doesn\'t exist', detail)


def _make(name: str, session: CommandSession) -> None:
    faults = check_workspace_name(name) or create_workspace(session.states_directory, name)
    if faults:
        raise CommandFailedError(*faults)
    session.choose_workspace(name)


def _refuse_unless_empty(storage: StateStorage, force: bool) -> bool:
    """Return whether a workspace is empty, which one that may be deleted all the same need not be."""
    name, state = storage.workspace, storage.load().state
    if state is None or state.is_empty:
        return True
    if name == DEFAULT_WORKSPACE or force:
        return False
    listed = "".join(f"  - {address}\n" for address, _, _ in state.objects())
    detail = (
        f'Workspace "{name}" is currently tracking the following resource instances:\n{listed}\n'
        "Deleting this workspace would cause Terraform to lose track of any associated remote objects, which would "
        "then require you to delete them manually outside of Terraform. You should destroy these objects with "
        "Terraform before deleting the workspace.\n\n"
        "If you want to delete this workspace anyway, and have Terraform forget about these managed objects, use the "
        "-force option to disable this safety check."
    )
    raise CommandFailedError(error("Workspace is not empty", detail))


_OVERRIDDEN: Final = """
The active workspace is being overridden using the TF_WORKSPACE environment
variable.
"""
_ABANDONED: Final = """\
[reset][yellow]WARNING: "{name}" was non-empty.
The resources managed by the deleted workspace may still exist,
but are no longer manageable by Terraform since the state has
been deleted.[reset]"""
