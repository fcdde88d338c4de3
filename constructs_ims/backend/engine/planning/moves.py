"""``moved`` and ``removed`` blocks, and the moves that count implies, carried out on the state before planning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from constructs_ims.backend.engine.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.configuration import Configuration, Moved
from constructs_ims.backend.engine.graph import resource_of
from constructs_ims.backend.engine.lang import Traversal
from constructs_ims.backend.engine.state import State
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.paths import IndexStep


@dataclass(slots=True)
class Moves:
    """What was moved: present addresses with previous ones; what was let go of; and what was wrong."""

    previous: dict[InstanceAddress, InstanceAddress] = field(default_factory=dict)
    forgotten: frozenset[ResourceAddress] = frozenset()
    diagnostics: list[Diagnostic] = field(default_factory=list)


def carry_out_moves(configuration: Configuration, state: State) -> Moves:
    """Move objects in ``state`` to the addresses that the configuration has for them."""
    moves = Moves()
    for block in _in_order(configuration, moves):
        _carry_out(configuration, state, block, moves)
    _carry_out_implied(configuration, state, moves)
    moves.forgotten = frozenset(_forgotten(configuration, moves))
    return moves


def endpoint(traversal: Traversal) -> InstanceAddress | None:
    """Return the resource or instance that a moved or removed block names; None when it names neither."""
    address = resource_of(traversal)
    if address is None:
        return None
    rest = traversal.steps[2 if traversal.root in ("data", "resource") else 1 :]
    match rest:
        case ():
            return InstanceAddress(address)
        case (IndexStep(key),):
            return InstanceAddress(address, key)
        case _:
            return None


def _in_order(configuration: Configuration, moves: Moves) -> list[Moved]:
    """Return the moved blocks so that a chain is followed from its start; circles are noted."""
    waiting = list(configuration.moved)
    done: list[Moved] = []
    while waiting:
        targets = [block.target for block in waiting]
        ready = [block for block in waiting if block.source not in targets]
        if not ready:
            fault = error("Cyclic dependency in move statements", _CYCLE)
            moves.diagnostics.append(configuration.locate(fault, waiting[0].place))
            return done
        done += ready
        waiting = [block for block in waiting if block not in ready]
    return done


_CYCLE = (
    "The following chained move statements form a cycle, and so there is no final location to move objects to. A "
    "chain of "
    "move statements must end with an address that doesn't appear in any other statements, and which typically also "
    "refers "
    "to an object still declared in the configuration."
)


def _carry_out(configuration: Configuration, state: State, block: Moved, moves: Moves) -> None:
    source, target = endpoint(block.source), endpoint(block.target)
    if source is None or target is None:
        fault = error("Invalid moved block", "Both ends must name a resource, or an instance of one.")
        moves.diagnostics.append(configuration.locate(fault, block.place))
        return
    if source == target:
        fault = error("Redundant move statement", f"This statement declares a move from {source} to the same address.")
        moves.diagnostics.append(configuration.locate(fault, block.place))
        return
    if _is_declared(configuration, source):
        fault = error("Moved object still exists", _STILL_EXISTS.format(source))
        moves.diagnostics.append(configuration.locate(fault, block.place))
        return
    for one, other in _pairs(state, source, target):
        _move(state, one, other, moves)


_STILL_EXISTS = (
    "This statement declares a move from {}, but that resource is still declared in the configuration.\n\nChange your "
    "configuration so that this resource will be declared under the other address instead."
)


def _is_declared(configuration: Configuration, address: InstanceAddress) -> bool:
    resource = configuration.resources.get(address.resource)
    if resource is None:
        return False
    return address.key is None and resource.count is None and resource.for_each is None


def _pairs(
    state: State, source: InstanceAddress, target: InstanceAddress
) -> Iterator[tuple[InstanceAddress, InstanceAddress]]:
    keys = list(state.instances_of(source.resource))
    if source.key is not None:
        if source.key in keys:
            yield source, target
    elif target.key is not None:
        if None in keys:
            yield source, target
    elif source.resource != target.resource:
        yield from ((source.resource.instance(key), target.resource.instance(key)) for key in keys)


def _move(state: State, source: InstanceAddress, target: InstanceAddress, moves: Moves) -> None:
    if state.instance(target) is not None:
        moves.diagnostics.append(_blocked(source, target))
        return
    state.move_instance(source, target)
    moves.previous[target] = moves.previous.pop(source, source)


def _blocked(source: InstanceAddress, target: InstanceAddress) -> Diagnostic:
    return warning(
        "Unresolved resource instance address changes",
        "Terraform tried to adjust resource instance addresses in the prior state based on change information "
        "recorded in "
        "the configuration, but some adjustments did not succeed due to existing objects already at the intended "
        f"addresses:\n  - {source} could not move to {target}\n\nTerraform has planned to destroy these objects. If "
        "Terraform's proposed changes aren't appropriate, you must first resolve the conflicts using the \"terraform "
        'state" subcommands and then create a new plan.',
    )


def _carry_out_implied(configuration: Configuration, state: State, moves: Moves) -> None:
    """Follow a resource that gains or loses ``count``: its only object goes between no key and ``[0]``."""
    for address, resource in configuration.resources.items():
        keys = state.instances_of(address)
        if not keys or address.mode != "managed":
            continue
        if resource.count is not None and None in keys and 0 not in keys:
            _move(state, address.instance(), address.instance(0), moves)
        elif resource.count is None and resource.for_each is None and 0 in keys and None not in keys:
            _move(state, address.instance(0), address.instance(), moves)


def _forgotten(configuration: Configuration, moves: Moves) -> Iterator[ResourceAddress]:
    for block in configuration.removed:
        address = resource_of(block.source)
        if address is None:
            fault = error("Invalid removed block", "The from argument must name a resource.")
            moves.diagnostics.append(configuration.locate(fault, block.place))
        elif address in configuration.resources:
            fault = error(
                "Removed resource still exists",
                f"This statement declares that {address} was removed, but it is still declared in configuration.",
            )
            moves.diagnostics.append(configuration.locate(fault, block.place))
        elif not block.destroy:
            yield address
