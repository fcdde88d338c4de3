"""What nobody has here is simulated: whole providers, and types that our own provider lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox, SandboxPlan

WriteStack = Callable[..., Path]

STRANGERS = {
    "huaweicloud_vpc": {"net": {"name": "net", "cidr": "10.0.0.0/16"}},
    "huaweicloud_vpc_subnet": {"inner": {"count": 2, "vpc_id": "${huaweicloud_vpc.net.id}"}},
}
IMAGE = {"name": "in-${huaweicloud_vpc.net.name}", "tags": ["vpc=${huaweicloud_vpc.net.id}"]}


@pytest.fixture
def stack(write_stack: WriteStack) -> Path:
    """An image beside other objects of its provider, some of which need each other."""
    return write_stack(
        resource={**STRANGERS, "huaweicloud_ims_image_metadata": {"image": IMAGE}},
        data={"huaweicloud_availability_zones": {"zones": {}}},
        output={
            "vpc": {"value": "${huaweicloud_vpc.net.id}"},
            "zone": {"value": "${data.huaweicloud_availability_zones.zones.names[1]}"},
        },
    )


def entries(plan: SandboxPlan) -> dict[str, dict[str, Any]]:
    return {entry["address"]: entry for entry in plan.to_json()["resource_changes"]}


def test_other_types_of_our_provider_are_planned_and_marked(sandbox: Sandbox, stack: Path) -> None:
    plan = sandbox.plan(stack)

    assert plan.summary == "4 to add, 0 to change, 0 to destroy"
    marked = {address for address, entry in entries(plan).items() if entry.get("simulated")}
    assert marked == {"huaweicloud_vpc.net", "huaweicloud_vpc_subnet.inner[0]", "huaweicloud_vpc_subnet.inner[1]"}
    net = entries(plan)["huaweicloud_vpc.net"]["change"]
    assert net["after"] == {"name": "net", "cidr": "10.0.0.0/16"}
    assert net["after_unknown"] == {"id": True}
    text = plan.text()
    assert text.count("# (simulated:") == 3
    assert "# huaweicloud_vpc.net will be created\n  # (simulated:" in text


def test_simulated_objects_of_our_provider_live_in_the_state_until_destroyed(sandbox: Sandbox, stack: Path) -> None:
    first = sandbox.apply(stack)

    assert first.outputs["vpc"].startswith("simulated-")
    assert first.outputs["zone"].startswith("simulated-")
    assert [image["tags"] for image in sandbox.images()] == [[f"vpc={first.outputs['vpc']}"]]
    again = sandbox.plan(stack)
    assert not again.has_changes
    assert sandbox.apply(again).outputs == first.outputs
    assert sandbox.destroy(stack).destroyed == 4
    assert sandbox.state(stack).is_empty


def test_simulated_object_of_our_provider_is_changed_and_removed(
    sandbox: Sandbox, stack: Path, write_stack: WriteStack
) -> None:
    sandbox.apply(stack)
    write_stack(resource={"huaweicloud_vpc": {"net": {"name": "renamed", "cidr": "10.0.0.0/16"}}})

    plan = sandbox.plan(stack)

    assert plan.actions["huaweicloud_vpc.net"] is Action.UPDATE
    assert plan.actions["huaweicloud_vpc_subnet.inner[0]"] is Action.DELETE
    assert plan.changes["huaweicloud_vpc_subnet.inner[0]"].simulated
    assert sandbox.apply(plan).destroyed == 3


def test_simulated_object_is_imported_under_its_id(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(resource={"huaweicloud_vpc": {"net": {"name": "net"}}})

    sandbox.import_(stack, "huaweicloud_vpc.net", "vpc-7")

    (_, _, stored), *_ = sandbox.state(stack).objects()
    assert stored.attributes == {"id": "vpc-7", "name": "net"}
    assert not sandbox.plan(stack).has_changes


@pytest.mark.parametrize("type_name", ["aws_security_group", "huaweicloud_networking_secgroup"])
def test_dynamic_blocks_of_simulated_objects(sandbox: Sandbox, write_stack: WriteStack, type_name: str) -> None:
    inner = {"dynamic": {"port": {"for_each": [1, 2], "content": {"number": "${port.value}"}}}, "way": "${rule.value}"}
    bodies = {
        "repeated": {"dynamic": {"rule": {"for_each": ["in", "out"], "content": inner}}},
        "static": {"rule": [{"way": "in", "port": [{"number": 3}]}]},
    }
    stack = write_stack(resource={type_name: bodies})

    applied = sandbox.apply(stack)

    stored = {str(address): state.attributes for address, _, state in applied.state.objects()}
    ports = [{"number": 1}, {"number": 2}]
    assert stored[f"{type_name}.repeated"]["rule"] == [{"way": "in", "port": ports}, {"way": "out", "port": ports}]
    assert stored[f"{type_name}.static"]["rule"] == [{"way": "in", "port": [{"number": 3}]}]
    assert not sandbox.plan(stack).has_changes


@pytest.mark.parametrize("reference", ["routes[1].id", "routes[1].metric + 1", "mtu + 1"])
def test_what_was_made_up_stays_as_it_is(sandbox: Sandbox, write_stack: WriteStack, reference: str) -> None:
    """A stored object's attributes are those of its first apply, whichever the stack refers to by then."""
    objects = {"huaweicloud_vpc": {"net": {"name": "net"}}}
    stack = write_stack(resource=objects, output={"x": {"value": f"${{huaweicloud_vpc.net.{reference}}}"}})
    first = sandbox.apply(stack).outputs["x"]

    assert sandbox.apply(stack).outputs["x"] == first
    write_stack(resource=objects)
    assert "huaweicloud_vpc.net" not in sandbox.plan(stack).actions


