"""Schemas as ``terraform providers schema -json`` prints them: those of a user, and those that are cached."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.bindings.object_schema import Mode
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.types import ListType, MapType, ObjectType, SetType, Type, type_from_json

_SECTIONS: Final[Mapping[Mode, str]] = {"managed": "resource_schemas", "data": "data_source_schemas"}
_NESTINGS: Final = {
    "single": Nesting.SINGLE,
    "group": Nesting.SINGLE,
    "list": Nesting.LIST,
    "set": Nesting.SET,
}


class DocumentError(Exception):
    """A file that holds no schemas; the message says what is wrong with it, as a sentence part."""


def read_document(path: Path) -> Mapping[str, Any]:
    """Return what a file says of providers, by their sources; raise ``DocumentError`` when it is none of the kind."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as failure:
        raise DocumentError(failure.strerror or "it cannot be read") from None
    except (ValueError, RecursionError):
        raise DocumentError("it is not JSON") from None
    providers = content.get("provider_schemas") if isinstance(content, dict) else None
    if not isinstance(providers, dict):
        raise DocumentError('it has no "provider_schemas"; terraform providers schema -json prints such files')
    return providers


def schema_in(provider: Any, mode: Mode, type_name: str, source: str) -> Schema | None:
    """Return the schema of a type out of what a document says of its provider; raise ``DocumentError`` for nonsense."""
    if mode == "provider":
        found = provider.get("provider") if isinstance(provider, dict) else None
    else:
        section = provider.get(_SECTIONS[mode]) if isinstance(provider, dict) else None
        found = section.get(type_name) if isinstance(section, dict) else None
    return None if found is None else schema_from_json(type_name, found, source)


def schema_from_json(type_name: str, data: Any, source: str) -> Schema:
    """Read one schema; ``source`` says where its facts come from. Raise ``DocumentError`` for what is none."""
    try:
        return Schema(type_name, _block(data["block"], source), int(data.get("version", 0)))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise DocumentError(f"what it says of {type_name} is no schema") from None


def _block(data: Mapping[str, Any], source: str) -> Block:
    attributes = data.get("attributes") or {}
    blocks = data.get("block_types") or {}
    made = [_attribute(name, attributes[name], source) for name in sorted(attributes)]
    nested = []
    for name in sorted(blocks):
        if blocks[name]["nesting_mode"] == "map":
            inner = _block(blocks[name]["block"], source)
            made.append(Attribute(name, MapType(_optional(inner.type)), "", source, optional=True))
        else:
            nested.append(_nested(name, blocks[name], source))
    return Block(tuple(made), tuple(nested))


def _attribute(name: str, data: Mapping[str, Any], source: str) -> Attribute:
    type_ = _nested_type(data["nested_type"]) if "nested_type" in data else type_from_json(data["type"])
    required, optional, computed, sensitive = (
        bool(data.get(flag)) for flag in ("required", "optional", "computed", "sensitive")
    )
    return Attribute(name, type_, "", source, required, optional, computed, sensitive)


def _nested_type(data: Mapping[str, Any]) -> Type:
    attributes = {
        name: _nested_type(inner["nested_type"]) if "nested_type" in inner else type_from_json(inner["type"])
        for name, inner in data["attributes"].items()
    }
    made = _optional(ObjectType(attributes))
    shapes: Mapping[str, Type] = {"list": ListType(made), "set": SetType(made), "map": MapType(made)}
    return shapes.get(data["nesting_mode"], made)


def _optional(type_: ObjectType) -> ObjectType:
    return ObjectType(type_.attributes, frozenset(type_.attributes))


def _nested(name: str, data: Mapping[str, Any], source: str) -> NestedBlock:
    inner = _block(data["block"], source)
    return NestedBlock(name, _NESTINGS[data["nesting_mode"]], inner, "", source, int(data.get("max_items", 0)))
