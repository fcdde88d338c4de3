"""``state``: what the sandbox knows of a stack's objects, listed, shown, moved, forgotten, taken out and put in."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress, sort_key
from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.cli.terraform.terminal import InputClosedError
from constructs_ims.cli.terraform.words import read_address
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error

if TYPE_CHECKING:
    from constructs_ims.backend.engine.state.model import State
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def list_objects(parsed: Parsed, session: CommandSession) -> int:
    """Name every object, or those at the addresses given."""
    state = _stored(parsed, session)
    wanted = [read_address(word) for word in parsed.words]
    for address in wanted:
        if not any(matching(state, address)):
            raise CommandFailedError(_unknown(state, str(address)))
    for address in sorted(_instances(state), key=sort_key):
        is_wanted = not wanted or any(one.covers(address) for one in wanted)
        if is_wanted and (parsed["id"] is None or _has_id(state, address, parsed["id"])):
            session.terminal.say(str(address))
    return 0


def show(parsed: Parsed, session: CommandSession) -> int:
    """Show one object."""
    from constructs_ims.cli.terraform.commands.show import object_text

    if len(parsed.words) != 1:
        raise CommandFailedError(error("Address required", "Exactly one argument expected: ADDRESS."))
    state = _stored(parsed, session)
    address = read_address(parsed.words[0])
    if state.current(address) is None:
        detail = (
            "This command requires that the address references one specific instance. To view the available instances, "
            'use "terraform state list". Please modify the address to reference a specific instance.'
        )
        hint = did_you_mean(str(address), map(str, _instances(state)))
        raise CommandFailedError(error("No instance found for the given address!", detail + hint))
    session.terminal.say(object_text(state, address, session), end="")
    return 0


def pull(_parsed: Parsed, session: CommandSession) -> int:
    """Print the state file's content."""
    from constructs_ims.backend.engine.state.statefile import write_state

    state = session.read_state()
    if state.lineage:
        session.terminal.say(write_state(state).decode())
    return 0


def push(parsed: Parsed, session: CommandSession) -> int:
    """Put the state of a file in the place of the stored one."""
    from constructs_ims.backend.engine.state.statefile import read_state
    from constructs_ims.backend.engine.state.storage import check_push

    if len(parsed.words) != 1:
        raise CommandFailedError(
            error("File required", "Exactly one argument expected: FILE, or - for standard input.")
        )
    found = read_state(_content(parsed.words[0], session))
    if found.state is None:
        raise CommandFailedError(*found.diagnostics or (error("Empty state", "What was given holds no state."),))
    with session.locked(parsed, "OperationTypeStatePush"):
        stored = session.read_state()
        faults = [] if parsed["force"] else check_push(stored, found.state)
        if faults := faults or session.stack.keeper.replace(found.state):
            raise CommandFailedError(*faults)
    return 0


def remove(parsed: Parsed, session: CommandSession) -> int:
    """Forget objects without destroying them."""
    if not parsed.words:
        raise CommandFailedError(error("Address required", "At least one address is required."))
    with session.changing_state(parsed, "OperationTypeStateRm") as state:
        found = list(dict.fromkeys(one for word in parsed.words for one in matching(state, read_address(word))))
        if not found and parsed["dry-run"]:
            session.terminal.say("Would have removed nothing.")
            return 0
        if not found:
            raise CommandFailedError(_no_match(state, parsed.words))
        for address in found:
            session.terminal.say(f"{'Would remove' if parsed['dry-run'] else 'Removed'} {address}")
            if not parsed["dry-run"]:
                state.remove_instance(address)
    if not parsed["dry-run"]:
        session.terminal.say(f"Successfully removed {len(found)} resource instance(s).")
    return 0


def move(parsed: Parsed, session: CommandSession) -> int:
    """Give a resource or one of its instances another address."""
    if len(parsed.words) != 2:
        raise CommandFailedError(error("Two addresses required", "Exactly two arguments expected: SOURCE DESTINATION."))
    source, target = map(read_address, parsed.words)
    with session.changing_state(parsed, "OperationTypeStateMv") as state:
        faults = list(_move_faults(state, source, target))
        if faults:
            raise CommandFailedError(*faults)
        if parsed["dry-run"]:
            session.terminal.say(f'Would move "{source}" to "{target}"')
            return 0
        _move(state, source, target)
    session.terminal.say(f'Move "{source}" to "{target}"\nSuccessfully moved 1 object(s).')
    return 0


