"""Objects of whose types nothing is known: what the stack reads of them says what they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.engine.stack.providers.made_up import made_up
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.schema.types import NUMBER, STRING

WriteStack = Callable[..., Path]
X = "depot_box.x"
READ = {
    "element of a set of objects": (f"${{length(element(tolist({X}.parts), 0).label) > 0}}", True),
    "third of a list": (f"${{length({X}.names[2]) > 0}}", True),
    "position that is not constant": (f"${{length({X}.names[local.zero]) > 0}}", True),
    "loop": (f"${{[for part in {X}.parts : part.weight > 0]}}", [True]),
    "loop with a key": (f"${{length({{for key, part in {X}.parts : key => part.label}})}}", 1),
    "loop in a loop": (f"${{[for part in {X}.parts : [for hole in part.holes : hole.width + 0 > 0]]}}", [[True]]),
    "splat": (f"${{length({X}.parts[*].label)}}", 1),
    "sum": (f"${{sum({X}.weights) > 0}}", True),
    "lookup": (f'${{length(lookup({X}.labels, "color")) > 0}}', True),
    "key": (f'${{length({X}.labels["color"]) > 0}}', True),
    "keys": (f"${{length(keys({X}.labels)) > 0}}", True),
    "values": (f"${{[for value in values({X}.labels) : length(value) > 0]}}", [True]),
    "merge": (f'${{length(merge({X}.labels, {{own = "x"}})) > 1}}', True),
    "concat": (f'${{length(concat({X}.names, ["own"])) > 1}}', True),
    "flatten": (f"${{length(flatten([{X}.names, {X}.names])) > 1}}", True),
    "contains": (f'${{contains({X}.names, "none")}}', False),
    "join": (f'${{length(join("-", {X}.names)) > 0}}', True),
    "one": (f"${{length(one({X}.addresses)) > 0}}", True),
    "slice": (f"${{length(slice({X}.names, 0, 1))}}", 1),
    "format": (f'${{length(format("%03d", {X}.weight))}}', 3),
    "through a local": ("${local.weight + 0 > 0}", True),
    "through two locals": ("${[for one in local.all : one.label != null]}", [True]),
    "comparison": (f"${{{X}.weight == 0}}", False),
    "JSON": (f"${{length(jsondecode({X}.document).user.name) > 0}}", True),
    "JSON by attribute and by key": (
        f'${{length(jsondecode({X}.login).user) * tonumber(jsondecode({X}.login)["n"]) > 0}}',
        True,
    ),
    "attribute and key": (f'${{length("${{{X}.pair.left}}${{{X}.pair["right"]}}") > 0}}', True),
    "JSON list": (f"${{length(jsondecode({X}.lines)[1]) > 0}}", True),
    "YAML": (f'${{length(yamldecode({X}.yaml)["kind"]) > 0}}', True),
    "encoded JSON": (f"${{length(jsondecode(base64decode({X}.secret)).key) > 0}}", True),
    "base64": (f"${{length(base64decode({X}.certificate)) > 0}}", True),
    "network": (f"${{cidrhost(cidrsubnet({X}.range, 8, 2), 4) != null}}", True),
    "number in a text": (f"${{parseint({X}.digits, 10) + tonumber({X}.port) > 0}}", True),
    "time": (f'${{timeadd({X}.made, "1h") != formatdate("YYYY", {X}.made)}}', True),
    "position in a list that is written out": (f'${{contains(["a", "b"], ["a", "b"][{X}.position])}}', True),
    "parts between two separators": (f'${{length(split(":", {X}.arn)[5]) * length(split("/", {X}.arn)[1]) > 0}}', True),
    "number in a part of a text": (f'${{tonumber(element(split("-", {X}.zone_name), 1)) > 0}}', True),
    "numbers in all parts of a text": (f'${{[for part in split(",", {X}.ports) : tonumber(part) > 0]}}', [True]),
    "network in a part of a text": (f'${{cidrhost(split(",", {X}.blocks)[1], 1) != null}}', True),
    "one match": (f'${{length(one(regexall("[0-9]+", {X}.only))) > 0}}', True),
    "number in one match": (f'${{tonumber(one(regexall("[0-9]+", {X}.number))) >= 0}}', True),
    "group of the second match": (f'${{length(regexall("v([0-9]+)", {X}.versions)[1][0]) > 0}}', True),
    "number that is all that matches": (f'${{tonumber(regex(".*", {X}.all)) > 0}}', True),
    "network of an address": (f'${{cidrsubnet("${{{X}.address}}/16", 8, 1) != null}}', True),
    "network of a formatted address": (f'${{cidrsubnet(format("%s/16", {X}.gateway), 8, 1) != null}}', True),
    "network of parts": (f'${{cidrhost("10.${{{X}.octet}}.0.0/16", 1) != null}}', True),
    "large network": (f"${{cidrsubnet({X}.large, 20, 1) != null}}", True),
    "many hosts": (f"${{cidrhost({X}.hosts, 70000) != null}}", True),
    "network of IPv6": (f'${{length(split(":", cidrsubnet({X}.ipv6_cidr_block, 8, 1))) > 1}}', True),
    "number of base 2": (f"${{parseint({X}.bits, 2) > 0}}", True),
    "number that text is part of": (f'${{tonumber("1${{{X}.digit}}") > 0}}', True),
    "duration": (f'${{timeadd("2024-01-01T00:00:00Z", {X}.lasts) != null}}', True),
    "chunk": (f"${{length(chunklist({X}.rows, 2)[1][0]) > 0}}", True),
    "second of a flattened list": (f"${{length(flatten([for one in {X}.lists : one.ids])[1]) > 0}}", True),
    "second of a sorted list": (f"${{length(sort({X}.unsorted)[1]) > 0}}", True),
    "positions of a range": (f"${{[for at in range(3) : length({X}.seats[at]) > 0]}}", [True] * 3),
    "part of a text": (f'${{length(split("/", {X}.path)[3]) > 0}}', True),
    "truth": (f"${{{X}.ready ? 1 : 2}}", 1),
    "slice up to a position": (f"${{length(slice({X}.shelves, 1, 3))}}", 2),
    "product of sets": (f'${{length(setproduct({X}.sizes, ["a", "b"]))}}', 2),
    "map by its own keys": (f"${{length({{for key in keys({X}.tags) : key => {X}.tags[key]}})}}", 1),
    "loop over a block": (f"${{[for one in {X}.metadata : one.name]}}", ["m"]),
    "block that may come once": (f"${{{X}.metadata[0].name}}", "m"),
    "computed in a block": (f"${{length({X}.metadata[0].uid) > 0}}", True),
}


def identifier(text: str) -> str:
    return text.replace(" ", "_")


def test_counted_objects_read_as_many_elements(sandbox: Sandbox, write_stack: WriteStack) -> None:
    read = {"count": 3, "zone": f"${{{X}.zones[count.index]}}"}
    stack = write_stack(
        resource={"depot_box": {"x": {}}, "depot_shelf": {"s": read}},
        output={"zones": {"value": "${length(distinct(depot_shelf.s[*].zone))}"}},
    )

    assert sandbox.apply(stack).outputs == {"zones": 3}
    assert not sandbox.plan(stack).has_changes


def test_what_is_read_says_what_there_is(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(
        resource={"depot_box": {"x": {"name": "x", "metadata": {"name": "m"}}}},
        locals={"zero": 0, "weight": f"${{{X}.heavy}}", "all": "${local.some}", "some": f"${{{X}.things}}"},
        output={identifier(name): {"value": value} for name, (value, _) in READ.items()},
    )

    applied = sandbox.apply(stack)

    assert applied.outputs == {identifier(name): expected for name, (_, expected) in READ.items()}
    assert not sandbox.plan(stack).has_changes
    assert sandbox.apply(stack).outputs == applied.outputs
    assert sandbox.destroy(stack).destroyed == 1


COLLECTIONS = (
    "toset({})", "tolist({})", "sort({})", "keys(zipmap({0}, {0}))", "zipmap({0}, {0})", 'formatlist("%s-x", {})',
    "chunklist({}, 1)", "setunion({}, {})", "{{a = toset({})}}", "[for one in {} : [one]]", "range(length({}))",
)  # fmt: skip


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("given", ["depot_box.x.names", '["b", "a"]'])
def test_collections_are_of_one_type_before_they_are_stored_and_after(
    sandbox: Sandbox, write_stack: WriteStack, collection: str, given: str
) -> None:
    value = f"${{{collection.format(given, given)}}}"
    stack = write_stack(
        resource={"depot_box": {"x": {"name": "x"}, "y": {"values": value, "part": [{"values": value}]}}},
        output={"values": {"value": "${depot_box.y.values}"}, "all": {"value": "${depot_box.y}"}},
    )

    sandbox.apply(stack)

    assert not sandbox.plan(stack).has_changes
    assert not sandbox.apply(stack).changed


def test_map_of_objects_that_instances_are_repeated_over(sandbox: Sandbox, write_stack: WriteStack) -> None:
    remote = {"terraform_remote_state": {"net": {"backend": "s3", "config": {"bucket": "b", "key": "k"}}}}
    places = "data.terraform_remote_state.net.outputs.places"
    box = {"for_each": f"${{{places}}}", "name": "${each.key}", "size": "${each.value.size + 1}"}
    stack = write_stack(data=remote, resource={"depot_box": {"b": box}}, output={"places": {"value": f"${{{places}}}"}})

    applied = sandbox.apply(stack)

    assert applied.added == len(applied.outputs["places"]) > 0
    assert [type(place["size"]) for place in applied.outputs["places"].values()] == [int] * applied.added
    assert not sandbox.plan(stack).has_changes


def test_map_that_instances_are_repeated_over(sandbox: Sandbox, write_stack: WriteStack) -> None:
    boxes = {"x": {"name": "x"}, "y": {"for_each": "${depot_store.s.names}", "name": "${each.key}-${each.value}"}}
    stores = {"depot_store": {"s": {"name": "s"}}}
    keys = {"keys": {"value": "${keys(depot_store.s.names)}"}}
    stack = write_stack(resource=stores, output=keys)
    sandbox.apply(stack)
    stack = write_stack(resource={**stores, "depot_box": boxes}, output=keys)

    applied = sandbox.apply(stack)

    assert applied.added == 2
    assert not sandbox.plan(stack).has_changes


def test_no_object_hangs_on_another_of_its_type(sandbox: Sandbox, write_stack: WriteStack) -> None:
    routes = {
        "out": {"table": "1", "gateway": "${depot_gate.g.id}"},
        "inside": {"table": "2", "address": "${depot_address.a.id}"},
    }
    objects = {"depot_gate": {"g": {"net": "1"}}, "depot_address": {"a": {"net": "2"}}}
    stack = write_stack(resource={**objects, "depot_route": routes})

    sandbox.apply(stack)

    assert not sandbox.plan(stack).has_changes
    stored = {str(address): state.attributes for address, _, state in sandbox.state(stack).objects()}
    assert stored["depot_route.out"].get("address") is None
    assert stored["depot_route.inside"].get("gateway") is None


def older_state(state: State) -> State:
    """A state as it was when addresses alone were remembered, and values were made of these."""
    older = state.copy()
    values = {"id": STRING, "arn": STRING, "size": NUMBER}
    for address, _, stored in list(state.objects()):
        made = {
            name: made_up(type_, f"{address}.{name}") for name, type_ in values.items() if stored.attributes.get(name)
        }
        attributes: dict[str, Any] = {**stored.attributes, **made}
        if "of" in attributes:
            attributes["of"] = made_up(STRING, "depot_box.a.arn")
        older_form = replace(stored, attributes=attributes, private=str(address).encode())
        older.set_current(address, state.resources[address.resource].provider, older_form)
    return older


def test_state_from_before_changes_nothing(sandbox: Sandbox, write_stack: WriteStack) -> None:
    boxes = {"a": {"name": "a"}, "b": {"name": "b", "of": "${depot_box.a.arn}"}}
    stack = write_stack(resource={"depot_box": boxes}, output={"size": {"value": "${depot_box.a.size + 1}"}})
    sandbox.apply(stack)
    keeper = sandbox.stack(stack).keeper
    keeper.save(older_state(sandbox.state(stack)))
    sandbox.apply(stack)

    assert not sandbox.plan(stack).has_changes
    write_stack(resource={"depot_box": {**boxes, "b": {"name": "b"}}})
    plan = sandbox.plan(stack)
    assert {address: action for address, action in plan.actions.items() if action is not Action.NO_OP} == {
        "depot_box.b": Action.UPDATE
    }


@pytest.mark.parametrize("reference", ["count", "for_each"])
def test_repeated_objects_are_read_by_their_keys_alone(
    sandbox: Sandbox, write_stack: WriteStack, reference: str
) -> None:
    repeated = {"count": 2} if reference == "count" else {"for_each": {"k": "v"}}
    stack = write_stack(
        resource={"depot_box": {"many": {**repeated, "name": "x"}}},
        output={"x": {"value": "${depot_box.many.arn}"}},
    )

    with pytest.raises(Exception, match="must be accessed on specific instances"):
        sandbox.plan(stack)


def test_value_that_is_filled_in_without_a_refresh_stays_when_nothing_reads_it(
    sandbox: Sandbox, write_stack: WriteStack
) -> None:
    def boxes(label: str, **output: str) -> Path:
        said = {name: {"value": value} for name, value in output.items()}
        return write_stack(resource={"depot_box": {"x": {"label": label}}}, output=said)

    sandbox.apply(boxes("first"))
    made = sandbox.apply(boxes("second", code=f"${{{X}.code}}"), refresh=False).outputs["code"]
    assert not sandbox.plan(boxes("second", code=f"${{{X}.code}}"), refresh=False).has_changes
    without = boxes("second")
    assert sandbox.plan(without).actions == {}
    sandbox.apply(without)
    assert sandbox.apply(boxes("second", code=f"${{{X}.code}}")).outputs["code"] == made


def test_loop_without_a_key_asks_for_a_list_and_one_with_a_text_key_for_a_map(
    sandbox: Sandbox, write_stack: WriteStack
) -> None:
    outputs = {
        "plain": {"value": "${[for item in depot_box.a.plain : item.name]}"},
        "numbered": {"value": "${[for number, item in depot_box.a.numbered : number + 1]}"},
        "named": {"value": "${[for name, item in depot_box.a.named : upper(name)]}"},
    }
    stack = write_stack(resource={"depot_box": {"a": {"name": "a"}}}, output=outputs)

    sandbox.apply(stack)

    [stored] = [state.attributes for _, _, state in sandbox.state(stack).objects()]
    assert isinstance(stored["plain"], list)
    assert isinstance(stored["numbered"], list)
    assert isinstance(stored["named"], dict)


def test_object_that_stays_says_what_its_block_refers_to_now(sandbox: Sandbox, write_stack: WriteStack) -> None:
    boxes: dict[str, Any] = {"a": {"name": "a"}, "b": {"name": "b"}, "c": {"name": "c", "depends_on": ["depot_box.a"]}}

    def dependencies() -> dict[str, tuple[str, ...]]:
        stack = write_stack(resource={"depot_box": boxes})
        sandbox.apply(stack)
        return {str(address): state.dependencies for address, _, state in sandbox.state(stack).objects()}

    assert dependencies()["depot_box.c"] == ("depot_box.a",)
    boxes["c"] = {"name": "c", "depends_on": ["depot_box.b"]}
    assert dependencies()["depot_box.c"] == ("depot_box.b",)
    boxes["c"] = {"name": "c"}
    assert dependencies() == {"depot_box.a": (), "depot_box.b": (), "depot_box.c": ()}


FITTING = [
    'formatlist("%s-%d", depot_store.s.names, depot_store.s.sizes)',
    'tonumber(trimsuffix(depot_store.s.size, "GB")) + 1',
    'tonumber(replace(depot_store.s.v, "v", ""))',
    "parseint(substr(depot_store.s.hash, 0, 4), 16)",
    "jsondecode(trimspace(depot_store.s.doc)).a",
    "cidrhost(lower(depot_store.s.range), 1)",
    'timeadd(trimspace(depot_store.s.at), "1h")',
    "csvdecode(depot_store.s.csv)[1].name",
    "[for row in csvdecode(depot_store.s.csv) : tonumber(row.size)]",
    'regex("^arn:aws:iam::([0-9]{12}):role/([\\\\w-]+)$", depot_store.s.arn)[1]',
    'regex("^(?P<a>[a-z]+)-(?P<b>.*)$", depot_store.s.v).b',
    '[for name in depot_store.s.names : regex("v([0-9]+)", name)[0]]',
]


@pytest.mark.parametrize("expression", FITTING)
def test_text_fits_the_function_that_reads_it(expression: str, sandbox: Sandbox, write_stack: WriteStack) -> None:
    stores = {"depot_store": {"s": {"name": "s"}}}
    stack = write_stack(resource=stores, output={"o": {"value": f"${{{expression}}}"}})
    sandbox.apply(stack)

    assert sandbox.outputs(stack)["o"] is not None
    assert not sandbox.plan(stack).has_changes
    other = write_stack(resource=stores, output={"o": {"value": "${depot_store.s.id}"}})
    sandbox.apply(other)
    sandbox.destroy(other)
    assert not list(sandbox.state(other).objects())


SETS = {
    "texts": '${toset(["a", "b"])}',
    "templates": '${toset(["a", "${local.b}x"])}',
    "keys": "${toset(keys({a = 1, b = 2}))}",
}


@pytest.mark.parametrize("written", SETS.values(), ids=SETS)
def test_set_that_an_argument_is_given_stays_one(sandbox: Sandbox, write_stack: WriteStack, written: str) -> None:
    stack = write_stack(
        locals={"b": "b"},
        resource={
            "depot_box": {"x": {"names": written}},
            "depot_shelf": {"s": {"for_each": f"${{{X}.names}}", "name": "${each.value}"}},
        },
    )

    assert sandbox.apply(stack).added == 3
    assert not sandbox.plan(stack).has_changes
    assert sandbox.destroy(stack).destroyed == 3
