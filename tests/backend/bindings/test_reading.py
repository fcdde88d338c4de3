"""What is read of bindings is what they were made of: any schema, from the source in them and from compiled code."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.bindings.classes import read_classes
from constructs_ims.backend.bindings.documents import DocumentError, schema_from_json
from constructs_ims.backend.bindings.object_schema import object_schemas
from constructs_ims.backend.bindings.source_text import original_text
from constructs_ims.schema.attribute import Block, Schema
from tests.bindings_text import blocks, compiled, object_text
from tests.generated import ANY_JSON, altered


def plain(block: Block) -> Any:
    return block.to_json()


def without_flags(block: Block) -> Block:
    """A block as compiled code tells it, which does not say what of the arguments is computed too."""
    attributes = tuple(replace(one, computed=one.computed and not one.is_argument) for one in block.attributes)
    nested = tuple(replace(one, block=without_flags(one.block)) for one in block.blocks)
    return Block(attributes, nested)


@given(blocks(), st.sampled_from(["managed", "data"]))
def test_schema_is_read_as_it_was_written(block: Block, mode: str) -> None:
    text = original_text(compiled(object_text(Schema("x_thing", block), mode)))

    [(found_mode, schema)] = object_schemas(read_classes([text]))

    assert (found_mode, schema.name) == (mode, "x_thing")
    assert plain(schema.block) == plain(block)


@given(blocks())
def test_compiled_code_tells_all_but_what_is_computed_too(block: Block) -> None:
    text = object_text(Schema("x_thing", block), comments=False)

    [(_, schema)] = object_schemas(read_classes([text]))

    assert plain(schema.block) == plain(without_flags(block))


@given(blocks())
def test_schema_comes_back_out_of_the_form_that_terraform_prints(block: Block) -> None:
    schema = Schema("x_thing", block, version=3)

    assert schema_from_json("x_thing", schema.to_json(), "a test").to_json() == schema.to_json()


@given(st.data())
def test_damaged_schemas_are_refused_and_nothing_else(data: st.DataObject) -> None:
    document = Schema("x_thing", data.draw(blocks())).to_json()

    with contextlib.suppress(DocumentError):
        schema_from_json("x_thing", data.draw(altered(document) | ANY_JSON), "a test")


@given(st.text(max_size=40) | st.just("=").map(lambda text: text * 3), st.text(max_size=20))
def test_broken_source_maps_leave_the_code(code: str, mapped: str) -> None:
    text = f"{code}\n//# sourceMappingURL=data:application/json;base64,{mapped}"

    assert original_text(text) in (f"{code}\n", text)


NESTED_ATTRIBUTES = {
    "block": {
        "attributes": {
            "one": {"nested_type": {"nesting_mode": "single", "attributes": {"a": {"type": "bool"}}}, "optional": True},
            "keyed": {
                "nested_type": {"nesting_mode": "map", "attributes": {"b": {"type": "number"}}},
                "computed": True,
            },
        },
        "block_types": {"limits": {"nesting_mode": "map", "block": {"attributes": {"c": {"type": "string"}}}}},
    }
}


def test_attributes_of_objects_and_blocks_by_key_are_read_from_documents() -> None:
    types = schema_from_json("x_thing", NESTED_ATTRIBUTES, "a test").to_json()["block"]["attributes"]

    assert types["one"]["type"] == ["object", {"a": "bool"}, ["a"]]
    assert types["keyed"]["type"] == ["map", ["object", {"b": "number"}, ["b"]]]
    assert types["limits"]["type"] == ["map", ["object", {"c": "string"}, ["c"]]]


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("String", "string"),
        ("Number", "number"),
        ("Boolean", "bool"),
        ("List", ["list", "string"]),
        ("NumberList", ["list", "number"]),
        ("StringMap", ["map", "string"]),
        ("BooleanMapList", ["list", ["map", "bool"]]),
        ("ListMap", ["map", ["list", "string"]]),
        ("Any", "dynamic"),
        ("AnyMap", "dynamic"),
        ("AnyMapList", "dynamic"),
        ("Grid", "dynamic"),
    ],
)
def test_getters_tell_types(kind: str, type_: Any) -> None:
    text = (
        "export class Thing extends cdktf.TerraformResource {\n      terraformResourceType: 'x_thing',\n"
        f"      terraformGeneratorMetadata: {{\n  // x - computed: true, optional: false, required: false\n"
        f"  get x() {{ return this.get{kind}Attribute('x'); }}\n}}"
    )

    [(_, schema)] = object_schemas(read_classes([text]))

    assert schema.to_json()["block"]["attributes"]["x"]["type"] == type_


@pytest.mark.parametrize("depth", [25, 200])
def test_blocks_that_nest_in_themselves_end(depth: int) -> None:
    """Some rule languages are written as classes that hold themselves."""
    inner = 'export class LoopOutputReference extends cdktf.ComplexObject {\n  x = new LoopList(this, "loop", false);'
    text = (
        f"{inner}\n  reset() {{}}\n}}\nexport class LoopList extends cdktf.ComplexList {{\n"
        "    return new LoopOutputReference(this.terraformResource, 0);\n}\n"
        "export class Thing extends cdktf.TerraformResource {\n      terraformResourceType: 'x_thing',\n"
        '      terraformGeneratorMetadata: {\n  x = new LoopList(this, "loop", false);\n}' + "\n" * depth
    )

    [(_, schema)] = object_schemas(read_classes([text]))

    assert [one.name for one in schema.block.attributes] == ["loop"]
