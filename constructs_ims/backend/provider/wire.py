"""Between plain values and the plugin protocol's messages: objects, diagnostics, paths and schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgpack
from tf.gen import tfplugin_pb2 as pb

from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.diagnostics import Diagnostic, Severity
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import AttributeStep, Path
from constructs_ims.schema.types import ListType, MapType, NumberType, SetType, Type, type_to_json
from constructs_ims.schema.values import Unknown

_UNKNOWN_CODES: Final = frozenset({0, 12})
"""Extension codes of unknown values: plain ones, and those of which Terraform knows something already."""
_SEVERITIES: Final = {Severity.ERROR: pb.Diagnostic.ERROR, Severity.WARNING: pb.Diagnostic.WARNING}
_NESTINGS: Final = {
    Nesting.SINGLE: pb.Schema.NestedBlock.SINGLE,
    Nesting.LIST: pb.Schema.NestedBlock.LIST,
    Nesting.SET: pb.Schema.NestedBlock.SET,
}


def decode_object(block: Block, value: pb.DynamicValue) -> Object | None:
    """Read an object of ``block``; None when it is null."""
    if value.msgpack:
        data = msgpack.unpackb(value.msgpack, ext_hook=_unknown)
    else:
        data = json.loads(value.json) if value.json else None
    return None if data is None else _decoded_block(block, data)


def encode_object(block: Block, value: Object | None) -> pb.DynamicValue:
    """Write an object of ``block``, None being null."""
    data = None if value is None else {name: value.get(name) for name in [*block.by_name, *block.blocks_by_name]}
    return pb.DynamicValue(msgpack=msgpack.packb(data, default=_extension))


def encode_diagnostics(diagnostics: Iterable[Diagnostic]) -> list[pb.Diagnostic]:
    """Write diagnostics with their places."""
    return [
        pb.Diagnostic(
            severity=_SEVERITIES[diagnostic.severity],
            summary=diagnostic.summary,
            detail=diagnostic.detail,
            attribute=encode_path(diagnostic.path) if diagnostic.path else None,
        )
        for diagnostic in diagnostics
    ]


def encode_path(path: Path) -> pb.AttributePath:
    """Write a path; positions and keys become index steps."""
    steps = []
    for step in path:
        if isinstance(step, AttributeStep):
            steps.append(pb.AttributePath.Step(attribute_name=step.name))
        elif isinstance(step.key, int):
            steps.append(pb.AttributePath.Step(element_key_int=step.key))
        else:
            steps.append(pb.AttributePath.Step(element_key_string=str(step.key)))
    return pb.AttributePath(steps=steps)


def encode_schema(schema: Schema) -> pb.Schema:
    """Write a schema."""
    return pb.Schema(version=schema.version, block=_encoded_block(schema.block, schema.doc))


def _decoded_block(block: Block, data: Mapping[str, Any]) -> Object:
    attributes = {a.name: _decoded(a.type, data.get(a.name)) for a in block.attributes}
    return {**attributes, **{nested.name: _decoded_nested(nested, data.get(nested.name)) for nested in block.blocks}}


def _decoded_nested(nested: NestedBlock, data: Any) -> Any:
    if data is None or data is Unknown:
        return data
    if nested.nesting is Nesting.SINGLE:
        return _decoded_block(nested.block, data)
    return [inner if inner is Unknown else _decoded_block(nested.block, inner) for inner in data]


def _decoded(type_: Type, data: Any) -> Any:
    if data is None or data is Unknown:
        return data
    match type_:
        case NumberType():
            return _number(data)
        case SetType(element):
            return sorted((_decoded(element, inner) for inner in data), key=_unknown_last)
        case ListType(element):
            return [_decoded(element, inner) for inner in data]
        case MapType(element):
            return {key: _decoded(element, inner) for key, inner in data.items()}
        case _:
            return data


def _number(data: Any) -> int | float:
    """Read a number, which arrives as text when it is too long for the wire's own numbers."""
    number = float(data)
    return int(number) if number.is_integer() else number


def _unknown_last(element: Any) -> tuple[bool, str]:
    return element is Unknown, str(element)


def _unknown(code: int, data: bytes) -> Any:
    return Unknown if code in _UNKNOWN_CODES else msgpack.ExtType(code, data)


def _extension(value: Any) -> Any:
    if value is Unknown:
        return msgpack.ExtType(0, b"\x00")
    raise TypeError(f"{type(value).__name__} is no value of Terraform's.")


def _encoded_block(block: Block, doc: str) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=map(_encoded_attribute, block.attributes),
        block_types=map(_encoded_nested, block.blocks),
        description=doc,
    )


def _encoded_attribute(attribute: Attribute) -> pb.Schema.Attribute:
    return pb.Schema.Attribute(
        name=attribute.name,
        type=json.dumps(type_to_json(attribute.type)).encode(),
        description=attribute.doc,
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
    )


def _encoded_nested(nested: NestedBlock) -> pb.Schema.NestedBlock:
    return pb.Schema.NestedBlock(
        type_name=nested.name,
        block=_encoded_block(nested.block, nested.doc),
        nesting=_NESTINGS[nested.nesting],
        max_items=nested.max_items,
    )
