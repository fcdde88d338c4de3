"""The schema of an object, made of the classes that generated bindings have for it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from constructs_ims.backend.bindings.classes import BoundAttribute, BoundClass, BoundClasses, Written
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, ObjectType, SetType, Type

Mode: TypeAlias = Literal["managed", "data", "provider"]
"""What a class is of: a resource, a data source, or the provider's own block."""
SOURCE: Final = "generated bindings"
_BASES: Final[dict[str, Mode]] = {"TerraformResource": "managed", "TerraformDataSource": "data"}
_SCALARS: Final[dict[str, Type]] = {"String": STRING, "Number": NUMBER, "Boolean": BOOL}
_KIND: Final = re.compile(r"(?P<scalar>String|Number|Boolean|Any)?(?P<shape>(?:List|Set|Map)*)")
_SHAPES: Final = re.compile(r"List|Set|Map")
_DEEPEST: Final = 20
"""How deep blocks are followed: a provider that nests them without end, as some rule languages do, has no schema."""


def object_schemas(classes: BoundClasses) -> Iterator[tuple[Mode, Schema]]:
    """Yield the schemas of the objects among some classes, and that of the provider block."""
    for bound in classes.classes.values():
        if bound.base in _BASES and bound.resource_type:
            yield _BASES[bound.base], Schema(bound.resource_type, _Reader(classes, bound).block(bound, 0))
        elif bound.base == "TerraformProvider" and bound.resource_type:
            yield "provider", Schema(bound.resource_type, _settings(classes, bound))


def _settings(classes: BoundClasses, bound: BoundClass) -> Block:
    """Return the block of a provider: its class reads nothing back, and so tells what it writes and nothing more."""
    written = {name: how for name, how in classes.written_by(bound, bound).items() if name != "alias"}
    required = {name for name in written if name.replace("_", "").lower() not in bound.resettable}
    return _written_block(classes, written, required, 0)


def _written_block(
    classes: BoundClasses, written: Mapping[str, Written], required: Container[str], depth: int
) -> Block:
    attributes, blocks = [], []
    for name, how in sorted(written.items()):
        inner = classes.written.get(how.storage.rpartition(".")[2].removesuffix("List").lower())
        if how.is_block and inner is not None and depth < _DEEPEST:
            nesting = {"list": Nesting.LIST, "set": Nesting.SET}.get(how.shape, Nesting.SINGLE)
            blocks.append(NestedBlock(name, nesting, _written_block(classes, inner, (), depth + 1), "", SOURCE))
        else:
            type_ = DYNAMIC if how.is_block else _stored_type(how)
            is_required = name in required
            attributes.append(
                Attribute(name, type_, "", SOURCE, required=is_required, optional=not is_required, computed=False)
            )
    return Block(tuple(attributes), tuple(blocks))