def replace_provider(parsed: Parsed, session: CommandSession) -> int:
    """Give the objects of one provider another provider."""
    from constructs_ims.backend.engine.configuration.model import full_source

    if len(parsed.words) != 2:
        raise CommandFailedError(error("Two providers required", "Exactly two arguments expected: FROM TO."))
    _check_sources(*parsed.words)
    sources = [full_source(word) for word in parsed.words]
    old, new = (f'provider["{source}"]' for source in sources)
    with session.changing_state(parsed, "OperationTypeStateReplaceProvider") as state:
        found = [address for address, resource in state.resources.items() if resource.provider.startswith(old)]
        if not found:
            session.terminal.say("No matching resources found.")
            return 0
        session.terminal.say(_replacement_text(sources[0], sources[1], found))
        if not parsed["auto-approve"] and not _approved(session):
            session.terminal.say("Cancelled replacing providers.")
            return 0
        for address in found:
            resource = state.resources[address]
            resource.provider = new + resource.provider.removeprefix(old)
    session.terminal.say(f"\nSuccessfully replaced provider for {len(found)} resources.")
    return 0


def _check_sources(old: str, new: str) -> None:
    from constructs_ims.backend.engine.configuration.requirements import source_fault

    faults = [
        error(f'Invalid "{name}" provider "{source}"', f"{fault.summary}: {fault.detail}")
        for name, source in (("from", old), ("to", new))
        if (fault := source_fault(source))
    ]
    if faults:
        raise CommandFailedError(*faults)


def matching(state: State, pattern: InstanceAddress) -> Iterator[InstanceAddress]:
    """Yield the instances that an address means; one without a key means all of a resource."""
    return (address for address in sorted(_instances(state), key=sort_key) if pattern.covers(address))


def _instances(state: State) -> Iterable[InstanceAddress]:
    return (address for address, _, _ in state.instances())


def _has_id(state: State, address: InstanceAddress, id: str) -> bool:
    current = state.current(address)
    return current is not None and current.attributes.get("id") == id


def _content(name: str, session: CommandSession) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else (session.directory / name).read_bytes()


def _move_faults(state: State, source: InstanceAddress, target: InstanceAddress) -> Iterator[Diagnostic]:
    if not any(matching(state, source)):
        yield _unknown(state, str(source))
    if _is_taken(state, source, target):
        detail = f"Cannot move to {target}: there is already a resource instance at that address in the current state."
        yield error("Invalid target address", detail)
    if source.resource.type != target.resource.type or source.resource.mode != target.resource.mode:
        detail = f"Cannot move {source} to {target}: resource types don't match."
        yield error("Invalid state move request", detail)


def _is_taken(state: State, source: InstanceAddress, target: InstanceAddress) -> bool:
    """Whether anything stands where a resource goes, or an object where an instance goes."""
    if _is_whole_resource(state, source, target):
        return any(matching(state, target))
    return state.instance(target) is not None


def _is_whole_resource(state: State, source: InstanceAddress, target: InstanceAddress) -> bool:
    return source.key is None and target.key is None and state.instance(source) is None


def _move(state: State, source: InstanceAddress, target: InstanceAddress) -> None:
    if _is_whole_resource(state, source, target):
        state.move_resource(source.resource, target.resource)
    else:
        state.move_instance(source, target)


def _replacement_text(old: str, new: str, found: Iterable[ResourceAddress]) -> str:
    addresses = sorted(map(str, found))
    listed = "\n".join(f"  {address}" for address in addresses)
    return (
        f"Terraform will perform the following actions:\n\n  ~ Updating provider:\n    - {old}\n    + {new}\n\n"
        f"Changing {len(addresses)} resources:\n\n{listed}"
    )


def _approved(session: CommandSession) -> bool:
    description = "Only 'yes' will be accepted to continue."
    try:
        return session.terminal.ask("Do you want to make these changes?", description) == "yes"
    except InputClosedError:
        raise CommandFailedError(error("error asking for approval: EOF")) from None


def _stored(parsed: Parsed, session: CommandSession) -> State:
    state = session.read_state(parsed["state"])
    if state.is_empty and not state.lineage:
        detail = "The sandbox holds no state of this stack yet. State management commands require a state."
        raise CommandFailedError(error("No state file was found!", detail))
    return state


def _unknown(state: State, address: str) -> Diagnostic:
    hint = did_you_mean(address, map(str, _instances(state)))
    return error("Unknown resource", f"The current state contains no resource {address}.{hint}")


def _no_match(state: State, words: Iterable[str]) -> Diagnostic:
    hint = did_you_mean(next(iter(words)), map(str, _instances(state)))
    detail = (
        'No matching objects found. To view the available instances, use "terraform state list". Please modify the '
        "address to reference a specific instance."
    )
    return error("Invalid target address", detail + hint)
