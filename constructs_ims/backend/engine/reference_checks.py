"""Whether references lead anywhere: to something declared, an attribute that it has, with a key where it has keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.engine.addresses import ResourceAddress
from constructs_ims.backend.engine.configuration import Argument
from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.graph import Node, behind_name, name_length, node_of
from constructs_ims.backend.engine.lang import Traversal, undeclared
from constructs_ims.backend.engine.lang.nodes import attribute_step
from constructs_ims.backend.engine.lang.origin import at_reference
from constructs_ims.backend.engine.uses import Use, path_inside
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error
from constructs_ims.schema.paths import AttributeStep, IndexStep

if TYPE_CHECKING:
    from constructs_ims.backend.engine.stack import Stack


def checked_nodes(stack: Stack, node: Node, found: Iterable[Use], faults: Faults) -> Iterator[Node]:
    """Yield the nodes that references lead to, noting those that lead nowhere."""
    for traversal, argument in found:
        target = node_of(traversal)
        if target is None:
            _check_meta_attribute(traversal, argument, faults)
            continue
        if target == node:
            _add(_self_reference(node), traversal, argument, faults)
        elif _is_declared(stack, target):
            _check_attribute(stack, target, traversal, argument, faults)
            yield target
        else:
            _add(undeclared(traversal, _known(stack, target)), traversal, argument, faults)


def _add(
    diagnostic: Diagnostic, traversal: Traversal, argument: Argument, faults: Faults, steps: slice | None = None
) -> None:
    """Note a fault of a reference, or of some of its steps."""
    faults.add(at_reference(diagnostic, traversal, argument.expression, steps), argument.place)


_META_ATTRIBUTES: Final = {
    "each": (
        ("key", "value"),
        'The supported attributes are each.key and each.value, the current key and value pair of the "for_each" '
        "attribute set.",
    ),
    "count": (
        ("index",),
        "The only supported attribute is count.index, which is the index of each instance of a resource block that has "
        'the "count" argument set.',
    ),
}


def _check_meta_attribute(traversal: Traversal, argument: Argument, faults: Faults) -> None:
    names, advice = _META_ATTRIBUTES.get(traversal.root, ((), ""))
    match traversal.steps:
        case (AttributeStep(name), *_) if names and name not in names:
            detail = f'The "{traversal.root}" object does not have an attribute named "{name}". {advice}'
            _add(error(f'Invalid "{traversal.root}" attribute', detail), traversal, argument, faults)
        case _:
            pass


def _self_reference(node: Node) -> Diagnostic:
    return error("Self-referential block", f"Configuration for {node} may not refer to itself.")


def _is_declared(stack: Stack, target: Node) -> bool:
    configuration = stack.configuration
    match target.kind:
        case "var":
            return target.name in configuration.variables
        case "local":
            return target.name in configuration.locals
        case _:
            return target.name in configuration.resources


def _known(stack: Stack, target: Node) -> list[str]:
    configuration = stack.configuration
    match target.kind:
        case "var":
            return list(configuration.variables)
        case "local":
            return list(configuration.locals)
        case _:
            return [one.name for one in configuration.resources if one.type == target.name.type]


def _check_attribute(stack: Stack, target: Node, traversal: Traversal, argument: Argument, faults: Faults) -> None:
    if target.kind != "resource" or target.name not in stack.schemas:
        return
    block = stack.schemas[target.name].block
    match path_inside(traversal):
        case (AttributeStep(name), *_) if name not in block.by_name and name not in block.blocks_by_name:
            known = (*block.by_name, *block.blocks_by_name)
            at = traversal.steps.index(attribute_step(name), name_length(traversal))
            _add(no_attribute(name, known), traversal, argument, faults, slice(at, at + 1))
        case _:
            _check_key(stack, target.name, traversal, argument, faults)


def _check_key(
    stack: Stack, address: ResourceAddress, traversal: Traversal, argument: Argument, faults: Faults
) -> None:
    resource = stack.configuration.resources[address]
    repeated = "count" if resource.count else "for_each" if resource.for_each else None
    match behind_name(traversal):
        case (AttributeStep(), *_) if repeated and not stack.pool.is_simulated(stack.providers[address], address):
            key = "count.index" if repeated == "count" else "each.key"
            detail = (
                f'Because {address} has "{repeated}" set, its attributes must be accessed on specific instances.\n\n'
                f"For example, to correlate with indices of a referring resource, use:\n    {address}[{key}]"
            )
            _add(error("Missing resource instance key", detail), traversal, argument, faults)
        case (IndexStep(), *_) if not repeated:
            _add(_unexpected_key(address), traversal, argument, faults)
        case _:
            pass


def _unexpected_key(address: ResourceAddress) -> Diagnostic:
    detail = (
        f'Because {address} does not have "count" or "for_each" set, references to it must not include an '
        "index key. Remove the bracketed index to refer to the single instance of this resource."
    )
    return error("Unexpected resource instance key", detail)


def no_attribute(name: str, known: Collection[str]) -> Diagnostic:
    """Say that an object has no attribute of this name."""
    detail = f'This object has no argument, nested block, or exported attribute named "{name}".'
    return error("Unsupported attribute", detail + did_you_mean(name, known))
