"""Where names get their values: what an evaluation asks of its surroundings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

from constructs_ims.backend.engine.lang.nodes import Traversal
from constructs_ims.backend.engine.lang.typed import Value
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, did_you_mean, error
from constructs_ims.schema.paths import AttributeStep, PathStep


class EvaluationError(Exception):
    """A value cannot be had; the evaluation reports the diagnostics and goes on with an unknown."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(map(str, diagnostics)))
        self.diagnostics = diagnostics


def about_part(diagnostic: Diagnostic, part: str) -> Diagnostic:
    """Return a diagnostic that is about one part of the expression at hand: the field ``part`` of its node."""
    return replace(diagnostic, origin=part)


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """What functions depend on beside their arguments.

    Paths are relative to ``base_dir``. ``plan_timestamp`` (RFC 3339, UTC) is what ``plantimestamp()`` gives. Functions
    that give something else each time are unknown unless ``applying``. ``console`` adds what only a console has.
    """

    base_dir: Path = field(default_factory=Path)
    plan_timestamp: str | None = None
    applying: bool = False
    console: bool = False


class Scope(Protocol):
    """The names an expression may use."""

    @property
    def functions(self) -> FunctionSettings:
        """What functions depend on."""
        ...

    def resolve(self, traversal: Traversal) -> tuple[Value, tuple[PathStep, ...]]:
        """Return the value that the first steps of ``traversal`` lead to, and the steps still to be taken.

        How many steps are taken is the scope's choice. ``EvaluationError`` when there is no such name.
        """
        ...


@dataclass(frozen=True, slots=True)
class MappingScope:
    """A scope whose root names are the keys of a mapping."""

    variables: Mapping[str, Value] = field(default_factory=dict)
    functions: FunctionSettings = FunctionSettings()

    def resolve(self, traversal: Traversal) -> tuple[Value, tuple[PathStep, ...]]:
        """Return the root's value and all steps."""
        try:
            return self.variables[traversal.root], traversal.steps
        except KeyError:
            raise EvaluationError(undeclared(traversal, self.variables)) from None


def is_static(diagnostic: Diagnostic) -> bool:
    """Tell whether a fault is of a reference that leads nowhere, which no ``try`` catches."""
    return diagnostic.code is DiagnosticCode.INVALID_REFERENCE


_KINDS: Final = {
    "var": (
        "Reference to undeclared input variable",
        'An input variable with the name "{name}" has not been declared.',
        ' This variable can be declared with a variable "{name}" {{}} block.',
    ),
    "local": ("Reference to undeclared local value", 'A local value with the name "{name}" has not been declared.', ""),
    "module": ("Reference to undeclared module", 'No module call named "{name}" is declared in the root module.', ""),
}


def undeclared(traversal: Traversal, known: Iterable[str] = ()) -> Diagnostic:
    """Say that nothing is declared under a reference's name; ``known`` are the names that are, for a suggestion.

    The names are those that would stand in the same place: variables for ``var.x``, resource names of the type for a
    resource.
    """
    root, names = traversal.root, [step.name for step in traversal.steps if isinstance(step, AttributeStep)]
    if root in _KINDS and names:
        return _undeclared_named(root, names[0], known)
    if root == "ephemeral" and len(names) > 1:
        return _undeclared_resource("ephemeral", *names[:2])
    if root == "data":
        return _undeclared_resource("data", *names[:2]) if len(names) > 1 else _invalid_reference(_NOT_A_DATA)
    if root in _OBJECTS:
        summary, detail = _OBJECTS[root]
        name = names[0] if names else ""
        return error(summary, detail.format(name=name) + (did_you_mean(name, known) if root == "path" else ""))
    if root == "each":
        return error('Reference to "each" in context without for_each', _EACH)
    if root == "count":
        return error('Reference to "count" in non-counted context', _COUNT)
    if names:
        return _undeclared_resource("managed", root, names[0])
    return _invalid_reference(_NOT_A_RESOURCE)


def _invalid_reference(detail: str) -> Diagnostic:
    return error("Invalid reference", detail, code=DiagnosticCode.INVALID_REFERENCE)


def _undeclared_named(root: str, name: str, known: Iterable[str]) -> Diagnostic:
    summary, detail, advice = _KINDS[root]
    meant = did_you_mean(name, known)
    return error(
        summary, detail.format(name=name) + (meant or advice.format(name=name)), code=DiagnosticCode.INVALID_REFERENCE
    )


def _undeclared_resource(mode: str, type_name: str, name: str) -> Diagnostic:
    article = "An ephemeral" if mode == "ephemeral" else f"A {mode}"
    detail = f'{article} resource "{type_name}" "{name}" has not been declared in the root module.'
    return error("Reference to undeclared resource", detail, code=DiagnosticCode.INVALID_REFERENCE)


_EACH: Final = (
    'The "each" object can be used only in "module" or "resource" blocks, and only when the "for_each" argument is set.'
)
_COUNT: Final = (
    'The "count" object can only be used in "module", "resource", and "data" blocks, and only when the "count" '
    "argument is set."
)
_NOT_A_DATA: Final = (
    'The "data" object must be followed by two attribute names: the data source type and the resource name.'
)
_OBJECTS: Final = {
    "path": ('Invalid "path" attribute', 'The "path" object does not have an attribute named "{name}".'),
    "self": (
        'Invalid "self" reference',
        'The "self" object is not available in this context. This object can be used only in resource provisioner, '
        "connection, and postcondition blocks.",
    ),
    "terraform": (
        'Invalid "terraform" attribute',
        'The "terraform" object does not have an attribute named "{name}". The only supported attributes are '
        "terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a boolean which is "
        "true only during apply.",
    ),
}
_NOT_A_RESOURCE: Final = (
    "A reference to a resource type must be followed by at least one attribute access, specifying the resource name."
)
