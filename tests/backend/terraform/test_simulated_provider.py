"""The simulated provider's face to Terraform: requests of the plugin protocol, as Terraform makes them."""

from __future__ import annotations

import json
from typing import Any

import msgpack
import pytest
from tf.gen import tfplugin_pb2 as pb

from constructs_ims.backend.terraform.simulated_provider import read_simulation
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.types import DYNAMIC, NUMBER, STRING, ListType, SetType

SOURCE = "registry.terraform.io/acme/shop"
PORT = Block((Attribute("number", NUMBER, "", "", required=True), Attribute("url", STRING, "", "", computed=True)))
THING = Schema(
    "shop_thing",
    Block(
        (
            Attribute("id", STRING, "", "", computed=True),
            Attribute("name", STRING, "", "", required=True),
            Attribute("names", ListType(STRING), "", "", computed=True),
            Attribute("zones", SetType(STRING), "", "", optional=True),
        ),
        (NestedBlock("port", Nesting.LIST, PORT, "", ""),),
    ),
)
TOWN = Schema(
    "shop_town",
    Block((Attribute("name", STRING, "", "", required=True), Attribute("size", NUMBER, "", "", computed=True))),
)
DOCUMENT = {
    "provider": Schema("shop", Block((Attribute("token", DYNAMIC, "", "", optional=True),))).to_json(),
    "resource_schemas": {"shop_thing": THING.to_json()},
    "data_source_schemas": {"shop_town": TOWN.to_json()},
}
UNKNOWN = msgpack.ExtType(0, b"\x00")
CONFIG = {"id": None, "name": "a", "names": None, "zones": ["x"], "port": [{"number": 80, "url": None}]}


def packed(value: Any) -> pb.DynamicValue:
    return pb.DynamicValue(msgpack=msgpack.packb(value))


def unpacked(value: pb.DynamicValue) -> Any:
    return msgpack.unpackb(value.msgpack)


@pytest.fixture
def servicer() -> Any:
    return read_simulation(SOURCE, json.loads(json.dumps(DOCUMENT)))


def created(servicer: Any) -> tuple[Any, bytes]:
    """An object that was planned and made from ``CONFIG``."""
    proposed = {**CONFIG, "id": UNKNOWN, "names": UNKNOWN, "port": [{"number": 80, "url": UNKNOWN}]}
    given = {"type_name": "shop_thing", "prior_state": packed(None), "config": packed(CONFIG)}
    planned = servicer.PlanResourceChange(
        pb.PlanResourceChange.Request(**given, proposed_new_state=packed(CONFIG)), None
    )
    assert not planned.diagnostics
    assert unpacked(planned.planned_state) == proposed
    request = pb.ApplyResourceChange.Request(
        **given, planned_state=planned.planned_state, planned_private=planned.planned_private
    )
    applied = servicer.ApplyResourceChange(request, None)
    assert not applied.diagnostics
    return unpacked(applied.new_state), applied.private


def test_schemas_are_those_of_the_document(servicer: Any) -> None:
    answer = servicer.GetProviderSchema(pb.GetProviderSchema.Request(), None)

    assert [one.name for one in answer.provider.block.attributes] == ["token"]
    assert (list(answer.resource_schemas), list(answer.data_source_schemas)) == (["shop_thing"], ["shop_town"])
    [port] = answer.resource_schemas["shop_thing"].block.block_types
    assert (port.type_name, port.nesting) == ("port", pb.Schema.NestedBlock.LIST)
    listed = servicer.GetMetadata(pb.GetMetadata.Request(), None)
    assert [one.type_name for one in (*listed.resources, *listed.data_sources)] == ["shop_thing", "shop_town"]


def test_any_provider_block_is_taken(servicer: Any) -> None:
    config = packed({"token": [b'"string"', "secret"]})

    assert not servicer.ValidateProviderConfig(pb.ValidateProviderConfig.Request(config=config), None).diagnostics
    assert not servicer.ConfigureProvider(pb.ConfigureProvider.Request(config=config), None).diagnostics


def test_an_object_is_what_is_configured_and_made_up_besides(servicer: Any) -> None:
    made, _ = created(servicer)

    assert (made["name"], made["zones"], made["port"][0]["number"]) == ("a", ["x"], 80)
    assert made["id"].startswith("simulated-")
    assert made["port"][0]["url"].startswith("simulated-")
    assert [name.startswith("simulated-") for name in made["names"]] == [True]


def test_objects_of_the_same_configuration_are_different_ones(servicer: Any) -> None:
    assert created(servicer)[0]["id"] != created(servicer)[0]["id"]


def test_an_object_stays_as_it_is(servicer: Any) -> None:
    made, private = created(servicer)
    upgrade = pb.UpgradeResourceState.Request(
        type_name="shop_thing", version=0, raw_state=pb.RawState(json=json.dumps(made).encode())
    )
    stored = servicer.UpgradeResourceState(upgrade, None).upgraded_state
    read = servicer.ReadResource(
        pb.ReadResource.Request(type_name="shop_thing", current_state=stored, private=private), None
    )
    planned = servicer.PlanResourceChange(
        pb.PlanResourceChange.Request(
            type_name="shop_thing",
            prior_state=read.new_state,
            config=packed(CONFIG),
            proposed_new_state=read.new_state,
            prior_private=read.private,
        ),
        None,
    )

    assert unpacked(stored) == unpacked(read.new_state) == unpacked(planned.planned_state) == made
    assert read.private == private


def test_a_data_source_is_the_same_for_the_same_configuration(servicer: Any) -> None:
    def read(name: str) -> Any:
        request = pb.ReadDataSource.Request(type_name="shop_town", config=packed({"name": name, "size": None}))
        answer = servicer.ReadDataSource(request, None)
        assert not answer.diagnostics
        return unpacked(answer.state)

    assert read("a") == read("a")
    assert (read("a")["name"], type(read("a")["size"])) == ("a", int)
    asked = pb.ValidateDataResourceConfig.Request(type_name="shop_town", config=packed({"name": "a", "size": None}))
    assert not servicer.ValidateDataResourceConfig(asked, None).diagnostics
