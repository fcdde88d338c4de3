"""The shape of a declaration: attributes, blocks and the whole schema of a resource or of the provider block."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from constructs_ims.schema.paths import Path, attribute_path
from constructs_ims.schema.rules import ValueRule
from constructs_ims.schema.types import ListType, ObjectType, SetType, Type, type_to_json


class Change(enum.Enum):
    """What a changed argument does to an existing object."""

    IN_PLACE = "changed in place"
    REPLACE = "replaces the object"
    REFUSE = "refused, unless force-new is enabled, which replaces the object"


class Nesting(enum.StrEnum):
    """How a nested block stands in its parent; the values are those of ``terraform providers schema -json``."""

    SINGLE = "single"
    LIST = "list"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its Terraform name and type, who sets it, and what it means.

    ``doc`` is one sentence; ``source`` says where its facts come from; ``rules`` are what a given value must meet.
    """

    name: str
    type: Type
    doc: str
    source: str
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    change: Change = Change.IN_PLACE
    rules: tuple[ValueRule, ...] = ()
    environment: tuple[str, ...] = ()
    """Environment variables that fill the argument when it is left out, the first set one winning."""

    @property
    def is_argument(self) -> bool:
        """Whether a user may set it."""
        return self.required or self.optional

    @property
    def python_name(self) -> str:
        """Its name in Python: leading underscores dropped, doubled ones folded; ``self`` becomes ``self_attribute``."""
        words = "_".join(word for word in self.name.split("_") if word)
        return "self_attribute" if words == "self" else words


@dataclass(frozen=True)
class Block:
    """Attributes and nested blocks that stand together."""

    attributes: tuple[Attribute, ...]
    blocks: tuple[NestedBlock, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Attribute]:
        """The attributes under their Terraform names."""
        return {attribute.name: attribute for attribute in self.attributes}

    @cached_property
    def blocks_by_name(self) -> Mapping[str, NestedBlock]:
        """The nested blocks under their names."""
        return {nested.name: nested for nested in self.blocks}

    @cached_property
    def sensitive_paths(self) -> tuple[Path, ...]:
        """Where the attributes stand that must not be shown; those of nested blocks are left out."""
        return tuple(attribute_path(attribute.name) for attribute in self.attributes if attribute.sensitive)

    @cached_property
    def type(self) -> ObjectType:
        """The type of the object that the block describes."""
        shape: dict[str, Type] = {attribute.name: attribute.type for attribute in self.attributes}
        return ObjectType({**shape, **{nested.name: nested.type for nested in self.blocks}})

    @cached_property
    def ruled(self) -> tuple[Attribute, ...]:
        """The attributes whose values there are rules for."""
        return tuple(attribute for attribute in self.attributes if attribute.rules)

    @cached_property
    def unconfigurable(self) -> tuple[str, ...]:
        """The names of the attributes that only a provider sets."""
        return tuple(one.name for one in self.attributes if one.computed and not one.is_argument)

    @property
    def arguments(self) -> Iterator[Attribute]:
        """The attributes that a user may set, in order."""
        return (attribute for attribute in self.attributes if attribute.is_argument)

    def to_json(self) -> dict[str, Any]:
        """Return the block as ``terraform providers schema -json`` prints one."""
        data: dict[str, Any] = {}
        if self.attributes:
            data["attributes"] = {attribute.name: _attribute_json(attribute) for attribute in self.attributes}
        if self.blocks:
            data["block_types"] = {nested.name: nested.to_json() for nested in self.blocks}
        return {**data, "description_kind": "plain"}


@dataclass(frozen=True)
class NestedBlock:
    """A block type inside a block."""

    name: str
    nesting: Nesting
    block: Block
    doc: str
    source: str
    max_items: int = 0
    """How many may stand there; 0 is any number."""

    @property
    def type(self) -> Type:
        """The type of all blocks of this kind together."""
        match self.nesting:
            case Nesting.SINGLE:
                return self.block.type
            case Nesting.LIST:
                return ListType(self.block.type)
            case Nesting.SET:
                return SetType(self.block.type)

    def to_json(self) -> dict[str, Any]:
        """Return the nested block as ``terraform providers schema -json`` prints one."""
        data = {"nesting_mode": str(self.nesting), "block": self.block.to_json()}
        return {**data, "max_items": self.max_items} if self.max_items else data


@dataclass(frozen=True)
class Schema:
    """What a resource or a provider block is."""

    name: str
    block: Block
    version: int = 0
    doc: str = field(default="")
    inferred: bool = False
    """Whether it was made up of how the object is used, and may be another next time: its types are then not stored."""

    def to_json(self) -> dict[str, Any]:
        """Return the schema as ``terraform providers schema -json`` prints one."""
        return {"version": self.version, "block": self.block.to_json()}


def _attribute_json(attribute: Attribute) -> dict[str, Any]:
    flags = ("required", "optional", "computed", "sensitive")
    return {
        "type": type_to_json(attribute.type),
        "description": attribute.doc,
        "description_kind": "plain",
        **{flag: True for flag in flags if getattr(attribute, flag)},
    }
