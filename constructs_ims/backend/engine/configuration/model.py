"""What a stack directory says, block by block, before any expression is evaluated."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from constructs_ims.backend.engine.configuration.source import Place, SourceFile
from constructs_ims.backend.engine.configuration.type_constraint import TypeConstraint
from constructs_ims.backend.engine.lang import Expr, Traversal
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.schema.diagnostics import Diagnostic, SourceRange
from constructs_ims.schema.paths import AttributeStep, Path

ProviderKey: TypeAlias = tuple[str, str]
"""A provider configuration within the stack: its local name, and its alias or ``""``."""


@dataclass(frozen=True, slots=True)
class Body:
    """The contents of a block: its arguments and nested blocks as JSON, and where each stands."""

    values: Mapping[str, Any]
    place: Place
    overridden: Mapping[str, Place] = field(default_factory=dict)
    """The places of those that stand elsewhere than the rest."""

    def place_of(self, name: str) -> Place:
        """Return where an argument or nested block stands."""
        return self.overridden.get(name) or self.place.child(name)

    def without(self, names: frozenset[str]) -> Body:
        """Return the body less some of its contents."""
        return Body(
            {name: value for name, value in self.values.items() if name not in names}, self.place, self.overridden
        )


@dataclass(frozen=True, slots=True)
class Argument:
    """An expression and where it stands."""

    expression: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule that must hold, with the message for when it does not."""

    condition: Argument
    error_message: Argument
    place: Place
    is_whole: bool
    """Whether both arguments are given."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A static reference, and where it stands."""

    traversal: Traversal
    place: Place

    @property
    def path(self) -> Path:
        """The reference as a path inside the object it stands in, whose attributes need no prefix there."""
        return (AttributeStep(self.traversal.root), *self.traversal.steps)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How a resource's objects live; ``ignore_changes`` is ``"all"`` or the attributes that are ignored."""

    create_before_destroy: bool = False
    prevent_destroy: bool = False
    ignore_changes: Literal["all"] | tuple[Reference, ...] = ()
    replace_triggered_by: tuple[Argument, ...] = ()
    preconditions: tuple[Condition, ...] = ()
    postconditions: tuple[Condition, ...] = ()

    @property
    def has_conditions(self) -> bool:
        """Whether objects are held to any condition."""
        return bool(self.preconditions or self.postconditions)


@dataclass(frozen=True, slots=True)
class Provisioner:
    """A ``provisioner`` block: its arguments, and those of the connection that it uses."""

    type: str
    body: Body
    connection: Body | None
    is_destroy_time: bool
    place: Place


