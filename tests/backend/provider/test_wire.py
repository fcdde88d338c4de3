from __future__ import annotations

import json

import msgpack
import pytest
from tf.gen import tfplugin_pb2 as pb

from constructs_ims.backend.provider.wire import decode_object, encode_diagnostics, encode_object, encode_schema
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting
from constructs_ims.schema.diagnostics import error, warning
from constructs_ims.schema.paths import AttributeStep, IndexStep, attribute_path
from constructs_ims.schema.provider import PROVIDER
from constructs_ims.schema.types import BOOL, NUMBER, STRING, ListType, MapType, SetType, Type
from constructs_ims.schema.values import Unknown


def block_of(type_: Type) -> Block:
    return Block((Attribute("value", type_, "", "test"),))


def packed(value: object) -> pb.DynamicValue:
    return pb.DynamicValue(msgpack=msgpack.packb({"value": value}))


UNKNOWN = msgpack.ExtType(0, b"\x00")
VALUES = [
    pytest.param(STRING, UNKNOWN, Unknown, id="unknown"),
    pytest.param(STRING, msgpack.ExtType(12, b"\x81\x01\xc2"), Unknown, id="unknown but not null"),
    pytest.param(STRING, None, None, id="null"),
    pytest.param(STRING, "x", "x", id="text"),
    pytest.param(BOOL, False, False, id="flag"),
    pytest.param(NUMBER, 80, 80, id="whole number"),
    pytest.param(NUMBER, 1.5, 1.5, id="fraction"),
    pytest.param(NUMBER, "80", 80, id="number sent as text"),
    pytest.param(SetType(STRING), ["b", UNKNOWN, "a"], ["a", "b", Unknown], id="set"),
    pytest.param(ListType(STRING), ["b", "a"], ["b", "a"], id="list"),
    pytest.param(MapType(NUMBER), {"a": "1"}, {"a": 1}, id="map"),
]


@pytest.mark.parametrize(("type_", "sent", "value"), VALUES)
def test_values_are_read(type_, sent, value):
    decoded = decode_object(block_of(type_), packed(sent))
    assert decoded == {"value": value}
    assert type(decoded["value"]) is type(value)


@pytest.mark.parametrize(("type_", "sent", "value"), VALUES)
def test_values_come_back_as_they_went(type_, sent, value):
    block = block_of(type_)
    assert decode_object(block, encode_object(block, {"value": value})) == {"value": value}


def test_null_objects_and_json():
    block = block_of(STRING)
    assert decode_object(block, encode_object(block, None)) is None
    assert decode_object(block, pb.DynamicValue()) is None
    assert decode_object(block, pb.DynamicValue(json=b'{"value": "x"}')) == {"value": "x"}


def test_what_is_missing_is_null_and_what_is_foreign_is_dropped():
    block = block_of(STRING)
    assert decode_object(block, pb.DynamicValue(msgpack=msgpack.packb({"other": 1}))) == {"value": None}


@pytest.mark.parametrize(("nesting", "value"), [(Nesting.SINGLE, {"value": "x"}), (Nesting.LIST, [{"value": "x"}])])
def test_nested_blocks(nesting, value):
    block = Block((), (NestedBlock("inner", nesting, block_of(STRING), "", "test"),))
    assert decode_object(block, encode_object(block, {"inner": value})) == {"inner": value}
    assert decode_object(block, encode_object(block, {"inner": None})) == {"inner": None}


def test_diagnostics_keep_their_severity_texts_and_place():
    path = (AttributeStep("default_tags"), IndexStep("env"))
    first, second = encode_diagnostics([error("Bad", "So bad.", path), warning("Odd", "", attribute_path("a", 0))])
    assert (first.severity, first.summary, first.detail) == (pb.Diagnostic.ERROR, "Bad", "So bad.")
    assert [step.WhichOneof("selector") for step in first.attribute.steps] == ["attribute_name", "element_key_string"]
    assert (second.severity, second.attribute.steps[1].element_key_int) == (pb.Diagnostic.WARNING, 0)


def test_the_schema_of_the_provider_block():
    schema = encode_schema(PROVIDER)
    attributes = {attribute.name: attribute for attribute in schema.block.attributes}
    assert json.loads(attributes["endpoints"].type) == ["map", "string"]
    assert attributes["secret_key"].sensitive
    assert not attributes["region"].sensitive
    oidc = next(nested for nested in schema.block.block_types if nested.type_name == "assume_role_with_oidc")
    assert (oidc.nesting, oidc.max_items) == (pb.Schema.NestedBlock.LIST, 1)
    assert {a.name for a in oidc.block.attributes if a.required} == {"agency_name", "domain_id", "idp_id"}
