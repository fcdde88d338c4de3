"""Addresses that ``moved``, ``removed`` and ``import`` blocks name, and what Terraform says of those that are none."""

from __future__ import annotations

from typing import Final

from constructs_ims.backend.engine.lang import Traversal
from constructs_ims.backend.engine.lang.addresses import RESERVED_ROOTS, ResourceAddress
from constructs_ims.backend.engine.lang.origin import at_reference
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import AttributeStep, IndexStep

_TOO_SHORT: Final = "Resource specification must include a resource type and name."
_KEYS: Final = error(
    "Resource instance keys not allowed",
    'Resource address must be a resource (e.g. "test_instance.foo"), not a resource instance (e.g. '
    '"test_instance.foo[1]").',
)
_DATA: Final = error(
    "Data source address not allowed",
    "Data sources are never destroyed, so they are not valid targets of removed blocks. To remove the data source from "
    "state, remove the data source block from configuration.",
)


def instance_fault(reference: Traversal) -> Diagnostic | None:
    """Return why a reference is no address of a resource or of an instance; None where it is one.

    An address within a module is taken for one: there is no module here that it could contradict.
    """
    if reference.root == "module":
        return None
    if reference.root in RESERVED_ROOTS:
        detail = (
            f'The keyword "{reference.root}" is reserved and cannot be used to target a resource address. If you are '
            'targeting a resource type that uses a reserved keyword, please prefix your address with "resource.".'
        )
        return _fault(reference, detail, slice(None))
    named = 2 if reference.root in ("resource", "data", "ephemeral") else 1
    names, behind = reference.steps[:named], reference.steps[named:]
    if len(names) < named:
        return _fault(reference, _TOO_SHORT, slice(None))
    if not all(isinstance(step, AttributeStep) for step in names):
        return _fault(reference, "A resource name is required.", slice(named - 1, named))
    return _key_fault(reference, behind[0], named) if behind else None


def _key_fault(reference: Traversal, step: AttributeStep | IndexStep, at: int) -> Diagnostic | None:
    if len(reference.steps) > at + 1:
        return _fault(reference, "Unexpected extra operators after address.", slice(at + 1, at + 2))
    if isinstance(step, AttributeStep):
        return _fault(reference, "Resource instance key must be given in square brackets.", slice(at, at + 1))
    if isinstance(step.key, bool) or not isinstance(step.key, str | int):
        detail = "Invalid resource instance key: either a string or an integer is required."
        return _fault(reference, detail, slice(at, at + 1))
    return None


def _fault(reference: Traversal, detail: str, steps: slice) -> Diagnostic:
    return at_reference(error("Invalid address", detail), reference, reference, steps)


def removed_resource(reference: Traversal) -> tuple[ResourceAddress | None, Diagnostic | None]:
    """Return the resource that a ``removed`` block names, or what is wrong with its address.

    Unlike elsewhere, no name is reserved, and none begins with ``resource.``.
    """
    named = 2 if reference.root in ("data", "ephemeral") else 1
    names = [step.name for step in reference.steps[:named] if isinstance(step, AttributeStep)]
    if len(names) < named:
        return None, _fault(reference, _TOO_SHORT, slice(None))
    if len(reference.steps) > named:
        return None, at_reference(_KEYS, reference, reference, slice(named, named + 1))
    if reference.root == "data":
        return None, at_reference(_DATA, reference, reference, slice(None))
    return (None if named == 2 else ResourceAddress("managed", reference.root, names[0])), None