Repetition: TypeAlias = Literal["single", "count", "each"]
"""Whether a resource has one object, or as many as ``count`` or ``for_each`` says."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A ``resource`` or ``data`` block."""

    address: ResourceAddress
    provider: ProviderKey
    body: Body
    place: Place
    count: Argument | None = None
    for_each: Argument | None = None
    depends_on: tuple[Reference, ...] = ()
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    provisioners: tuple[Provisioner, ...] = ()
    check: str | None = None
    """The check block that a scoped data source stands in."""
    type_place: Place | None = None
    """Where the type is named."""

    @property
    def repetition(self) -> Repetition:
        """What says how many objects there are."""
        return "count" if self.count else "each" if self.for_each else "single"


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A ``module`` block: where the module is from, and the values for its input variables."""

    name: str
    source: str
    place: Place
    version: str = ""
    inputs: Mapping[str, Argument] = field(default_factory=dict)
    count: Argument | None = None
    for_each: Argument | None = None
    depends_on: tuple[Reference, ...] = ()
    providers: Mapping[str, ProviderKey] = field(default_factory=dict)
    """The provider configurations that the module is given, by its own names for them."""

    @property
    def repetition(self) -> Repetition:
        """What says how many instances there are."""
        return "count" if self.count else "each" if self.for_each else "single"


@dataclass(frozen=True, slots=True)
class RequiredProvider:
    """Where a provider comes from, such as ``registry.terraform.io/huaweicloud/huaweicloud``, and which versions do."""

    source: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """A ``provider`` block; ``body`` leaves out ``alias`` and ``version``."""

    name: str
    alias: str
    body: Body
    place: Place


@dataclass(frozen=True, slots=True)
class Backend:
    """Where the real state is kept; nothing offline touches it."""

    type: str
    config: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Variable:
    """An input variable; ``default`` is converted already, and ``is_required`` tells that there is none.

    ``is_text_literal`` tells that a value from a command line or the environment is taken as it stands, as where no
    type is declared or a primitive one; else it is read as an expression.
    """

    name: str
    place: Place
    constraint: TypeConstraint
    default: Any
    is_required: bool
    description: str
    sensitive: bool
    nullable: bool
    ephemeral: bool
    validations: tuple[Condition, ...]
    is_text_literal: bool


@dataclass(frozen=True, slots=True)
class Output:
    """An output value."""

    name: str
    place: Place
    value: Argument
    description: str
    sensitive: bool
    ephemeral: bool
    depends_on: tuple[Reference, ...]
    preconditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """Take an existing object under management at ``to``, whose key may be an expression."""

    to: Argument
    id: Argument
    place: Place
    target: Any
    """``to`` as it is written."""
    for_each: Argument | None = None
    provider: ProviderKey | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """An object has another address than before."""

    source: Traversal
    target: Traversal
    place: Place


@dataclass(frozen=True, slots=True)
class Removed:
    """A resource is no longer managed; its objects stay when ``destroy`` is false."""

    address: ResourceAddress
    destroy: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Check:
    """Conditions that only warn; ``data`` names a data source read for them."""

    name: str
    place: Place
    assertions: tuple[Condition, ...]
    data: ResourceAddress | None = None


@dataclass(frozen=True)
class Configuration:
    """A whole stack directory."""

    directory: pathlib.Path
    sources: Mapping[str, SourceFile] = field(default_factory=dict, repr=False)
    required_providers: Mapping[str, RequiredProvider] = field(default_factory=dict)
    backend: Backend | None = None
    providers: Mapping[ProviderKey, ProviderConfig] = field(default_factory=dict)
    variables: Mapping[str, Variable] = field(default_factory=dict)
    locals: Mapping[str, Argument] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    resources: Mapping[ResourceAddress, Resource] = field(default_factory=dict)
    imports: tuple[Import, ...] = ()
    moved: tuple[Moved, ...] = ()
    removed: tuple[Removed, ...] = ()
    checks: Mapping[str, Check] = field(default_factory=dict)
    modules: Mapping[str, ModuleCall] = field(default_factory=dict)

    def source_of(self, local_name: str) -> str:
        """Return where the provider with a local name comes from."""
        required = self.required_providers.get(local_name)
        return required.source if required else full_source(local_name)

    @property
    def provider_sources(self) -> list[str]:
        """Where the providers come from that are required, configured or used, in order."""
        used = {resource.provider[0] for resource in self.resources.values()}
        names = used | {name for name, _ in self.providers} | self.required_providers.keys()
        return sorted({self.source_of(name) for name in names})

    def value_range(self, place: Place) -> SourceRange | None:
        """Return where a value stands in its file."""
        source = self.sources.get(place.filename)
        return source.value_range(place.path) if source else None

    def opening_range(self, place: Place) -> SourceRange | None:
        """Return where a block or a list opens in its file."""
        source = self.sources.get(place.filename)
        return source.opening_range(place.path) if source else None

    def end_range(self, place: Place) -> SourceRange | None:
        """Return the closing bracket of a value."""
        source = self.sources.get(place.filename)
        return source.end_range(place.path) if source else None

    def locate(self, diagnostic: Diagnostic, place: Place, address: str | None = None) -> Diagnostic:
        """Return a diagnostic with the object and the place in a file filled in where it has none yet."""
        source = self.sources.get(place.filename)
        found = diagnostic.at(address=address)
        return found if found.subject or source is None else source.located(found, place.path)


def full_source(source: str) -> str:
    """Complete a provider source: ``random`` and ``hashicorp/random`` are those of the public registry."""
    parts = source.split("/")
    if len(parts) == 1:
        parts = ["terraform.io", "builtin", source] if source == "terraform" else ["hashicorp", source]
    return "/".join(parts if len(parts) == 3 else ["registry.terraform.io", *parts]).lower()
