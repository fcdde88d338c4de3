"""What a reference has to look like before anything is looked up, as Terraform's parser of references demands."""

from __future__ import annotations

from typing import Final

from constructs_ims.backend.engine.lang import Expr, Traversal
from constructs_ims.backend.engine.lang.origin import at_reference
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, error
from constructs_ims.schema.paths import AttributeStep

_RESERVED: Final = frozenset({"arg", "lazy", "template"})
_OBJECTS: Final = frozenset({"count", "each", "local", "module", "path", "terraform", "var"})
_TWO_NAMES: Final = {
    "data": "the data source type and the resource name",
    "ephemeral": "the ephemeral resource type and the resource name",
    "resource": "the resource type and the resource name",
}
_NO_NAME: Final = (
    "A reference to a resource type must be followed by at least one attribute access, specifying the resource name."
)


def form_fault(reference: Traversal) -> Diagnostic | None:
    """Return why nothing can have this reference, placed for an expression that is nothing else; None where it can."""
    root, names = reference.root, [isinstance(step, AttributeStep) for step in reference.steps]
    if root == "self":
        return None
    if root in _RESERVED:
        detail = (
            f'The symbol name "{root}" is reserved for use in a future Terraform version. If you are using a provider '
            'that already uses this as a resource type name, add the prefix "resource." to force interpretation as a '
            "resource type name."
        )
        return error("Reserved symbol name", detail)
    if root in _TWO_NAMES:
        detail = f'The "{root}" object must be followed by two attribute names: {_TWO_NAMES[root]}.'
        return None if names[:2] == [True, True] else _invalid(detail)
    if not names:
        return _invalid(not_alone(root) if root in _OBJECTS else _NO_NAME)
    return None if names[0] else _invalid(f'The "{root}" object does not support this operation.')


def not_alone(root: str) -> str:
    """Say that an object of Terraform's has to be followed by the name of an attribute."""
    return f'The "{root}" object cannot be accessed directly. Instead, access one of its attributes.'


def _invalid(detail: str) -> Diagnostic:
    return error("Invalid reference", detail, code=DiagnosticCode.INVALID_REFERENCE)


def located_form_fault(reference: Traversal, root: Expr) -> Diagnostic | None:
    """Return ``form_fault`` placed at a reference within the expression ``root``."""
    fault = form_fault(reference)
    if fault is None:
        return None
    steps = slice(0, 0) if reference.root in _RESERVED else None
    return at_reference(fault, reference, root, steps)