ASKED = {
    "an argument": ("${dice_throw.n.result}", 10, 99),
    "an operand": ("${dice_throw.n.result + 100}", 110, 199),
    "a condition": ("${dice_throw.n.even ? 20 : 30}", 20, 20),
    "a parameter": ("${max(dice_throw.n.result, 500)}", 500, 500),
    "an element": ("${dice_throw.n.results[1] * 10}", 100, 990),
    "expanded parameters": ("${max(dice_throw.n.results...)}", 10, 99),
}


@pytest.mark.parametrize(("size", "least", "most"), ASKED.values(), ids=ASKED)
def test_made_up_value_is_of_the_type_that_is_asked_for(
    sandbox: Sandbox, write_stack: WriteStack, size: str, least: int, most: int
) -> None:
    stack = write_stack(
        resource={
            "huaweicloud_ims_image_metadata": {"a": {"name": "a", "min_disk": size}},
            "dice_throw": {"n": {"min": 10, "max": 99}},
        },
        output={"said": {"value": f"disk of {size}"}},
    )

    applied = sandbox.apply(stack)

    [image] = sandbox.images()
    assert least <= image["min_disk"] <= most
    assert applied.outputs["said"] == f"disk of {image['min_disk']}"
    assert not sandbox.plan(stack).has_changes
    assert sandbox.destroy(stack).destroyed == 2


def test_type_may_be_asked_for_later(sandbox: Sandbox, write_stack: WriteStack) -> None:
    image = {"a": {"name": "a", "min_disk": "${dice_throw.n.result}"}}
    integer = {"dice_throw": {"n": {"result": "12"}}}
    sandbox.apply(write_stack(resource=integer))
    stack = write_stack(resource={**integer, "huaweicloud_ims_image_metadata": image})

    sandbox.apply(stack)

    assert [image["min_disk"] for image in sandbox.images()] == [12]
    assert not sandbox.plan(stack).has_changes


def test_schema_version_of_the_real_provider_is_no_obstacle(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(resource={"huaweicloud_vpc": {"net": {"name": "net"}}})
    state = sandbox.apply(stack).state.copy()
    (address, _, stored), *_ = state.objects()
    state.set_current(address, state.resources[address.resource].provider, replace(stored, schema_version=2))
    sandbox.stack(stack).keeper.save(state)

    assert not sandbox.plan(stack).has_changes


SLIPS = ["huaweicloud_ims_image_metdata", "huaweicloud_ims_images_metadata", "huaweicloud_image_metadata"]
OTHERS = ["huaweicloud_ims_image", "huaweicloud_images_image", "huaweicloud_ims_image_export", "huaweicloud_vpc"]


@pytest.mark.parametrize("type_name", [*SLIPS, *OTHERS])
def test_slip_of_the_pen_is_doubted_once(sandbox: Sandbox, write_stack: WriteStack, type_name: str) -> None:
    stack = write_stack(resource={type_name: {"a": {"name": "a"}, "b": {"name": "b"}}})

    plan = sandbox.plan(stack)

    warned = [
        str(found) for found in plan.diagnostics if 'Did you mean "huaweicloud_ims_image_metadata"?' in str(found)
    ]
    assert len(warned) == (type_name in SLIPS)
    assert plan.changes[f"{type_name}.a"].simulated


@pytest.mark.parametrize(
    ("blocks", "summary", "named"),
    [
        ({"resource": {"dice_id": {"x": {}}}}, "Provider not available", "hashicorp/dice is not part"),
        ({"resource": {"huaweicloud_vpc": {"x": {}}}}, "Resource type not available", '"huaweicloud_vpc"'),
        ({"resource": {"huaweicloud_ims_image_metdata": {"x": {}}}}, "Resource type not available", "Did you mean"),
        ({"data": {"huaweicloud_vpcs": {"x": {}}}}, "Data source not available", '"huaweicloud_vpcs"'),
    ],
    ids=["another provider", "another type", "mistyped", "another data source"],
)
def test_simulation_can_be_refused(write_stack: WriteStack, blocks: Any, summary: str, named: str) -> None:
    stack = write_stack(**blocks)

    with Sandbox(simulate=False) as strict, pytest.raises(OperationFailedError) as failed:
        strict.plan(stack)

    (found,) = failed.value.diagnostics
    assert found.summary == summary
    assert named in found.detail
    assert "simulate=False" in found.detail
    # The real Terraform would work with this package's provider too, which lacks the type there as well.
    assert ("CONSTRUCTS_IMS_ENGINE=terraform" in found.detail) == (summary == "Provider not available")
    assert found.subject is not None


def test_our_own_objects_need_no_simulation(write_stack: WriteStack, ubuntu: dict[str, Any]) -> None:
    with Sandbox(simulate=False) as strict:
        assert strict.apply(write_stack(images={"a": ubuntu})).added == 1


@pytest.mark.parametrize(
    ("source", "simulated"),
    [
        ("huaweicloud/huaweicloud", []),
        ("registry.example.com/huaweicloud/huaweicloud", []),
        ("acme/huaweicloud", ["huaweicloud_ims_image_metadata.image"]),
        ("myhuaweicloud/huaweicloud", ["huaweicloud_ims_image_metadata.image"]),
    ],
)
def test_provider_is_ours_by_its_namespace(
    sandbox: Sandbox, write_stack: WriteStack, source: str, simulated: list[str]
) -> None:
    stack = write_stack(
        images={"image": {"name": "ubuntu", "__os_version": "Ubuntu 20.04 server 64bit"}},
        terraform={"required_providers": {"huaweicloud": {"source": source}}},
    )

    assert [name for name, entry in entries(sandbox.plan(stack)).items() if entry.get("simulated")] == simulated
