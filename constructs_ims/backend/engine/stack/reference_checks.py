"""Whether references lead anywhere: to something declared, an attribute that it has, with a key where it has keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.engine.configuration import Argument, Import, ModuleCall, Reference, Resource
from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.configuration.reference_forms import form_fault, located_form_fault
from constructs_ims.backend.engine.graph.configuration_references import (
    Use,
    imported_resource,
    path_inside,
    self_references,
)
from constructs_ims.backend.engine.graph.graph import Node, behind_name, name_length, node_of, resource_of
from constructs_ims.backend.engine.lang import EvaluationError, Traversal, references, undeclared, unknown
from constructs_ims.backend.engine.lang.access import step_into
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.backend.engine.lang.nodes import attribute_step
from constructs_ims.backend.engine.lang.origin import at_reference
from constructs_ims.schema.attribute import Block
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, did_you_mean, error, warning
from constructs_ims.schema.paths import AttributeStep, IndexStep
from constructs_ims.schema.values import Unknown

if TYPE_CHECKING:
    from constructs_ims.backend.engine.stack.stack import PreparedStack


def checked_nodes(stack: PreparedStack, node: Node, found: Iterable[Use], faults: Faults) -> Iterator[Node]:
    """Yield the nodes that references lead to, noting those that lead nowhere."""
    for traversal, argument in found:
        target = _checked_target(stack, node, traversal, argument, faults)
        if target is None:
            continue
        _check_attribute(stack, target, traversal, argument, faults)
        if target != node:
            yield target
        elif node.kind == "local":
            detail = f"Local value {node} cannot use its own result as part of its expression."
            _add(error("Self-referencing local value", detail), traversal, argument, faults)
        else:
            later = Faults(faults.sources)
            _add(_self_reference(node), traversal, argument, later)
            stack.plan_faults += later.found


def _checked_target(
    stack: PreparedStack, node: Node, traversal: Traversal, argument: Argument, faults: Faults
) -> Node | None:
    """Return the declared node that a reference leads to; None where it needs none, or after noting a fault."""
    malformed = located_form_fault(traversal, argument.expression)
    if malformed is not None:
        faults.add(malformed, argument.place)
        return None
    target = node_of(traversal)
    if target is None:
        _check_special(stack, node, traversal, argument, faults)
    elif not _is_declared(stack, target):
        _add(undeclared(traversal, _known(stack, target)), traversal, argument, faults)
        return None
    return target


def checked_dependencies(
    stack: PreparedStack, node: Node, depends_on: Iterable[Reference], faults: Faults
) -> Iterator[Node]:
    """Yield the nodes that a ``depends_on`` names, noting what is no whole object; a node may name itself there."""
    for reference in depends_on:
        traversal, argument = reference.traversal, Argument(reference.traversal, reference.place)
        named = _length_of_name(traversal)
        if form_fault(traversal) is None and len(traversal.steps) > named:
            steps = slice(named, None)
            _add(_NO_WHOLE_OBJECT, traversal, argument, faults, steps)
            continue
        target = _checked_target(stack, node, traversal, argument, faults)
        if target is not None and target != node:
            _check_attribute(stack, target, traversal, argument, faults)
            yield target


_NO_WHOLE_OBJECT: Final = error(
    "Invalid depends_on reference",
    "References in depends_on must be to a whole object (resource, etc), not to an attribute of an object.",
)


def _length_of_name(traversal: Traversal) -> int:
    """Return how many steps of a reference name a whole object, with the key of an instance."""
    if resource_of(traversal) is None:
        return {"self": 0, "module": 2}.get(traversal.root, 1)
    named = name_length(traversal)
    is_keyed = len(traversal.steps) > named and isinstance(traversal.steps[named], IndexStep)
    return named + is_keyed


def ignored_fault(block: Block, reference: Traversal) -> Diagnostic | None:
    """Return why nothing can stand where ``ignore_changes`` points to."""
    known = (*block.by_name, *block.blocks_by_name)
    if reference.root not in known:
        return at_reference(no_attribute(reference.root, known), reference, reference, slice(0, 0))
    attribute = block.by_name.get(reference.root)
    value = unknown(attribute.type) if attribute else Unknown
    for at, step in enumerate(reference.steps):
        try:
            value = step_into(value, step)
        except EvaluationError as fault:
            plain = replace(fault.diagnostics[0], origin=None)
            return at_reference(plain, reference, reference, slice(at, at + 1))
    return None


def redundant_ignore(name: str) -> Diagnostic:
    """Warn of an attribute in ``ignore_changes`` that no configuration sets."""
    return warning(
        "Redundant ignore_changes element",
        "Adding an attribute name to ignore_changes tells Terraform to ignore future changes to the argument in "
        "configuration after the object has been created, retaining the value originally configured.\n\nThe attribute "
        f"{name} is decided by the provider alone and therefore there can be no configured value to compare with. "
        "Including this attribute in ignore_changes has no effect. Remove the attribute from ignore_changes to quiet "
        "this warning.",
    )


def check_import_id(block: Import, faults: Faults) -> None:
    """Note an id that is read off the object to be imported."""
    for reference in references(block.id.expression):
        if resource_of(reference) is not None and resource_of(reference) == imported_resource(block.to):
            fault = error("Invalid import id argument", "The import ID cannot reference the resource being imported.")
            _add(fault, reference, block.id, faults)


def check_self_references(stack: PreparedStack, resource: Resource, faults: Faults) -> None:
    """Note every reference of a postcondition to an attribute that its object does not have."""
    schema = stack.schemas.get(resource.address)
    if schema is None or stack.pool.is_simulated(stack.providers[resource.address], resource.address):
        return
    known = (*schema.block.by_name, *schema.block.blocks_by_name)
    for traversal, argument in self_references(resource):
        match traversal.steps:
            case (AttributeStep(name), *_) if name not in known:
                _add(no_attribute(name, known), traversal, argument, faults, slice(0, 1))
            case _:
                pass


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


def _check_special(stack: PreparedStack, node: Node, traversal: Traversal, argument: Argument, faults: Faults) -> None:
    """Note a reference to an object of Terraform's that is not there, or has no such attribute."""
    fault = _special_fault(stack, node, traversal)
    if fault is not None:
        _add(fault, traversal, argument, faults)


