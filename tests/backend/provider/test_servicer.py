from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgpack
import pytest
from tf.gen import tfplugin_pb2 as pb

from constructs_ims.backend.provider.provider import ImageProvider
from constructs_ims.backend.provider.servicer import Servicer
from constructs_ims.backend.provider.wire import decode_object, encode_object
from constructs_ims.schema.image_metadata import IMAGE_METADATA, RESOURCE_TYPE

from .conftest import World, image_block

BLOCK = IMAGE_METADATA.block


def packed(**given: object) -> pb.DynamicValue:
    return encode_object(BLOCK, image_block(**given))


def nothing() -> pb.DynamicValue:
    return pb.DynamicValue(msgpack=msgpack.packb(None))


@pytest.fixture
def servicer(world: World) -> Servicer:
    return Servicer(world.provider)


def created(servicer: Servicer, **given: object) -> pb.ApplyResourceChange.Response:
    config = packed(**given)
    plan = servicer.PlanResourceChange(
        pb.PlanResourceChange.Request(
            type_name=RESOURCE_TYPE, prior_state=nothing(), config=config, proposed_new_state=config
        ),
        None,
    )
    return servicer.ApplyResourceChange(
        pb.ApplyResourceChange.Request(
            type_name=RESOURCE_TYPE,
            prior_state=nothing(),
            config=config,
            planned_state=plan.planned_state,
            planned_private=plan.planned_private,
        ),
        None,
    )


def test_a_plan_and_its_apply(servicer: Servicer):
    answer = created(servicer, name="ubuntu", tags=["a=1"])
    state = decode_object(BLOCK, answer.new_state)
    assert state is not None
    assert (state["name"], state["tags"], state["status"]) == ("ubuntu", ["a=1"], "queued")
    assert json.loads(answer.private)
    assert answer.legacy_type_system


def test_a_change_that_replaces_names_its_attributes(servicer: Servicer):
    state = decode_object(BLOCK, created(servicer, name="old").new_state)
    changed = encode_object(BLOCK, {**state, "name": "new", "enable_force_new": "true"})
    request = pb.PlanResourceChange.Request(
        type_name=RESOURCE_TYPE,
        prior_state=encode_object(BLOCK, state),
        config=changed,
        proposed_new_state=changed,
    )
    [path] = servicer.PlanResourceChange(request, None).requires_replace
    assert [step.attribute_name for step in path.steps] == ["name"]


def test_an_import_and_its_read(servicer: Servicer):
    id = decode_object(BLOCK, created(servicer).new_state)["id"]
    request = pb.ImportResourceState.Request(type_name=RESOURCE_TYPE, id=id)
    [imported] = servicer.ImportResourceState(request, None).imported_resources
    read = servicer.ReadResource(
        pb.ReadResource.Request(type_name=imported.type_name, current_state=imported.state, private=imported.private),
        None,
    )
    assert decode_object(BLOCK, read.new_state)["status"] == "queued"
    assert read.private == imported.private


@pytest.mark.parametrize("raw", [{"json": b'{"id": "6d1e"}'}, {"flatmap": {"id": "6d1e"}}], ids=["json", "flatmap"])
def test_a_stored_object_is_read(servicer: Servicer, raw: dict[str, Any]):
    request = pb.UpgradeResourceState.Request(type_name=RESOURCE_TYPE, version=0, raw_state=pb.RawState(**raw))
    answer = servicer.UpgradeResourceState(request, None)
    assert decode_object(BLOCK, answer.upgraded_state) == image_block(id="6d1e")


class Failing(ImageProvider):
    """A provider with a bug in every operation."""

    def _fail(self, *_: Any) -> Any:
        raise KeyError("bug")

    read_resource = apply_resource = plan_resource = configure = validate_resource = _fail


KEPT: dict[str, Callable[[Servicer], Any]] = {
    "read": lambda servicer: servicer.ReadResource(
        pb.ReadResource.Request(type_name=RESOURCE_TYPE, current_state=packed(id="6d1e"), private=b"p"), None
    ),
    "delete": lambda servicer: servicer.ApplyResourceChange(
        pb.ApplyResourceChange.Request(
            type_name=RESOURCE_TYPE, prior_state=packed(id="6d1e"), planned_state=nothing(), planned_private=b"p"
        ),
        None,
    ),
}


@pytest.mark.parametrize("call", KEPT.values(), ids=KEPT)
def test_a_bug_loses_no_object(call: Callable[[Servicer], Any]):
    answer = call(Servicer(Failing(environment={})))
    assert decode_object(BLOCK, answer.new_state) == image_block(id="6d1e")
    assert answer.private == b"p"
    assert "This is a bug" in answer.diagnostics[0].detail


def test_a_stop_reaches_the_provider(monkeypatch: pytest.MonkeyPatch, world: World, servicer: Servicer):
    stops: list[bool] = []
    monkeypatch.setattr(world.provider, "stop", lambda: stops.append(True))
    servicer.StopProvider(pb.StopProvider.Request(), None)
    assert stops == [True]


def test_failed_upgrade_of_a_state_is_told(servicer: Servicer) -> None:
    raw = pb.RawState(json=json.dumps(image_block(id="7")).encode())

    answer = servicer.UpgradeResourceState(
        pb.UpgradeResourceState.Request(type_name=RESOURCE_TYPE, version=99, raw_state=raw), None
    )

    assert [one.summary for one in answer.diagnostics] == ["State too new"]
    assert decode_object(BLOCK, answer.upgraded_state) is None