@dataclass(slots=True)
class _Reader:
    """Reads the classes of one object; a class that many blocks share is read once for each depth."""

    classes: BoundClasses
    root: BoundClass
    known: dict[tuple[str, int], Block] = field(default_factory=dict)

    def block(self, bound: BoundClass, depth: int) -> Block:
        """Return what a class has as a block."""
        key = (bound.name, depth)
        if key not in self.known:
            self.known[key] = self._block(bound, depth)
        return self.known[key]

    def _block(self, bound: BoundClass, depth: int) -> Block:
        written = self.classes.written_by(bound, self.root)
        attributes, blocks = [], []
        for attribute in bound.attributes.values():
            flags = _flags(attribute, bound, attribute.name in written)
            how = written.get(attribute.name)
            nested = self._nested(attribute, how, flags, depth) if attribute.nested else None
            if nested is not None:
                blocks.append(nested)
            else:
                type_ = self._type(attribute, how, depth)
                attributes.append(
                    Attribute(
                        attribute.name,
                        type_,
                        "",
                        SOURCE,
                        required=flags.required,
                        optional=flags.optional,
                        computed=flags.computed,
                    )
                )
        return Block(
            tuple(sorted(attributes, key=lambda one: one.name)), tuple(sorted(blocks, key=lambda one: one.name))
        )

    def _nested(self, attribute: BoundAttribute, how: Written | None, flags: _Flags, depth: int) -> NestedBlock | None:
        """Return the block that an argument stands for; None for what is an attribute."""
        is_argument = flags.optional or flags.required
        if how is None or not how.is_block or how.shape == "map" or flags.computed or not is_argument:
            return None
        element = self._element(attribute)
        if element is None or depth >= _DEEPEST:
            return None
        nesting = {"list": Nesting.LIST, "set": Nesting.SET}.get(how.shape, Nesting.SINGLE)
        most = 1 if element.is_indexed and nesting is not Nesting.SINGLE else 0
        inner = self.block(element, depth + 1)
        return NestedBlock(attribute.name, nesting, inner, "", SOURCE, max_items=most)

    def _element(self, attribute: BoundAttribute) -> BoundClass | None:
        """Return the class of the objects inside an attribute, which may be those of a list or map."""
        bound = self.classes.named(attribute.nested)
        return self.classes.named(bound.element) if bound is not None and bound.element else bound

    def _type(self, attribute: BoundAttribute, how: Written | None, depth: int) -> Type:
        if not attribute.nested:
            return _simple_type(attribute, how)
        bound = self.classes.named(attribute.nested)
        if bound is None:
            return _collection_type(attribute.nested.rpartition(".")[2], is_set=attribute.is_set)
        return self._class_type(bound, how, depth, is_set=attribute.is_set)

    def _class_type(self, bound: BoundClass, how: Written | None, depth: int, *, is_set: bool) -> Type:
        if depth >= _DEEPEST:
            return DYNAMIC
        if bound.element:
            element = self.classes.named(bound.element)
            inner = DYNAMIC if element is None else self._class_type(element, None, depth + 1, is_set=False)
            if bound.base.endswith("Map"):
                return MapType(inner)
            whole = inner if element is None or element.element else _without_list(inner)
            return SetType(whole) if is_set or bound.base.endswith("Set") else ListType(whole)
        block = self.block(bound, depth + 1)
        made = ObjectType(block.type.attributes, frozenset(block.type.attributes))
        shape = how.shape if how else ("list" if bound.is_indexed else "struct")
        return _shaped(shape, made)


def _without_list(type_: Type) -> Type:
    """Return the object alone: that of a list's element is not a list of one itself."""
    return type_.element if isinstance(type_, ListType) else type_


@dataclass(frozen=True, slots=True)
class _Flags:
    required: bool
    optional: bool
    computed: bool


def _flags(attribute: BoundAttribute, bound: BoundClass, is_written: bool) -> _Flags:
    if attribute.computed is not None:
        return _Flags(bool(attribute.required), bool(attribute.optional), attribute.computed)
    optional = attribute.name.replace("_", "").lower() in bound.resettable
    return _Flags(is_written and not optional, is_written and optional, not is_written)


def _simple_type(attribute: BoundAttribute, how: Written | None) -> Type:
    if attribute.kind == "Anything":
        return _stored_type(how) if how else DYNAMIC
    is_set = how.shape == "set" if how else attribute.is_set
    return _collection_type(attribute.kind, is_set=is_set)


def _collection_type(kind: str, *, is_set: bool) -> Type:
    """Return the type of a getter's kind such as ``StringMap`` or ``NumberList``; ``List`` alone is one of strings."""
    read = _KIND.fullmatch(kind)
    if read is None or (read["scalar"] == "Any"):
        return DYNAMIC
    type_: Type = _SCALARS.get(read["scalar"] or "String", STRING)
    shapes = _SHAPES.findall(read["shape"])
    for position, shape in enumerate(shapes):
        type_ = _shaped("set" if is_set and shape == "List" and position == len(shapes) - 1 else shape.lower(), type_)
    return type_


def _stored_type(how: Written) -> Type:
    """Return the type that a storage class such as ``stringListList`` names, its outermost shape told apart."""
    read = _KIND.fullmatch(how.storage[:1].upper() + how.storage[1:])
    if read is None or not read["scalar"] or read["scalar"] == "Any":
        return DYNAMIC
    return _collection_type(how.storage[:1].upper() + how.storage[1:], is_set=how.shape == "set")


def _shaped(shape: str, element: Type) -> Type:
    shapes: dict[str, Type] = {"list": ListType(element), "set": SetType(element), "map": MapType(element)}
    return shapes.get(shape, element)
