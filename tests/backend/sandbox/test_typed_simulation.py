"""Objects of other providers with the types that the bindings of the app's project say they have."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.types import BOOL, NUMBER, STRING, ListType, MapType, ObjectType, SetType, Type
from tests.bindings_text import files, write_archive

WriteStack = Callable[..., Path]


def computed(name: str, type_: Type = STRING, *, optional: bool = False) -> Attribute:
    return Attribute(name, type_, "", "", optional=optional, computed=True)


def argument(name: str, type_: Type = STRING, *, required: bool = False) -> Attribute:
    return Attribute(name, type_, "", "", required=required, optional=not required)


OPTION = ObjectType({"record": STRING, "ttl": NUMBER})
METADATA = Block((argument("name"), computed("uid"), argument("labels", MapType(STRING))))
PORT = Block((argument("number", NUMBER, required=True), computed("url")))
THING = Schema(
    "shop_thing",
    Block(
        (
            argument("name", required=True),
            argument("size", NUMBER),
            argument("zones", SetType(STRING)),
            computed("arn"),
            computed("id", optional=True),
            computed("enabled", BOOL),
            computed("count_of", NUMBER),
            computed("names", ListType(STRING)),
            computed("groups", SetType(STRING)),
            computed("tags_all", MapType(STRING), optional=True),
            computed("options", SetType(OPTION)),
            computed("records", ListType(OPTION)),
        ),
        (
            NestedBlock("metadata", Nesting.LIST, METADATA, "", "", 1),
            NestedBlock("port", Nesting.SET, PORT, "", ""),
            NestedBlock("timeouts", Nesting.SINGLE, Block((argument("create"),)), "", ""),
        ),
    ),
)
SHOPS = Schema("shop_shops", Block((argument("town"), computed("id"), computed("names", ListType(STRING)))))
KNOWN = {("managed", "shop_thing"): THING, ("data", "shop_shops"): SHOPS}
TERRAFORM = {"required_providers": {"shop": {"source": "acme/shop"}}}


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Path:
    """A project with generated bindings of a provider that the world has not."""
    (tmp_path / "cdktf.json").write_text(json.dumps({"language": "python", "app": "python main.py"}))
    write_archive(tmp_path / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", files("acme/shop", KNOWN, "providers/shop"))
    return tmp_path


@pytest.fixture
def shop(write_stack: WriteStack) -> WriteStack:
    def write(things: dict[str, Any], name: str = "web", **blocks: Any) -> Path:
        resources = {"shop_thing": things} if things else {}
        return write_stack(name, **{"terraform": TERRAFORM, "resource": resources, **blocks})

    return write


def outputs(values: dict[str, str]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in values.items()}


T = "shop_thing.t"
EXPRESSIONS = {
    "index of a single block": (f"${{{T}.metadata[0].name}}", "m"),
    "computed in a single block": (f"${{length({T}.metadata[0].uid) > 0}}", True),
    "element of a set": (f"${{length(element(tolist({T}.options), 0).record) > 0}}", True),
    "number in a set": (f"${{element(tolist({T}.options), 0).ttl > 0}}", True),
    "set": (f"${{length(toset({T}.names))}}", 1),
    "third of a list": (f"${{length({T}.records) >= 3 && {T}.records[2].ttl > 0}}", True),
    "splat": (f"${{length({T}.records[*].record)}}", 3),
    "loop": (f"${{[for r in {T}.records : r.ttl > 0]}}", [True, True, True]),
    "loop over a map": (f"${{length({{for k, v in {T}.tags_all : k => upper(v)}})}}", 1),
    "lookup": (f'${{lookup({T}.tags_all, "none", "fallback")}}', "fallback"),
    "keys": (f"${{length(keys({T}.tags_all))}}", 1),
    "truth value": (f"${{{T}.enabled ? 1 : 2}}", 1),
    "number": (f"${{{T}.count_of * 0}}", 0),
    "blocks of a set": (f'${{sort([for p in {T}.port : p.number if p.url != ""])}}', ["443", "80"]),
    "block that is left out": (f"${{{T}.timeouts == null}}", True),
    "argument that is left out": (f"${{{T}.size == null}}", True),
}
THINGS = {"t": {"name": "t", "metadata": {"name": "m"}, "port": [{"number": 80}, {"number": 443}]}}


def named(text: str) -> str:
    return text.replace(" ", "_")


def test_types_hold_by_construction(sandbox: Sandbox, shop: WriteStack) -> None:
    stack = shop(THINGS, output=outputs({named(name): value for name, (value, _) in EXPRESSIONS.items()}))

    applied = sandbox.apply(stack)

    assert applied.outputs == {named(name): expected for name, (_, expected) in EXPRESSIONS.items()}
    assert not sandbox.plan(stack).has_changes
    assert sandbox.destroy(stack).destroyed == 1


def test_objects_are_repeated_over_computed_collections(sandbox: Sandbox, shop: WriteStack) -> None:
    shops = {"shop_shops": {"s": {"town": "Ulm"}}}
    names = "data.shop_shops.s.names"
    things = {
        "each": {"for_each": f"${{toset({names})}}", "name": "${each.key}"},
        "counted": {"count": f"${{length({names})}}", "name": f"${{{names}[count.index]}}"},
        "blocks": {
            "name": "b",
            "dynamic": {"port": {"for_each": f"${{{names}}}", "content": {"number": "${port.key + 1}"}}},
        },
    }
    stack = shop(things, data=shops, output=outputs({"last": f"${{{names}[1]}}"}))

    applied = sandbox.apply(stack)

    assert applied.added == 5
    assert not sandbox.plan(stack).has_changes


def test_dynamic_blocks_of_what_only_an_apply_tells(sandbox: Sandbox, shop: WriteStack) -> None:
    dynamic = {"port": {"for_each": "${shop_thing.t.names}", "content": {"number": "${port.key}"}}}
    things = {**THINGS, "b": {"name": "b", "dynamic": dynamic}}
    stack = shop(things, output=outputs({"last": f"${{{T}.names[2]}}", "ports": "${length(shop_thing.b.port)}"}))

    assert sandbox.apply(stack).outputs["ports"] == 3
    assert not sandbox.plan(stack).has_changes


REFUSED = {
    "misspelt": ({"name": "t", "sise": 3}, "Extraneous JSON object property", "sise"),
    "missing": ({"size": 3}, "Missing required argument", "name"),
    "read-only": ({"name": "t", "arn": "mine"}, "Value for unconfigurable attribute", "arn"),
    "read-only in a block": (
        {"name": "t", "metadata": {"uid": "mine"}},
        "Value for unconfigurable attribute",
        "uid",
    ),
    "wrong type": ({"name": "t", "size": "big"}, "Incorrect attribute value type", "size"),
    "too many": ({"name": "t", "metadata": [{}, {}]}, "Too many metadata blocks", "metadata"),
    "missing in a block": ({"name": "t", "port": [{}]}, "Missing required argument", "number"),
}


@pytest.mark.parametrize(("body", "summary", "named"), REFUSED.values(), ids=REFUSED)
def test_what_terraform_refuses_is_refused(
    sandbox: Sandbox, shop: WriteStack, body: dict[str, Any], summary: str, named: str
) -> None:
    with pytest.raises(OperationFailedError) as failed:
        sandbox.plan(shop({"t": body}))

    assert any(one.summary == summary and named in one.detail for one in failed.value.diagnostics)


@pytest.mark.parametrize("reference", ["shop_thing.t.arm", "shop_thing.t.metadata[0].uit", "shop_thing.t.names.x"])
def test_references_that_lead_nowhere_are_refused(sandbox: Sandbox, shop: WriteStack, reference: str) -> None:
    with pytest.raises(OperationFailedError) as failed:
        sandbox.plan(shop(THINGS, output=outputs({"x": f"${{{reference}}}"})))

    assert [one.summary for one in failed.value.diagnostics] == ["Unsupported attribute"]


def test_what_is_computed_is_unknown_until_apply(sandbox: Sandbox, shop: WriteStack) -> None:
    [change] = sandbox.plan(shop(THINGS)).to_json()["resource_changes"]

    unknown = change["change"]["after_unknown"]
    assert unknown["arn"] is True
    assert unknown["metadata"] == [{"uid": True}]
    assert "size" not in unknown


def test_alike_addresses_of_two_stacks_differ_and_moves_change_nothing(sandbox: Sandbox, shop: WriteStack) -> None:
    stacks = [shop(THINGS, name, output=outputs({"arn": f"${{{T}.arn}}"})) for name in ("one", "two")]
    one, two = (sandbox.apply(stack).outputs["arn"] for stack in stacks)
    assert one != two

    moved = shop(
        {"u": THINGS["t"]},
        "one",
        output=outputs({"arn": "${shop_thing.u.arn}"}),
        moved=[{"from": "shop_thing.t", "to": "shop_thing.u"}],
    )

    plan = sandbox.plan(moved)
    assert plan.actions["shop_thing.u"] is Action.NO_OP
    assert sandbox.apply(plan).outputs["arn"] == one


def test_bindings_that_come_later_change_nothing(sandbox: Sandbox, shop: WriteStack, project: Path) -> None:
    """What was inferred first is taken over under its type."""
    archive = project / "imports/shop/_jsii/shop@0.0.0.jsii.tgz"
    content = archive.read_bytes()
    archive.unlink()
    values = outputs({"uid": f"${{{T}.metadata[0].uid}}", "arn": f"${{{T}.arn}}"})
    stack = shop(THINGS, output=values)
    first = sandbox.apply(stack).outputs
    archive.write_bytes(content)

    with Sandbox(deterministic=True) as later:
        later.stack(stack).keeper.save(sandbox.state(stack))
        assert not later.plan(stack).has_changes
        assert later.apply(stack).outputs == first


def test_a_schema_from_a_file_counts_before_bindings(sandbox: Sandbox, shop: WriteStack, project: Path) -> None:
    said = Schema("shop_thing", Block((argument("label"), computed("id"))))
    provider = {"resource_schemas": {"shop_thing": said.to_json()}}
    document = {"provider_schemas": {"registry.terraform.io/acme/shop": provider}}
    (project / "schemas.json").write_text(json.dumps(document))
    settings = {"app": "python main.py", "context": {"constructsIms": {"schemas": "schemas.json"}}}
    (project / "cdktf.json").write_text(json.dumps(settings))

    assert sandbox.apply(shop({"t": {"label": "x"}})).added == 1
    with pytest.raises(OperationFailedError):
        sandbox.plan(shop(THINGS))


def test_type_that_the_bindings_lack_is_inferred_with_a_warning(sandbox: Sandbox, shop: WriteStack) -> None:
    crates = {"shop_crate": {"a": {"name": "a"}, "b": {"name": "b"}}}
    stack = shop(
        {}, resource={**crates, "shop_thing": THINGS}, output=outputs({"sum": "${sum(shop_crate.a[*].weight) > 0}"})
    )

    plan = sandbox.plan(stack)

    assert [one.summary for one in plan.diagnostics] == ["Unknown resource type"]
    assert 'imports/shop has no resource type "shop_crate"' in plan.diagnostics[0].detail
    assert sandbox.apply(stack).outputs == {"sum": True}
    assert not sandbox.plan(stack).has_changes


def test_reference_that_lacks_an_instance_key_is_not_said_to_be_about_a_made_up_value(
    sandbox: Sandbox, shop: WriteStack
) -> None:
    stack = shop({"t": {"count": 2, "name": "t"}}, output=outputs({"arn": f"${{{T}.arn}}"}))

    with pytest.raises(OperationFailedError) as failure:
        sandbox.plan(stack)

    assert "Missing resource instance key" in str(failure.value)
    assert "is simulated" not in str(failure.value)
