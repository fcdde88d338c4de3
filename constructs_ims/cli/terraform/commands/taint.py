"""``taint`` and ``untaint``: the mark that makes the next plan replace an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.cli.terraform.words import read_address
from constructs_ims.schema.diagnostics import did_you_mean, error, warning

if TYPE_CHECKING:
    from constructs_ims.backend.engine.lang.addresses import InstanceAddress
    from constructs_ims.backend.engine.state.model import ObjectState, State
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def taint(parsed: Parsed, session: CommandSession) -> int:
    """Mark an object for replacement."""
    address = _address(parsed)
    with session.changing_state(parsed, "OperationTypeTaint") as state:
        found = _find(state, address, parsed, session)
        if found is None:
            return 0
        state.set_current(address, state.resources[address.resource].provider, found.tainted())
    return _done(f"Resource instance {address} has been marked as tainted.", session)


def untaint(parsed: Parsed, session: CommandSession) -> int:
    """Take that mark away."""
    address = _address(parsed)
    with session.changing_state(parsed, "OperationTypeUntaint") as state:
        found = _find(state, address, parsed, session)
        if found is None:
            return 0
        if not found.is_tainted:
            detail = f"Resource instance {address} is not currently tainted, and so it cannot be untainted."
            raise CommandFailedError(error("Resource instance is not tainted", detail))
        state.set_current(address, state.resources[address.resource].provider, found.untainted())
    return _done(f"Resource instance {address} has been successfully untainted.", session)


def _address(parsed: Parsed) -> InstanceAddress:
    if len(parsed.words) != 1:
        raise CommandFailedError(error("Address required", "Exactly one argument expected: ADDRESS."))
    return read_address(parsed.words[0])


def _find(state: State, address: InstanceAddress, parsed: Parsed, session: CommandSession) -> ObjectState | None:
    """Return the object, None when it may be missing and is."""
    found = state.current(address)
    if found is not None:
        return found
    if parsed["allow-missing"]:
        detail = f"Resource instance {address} was not found, but this is not an error because -allow-missing was set."
        session.show([warning("No such resource instance", detail)])
        return None
    raise CommandFailedError(error("No such resource instance", _missing(state, address)))


def _missing(state: State, address: InstanceAddress) -> str:
    if not state.resources:
        return (
            "The state currently contains no resource instances whatsoever. This may occur if the configuration has "
            "never been applied or if it has recently been destroyed."
        )
    hint = did_you_mean(str(address), (str(known) for known, _, _ in state.instances()))
    return (
        f"There is no resource instance in the state with the address {address}. If the resource configuration has "
        'just been added, you must run "terraform apply" once to create the corresponding instance(s) before they can '
        f"be tainted.{hint}"
    )


def _done(text: str, session: CommandSession) -> int:
    session.terminal.say(text)
    return 0