def _special_fault(stack: PreparedStack, node: Node, traversal: Traversal) -> Diagnostic | None:
    root, name = traversal.root, _first_name(traversal)
    configuration = stack.configuration
    repeated: Resource | ModuleCall | None = None
    if node.kind == "resource":
        repeated = configuration.resources.get(node.name)
    elif node.kind == "module":
        repeated = configuration.modules[node.name]
    if root in _META_ATTRIBUTES:
        names, advice = _META_ATTRIBUTES[root]
        if name not in names:
            detail = f'The "{root}" object does not have an attribute named "{name}". {advice}'
            return error(f'Invalid "{root}" attribute', detail)
        is_there = repeated is not None and (repeated.for_each if root == "each" else repeated.count) is not None
        return None if is_there else _EACH_VALUE if (root, name) == ("each", "value") else undeclared(traversal)
    if root in _ATTRIBUTES:
        return None if name in _ATTRIBUTES[root] else undeclared(traversal, _ATTRIBUTES[root])
    return undeclared(traversal)


_ATTRIBUTES: Final = {"path": ("cwd", "module", "root"), "terraform": ("applying", "workspace")}
_EACH_VALUE: Final = error(
    "each.value cannot be used in this context",
    'A reference to "each.value" has been used in a context in which it is unavailable, such as when the configuration '
    'no longer contains the value in its "for_each" expression. Remove this reference to each.value in your '
    "configuration to work around this error.",
)


def _first_name(traversal: Traversal) -> str:
    step = traversal.steps[0] if traversal.steps else None
    return step.name if isinstance(step, AttributeStep) else ""


def _self_reference(node: Node) -> Diagnostic:
    return error("Self-referential block", f"Configuration for {node} may not refer to itself.")


def _is_declared(stack: PreparedStack, target: Node) -> bool:
    configuration = stack.configuration
    match target.kind:
        case "var":
            return target.name in configuration.variables
        case "local":
            return target.name in configuration.locals
        case "module":
            return target.name in configuration.modules
        case _:
            return target.name in configuration.resources


def _known(stack: PreparedStack, target: Node) -> list[str]:
    configuration = stack.configuration
    match target.kind:
        case "var":
            return list(configuration.variables)
        case "local":
            return list(configuration.locals)
        case "module":
            return list(configuration.modules)
        case _:
            return [one.name for one in configuration.resources if one.type == target.name.type]


def _check_attribute(
    stack: PreparedStack, target: Node, traversal: Traversal, argument: Argument, faults: Faults
) -> None:
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
    stack: PreparedStack, address: ResourceAddress, traversal: Traversal, argument: Argument, faults: Faults
) -> None:
    resource = stack.configuration.resources[address]
    repeated = "count" if resource.count else "for_each" if resource.for_each else None
    match behind_name(traversal):
        case (AttributeStep(), *_) if repeated:
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
    detail += did_you_mean(name, known)
    return error("Unsupported attribute", detail, code=DiagnosticCode.UNSUPPORTED_ATTRIBUTE, named=name)
