"""The plan's document: recorded runs rebuilt from plans in memory, and the configuration that goes with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.configuration import Configuration, read_configuration
from constructs_ims.backend.engine.lang import mark
from constructs_ims.backend.engine.lang.addresses import parse_address
from constructs_ims.backend.engine.lang.json_text import to_compact
from constructs_ims.backend.engine.plans.changes import (
    Action,
    ActionReason,
    Importing,
    OutputChange,
    Plan,
    RelevantAttribute,
    ResourceChange,
    VariableValue,
)
from constructs_ims.backend.engine.render.configuration_json import configuration_to_json
from constructs_ims.backend.engine.render.plan_json import plan_to_json
from constructs_ims.backend.engine.render.schemas import schema_finder, schemas_to_json
from constructs_ims.backend.engine.stack.providers.builtin import BuiltinProvider
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.engine.state.statefile import read_state
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.image_metadata import IMAGE_METADATA
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.types import DYNAMIC, NUMBER, STRING, ListType, MapType, ObjectType, SetType, TupleType, Type
from constructs_ims.schema.values import Unknown

RUNS = Path(__file__).parents[3] / "testdata" / "terraform-runs"
RECORDED = sorted(RUNS.glob("*/*.plan.json"))
PROVIDER = 'provider["registry.terraform.io/huaweicloud/huaweicloud"]'
ACTIONS = {action.names: action for action in Action}
STATES = {"full/2-noop": "1-create", "full/4-change-forced": "1-create", "full/5-region-change": "4-change-forced"}
STATES |= {"minimal/2-noop": "1-create", "minimal/3-destroy": "1-create"}


def schema_of(provider: str, mode: str, type: str) -> Schema | None:
    return IMAGE_METADATA if type == IMAGE_METADATA.name else None


def with_unknowns(after: Any, unknown: Any) -> Any:
    if unknown is True:
        return Unknown
    if isinstance(unknown, dict) and isinstance(after, dict):
        return {name: with_unknowns(after.get(name), unknown.get(name)) for name in {**after, **unknown}}
    return after


def change_of(entry: dict[str, Any]) -> ResourceChange:
    change = entry["change"]
    return ResourceChange(
        parse_address(entry["address"]),
        PROVIDER,
        ACTIONS[tuple(change["actions"])],
        change["before"],
        with_unknowns(change["after"], change["after_unknown"]),
        reason=ActionReason(entry["action_reason"]) if "action_reason" in entry else None,
        replace_paths=tuple(attribute_path(*path) for path in change.get("replace_paths", ())),
        schema=IMAGE_METADATA,
    )


def output_of(name: str, change: dict[str, Any]) -> OutputChange:
    after = with_unknowns(change.get("after"), change["after_unknown"])
    return OutputChange(name, ACTIONS[tuple(change["actions"])], change["before"], after)


def state_before(path: Path) -> State:
    name = f"{path.parent.name}/{path.name.removesuffix('.plan.json')}"
    if name not in STATES:
        return State()
    found = read_state((path.parent / f"{STATES[name]}.tfstate.json").read_bytes()).state
    assert found is not None
    return found


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.name.split('.')[0]}")
def test_recorded_document_is_rebuilt(path: Path) -> None:
    recorded = json.loads(path.read_text())
    plan = Plan(
        "destroy" if "destroy" in path.name else "normal",
        [change_of(entry) for entry in recorded.get("resource_changes", ())],
        {name: output_of(name, change) for name, change in recorded.get("output_changes", {}).items()},
        state_before(path),
        state_before(path),
        Configuration(path.parent),
        {},
        relevant_attributes=[
            RelevantAttribute(one["resource"], tuple(one["attribute"]))
            for one in recorded.get("relevant_attributes", ())
        ],
        timestamp="T",
    )

    document = json.loads(to_compact(plan_to_json(plan)))

    del document["configuration"], document["timestamp"]
    recorded.pop("timestamp", None)
    assert document == {"terraform_version": "1.11.4", **recorded}


def one_change(**more: Any) -> dict[str, Any]:
    fields = {"action": Action.UPDATE, "before": {"id": "1"}, "after": {"id": "1"}, **more}
    change = ResourceChange(parse_address('module.m.thing.a["k"]'), PROVIDER + ".east", **fields)
    plan = Plan("normal", [change], {}, State(), State(), Configuration(Path()), {})
    entry: dict[str, Any] = json.loads(to_compact(plan_to_json(plan)))["resource_changes"][0]
    return entry


def test_address_is_given_with_its_parts() -> None:
    entry = one_change(deposed="00bee5fe", previous_address=parse_address("thing.b"))
    entry.pop("change")

    assert entry == {
        "address": 'module.m.thing.a["k"]',
        "previous_address": "thing.b",
        "module_address": "module.m",
        "mode": "managed",
        "type": "thing",
        "name": "a",
        "index": "k",
        "provider_name": "registry.terraform.io/huaweicloud/huaweicloud",
        "deposed": "00bee5fe",
    }


@pytest.mark.parametrize(
    ("importing", "shown"), [(Importing("7"), {"id": "7"}), (Importing(None), {"unknown": True})], ids=["id", "unknown"]
)
def test_import_is_told(importing: Importing, shown: dict[str, Any]) -> None:
    assert one_change(importing=importing)["change"]["importing"] == shown


def test_masks_have_the_shape_of_their_values() -> None:
    after = {"id": Unknown, "names": ["x", Unknown], "map": {"a": "1", "b": Unknown}, "plain": 1, "none": None}
    change = one_change(
        after=after, after_sensitive=(attribute_path("names", 1), attribute_path("map", "a"), attribute_path("plain"))
    )["change"]

    assert change["after"] == {"names": ["x", None], "map": {"a": "1"}, "plain": 1, "none": None}
    assert change["after_unknown"] == {"id": True, "names": [False, True], "map": {"b": True}}
    assert change["after_sensitive"] == {"names": [False, True], "map": {"a": True}, "plain": True}


@pytest.mark.parametrize(
    ("type_", "after", "mask"),
    [
        pytest.param(DYNAMIC, Unknown, {}, id="of no type"),
        pytest.param(STRING, Unknown, {}, id="a text"),
        pytest.param(SetType(STRING), Unknown, {"input": []}, id="a set"),
        pytest.param(MapType(STRING), Unknown, {"input": {}}, id="a map"),
        pytest.param(
            ObjectType({"k": ListType(STRING), "t": STRING}),
            {"k": Unknown, "t": Unknown},
            {"input": {"k": []}},
            id="in an object",
        ),
        pytest.param(TupleType((STRING, MapType(STRING))), [Unknown, Unknown], {"input": [False, {}]}, id="in a tuple"),
        pytest.param(ListType(TupleType(())), [Unknown], {"input": [[]]}, id="in a list"),
    ],
)
def test_unknown_collections_show_in_the_sensitive_mask(type_: Type, after: Any, mask: dict[str, Any]) -> None:
    change = one_change(after={"input": after}, types={"input": type_})["change"]
    assert change["after_sensitive"] == mask


def test_object_of_which_nothing_is_known_has_no_values() -> None:
    change = ResourceChange(parse_address("thing.a"), PROVIDER, Action.CREATE, None, {"id": Unknown})
    plan = Plan("normal", [change], {}, State(), State(), Configuration(Path()), {})

    (planned,) = plan_to_json(plan)["planned_values"]["root_module"]["resources"]
    assert "values" not in planned


def test_simulated_object_says_so() -> None:
    assert one_change(simulated=True)["simulated"] is True
    assert "simulated" not in one_change()


def test_whole_value_can_be_sensitive() -> None:
    assert one_change(before_sensitive=((),))["change"]["before_sensitive"] is True


def test_variables_are_given_without_their_marks() -> None:
    variables = {"s": VariableValue(mark("x")), "u": VariableValue(Unknown)}
    plan = Plan("normal", [], {}, State(), State(), Configuration(Path()), variables)

    assert plan_to_json(plan)["variables"] == {"s": {"value": "x"}}


def test_relevant_attributes_are_ordered_and_told_once() -> None:
    given = [
        ("b.x", ("a",)),
        ("a.x", ("z", 10)),
        ("a.x", ("z", 9)),
        ("a.x", ("z", "k")),
        ("b.x", ("a",)),
        ("a.x", ("b",)),
    ]
    relevant = [RelevantAttribute(resource, attribute) for resource, attribute in given]
    plan = Plan("normal", [], {}, State(), State(), Configuration(Path()), {}, relevant_attributes=relevant)

    assert [(one["resource"], one["attribute"]) for one in plan_to_json(plan)["relevant_attributes"]] == [
        ("a.x", ["b"]),
        ("a.x", ["z", 10]),
        ("a.x", ["z", 9]),
        ("a.x", ["z", "k"]),
        ("b.x", ["a"]),
    ]


THING = Schema(
    "acme_thing",
    Block(
        (Attribute("size", NUMBER, "", ""), Attribute("names", ListType(STRING), "", "")),
        (
            NestedBlock("timeouts", Nesting.SINGLE, Block((Attribute("delete", STRING, "", ""),)), "", ""),
            NestedBlock("rule", Nesting.LIST, Block((Attribute("port", NUMBER, "", ""),)), "", ""),
        ),
    ),
    version=3,
)
STACK = {
    "terraform": {"required_providers": {"acme": {"source": "acme/acme", "version": ">= 1.2.0, < 2.0.0"}}},
    "provider": {"acme": [{"region": "${var.region}"}, {"alias": "east", "region": "east"}]},
    "variable": {"region": {"default": "north", "description": "where"}, "token": {"sensitive": True}},
    "data": {"acme_thing": {"old": {"provider": "acme"}}},
    "resource": {
        "acme_thing": {
            "a": {
                "provider": "acme.east",
                "count": 2,
                "size": "${count.index + 1}",
                "names": ["${data.acme_thing.old.id}", '${acme_thing.b["k"].names[0]}'],
                "timeouts": {"delete": "5m"},
                "rule": [{"port": "${each.key}"}],
                "depends_on": ["data.acme_thing.old"],
            },
            "b": {"for_each": '${toset(["k"])}'},
        }
    },
    "output": {"o": {"value": "${acme_thing.a[*].size}", "description": "sizes", "depends_on": ["acme_thing.b"]}},
}


@pytest.fixture
def printed(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "cdk.tf.json").write_text(json.dumps(STACK))
    configuration, _ = read_configuration(tmp_path)
    found: dict[str, Any] = json.loads(to_compact(configuration_to_json(configuration, lambda *_: THING)))
    return found


def test_providers_are_printed_with_their_constraints(printed: dict[str, Any]) -> None:
    full_name = "registry.terraform.io/acme/acme"
    assert printed["provider_config"] == {
        "acme": {
            "name": "acme",
            "full_name": full_name,
            "version_constraint": ">= 1.2.0, < 2.0.0",
            "expressions": {"region": {"constant_value": "${var.region}", "references": ["var.region"]}},
        },
        "acme.east": {
            "name": "acme",
            "full_name": full_name,
            "alias": "east",
            "version_constraint": ">= 1.2.0, < 2.0.0",
            "expressions": {"region": {"constant_value": "east"}},
        },
    }


def test_resources_are_printed_with_what_they_refer_to(printed: dict[str, Any]) -> None:
    first, second, data = printed["root_module"]["resources"]

    assert [one["address"] for one in (first, second, data)] == ["acme_thing.a", "acme_thing.b", "data.acme_thing.old"]
    assert first["provider_config_key"] == "acme.east"
    assert first["schema_version"] == 3
    assert first["count_expression"] == {"constant_value": 2}
    assert first["depends_on"] == ["data.acme_thing.old"]
    assert first["expressions"] == {
        "size": {"constant_value": "${count.index + 1}", "references": ["count.index"]},
        "names": {
            "constant_value": ["${data.acme_thing.old.id}", '${acme_thing.b["k"].names[0]}'],
            "references": [
                "data.acme_thing.old.id",
                "data.acme_thing.old",
                'acme_thing.b["k"].names[0]',
                'acme_thing.b["k"].names',
                'acme_thing.b["k"]',
                "acme_thing.b",
            ],
        },
        "timeouts": {"delete": {"constant_value": "5m"}},
        "rule": [{"port": {"constant_value": "${each.key}", "references": ["each.key"]}}],
    }
    assert second["for_each_expression"] == {"constant_value": '${toset(["k"])}'}


def test_outputs_and_variables_are_printed(printed: dict[str, Any]) -> None:
    assert printed["root_module"]["outputs"]["o"]["description"] == "sizes"
    assert printed["root_module"]["outputs"]["o"]["depends_on"] == ["acme_thing.b"]
    assert printed["root_module"]["variables"] == {
        "region": {"default": "north", "description": "where"},
        "token": {"sensitive": True},
    }


def test_schemas_are_printed_by_provider() -> None:
    provider = BuiltinProvider()
    document = json.loads(to_compact(schemas_to_json({"terraform.io/builtin/terraform": provider})))
    printed = document["provider_schemas"]["terraform.io/builtin/terraform"]

    assert document["format_version"] == "1.0"
    assert printed["resource_schemas"]["terraform_data"]["block"]["attributes"]["input"]["type"] == "dynamic"
    assert list(printed["data_source_schemas"]) == ["terraform_remote_state"]
    assert schemas_to_json({}) == {"format_version": "1.0"}


def test_schemas_are_found_by_provider_mode_and_type() -> None:
    find = schema_finder({"terraform.io/builtin/terraform": BuiltinProvider()})

    found = find("terraform.io/builtin/terraform", "managed", "terraform_data")
    assert found is not None
    assert found.name == "terraform_data"
    assert find("terraform.io/builtin/terraform", "data", "terraform_data") is None
    assert find("registry.terraform.io/acme/acme", "managed", "terraform_data") is None
