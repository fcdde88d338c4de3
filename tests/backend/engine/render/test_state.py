"""States and outputs as Terraform printed them, from one apply of Terraform's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.lang.json_text import to_compact
from constructs_ims.backend.engine.render.output_text import (
    apply_outputs_text,
    output_json,
    output_missing,
    output_raw,
    output_text,
    outputs_json,
    outputs_text,
)
from constructs_ims.backend.engine.render.state_json import state_to_json
from constructs_ims.backend.engine.render.state_text import EMPTY, resource_text, state_text
from constructs_ims.backend.engine.render.text_layout import TextLayout
from constructs_ims.backend.engine.stack.providers.builtin import DATA
from constructs_ims.backend.engine.state.model import OutputState, State
from constructs_ims.backend.engine.state.statefile import read_state
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.types import STRING, type_from_json

STATES = Path(__file__).parents[3] / "testdata" / "states"
SHOWN: dict[str, Any] = json.loads((STATES / "shown.json").read_text())


def schema_of(provider: str, mode: str, type: str) -> Schema | None:
    return DATA if type == "terraform_data" else None


def read(source: str) -> State:
    state = read_state(source.encode()).state
    assert state is not None
    return state


STATE = read(SHOWN["state"])


def test_state_document_is_terraforms() -> None:
    assert to_compact(state_to_json(STATE, schema_of)) + "\n" == SHOWN["show_json"]


@pytest.mark.parametrize(("name", "color"), [("show", False), ("show_color", True)], ids=["plain", "colored"])
def test_state_text_is_terraforms(name: str, color: bool) -> None:
    document = state_to_json(STATE, schema_of)

    assert state_text(document, schema_of, TextLayout(color=color)) == SHOWN[name]


def test_one_object_is_shown_alone() -> None:
    resources = state_to_json(STATE, schema_of)["values"]["root_module"]["resources"]
    (found,) = (resource for resource in resources if resource["address"] == "terraform_data.b[1]")

    assert resource_text(found, schema_of) == SHOWN["state_show"]


def test_empty_state_says_so() -> None:
    document = state_to_json(State(), schema_of)

    assert document == {"format_version": "1.0"}
    assert state_text(document, schema_of) == EMPTY


def test_modules_are_nested_and_deposed_objects_marked() -> None:
    document = state_to_json(read((STATES / "everything.tfstate.json").read_text()), schema_of)
    root = document["values"]["root_module"]

    assert [(child["address"], len(child.get("resources", ()))) for child in root["child_modules"]] == [
        ("module.network", 1),
        ('module.network["x"]', 0),
    ]
    assert root["child_modules"][1]["child_modules"][0]["address"] == 'module.network["x"].module.deep[1]'
    assert [one["deposed_key"] for one in root["resources"] if "deposed_key" in one] == ["00bee5fe", "00bee5fe"]
    text = state_text(document, schema_of)
    assert "# terraform_data.alone: (deposed object 00bee5fe)\n" in text
    assert "# terraform_data.counted[10]: (tainted)\n" in text


def test_outputs_are_printed_as_terraform_does() -> None:
    assert outputs_text(STATE.outputs) == SHOWN["output"]
    assert outputs_json(STATE.outputs) == SHOWN["output_json"]


@pytest.mark.parametrize("name", SHOWN["one"])
def test_one_output_is_printed_as_terraform_does(name: str) -> None:
    assert output_text(STATE.outputs[name]) + "\n" == SHOWN["one"][name]


@pytest.mark.parametrize("name", SHOWN["one_json"])
def test_one_output_is_json_on_one_line(name: str) -> None:
    assert output_json(STATE.outputs[name]) == SHOWN["one_json"][name].rstrip("\n")


@pytest.mark.parametrize("name", SHOWN["raw"])
def test_raw_output_is_bare_text(name: str) -> None:
    assert output_raw(name, STATE.outputs[name]) == (SHOWN["raw"][name], [])


@pytest.mark.parametrize(("name", "detail"), [("mm", '"mm" is object'), ("null", "is null, so -raw mode cannot")])
def test_raw_output_of_nothing_simple_is_refused(name: str, detail: str) -> None:
    output = STATE.outputs.get(name) or OutputState(None, STRING)

    text, (diagnostic,) = output_raw(name, output)

    assert (text, diagnostic.summary) == ("", "Unsupported value for raw output")
    assert detail in diagnostic.detail


def test_outputs_end_an_apply() -> None:
    assert apply_outputs_text({"o": OutputState("x", STRING), "s": OutputState("y", STRING, sensitive=True)}) == (
        '\nOutputs:\n\no = "x"\ns = <sensitive>\n'
    )
    assert apply_outputs_text({}) == ""


def test_missing_output_is_named() -> None:
    assert str(output_missing("o")).startswith('Output "o" not found: The output variable requested')


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (None, ["list", "string"], "tolist(null) /* of string */"),
        (None, ["map", "number"], "tomap(null) /* of number */"),
        (None, "string", "tostring(null)"),
        (None, ["object", {"a": "string"}], "null /* object */"),
        (None, "dynamic", "null"),
        ([None, "x"], ["tuple", ["number", "string"]], '[\n  tonumber(null),\n  "x",\n]'),
        ({"k": None}, ["map", ["list", "string"]], 'tomap({\n  "k" = tolist(null) /* of string */\n})'),
        ({"b": [None]}, ["object", {"b": ["list", "bool"]}], '{\n  "b" = tolist([\n    tobool(null),\n  ])\n}'),
    ],
    ids=str,
)
def test_nulls_of_an_output_show_their_types(value: Any, type_: Any, text: str) -> None:
    """As Terraform 1.11.4 prints them."""
    assert output_text(OutputState(value, type_from_json(type_))) == text
