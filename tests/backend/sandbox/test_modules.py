"""Module calls: simulated as ``override_module`` of ``terraform test`` does, with outputs that are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import Action, OperationFailedError, Sandbox

from ...killed import Killed, killed_at

WriteStack = Callable[..., Path]
NETWORK = {"source": "acme/network/aws", "version": "5.0.0", "name": "base"}
ZONES = {"source": "git::https://example.org/zones.git", "for_each": {"a": 1, "b": 2}, "zone": "${each.key}"}
COUNTED = {"source": "acme/network/aws", "count": 2, "at": "${count.index}"}


def output(expression: str) -> dict[str, Any]:
    return {"output": {"o": {"value": f"${{{expression}}}"}}}


SHAPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "a text": ("module.network.vpc_id", lambda o: isinstance(o, str)),
    "a text with a key": ('module.zones["a"].id', lambda o: isinstance(o, str)),
    "a text with a position": ("module.counted[1].id", lambda o: isinstance(o, str)),
    "a number": ("module.network.size + 1", lambda o: isinstance(o, int)),
    "an element": ("element(module.network.subnets, 0)", lambda o: isinstance(o, str)),
    "an item": ("module.network.subnets[2]", lambda o: isinstance(o, str)),
    "a splat": ("module.counted[*].id", lambda o: len(o) == 2 and o[0] != o[1]),
    "a loop over instances": ("{for k, one in module.zones : k => one.id}", lambda o: o.keys() == {"a", "b"}),
    "an attribute": ("module.network.cluster.endpoint", lambda o: isinstance(o, str)),
    "a whole instance": ("module.network", lambda o: o.keys() == {"subnets"}),
    "through a local": ("local.subnets[1]", lambda o: isinstance(o, str)),
    "what is decoded": ("jsondecode(module.network.policy).user", lambda o: isinstance(o, str)),
}


@pytest.mark.parametrize(("expression", "fits"), SHAPES.values(), ids=SHAPES)
def test_outputs_are_of_the_type_that_their_places_ask_for(
    sandbox: Sandbox, write_stack: WriteStack, expression: str, fits: Callable[[Any], bool]
) -> None:
    calls = {"network": NETWORK, "zones": ZONES, "counted": COUNTED}
    stack = write_stack(module=calls, locals={"subnets": "${module.network.subnets}"}, **output(expression))

    made = sandbox.apply(stack).outputs["o"]

    assert fits(made)
    assert not sandbox.plan(stack).has_changes
    assert sandbox.apply(stack).outputs["o"] == made
    sandbox.destroy(stack)
    assert sandbox.stack(stack).state().modules == {}


def test_whole_life_of_objects_made_from_modules(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: dict[str, Any]
) -> None:
    images = {"a": {**ubuntu, "tags": ["vpc=${module.network.vpc_id}"]}}
    stack = write_stack(module={"network": NETWORK}, images=images)

    first = sandbox.plan(stack)
    assert first.changes["huaweicloud_ims_image_metadata.a"].after["tags"] is not None
    assert "(known after apply)" in str(first)
    assert sandbox.apply(stack).added == 1
    assert not sandbox.plan(stack).has_changes
    assert sandbox.destroy(stack).destroyed == 1
    assert not sandbox.plan(stack, destroy=True).has_changes


def test_output_that_is_read_later_is_filled_in(sandbox: Sandbox, write_stack: WriteStack) -> None:
    sandbox.apply(write_stack(module={"network": NETWORK}, **output("module.network.id")))
    stack = write_stack(module={"network": NETWORK}, **output("[module.network.id, module.network.more]"))

    plan = sandbox.plan(stack)

    assert "known after apply" not in str(plan)
    planned = plan.output_changes["o"].after
    assert sandbox.apply(plan).outputs["o"] == planned
    assert not sandbox.plan(stack).has_changes


def test_said_outputs_are_known_to_the_plan(sandbox: Sandbox, write_stack: WriteStack) -> None:
    sandbox.override_module("module.network", {"subnets": ["x", "y"]})
    sandbox.override_module("module.counted", {"id": "of all"})
    sandbox.override_module("module.counted[1]", {"id": "of one"})
    things = {"x_thing": {"t": {"for_each": "${toset(module.network.subnets)}", "name": "${each.key}"}}}
    stack = write_stack(
        module={"network": NETWORK, "counted": COUNTED}, resource=things, **output("module.counted[*].id")
    )

    plan = sandbox.plan(stack)

    assert plan.actions == {'x_thing.t["x"]': Action.CREATE, 'x_thing.t["y"]': Action.CREATE}
    assert plan.output_changes["o"].after == ["of all", "of one"]
    assert sandbox.apply(plan).outputs["o"] == ["of all", "of one"]
    assert not sandbox.plan(stack).has_changes


def test_plan_says_of_each_call_that_it_is_simulated(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(module={"zones": ZONES, "network": NETWORK}, **output("module.network.id"))

    plan = sandbox.plan(stack)

    lines = [line for line in str(plan).splitlines() if "is simulated" in line]
    assert lines == [
        "  # module.network is simulated: acme/network/aws 5.0.0",
        "  # module.zones is simulated: git::https://example.org/zones.git",
    ]
    assert plan.to_json()["simulated_modules"] == [
        {
            "address": "module.network",
            "source": "acme/network/aws",
            "version": "5.0.0",
            "instances": ["module.network"],
        },
        {
            "address": "module.zones",
            "source": "git::https://example.org/zones.git",
            "instances": ['module.zones["a"]', 'module.zones["b"]'],
        },
    ]


def test_modules_are_an_error_where_simulation_is_off(write_stack: WriteStack) -> None:
    stack = write_stack(module={"network": NETWORK})

    with Sandbox(simulate=False) as strict, pytest.raises(OperationFailedError, match="Module not available"):
        strict.plan(stack)


def test_record_of_modules_stands_beside_a_state_that_terraform_reads(tmp_path: Path, write_stack: WriteStack) -> None:
    stack = write_stack(module={"zones": ZONES}, **output('module.zones["a"].id'))
    with Sandbox(tmp_path / "box") as sandbox:
        made = sandbox.apply(stack).outputs["o"]
        folder = tmp_path / "box/stacks/web"
        state = json.loads((folder / "terraform.tfstate").read_text())
        assert "modules" not in state
        assert made in (folder / "simulated-modules.json").read_text()

        sandbox.save("deployed")
        sandbox.destroy(stack)
        assert not (folder / "simulated-modules.json").exists()
        sandbox.load("deployed")
        assert not sandbox.plan(stack).has_changes
        sandbox.reset()
        assert not folder.exists()


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"format": 9}', b'{"format": 1, "lineage": 1, "modules": []}'])
def test_damaged_record_of_modules_is_made_anew(tmp_path: Path, write_stack: WriteStack, content: bytes) -> None:
    stack = write_stack(module={"network": NETWORK}, **output("module.network.id"))
    with Sandbox(tmp_path / "box") as sandbox:
        made = sandbox.apply(stack).outputs["o"]
        (tmp_path / "box/stacks/web/simulated-modules.json").write_bytes(content)

        assert sandbox.apply(stack).outputs["o"] == made
        assert not sandbox.plan(stack).has_changes


def test_run_that_ends_at_any_moment_keeps_what_was_made_up(
    tmp_path: Path, write_stack: WriteStack, ubuntu: dict[str, Any]
) -> None:
    images = {"a": {**ubuntu, "tags": ["vpc=${module.network.vpc_id}"]}}
    stack = write_stack(module={"network": NETWORK}, images=images, **output("module.network.vpc_id"))
    for moment in range(1000):
        directory = tmp_path / f"sandbox {moment}"
        with killed_at(moment) as killer, suppress(Killed):
            Sandbox(directory, parallelism=1).apply(stack)

        with Sandbox(directory, parallelism=1) as sandbox:
            has_image = bool(sandbox.state(stack).resources)
            plan = sandbox.plan(stack)
            assert not has_image or not plan.actions, moment
            made = sandbox.apply(plan).outputs["o"] if plan.has_changes else sandbox.outputs(stack)["o"]
            [image] = sandbox.images()
            assert f"vpc={made}" in str(image), moment
            assert not sandbox.plan(stack).has_changes, moment
        if not killer.has_killed:
            assert moment > 5
            return
    raise AssertionError("the run never ends")


def test_errors_about_made_up_outputs_say_so(sandbox: Sandbox, write_stack: WriteStack) -> None:
    things = {"x_thing": {"t": {"for_each": "${toset(module.network.subnets)}"}}}
    stack = write_stack(module={"network": NETWORK}, resource=things)

    with pytest.raises(OperationFailedError) as failed:
        sandbox.plan(stack)

    [fault] = failed.value.diagnostics
    assert fault.summary == "Invalid for_each argument"
    assert "module.network is simulated: its outputs are made up." in fault.detail
    assert 'sandbox.override_module("module.network", {"subnets": ...})' in fault.detail


def test_what_is_said_of_no_call_is_told(sandbox: Sandbox, write_stack: WriteStack) -> None:
    sandbox.override_module("module.netwrok", {"id": "x"})

    [told] = sandbox.plan(write_stack(module={"network": NETWORK})).diagnostics

    assert told.summary == "Values for nothing"
    assert 'No stack of the app has a module call of that name, so what is said of "module.netwrok"' in told.detail
    assert 'Did you mean "module.network"?' in told.detail


def test_targets_name_module_calls(sandbox: Sandbox, write_stack: WriteStack) -> None:
    calls = {"network": NETWORK, "other": {**NETWORK, "vpc": "${x_thing.t.id}"}}
    things = {"x_thing": {"t": {"name": "a"}, "u": {"name": "${module.network.id}"}}}
    stack = write_stack(module=calls, resource=things, **output("module.network.id"))

    plan = sandbox.plan(stack, targets="module.network")

    assert plan.actions == {}
    assert [one.summary for one in plan.diagnostics] == ["Resource targeting is in effect"]
    sandbox.apply(plan)
    assert sandbox.state(stack).modules.keys() == {"network"}
    assert sandbox.plan(stack, targets="module.other").actions == {"x_thing.t": Action.CREATE}


def test_instances_and_calls_that_are_gone_are_forgotten(sandbox: Sandbox, write_stack: WriteStack) -> None:
    read = output("try(module.counted[*].id, null)")
    sandbox.apply(write_stack(module={"counted": COUNTED, "network": NETWORK}, **read))
    stack = write_stack(module={"counted": {**COUNTED, "count": 1}}, **read)

    sandbox.apply(stack)

    assert {name: list(keys) for name, keys in sandbox.state(stack).modules.items()} == {"counted": [0]}


MOVES: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "a call": ("module.network", "module.renamed", {"renamed": NETWORK}, "module.renamed.id"),
    "into an instance": ("module.network", "module.counted[1]", {"counted": COUNTED}, "module.counted[1].id"),
    "to a key": ("module.network", 'module.zones["a"]', {"zones": ZONES}, 'module.zones["a"].id'),
}


@pytest.mark.parametrize(("source", "target", "calls", "read"), MOVES.values(), ids=MOVES)
def test_outputs_move_with_their_call(
    sandbox: Sandbox, write_stack: WriteStack, source: str, target: str, calls: dict[str, Any], read: str
) -> None:
    made = sandbox.apply(write_stack(module={"network": NETWORK}, **output("module.network.id"))).outputs["o"]
    stack = write_stack(module=calls, moved=[{"from": source, "to": target}], **output(read))

    assert not sandbox.plan(stack).has_changes
    assert sandbox.outputs(stack)["o"] == made


def test_objects_inside_modules_are_left_to_the_real_terraform(
    tmp_path: Path, write_stack: WriteStack, ubuntu: dict[str, Any]
) -> None:
    stack = write_stack(module={"network": NETWORK}, images={"a": ubuntu})
    with Sandbox(tmp_path / "box") as sandbox:
        sandbox.apply(stack)
        path = tmp_path / "box/stacks/web/terraform.tfstate"
        state = json.loads(path.read_text())
        state["resources"].append({**state["resources"][0], "module": "module.network"})
        path.write_text(json.dumps(state))

        assert not sandbox.plan(stack).has_changes
        write_stack(images={"a": ubuntu})
        assert list(sandbox.plan(stack).actions.values()) == [Action.DELETE]


def test_move_into_a_module_is_refused(sandbox: Sandbox, write_stack: WriteStack) -> None:
    moved = [{"from": "x_thing.a", "to": "module.network.x_thing.a"}]

    with pytest.raises(OperationFailedError, match="What stands inside modules is not executed here"):
        sandbox.plan(write_stack(module={"network": NETWORK}, moved=moved))


WRONG_CALLS: dict[str, tuple[dict[str, Any], str]] = {
    "no source": ({}, "Missing required argument"),
    "no place to fetch from": ({"source": "network"}, "Invalid module source address"),
    "an empty source": ({"source": ""}, "Invalid module source address"),
    "a version of a path": ({"source": "./m", "version": "1.0"}, "Invalid registry module source address"),
    "a version that is none": ({"source": "a/b/c", "version": "new"}, "Invalid version constraint"),
    "count and for_each": ({"source": "a/b/c", "count": 1, "for_each": {}}, 'Invalid combination of "count"'),
    "a reserved block": ({"source": "a/b/c", "lifecycle": {}}, "Reserved block type name in module block"),
    "providers in a list": ({"source": "a/b/c", "providers": ["x"]}, "Invalid expression"),
    "providers in templates": ({"source": "a/b/c", "providers": {"x": "${x.y}"}}, "Invalid provider configuration"),
    "an alias of nobody's": ({"source": "a/b/c", "providers": {"x": "x.y"}}, "missing provider"),
    "an input of nobody's": ({"source": "a/b/c", "x": "${local.none}"}, "Reference to undeclared local value"),
    "itself": ({"source": "a/b/c", "x": "${module.m.id}"}, "Self-referential block"),
    "each without for_each": ({"source": "a/b/c", "x": "${each.key}"}, 'Reference to "each" in context without'),
    "a count that is none": ({"source": "a/b/c", "count": "many"}, "Incorrect value type"),
    "depends_on nobody": ({"source": "a/b/c", "depends_on": ["module.none"]}, "Reference to undeclared module"),
}


@pytest.mark.parametrize(("call", "summary"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_wrong_call_is_refused(sandbox: Sandbox, write_stack: WriteStack, call: dict[str, Any], summary: str) -> None:
    stack = write_stack(module={"m": call, "o": {"source": "a/b/c"}})

    with pytest.raises(OperationFailedError, match=re.escape(summary)):
        sandbox.plan(stack)


SOURCES = (
    "terraform-aws-modules/vpc/aws",
    "terraform-aws-modules/iam/aws//modules/iam-role",
    "app.terraform.io/acme/net/aws",
    "github.com/acme/net",
    "git::https://example.org/net.git?ref=v1",
    "git@github.com:acme/net.git",
    "https://example.org/net.zip",
    "s3::https://s3.amazonaws.com/modules/net.zip",
    "hg::http://example.org/net.hg",
)


@pytest.mark.parametrize("source", SOURCES)
def test_any_source_that_terraform_can_fetch_is_taken(sandbox: Sandbox, write_stack: WriteStack, source: str) -> None:
    plan = sandbox.plan(write_stack(module={"m": {"source": source}}))

    assert f"module.m is simulated: {source}\n" in str(plan)


def test_call_that_is_gone_stays_in_the_record_while_targets_leave_it_alone(
    sandbox: Sandbox, write_stack: WriteStack
) -> None:
    things = {"x_thing": {"t": {"name": "a"}}}
    sandbox.apply(write_stack(module={"network": NETWORK}, resource=things, **output("module.network.id")))
    without = write_stack(resource={"x_thing": {"t": {"name": "b"}}})

    sandbox.apply(without, targets=["x_thing.t"])
    assert sandbox.state(without).modules.keys() == {"network"}

    sandbox.apply(without)
    assert sandbox.state(without).modules == {}
