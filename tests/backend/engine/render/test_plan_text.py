"""Plan text against Terraform's own: recorded runs and generated differences that Terraform rendered."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.lang.json_text import from_json
from constructs_ims.backend.engine.render.plan_text import PlanView
from constructs_ims.backend.engine.render.text_layout import TextLayout
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.image_metadata import IMAGE_METADATA
from constructs_ims.schema.types import DYNAMIC, NUMBER, STRING, ListType, MapType, ObjectType, SetType, Type

TESTDATA = Path(__file__).parents[3] / "testdata"
RECORDED = sorted((TESTDATA / "terraform-runs").glob("*/*.plan.json"))
RENDERED = sorted((TESTDATA / "plans").glob("*.json"))
TYPE = "huaweicloud_ims_image_metadata"


def attribute(name: str, type: Type) -> Attribute:
    return Attribute(name, type, "", "")


DATA = Schema(
    "terraform_data",
    Block(tuple(attribute(n, STRING if n == "id" else DYNAMIC) for n in ("id", "input", "output", "triggers_replace"))),
)


def schema_of(provider: str, mode: str, type: str) -> Schema | None:
    return {TYPE: IMAGE_METADATA, "terraform_data": DATA}.get(type)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.name.split('.')[0]}")
def test_recorded_plan_is_rendered_as_terraform_did(path: Path) -> None:
    recorded = path.with_suffix(".txt").read_text()
    start = max(recorded.find("\nTerraform used"), recorded.find("\nNo changes."))
    end = recorded.find("\n─")

    text = PlanView(json.loads(path.read_text()), schema_of).text()

    assert text == recorded[start : end if end > 0 else None]


@pytest.mark.parametrize("path", RENDERED, ids=lambda path: path.stem)
def test_generated_plan_is_rendered_as_terraform_did(path: Path) -> None:
    case = from_json(path.read_text())

    text = PlanView(case["plan"], schema_of, mode=case["mode"]).text()

    assert text.strip() == case["text"].strip()


def plan(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resource_changes": list(changes), **more}


def change(actions: list[str], before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    inner = {name: more.pop(name) for name in ("importing", "replace_paths", "after_unknown") if name in more}
    return {
        "address": "thing.a",
        "mode": "managed",
        "type": "thing",
        "name": "a",
        "provider_name": "registry.terraform.io/acme/acme",
        "change": {"actions": actions, "before": before, "after": after, **inner},
        **more,
    }


def headline(entry: dict[str, Any]) -> list[str]:
    lines = PlanView(plan(entry), lambda *_: None).text().split("\n")
    return [line for line in lines if line.lstrip().startswith("# ")]


@pytest.mark.parametrize(
    ("entry", "lines"),
    [
        pytest.param(change(["create"], None, {}), ["  # thing.a will be created"], id="created"),
        pytest.param(
            change(["delete"], {}, None, action_reason="delete_because_no_resource_config"),
            ["  # thing.a will be destroyed", "  # (because thing.a is not in configuration)"],
            id="no longer configured",
        ),
        pytest.param(
            change(["delete"], {}, None, action_reason="delete_because_count_index", index=3, address="thing.a[3]"),
            ["  # thing.a[3] will be destroyed", "  # (because index [3] is out of range for count)"],
            id="beyond count",
        ),
        pytest.param(
            change(["delete"], {}, None, action_reason="delete_because_each_key", index="k", address='thing.a["k"]'),
            ['  # thing.a["k"] will be destroyed', '  # (because key ["k"] is not in for_each map)'],
            id="key gone",
        ),
        pytest.param(
            change(["delete"], {}, None, action_reason="delete_because_wrong_repetition"),
            ["  # thing.a will be destroyed", "  # (because resource uses count or for_each)"],
            id="now repeated",
        ),
        pytest.param(
            change(["delete"], {}, None, action_reason="delete_because_wrong_repetition", index=0),
            ["  # thing.a will be destroyed", "  # (because resource does not use count)"],
            id="no longer counted",
        ),
        pytest.param(
            change(["delete"], {}, None, deposed="00bee5fe"),
            [
                "  # thing.a (deposed object 00bee5fe) will be destroyed",
                "  # (left over from a partially-failed replacement of this instance)",
            ],
            id="deposed",
        ),
        pytest.param(
            change(["delete", "create"], {}, {}, action_reason="replace_because_tainted"),
            ["  # thing.a is tainted, so must be replaced"],
            id="tainted",
        ),
        pytest.param(
            change(["create", "delete"], {}, {}, action_reason="replace_by_request"),
            ["  # thing.a will be replaced, as requested"],
            id="asked for",
        ),
        pytest.param(
            change(["delete", "create"], {}, {}, action_reason="replace_by_triggers"),
            ["  # thing.a will be replaced due to changes in replace_triggered_by"],
            id="triggered",
        ),
        pytest.param(
            change(["no-op"], {}, {}, previous_address="thing.b"), ["  # thing.b has moved to thing.a"], id="moved"
        ),
        pytest.param(
            change(["update"], {}, {}, previous_address="thing.b"),
            ["  # thing.a will be updated in-place", "  # (moved from thing.b)"],
            id="moved and updated",
        ),
        pytest.param(change(["no-op"], {}, {}, importing={"id": "7"}), ["  # thing.a will be imported"], id="imported"),
        pytest.param(
            change(["delete", "create"], {}, {}, importing={"id": "7"}),
            [
                "  # thing.a must be replaced",
                '  # (imported from "7")',
                "  # Warning: this will destroy the imported resource",
            ],
            id="imported and replaced",
        ),
        pytest.param(
            change(["forget"], {"id": "1"}, None),
            [
                " # thing.a will no longer be managed by Terraform, but will not be destroyed",
                " # (destroy = false is set in the configuration)",
            ],
            id="forgotten",
        ),
        pytest.param(
            change(
                ["read"], None, {}, mode="data", action_reason="read_because_config_unknown", address="data.thing.a"
            ),
            ["  # data.thing.a will be read during apply", "  # (config refers to values not yet known)"],
            id="data read later",
        ),
    ],
)
def test_each_action_says_what_and_why(entry: dict[str, Any], lines: list[str]) -> None:
    assert headline(entry) == lines


def test_summary_counts_replacements_twice_and_imports_apart() -> None:
    document = plan(
        change(["create"], None, {}),
        change(["delete", "create"], {}, {}),
        change(["update"], {"a": 1}, {"a": 2}, importing={"id": "7"}),
        change(["delete"], {}, None),
    )

    assert "\nPlan: 1 to import, 2 to add, 1 to change, 2 to destroy.\n" in PlanView(document, lambda *_: None).text()


DRIFTED = {
    "resource_drift": [change(["update"], {"id": "1", "size": 1, "note": "x"}, {"id": "1", "size": 2, "note": "y"})],
    "relevant_attributes": [{"resource": "thing.a", "attribute": ["size"]}],
}


def test_relevant_drift_comes_first() -> None:
    document = plan(change(["update"], {"id": "1", "size": 2}, {"id": "1", "size": 1}), **DRIFTED)

    text = PlanView(document, lambda *_: None).text()

    assert text.startswith(
        "\nNote: Objects have changed outside of Terraform\n\n"
        "Terraform detected the following changes made outside of Terraform since the\n"
        'last "terraform apply" which may have affected this plan:\n\n'
        '  # thing.a has changed\n  ~ resource "thing" "a" {\n        id   = "1"\n      ~ size = 1 -> 2\n'
        "        # (1 unchanged attribute hidden)\n    }\n\n\n"
        "Unless you have made equivalent changes to your configuration, or ignored the\n"
    )
    assert f"\n{'─' * 77}\n\nTerraform used the selected providers" in text


def test_irrelevant_drift_is_not_mentioned() -> None:
    document = plan(change(["no-op"], {}, {}), resource_drift=DRIFTED["resource_drift"])

    assert "Note:" not in PlanView(document, lambda *_: None).text()


def test_refresh_only_plan_shows_all_drift_and_nothing_else() -> None:
    text = PlanView(plan(resource_drift=DRIFTED["resource_drift"]), lambda *_: None, mode="refresh-only").text()

    assert '      ~ note = "x" -> "y"\n' in text
    assert text.endswith("record the updated values in the Terraform state without changing any remote\nobjects.\n")


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("normal", "No changes. Your infrastructure matches the configuration."),
        ("refresh-only", "No changes. Your infrastructure still matches the configuration."),
        ("destroy", "No changes. No objects need to be destroyed."),
    ],
)
def test_each_mode_has_its_words_for_nothing_to_do(mode: Any, line: str) -> None:
    assert PlanView(plan(), lambda *_: None, mode=mode).text().split("\n")[1] == line


def test_outputs_alone_are_explained() -> None:
    outputs = {
        "b": {"actions": ["create"], "before": None, "after": [1, True], "after_unknown": False},
        "long name": {"actions": ["update"], "before": "x", "after_unknown": True},
        "same": {"actions": ["no-op"], "before": 1, "after": 1},
    }

    assert PlanView(plan(output_changes=outputs), lambda *_: None).text() == (
        "\nChanges to Outputs:\n  + b           = [\n      + 1,\n      + true,\n    ]\n"
        '  ~ "long name" = "x" -> (known after apply)\n\n'
        "You can apply this plan to save these new output values to the Terraform\n"
        "state, without changing any real infrastructure.\n"
    )


TYPED = Schema(
    "thing",
    Block(
        (
            attribute("id", STRING),
            attribute("labels", MapType(STRING)),
            attribute("names", SetType(STRING)),
            attribute("ports", ListType(NUMBER)),
            attribute("disks", ListType(ObjectType({"size": NUMBER, "kind": STRING}))),
        ),
        (
            NestedBlock("rule", Nesting.LIST, Block((attribute("port", NUMBER), attribute("note", STRING))), "", ""),
            NestedBlock("zone", Nesting.SET, Block((attribute("name", STRING),)), "", ""),
        ),
    ),
)


def body(before: Any, after: Any, **more: Any) -> str:
    text = PlanView(plan(change(["update"], before, after, **more)), lambda *_: TYPED).text()
    return text[text.index("{\n") + 2 : text.index("\n    }\n\nPlan:")]


def test_collections_show_what_changes_inside() -> None:
    before = {
        "id": "1",
        "labels": {"a": "1", "b": "2"},
        "names": ["x", "y"],
        "ports": [1, 2, 3, 4],
        "disks": [{"size": 1, "kind": "ssd"}, {"size": 2, "kind": "hdd"}],
    }
    after = {**before, "labels": {"a": "1", "long": "3"}, "names": ["y", "z"], "ports": [1, 2, 3, 5]}
    after["disks"] = [{"size": 1, "kind": "ssd"}, {"size": 4, "kind": "hdd"}]

    assert body(before, after) == (
        '      ~ disks  = [\n            {\n                kind = "ssd"\n                size = 1\n            },\n'
        "          ~ {\n              ~ size = 2 -> 4\n                # (1 unchanged attribute hidden)\n"
        "            },\n        ]\n"
        '        id     = "1"\n'
        '      ~ labels = {\n          - "b"    = "2" -> null\n          + "long" = "3"\n'
        "            # (1 unchanged element hidden)\n        }\n      ~ names  = [\n"
        '          - "x",\n          + "z",\n            # (1 unchanged element hidden)\n        ]\n'
        "      ~ ports  = [\n            # (2 unchanged elements hidden)\n"
        "            3,\n          ~ 4 -> 5,\n        ]"
    )


def test_blocks_stand_apart_from_attributes() -> None:
    before = {"id": "1", "rule": [{"port": 1, "note": ""}, {"port": 2, "note": "x"}], "zone": [{"name": "a"}]}
    after = {"id": "1", "rule": [{"port": 1, "note": ""}, {"port": 3, "note": "x"}], "zone": [{"name": "b"}]}

    assert body(before, after, replace_paths=[["zone"]]) == (
        '        id = "1"\n\n      ~ rule {\n          ~ port = 2 -> 3\n            # (1 unchanged attribute hidden)\n'
        '        }\n\n      - zone { # forces replacement\n          - name = "a" -> null\n        }\n'
        '      + zone { # forces replacement\n          + name = "b"\n        }\n\n'
        "        # (1 unchanged block hidden)"
    )


def test_sensitive_values_never_show() -> None:
    entry = change(["update"], {"id": "1", "labels": {"k": "old"}}, {"id": "1", "labels": {"k": "new"}})
    entry["change"].update(before_sensitive={"labels": {"k": True}}, after_sensitive={"labels": True})

    text = PlanView(plan(entry), lambda *_: TYPED).text()

    assert "old" not in text
    assert "new" not in text
    assert "      ~ labels = (sensitive value)\n" in text


def test_change_of_sensitivity_is_warned_of() -> None:
    entry = change(["update"], {"id": "1", "labels": {}}, {"id": "1", "labels": {}})
    entry["change"].update(before_sensitive={"id": True}, after_sensitive={})

    assert (
        "      # Warning: this attribute value will no longer be marked as sensitive\n"
        "      # after applying this change. The value is unchanged.\n"
        "      ~ id     = (sensitive value)\n"
    ) in PlanView(plan(entry), lambda *_: TYPED).text()


def test_colors_change_nothing_but_color() -> None:
    document = json.loads(RECORDED[1].read_text())
    colored = PlanView(document, schema_of, terminal=TextLayout(color=True)).text()

    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == PlanView(document, schema_of).text()
    assert (
        "\x1b[32m"
        in PlanView(plan(change(["create"], None, {"a": 1})), lambda *_: None, terminal=TextLayout(color=True)).text()
    )


def test_simulated_objects_are_marked() -> None:
    view = PlanView(plan(change(["create"], None, {}, simulated=True)), lambda *_: None)

    assert "  # (simulated: no provider for this type is at hand)\n" in view.text()
