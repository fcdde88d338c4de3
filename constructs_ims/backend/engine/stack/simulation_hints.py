"""What there is to add to an error about a value that is made up: that it is, and how to say one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from constructs_ims.backend.engine.configuration.model import Argument
from constructs_ims.backend.engine.graph.configuration_references import path_inside
from constructs_ims.backend.engine.graph.graph import behind_name, node_of, resource_of
from constructs_ims.backend.engine.lang import Expr, Traversal, references
from constructs_ims.backend.engine.lang.addresses import ResourceAddress, module_address, parse_address
from constructs_ims.backend.engine.lang.functions.registry import find
from constructs_ims.backend.engine.lang.nodes import FunctionCall
from constructs_ims.backend.engine.lang.origin import Origin
from constructs_ims.backend.engine.stack.providers.made_up import PREFIX
from constructs_ims.backend.engine.stack.providers.pool import display_source
from constructs_ims.backend.engine.stack.providers.said import REMOTE_STATE_TYPE, quoted
from constructs_ims.backend.engine.stack.stack import PreparedStack
from constructs_ims.schema.attribute import Block
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode
from constructs_ims.schema.paths import AttributeStep, IndexStep


def with_hint(stack: PreparedStack, diagnostic: Diagnostic, within: ResourceAddress | None = None) -> Diagnostic:
    """Return an error with what is simulated of what it is about, where the types are from, and how to say a value.

    ``within`` is the resource whose expression is at fault, where the diagnostic has no address.
    """
    if not diagnostic.is_error or _calls_nothing(diagnostic):
        return diagnostic
    here = within or _resource_at(diagnostic.address)
    is_unknown = diagnostic.code is DiagnosticCode.UNKNOWN_REPETITION
    about = list(_followed(stack, _about(stack, diagnostic, here), here))
    hint = next(_hints(stack, about, is_unknown=is_unknown), "") or _neighbour_hint(stack, diagnostic, about)
    return replace(diagnostic, detail=f"{diagnostic.detail}\n\n{hint}".strip()) if hint else diagnostic


def _calls_nothing(diagnostic: Diagnostic) -> bool:
    """Whether an error is about a call to a function that there is not, and not about any value."""
    node = diagnostic.origin.node if isinstance(diagnostic.origin, Origin) else None
    return isinstance(node, FunctionCall) and find(node.name) is None


def _about(stack: PreparedStack, diagnostic: Diagnostic, here: ResourceAddress | None) -> Iterator[Traversal]:
    """Yield the references that explain a fault: those of its expression, or all of a resource and its provider.

    What a provider or a service says is of no expression; it is about a value that is made up where it shows one.
    """
    origin, shows_one = diagnostic.origin, PREFIX in f"{diagnostic.summary} {diagnostic.detail}"
    if isinstance(origin, Origin):
        yield from references(origin.about or origin.root or origin.node)
        yield from references(origin.root) if origin.root and shows_one else ()
    elif here in stack.bodies and shows_one:
        resource = stack.configuration.resources[here]
        for body in (stack.bodies[here], stack.provider_bodies.get(resource.provider)):
            yield from (traversal for traversal, _ in body.references()) if body else ()


def _resource_at(address: str | None) -> ResourceAddress | None:
    try:
        return parse_address(address).resource if address else None
    except ValueError:  # a module call's
        return None


def _followed(
    stack: PreparedStack,
    traversals: Iterable[Traversal],
    here: ResourceAddress | None,
    followed: frozenset[str] = frozenset(),
) -> Iterator[Traversal]:
    """Yield references of the resource ``here``, and those that the locals and keys among them stand for."""
    for traversal in traversals:
        yield traversal
        if traversal.root == "self" and here is not None:
            root, *names = ["data", here.type, here.name] if here.mode == "data" else [here.type, here.name]
            key = () if stack.configuration.resources[here].repetition == "single" else (IndexStep(0),)
            yield Traversal(root, (*map(AttributeStep, names), *key, *traversal.steps))
            continue
        name, behind = _standing_for(stack, traversal, here)
        if behind is not None and name not in followed:
            yield from _followed(stack, references(behind), here, followed | {name})


def _standing_for(stack: PreparedStack, traversal: Traversal, here: ResourceAddress | None) -> tuple[str, Expr | None]:
    """Return the expression that a reference to a local, to ``each`` or to ``count`` stands for, with its name."""
    found: Argument | None = None
    node = node_of(traversal)
    if node is not None and node.kind == "local":
        found = stack.configuration.locals.get(node.name)
    elif here is not None and traversal.root in ("each", "count"):
        resource = stack.configuration.resources[here]
        found = resource.for_each if traversal.root == "each" else resource.count
    return str(node or traversal.root), found.expression if found else None


def _hints(stack: PreparedStack, traversals: Iterable[Traversal], *, is_unknown: bool) -> Iterator[str]:
    """Yield what there is to say of each simulated value; ``is_unknown`` where it is at fault for not being known."""
    for traversal in traversals:
        node = node_of(traversal)
        if node is not None and node.kind == "module" and _has_output(stack, node.name, traversal):
            yield _module_hint(stack, node.name, traversal)
        address = resource_of(traversal)
        if address is None or address not in stack.providers or _lacks_key(stack, address, traversal):
            continue
        match path_inside(traversal):
            case (AttributeStep("outputs"), AttributeStep(name), *_) if address.type == REMOTE_STATE_TYPE:
                yield from _remote_state_hint(stack, address, name)
            case (AttributeStep(name), *_) if _is_made_up(stack, address, name):
                yield _unknown_hint(address, name) if is_unknown else _hint(stack, address, name)
            case _:
                continue


def _lacks_key(stack: PreparedStack, address: ResourceAddress, traversal: Traversal) -> bool:
    """Whether a reference names no instance of what is repeated: then the reference is at fault and no value."""
    is_repeated = stack.configuration.resources[address].repetition != "single"
    behind = behind_name(traversal)
    return is_repeated and bool(behind) and isinstance(behind[0], AttributeStep)


def _has_output(stack: PreparedStack, name: str, traversal: Traversal) -> bool:
    """Whether a reference to a simulated module is to an output that it has, as far as its files tell."""
    if name not in stack.module_outputs:
        return False
    interface, outputs = stack.interfaces[name], _outputs_in(traversal)
    return not interface.is_known or not outputs or outputs[0] in interface.outputs


def _outputs_in(traversal: Traversal) -> list[str]:
    """Return the output that a reference to a module names, first of what it may name behind a key."""
    return [step.name for step in traversal.steps[1:3] if isinstance(step, AttributeStep)]


def _module_hint(stack: PreparedStack, name: str, traversal: Traversal) -> str:
    interface, outputs = stack.interfaces[name], _outputs_in(traversal)
    types = (
        f"Which outputs there are follows from {interface.origin}; their types follow from the stack's own use."
        if interface.is_known
        else "Its files are not at hand, so its outputs and their types follow from the stack's own use."
    )
    address = module_address(name).resource
    if outputs and (said := stack.pool.shapes.said.says(address, outputs[0])):
        return f"module.{name} is simulated. {_as_said(outputs[0], said)} {types}"
    shown = f'{{"{outputs[0]}": ...}}' if outputs else "{...}"
    return (
        f"module.{name} is simulated: its outputs are made up. {types} "
        f"{_how_to_say('override_module', f'module.{name}', shown)}"
    )


def _remote_state_hint(stack: PreparedStack, address: ResourceAddress, name: str) -> Iterator[str]:
    shapes = stack.pool.shapes
    if said := shapes.said.says(address, name):
        yield f"{address} is simulated. {_as_said(name, said)}"
    elif name in shapes.made_up_outputs.get(address, ()):
        how = _how_to_say("override_data", str(address), f'{{"outputs": {{"{name}": ...}}}}')
        yield f'{address} is simulated: its output "{name}" is made up. {how}'


def _neighbour_hint(stack: PreparedStack, diagnostic: Diagnostic, about: Iterable[Traversal]) -> str:
    """Return what to do where another stack of the app made a value up before this one came to read it."""
    found = diagnostic.origin.explanation() if isinstance(diagnostic.origin, Origin) else None
    made_up = [name for name, statement in (found.values if found else ()) if PREFIX in statement]
    for traversal in about:
        address = resource_of(traversal)
        if address in stack.providers and address.type == REMOTE_STATE_TYPE and str(address) in " ".join(made_up):
            return (
                f"{address} is another stack of the app, which made this value up as it was applied. Apply that stack "
                "again: what it makes up then is what this one reads."
            )
    return ""


def _as_said(name: str, said: str) -> str:
    return f'The value of "{name}" is what {said} says. Say one that fits there.'


def _how_to_say(setting: str, target: str, values: str) -> str:
    return (
        f'To give a value, say it: sandbox.{setting}({quoted(target)}, {values}) in Python, or "{setting}" under '
        '"constructsIms" in the context of cdktf.json.'
    )


def _is_made_up(stack: PreparedStack, address: ResourceAddress, name: str) -> bool:
    """Whether an attribute of an object, which may be a block, is not set by the configuration alone."""
    if not stack.pool.is_simulated(stack.providers[address], address) or address not in stack.schemas:
        return False
    block = stack.schemas[address].block
    attribute, nested = block.by_name.get(name), block.blocks_by_name.get(name)
    if nested is not None and not _has_computed(nested.block):
        return False
    given = stack.configuration.resources[address].body.values.get(name)
    return (attribute is None or attribute.computed) and not isinstance(given, str)


def _has_computed(block: Block) -> bool:
    return any(one.computed for one in block.attributes) or any(_has_computed(one.block) for one in block.blocks)


def _hint(stack: PreparedStack, address: ResourceAddress, name: str) -> str:
    source = stack.providers[address].source
    origin = stack.pool.shapes.types.origin(source)
    is_known = (source, address.mode, address.type) in stack.pool.shapes.known
    types = (
        f"Its types are those of {origin}."
        if is_known and origin
        else f"No bindings of {display_source(source)} tell its types, so they follow from the stack's own use."
    )
    if said := stack.pool.shapes.said.says(address, name):
        return f"{address} is simulated. {_as_said(name, said)} {types}"
    call = "override_data" if address.mode == "data" else "override_resource"
    how = _how_to_say(call, str(address), f'{{"{name}": ...}}')
    return f"{address} is simulated: what its configuration does not set is made up. {types} {how}"


def _unknown_hint(address: ResourceAddress, name: str) -> str:
    return (
        f'{address} is simulated. Its "{name}" is known once it is applied, and not before, as that of the real object '
        "and whatever is said of it. Use a value that is known beforehand, or apply it first: "
        f"sandbox.apply(stack, targets=[{quoted(str(address))}])."
    )
