"""``moved`` and ``removed`` blocks, and the moves that count implies, carried out on the state before planning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from constructs_ims.backend.engine.configuration import Configuration, Moved, Place
from constructs_ims.backend.engine.graph.graph import behind_name, resource_of
from constructs_ims.backend.engine.lang import Traversal
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress, module_address, sort_key
from constructs_ims.backend.engine.state.model import State
from constructs_ims.schema.diagnostics import Diagnostic, SourceRange, error, warning
from constructs_ims.schema.paths import AttributeStep, IndexStep


@dataclass(slots=True)
class Moves:
    """What was moved: present addresses with previous ones; what was let go of; and what was wrong."""

    previous: dict[InstanceAddress, InstanceAddress] = field(default_factory=dict)
    forgotten: frozenset[ResourceAddress] = frozenset()
    diagnostics: list[Diagnostic] = field(default_factory=list)


def carry_out_moves(configuration: Configuration, state: State) -> Moves:
    """Move objects in ``state`` to the addresses that the configuration has for them."""
    moves = Moves(diagnostics=list(_ambiguities(configuration)))
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
    match behind_name(traversal):
        case ():
            return InstanceAddress(address)
        case (IndexStep(key),):
            return InstanceAddress(address, key)
        case _:
            return None


def module_endpoint(traversal: Traversal) -> InstanceAddress | None:
    """Return the module call, or the instance of one, that a moved block names; None when it names neither."""
    match traversal.root, traversal.steps:
        case "module", (AttributeStep(name),):
            return module_address(name)
        case "module", (AttributeStep(name), IndexStep(key)):
            return module_address(name, key)
        case _:
            return None


def _move_outputs(configuration: Configuration, state: State, source: InstanceAddress, target: InstanceAddress) -> None:
    """Move the outputs of a simulated module call; where the source is still called, nothing moves."""
    old, new = source.resource.name, target.resource.name
    stored = state.modules.get(old, {})
    if source.key is None and target.key is None:
        if old not in configuration.modules and new not in state.modules and stored:
            state.modules[new] = state.modules.pop(old)
    elif source.key in stored and target.key not in state.modules.get(new, {}):
        state.modules.setdefault(new, {})[target.key] = stored.pop(source.key)


def _ambiguities(configuration: Configuration) -> Iterator[Diagnostic]:
    """Say of every moved block that contradicts an earlier one: from one source to two targets, or the reverse."""
    from_sources: dict[InstanceAddress, Moved] = {}
    to_targets: dict[InstanceAddress, Moved] = {}
    for block in configuration.moved:
        source, target = endpoint(block.source), endpoint(block.target)
        if source is None or target is None or source == target:
            continue
        noun = "resource" if source.key is None else "resource instance"
        short = "resource" if source.key is None else "instance"
        if (earlier := from_sources.setdefault(source, block)).target != block.target:
            rule = f"it moved to {target}.\n\nEach {noun} can move to only one destination {short}."
            yield _ambiguous(configuration, block, earlier, rule)
        if (earlier := to_targets.setdefault(target, block)).source != block.source:
            rule = f"{source} moved there.\n\nEach {noun} can have moved from only one source {short}."
            yield _ambiguous(configuration, block, earlier, rule)


def _ambiguous(configuration: Configuration, block: Moved, earlier: Moved, contradiction: str) -> Diagnostic:
    source, target = endpoint(earlier.source), endpoint(earlier.target)
    detail = (
        f"A statement at {_opening(configuration, earlier)} declared that {source} moved to {target}, but this "
        f"statement instead declares that {contradiction}"
    )
    return configuration.locate(error("Ambiguous move statements", detail), block.place)


def _opening(configuration: Configuration, block: Moved) -> str:
    return _where(configuration.opening_range(block.place), block.place)


def _where(at: SourceRange | None, place: Place) -> str:
    return f"{at.filename}:{at.start.line},{at.start.column}" if at else place.filename


def _in_order(configuration: Configuration, moves: Moves) -> list[Moved]:
    """Return the moved blocks so that a chain is followed from its start; circles are noted."""
    waiting = [block for block in configuration.moved if block.source != block.target]
    done = [block for block in configuration.moved if block.source == block.target]
    while waiting:
        targets = [block.target for block in waiting]
        ready = [block for block in waiting if block.source not in targets]
        if not ready:
            listed = "".join(sorted(f"\n  - {_statement(configuration, block)}" for block in waiting))
            moves.diagnostics.append(error("Cyclic dependency in move statements", _CYCLE.format(statements=listed)))
            return done
        done += ready
        waiting = [block for block in waiting if block not in ready]
    return done


def _statement(configuration: Configuration, block: Moved) -> str:
    ends = (endpoint(block.source), endpoint(block.target))
    source, target = (f"{end}[*]" if end and end.key is None else str(end) for end in ends)
    return f"{_opening(configuration, block)}: {source} → {target}"


_REDUNDANT = (
    "This statement declares a move from {address} to the same address, which is the same as not declaring this move "
    "at all."
)
_CYCLE = (
    "The following chained move statements form a cycle, and so there is no final location to move objects "
    "to:{statements}\n\nA chain of move statements must end with an address that doesn't appear in any other "
    "statements, and which typically also refers to an object still declared in the configuration."
)


def _carry_out(configuration: Configuration, state: State, block: Moved, moves: Moves) -> None:
    calls = module_endpoint(block.source), module_endpoint(block.target)
    if calls[0] is not None and calls[1] is not None:
        _move_outputs(configuration, state, calls[0], calls[1])
        return
    source, target = endpoint(block.source), endpoint(block.target)
    if source is None or target is None:
        detail = (
            "Both ends must name a resource or an instance of one, or both a module call. What stands inside modules "
            "is not executed here."
        )
        moves.diagnostics.append(configuration.locate(error("Invalid moved block", detail), block.place))
        return
    if source == target:
        fault = error("Redundant move statement", _REDUNDANT.format(address=source))
        moves.diagnostics.append(configuration.locate(fault, block.place))
        return
    if _is_declared(configuration, source, target):
        fault = still_exists(configuration, source, target)
        moves.diagnostics.append(configuration.locate(fault, block.place))
        return
    for one, other in _pairs(state, source, target):
        _move(state, one, other, moves)


def still_exists(configuration: Configuration, source: InstanceAddress, target: InstanceAddress) -> Diagnostic:
    """Say that something moves away from an address that is still in use."""
    resource = configuration.resources[source.resource]
    repeated = resource.count or resource.for_each
    place = resource.place if source.key is None or repeated is None else repeated.place
    where = _where(configuration.value_range(place), place)
    kind = "resource" if source.key is None else "resource instance"
    short = "resource" if source.key is None else "instance"
    return error(
        "Moved object still exists",
        f"This statement declares a move from {source}, but that {kind} is still declared at {where}.\n\nChange your "
        f"configuration so that this {short} will be declared as {target} instead.",
    )


def _is_declared(configuration: Configuration, source: InstanceAddress, target: InstanceAddress) -> bool:
    """Whether the source is still there for sure; one instance among several is looked at when they are known."""
    resource = configuration.resources.get(source.resource)
    if resource is None or source.key is not None:
        return False
    return source.resource != target.resource or (resource.count is None and resource.for_each is None)


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
        "recorded in the configuration, but some adjustments did not succeed due to existing objects already at the "
        "intended addresses:\n"
        f"  - {source} could not move to {target}\n\n"
        "Terraform has planned to destroy these objects. If Terraform's proposed changes aren't appropriate, you must "
        'first resolve the conflicts using the "terraform '
        'state" subcommands and then create a new plan.',
    )


def check_targets(moves: Moves, targets: Collection[InstanceAddress]) -> list[Diagnostic]:
    """Say so when targets leave out an object that moved, or the address it moved from; empty when they do not."""
    ends = {end for move in moves.previous.items() for end in move}
    left_out = sorted((end for end in ends if not _is_within(end, targets)), key=sort_key)
    if not targets or not left_out:
        return []
    options = "".join(f'\n  -target="{name}"' for name in dict.fromkeys(str(end.resource) for end in left_out))
    detail = (
        "Resource instances in your current state have moved to new addresses in the latest configuration. Terraform "
        "must include those resource instances while planning in order to ensure a correct result, but your "
        "-target=... options do not fully cover all of those resource instances.\n\nTo create a valid plan, either "
        f"remove your -target=... options altogether or add the following additional target options:{options}\n\nNote "
        "that adding these options may include further additional resource instances in your plan, in order to respect "
        "object dependencies."
    )
    return [error("Moved resource instances excluded by targeting", detail)]


def _is_within(address: InstanceAddress, targets: Iterable[InstanceAddress]) -> bool:
    return any(target in (address, InstanceAddress(address.resource)) for target in targets)


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
        address = block.address
        if address in configuration.resources:
            fault = error(
                "Removed resource still exists",
                f"This statement declares that {address} was removed, but it is still declared in configuration.",
            )
            moves.diagnostics.append(configuration.locate(fault, configuration.resources[address].place))
        elif not block.destroy:
            yield address
