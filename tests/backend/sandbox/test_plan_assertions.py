"""What a test reads off a plan, and what it is told when the plan is another than it expected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import ActionReason, OperationFailedError, Sandbox, SandboxPlan

WriteStack = Callable[..., Path]
Image = dict[str, Any]
IMAGE = "huaweicloud_ims_image_metadata"
BASE = "huaweicloud_ims_image_metadata.base"
OTHER = "huaweicloud_ims_image_metadata.other"


@pytest.fixture
def stack(write_stack: WriteStack, ubuntu: Image) -> Callable[..., Path]:
    """The stack with one image, some of its arguments given."""
    return lambda **given: write_stack(images={"base": {**ubuntu, "min_disk": 40, **given}})


@pytest.fixture
def created(sandbox: Sandbox, stack: Callable[..., Path]) -> SandboxPlan:
    return sandbox.plan(stack())


@pytest.fixture
def replaced(sandbox: Sandbox, stack: Callable[..., Path]) -> SandboxPlan:
    sandbox.apply(stack())
    return sandbox.plan(stack(min_disk=80, enable_force_new="true"))


@pytest.fixture
def refused(sandbox: Sandbox, stack: Callable[..., Path]) -> SandboxPlan:
    sandbox.apply(stack())
    return sandbox.plan(stack(min_disk=80), allow_refused=True)


def message(assertion: Callable[..., None], *arguments: Any, **named: Any) -> str:
    with pytest.raises(AssertionError) as failure:
        assertion(*arguments, **named)
    return str(failure.value)


def test_an_object_is_found_by_its_address(created: SandboxPlan) -> None:
    assert created[BASE].after["name"] == "ubuntu"
    assert created[BASE].before == {}
    assert created[BASE].change is created.creates[BASE]


def test_attributes_of_an_image_go_by_the_constructs_names_too(sandbox: Sandbox, stack: Callable[..., Path]) -> None:
    sandbox.apply(stack())
    plan = sandbox.plan(stack(__os_version="CentOS 7.6 64bit", enable_force_new="true"))

    after = plan[BASE].after
    assert after["os_version"] == after["__os_version"] == after.get("os_version") == "CentOS 7.6 64bit"
    assert "os_version" in after
    assert "os_versio" not in after
    assert after.get("os_versio", "none") == "none"
    assert plan[BASE].before["os_version"] == sandbox.state(stack())[BASE]["os_version"] != after["os_version"]
    with pytest.raises(KeyError, match=r'no attribute os_versio\. Did you mean "os_version"'):
        after["os_versio"]
    plan.assert_replaces(BASE, because="os_version")
    plan.assert_replaces(BASE, because="__os_version")


def test_attributes_of_other_objects_go_by_their_own_names(sandbox: Sandbox, write_stack: WriteStack) -> None:
    after = sandbox.plan(write_stack(resource={"terraform_data": {"b": {"input": {"__x": 1}}}}))[
        "terraform_data.b"
    ].after

    assert after == {"input": {"__x": 1}, **{name: after[name] for name in ("id", "output", "triggers_replace")}}
    assert "os_version" not in after


def test_the_document_of_a_plan_is_plain_data(sandbox: Sandbox, write_stack: WriteStack) -> None:
    plan = sandbox.plan(write_stack(resource={"terraform_data": {"b": {"input": 1.5}}}))

    assert json.loads(json.dumps(plan.to_json())) == plan.to_json()
    assert plan.to_json()["resource_changes"][0]["change"]["after"]["input"] == 1.5


def test_importing_what_is_not_there_raises(sandbox: Sandbox, stack: Callable[..., Path]) -> None:
    with pytest.raises(OperationFailedError, match="non-existent"):
        sandbox.plan_import(stack(), BASE, "none")


def test_an_address_that_the_plan_lacks_is_told_with_those_it_has(created: SandboxPlan) -> None:
    with pytest.raises(LookupError, match=r'Did you mean "huaweicloud_ims_image_metadata.base"\? The plan has'):
        created["huaweicloud_ims_image_metadata.bsae"]


def test_what_is_no_object_is_refused(created: SandboxPlan) -> None:
    with pytest.raises(TypeError, match="named by its address or its construct, and this is int"):
        created[4]


def test_objects_are_sorted_by_what_is_done_with_them(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    first = {name: {**ubuntu, "name": name, "enable_force_new": "true"} for name in ("a", "c", "d", "e")}
    first["e"]["lifecycle"] = {"create_before_destroy": True}
    sandbox.apply(write_stack(resource={IMAGE: first, "terraform_data": {"b": {"input": 1}}}))
    second = {
        "a": first["a"],
        "c": {**first["c"], "min_disk": 80},
        "e": {**first["e"], "min_disk": 80},
        "f": ubuntu,
    }
    plan = sandbox.plan(write_stack(resource={IMAGE: second, "terraform_data": {"b": {"input": 2}}}))
    kinds = [plan.creates, plan.updates, plan.replaces, plan.destroys, plan.reads, plan.refused]

    names = [[address.rpartition(".")[2] for address in kind] for kind in kinds]
    assert names == [["f"], ["b"], ["c", "e"], ["d"], [], []]
    assert not plan.no_changes
    plan.assert_creates("huaweicloud_ims_image_metadata.f")
    plan.assert_updates("terraform_data.b", "input", "output")
    plan.assert_replaces("huaweicloud_ims_image_metadata.c", because="min_disk")
    plan.assert_replaces("huaweicloud_ims_image_metadata.e")
    plan.assert_destroys("huaweicloud_ims_image_metadata.d")


def test_changes_against_expectation_are_shown(created: SandboxPlan) -> None:
    text = message(created.assert_no_changes)

    assert text.startswith("The plan has changes, and none were expected.\n")
    assert f"# {BASE} will be created" in text
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in text


def test_a_plan_without_changes_holds(sandbox: Sandbox, stack: Callable[..., Path]) -> None:
    sandbox.apply(stack())
    plan = sandbox.plan(stack())

    plan.assert_no_changes()
    plan.assert_no_drift()
    assert plan.no_changes
    assert message(plan.assert_updates, BASE).startswith(
        f"{BASE} was expected to be changed in place, and it stays as it is.\n"
    )


@pytest.mark.parametrize(
    ("name", "expectation"),
    [
        ("assert_updates", "changed in place, and it is created"),
        ("assert_replaces", "replaced, and it is created"),
        ("assert_destroys", "destroyed, and it is created"),
    ],
)
def test_another_action_is_named(created: SandboxPlan, name: str, expectation: str) -> None:
    assert f"{BASE} was expected to be {expectation}." in message(getattr(created, name), BASE)


def test_an_object_that_the_plan_lacks_is_named(created: SandboxPlan) -> None:
    text = message(created.assert_creates, BASE, OTHER)

    assert text.startswith(
        f'{OTHER} was expected to be created, and the plan does not have it: No object has the address "{OTHER}".'
    )


def test_an_assertion_about_nothing_is_a_mistake(created: SandboxPlan) -> None:
    with pytest.raises(TypeError, match="Name at least one object"):
        created.assert_creates()


def test_the_cause_of_a_replacement_is_held(replaced: SandboxPlan) -> None:
    replaced.assert_replaces(BASE, because="min_disk")
    replaced.assert_replaces(BASE, because=ActionReason.REPLACE_CANNOT_UPDATE)
    assert "because of name, and is because of min_disk" in message(replaced.assert_replaces, BASE, because="name")


def test_a_replacement_by_request_has_a_cause(sandbox: Sandbox, stack: Callable[..., Path]) -> None:
    sandbox.apply(stack())
    plan = sandbox.plan(stack(), replace=[BASE])

    plan.assert_replaces(BASE, because=ActionReason.REPLACE_BY_REQUEST)
    assert "because of min_disk, and is because of" in message(plan.assert_replaces, BASE, because="min_disk")


def test_an_update_is_held_to_its_attributes(sandbox: Sandbox, write_stack: WriteStack) -> None:
    sandbox.apply(write_stack(resource={"terraform_data": {"b": {"input": 1}}}))
    plan = sandbox.plan(write_stack(resource={"terraform_data": {"b": {"input": 2}}}))

    plan.assert_updates("terraform_data.b", "input")
    assert "id of terraform_data.b was expected to change and stays" in message(
        plan.assert_updates, "terraform_data.b", "input", "id"
    )
    assert 'Did you mean "input"?' in message(plan.assert_updates, "terraform_data.b", "inptu")


def test_a_refused_change_is_read_off_the_plan(sandbox: Sandbox, refused: SandboxPlan) -> None:
    assert list(refused.refused) == [BASE]
    assert not refused.no_changes
    refused.assert_refused(BASE)
    refused.assert_refused(BASE, because="min_disk")
    assert "min_disk can't be updated" in message(refused.assert_refused, BASE, because="name")
    with pytest.raises(TypeError, match="because is empty, which every reason holds"):
        refused.assert_refused(BASE, because="")
    assert f"Refused are: {BASE}." in message(refused.assert_refused, OTHER)
    assert "Error: Image cannot be updated: min_disk" in message(refused.assert_no_changes)
    with pytest.raises(OperationFailedError, match="Image cannot be updated"):
        sandbox.apply(refused)


def test_a_refused_change_raises_unless_it_is_allowed(sandbox: Sandbox, stack: Callable[..., Path]) -> None:
    sandbox.apply(stack())
    with pytest.raises(OperationFailedError) as failure:
        sandbox.plan(stack(min_disk=80))

    failure.value.result.assert_refused(BASE, because="min_disk")


def test_prevented_destruction_is_a_refusal(sandbox: Sandbox, stack: Callable[..., Path]) -> None:
    sandbox.apply(stack(lifecycle={"prevent_destroy": True}))
    plan = sandbox.plan(stack(lifecycle={"prevent_destroy": True}), destroy=True, allow_refused=True)

    plan.assert_refused(BASE, because="prevent_destroy")


def test_a_mistake_in_the_stack_is_no_refusal(sandbox: Sandbox, stack: Callable[..., Path]) -> None:
    with pytest.raises(OperationFailedError, match=r"nope"):
        sandbox.plan(stack(name="${var.nope}"), allow_refused=True)


def test_nothing_refused_is_said(created: SandboxPlan) -> None:
    assert "Nothing is refused." in message(created.assert_refused, BASE)


def test_drift_against_expectation_is_named(sandbox: Sandbox, stack: Callable[..., Path]) -> None:
    sandbox.apply(stack())
    sandbox.change_image(sandbox.images()[0]["id"], {"description": "changed"})

    assert message(sandbox.plan(stack()).assert_no_drift).startswith(
        f"Changed outside of the stack, against expectation: {BASE}."
    )


def test_secrets_are_not_shown(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    variable = {"secret": {"type": "string", "sensitive": True, "default": "hush"}}
    stack = write_stack(images={"base": {**ubuntu, "name": "${var.secret}"}}, variable=variable)

    assert "hush" not in message(sandbox.plan(stack).assert_no_changes)


def test_constructs_name_their_objects(sandbox: Sandbox, tmp_path: Path) -> None:
    from cdktf import App, TerraformStack

    from constructs_ims import HuaweicloudProvider, ImsImageMetadata

    stack = TerraformStack(App(outdir=str(tmp_path)), "images")
    HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
    image = ImsImageMetadata(stack, "base", name="base", os_version="CentOS 7.6 64bit")
    plan = sandbox.plan(stack)

    plan.assert_creates(image)
    assert plan[image].address == plan[BASE].address
