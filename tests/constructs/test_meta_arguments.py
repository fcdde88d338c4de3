"""Terraform's own arguments of every resource, in the synthesized JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import (
    FileProvisioner,
    LocalExecProvisioner,
    Postcondition,
    Precondition,
    SSHProvisionerConnection,
    TerraformCount,
    TerraformIterator,
    TerraformLocal,
    TerraformOutput,
    TerraformProvider,
    TerraformResourceLifecycle,
    TerraformStack,
    TerraformVariable,
    Token,
)
from constructs import Construct

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, ImsValidationError

SOUND = {"name": "a", "os_version": "Ubuntu 20.04 server 64bit"}
ADDRESS = "huaweicloud_ims_image_metadata"
Images = Callable[[TerraformStack], dict[str, Any]]
Synth = Callable[[TerraformStack], dict[str, Any]]


def test_count_as_number(stack: TerraformStack, images: Images) -> None:
    ImsImageMetadata(stack, "image", **SOUND, count=3)

    assert images(stack)["image"]["count"] == 3


def test_count_of_nothing(stack: TerraformStack, images: Images) -> None:
    ImsImageMetadata(stack, "image", **SOUND, count=0)

    assert images(stack)["image"]["count"] == 0


def test_count_with_index(stack: TerraformStack, images: Images) -> None:
    count = TerraformCount.of(2)
    name = f"image-{Token.as_string(count.index)}"
    ImsImageMetadata(stack, "image", name=name, os_version=SOUND["os_version"], count=count)

    assert images(stack)["image"] | {"count": 2, "name": "image-${count.index}"} == images(stack)["image"]


def test_count_as_token(stack: TerraformStack, images: Images) -> None:
    ImsImageMetadata(stack, "image", **SOUND, count=TerraformVariable(stack, "many", type="number").number_value)

    assert images(stack)["image"]["count"] == "${var.many}"


def test_for_each_over_a_list(stack: TerraformStack, images: Images) -> None:
    names = TerraformIterator.from_list(["a", "b"])
    ImsImageMetadata(stack, "image", name=names.value, os_version=SOUND["os_version"], for_each=names)

    block = images(stack)["image"]
    assert (block["for_each"], block["name"]) == ('${toset(["a", "b"])}', "${each.value}")


def test_for_each_over_a_map(stack: TerraformStack, synth: Synth) -> None:
    table = TerraformIterator.from_map({"small": {"disk": 10, "tags": ["a=b"]}})
    image = ImsImageMetadata(
        stack,
        "image",
        name=table.key,
        os_version=SOUND["os_version"],
        min_disk=table.get_number("disk"),
        tags=table.get_list("tags"),
        for_each=table,
    )
    TerraformOutput(stack, "ids", value=image.id)
    document = synth(stack)

    assert document["resource"][ADDRESS]["image"] == {
        "__os_version": "Ubuntu 20.04 server 64bit",
        "for_each": {"small": {"disk": 10, "tags": ["a=b"]}},
        "min_disk": "${each.value.disk}",
        "name": "${each.key}",
        "tags": "${each.value.tags}",
    }
    assert document["output"]["ids"]["value"] == f"${{{ADDRESS}.image.*.id}}"


def test_iterator_over_images(stack: TerraformStack, images: Images) -> None:
    names = TerraformIterator.from_list(["a"])
    first = ImsImageMetadata(stack, "first", name=names.value, os_version=SOUND["os_version"], for_each=names)
    every = TerraformIterator.from_resources(first)
    ImsImageMetadata(
        stack, "second", name=every.get_string("name"), os_version=every.get_string("__os_version"), for_each=every
    )

    block = images(stack)["second"]
    assert block["for_each"] == f"${{{ADDRESS}.first}}"
    assert block["name"] == "${each.value.name}"


def test_depends_on(stack: TerraformStack, images: Images) -> None:
    first = ImsImageMetadata(stack, "first", **SOUND)
    ImsImageMetadata(stack, "second", **SOUND, depends_on=[first])

    assert images(stack)["second"]["depends_on"] == [f"{ADDRESS}.first"]


def test_provider_of_another_region(stack: TerraformStack, synth: Synth) -> None:
    HuaweicloudProvider(stack, "north", region="cn-north-4")
    south = HuaweicloudProvider(stack, "south", region="cn-south-1", alias="south")
    ImsImageMetadata(stack, "here", **SOUND)
    ImsImageMetadata(stack, "there", **SOUND, provider=south)
    document = synth(stack)

    assert document["provider"]["huaweicloud"] == [
        {"region": "cn-north-4"},
        {"alias": "south", "region": "cn-south-1"},
    ]
    assert document["resource"][ADDRESS]["there"]["provider"] == "huaweicloud.south"
    assert "provider" not in document["resource"][ADDRESS]["here"]


CONDITION = {"condition": "${true}", "error_message": "no"}


@pytest.mark.parametrize("as_mapping", [False, True], ids=["struct", "mapping"])
def test_lifecycle_in_full(stack: TerraformStack, images: Images, as_mapping: bool) -> None:
    first = ImsImageMetadata(stack, "first", **SOUND)
    plain: dict[str, Any] = {
        "create_before_destroy": True,
        "prevent_destroy": True,
        "ignore_changes": ["name", "tags"],
        "replace_triggered_by": [first, f"{first.fqn}.name", first.id, "terraform_data.x"],
    }
    lifecycle: Any = (
        {**plain, "precondition": [CONDITION], "postcondition": [CONDITION]}
        if as_mapping
        else TerraformResourceLifecycle(
            **plain, precondition=[Precondition(**CONDITION)], postcondition=[Postcondition(**CONDITION)]
        )
    )
    ImsImageMetadata(stack, "second", **SOUND, lifecycle=lifecycle)

    assert images(stack)["second"]["lifecycle"] == {
        "create_before_destroy": True,
        "prevent_destroy": True,
        "ignore_changes": ["name", "tags"],
        "replace_triggered_by": [
            f"{ADDRESS}.first",
            f"{ADDRESS}.first.name",
            f"{ADDRESS}.first.id",
            "terraform_data.x",
        ],
        "precondition": [CONDITION],
        "postcondition": [CONDITION],
    }


def test_lifecycle_that_ignores_everything(stack: TerraformStack, images: Images) -> None:
    ImsImageMetadata(stack, "image", **SOUND, lifecycle={"ignore_changes": "all"})

    assert images(stack)["image"]["lifecycle"] == {"ignore_changes": "all"}


def test_no_provisioners_are_none(stack: TerraformStack, images: Images) -> None:
    ImsImageMetadata(stack, "image", **SOUND, provisioners=[])

    assert "provisioner" not in images(stack)["image"]


def test_provisioners_and_connection(stack: TerraformStack, images: Images) -> None:
    ImsImageMetadata(
        stack,
        "image",
        **SOUND,
        provisioners=[
            LocalExecProvisioner(type="local-exec", command="true", working_dir="w"),
            FileProvisioner(type="file", destination="d", content="c"),
            {
                "type": "remote-exec",
                "inline": ["true"],
                "connection": {"type": "winrm", "host": "h", "script_path": "p"},
            },
        ],
        connection=SSHProvisionerConnection(type="ssh", host="h", script_path="p"),
    )

    block = images(stack)["image"]
    assert block["provisioner"] == [
        {"local-exec": {"command": "true", "working_dir": "w"}},
        {"file": {"content": "c", "destination": "d"}},
        {
            "remote-exec": {
                "inline": ["true"],
                "connection": {"type": "winrm", "host": "h", "script_path": "p"},
            }
        },
    ]
    assert block["connection"] == {"host": "h", "script_path": "p", "type": "ssh"}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "negative count": ({"count": -1}, "Invalid count (count): count is -1. Use a whole number, 0 or more."),
    "broken count": ({"count": 1.5}, "Invalid count (count): count is 1.5. Use a whole number, 0 or more."),
    "text as count": (
        {"count": "3"},
        'Wrong type (count): The string "3" is given. Use a whole number, or TerraformCount.of(...).',
    ),
    "list as for_each": (
        {"for_each": ["a"]},
        "Wrong type (for_each): A list is given. "
        "Use an iterator: TerraformIterator.from_list(...) or TerraformIterator.from_map(...).",
    ),
    "text as dependency": (
        {"depends_on": "first"},
        'Wrong type (depends_on): The string "first" is given. Use a list of constructs.',
    ),
    "texts as dependencies": (
        {"depends_on": ["first"]},
        'Wrong type (depends_on[0]): The string "first" is given. '
        "Use a resource, data source, module, variable or local value.",
    ),
    "text as provider": (
        {"provider": "huaweicloud.south"},
        'Wrong type (provider): The string "huaweicloud.south" is given. '
        "Use a provider construct, such as HuaweicloudProvider.",
    ),
    "unknown lifecycle": (
        {"lifecycle": {"prevent_destory": True}},
        'Unknown argument (lifecycle): There is no argument "prevent_destory". Did you mean "prevent_destroy"?',
    ),
    "list as lifecycle": (
        {"lifecycle": []},
        "Wrong type (lifecycle): A list is given. Use TerraformResourceLifecycle(...) or a mapping.",
    ),
    "text as provisioner": (
        {"provisioners": ["true"]},
        'Wrong type (provisioners[0]): The string "true" is given. '
        "Use FileProvisioner, LocalExecProvisioner, RemoteExecProvisioner or a mapping.",
    ),
    "mapping as provisioners": (
        {"provisioners": {"type": "file"}},
        "Wrong type (provisioners): A dict is given. Use a list of provisioners.",
    ),
    "unknown kind of provisioner": (
        {"provisioners": [{"type": "chef"}]},
        'Invalid type (provisioners[0].type): The string "chef" is given. Use "file", "local-exec" or "remote-exec".',
    ),
    "provisioner without a type": (
        {"provisioners": [{"command": "true"}]},
        'Invalid type (provisioners[0].type): None is given. Use "file", "local-exec" or "remote-exec".',
    ),
    "provisioner without a command": (
        {"provisioners": [{"type": "local-exec"}]},
        "Missing argument (provisioners[0].command): command is left out, but it is required. Add it.",
    ),
    "unknown argument of a provisioner's connection": (
        {
            "provisioners": [
                {"type": "remote-exec", "connection": {"type": "ssh", "host": "h", "bastionHost": "b"}},
            ]
        },
        'Unknown argument (provisioners[0].connection): There is no argument "bastionHost". '
        'Did you mean "bastion_host"?',
    ),
    "connection without a host": (
        {"connection": {"type": "ssh"}},
        "Missing argument (connection.host): host is left out, but it is required. Add it.",
    ),
    "condition without a message": (
        {"lifecycle": {"precondition": [{"condition": True}]}},
        "Missing argument (lifecycle.precondition[0].error_message): "
        "error_message is left out, but it is required. Add it.",
    ),
    "text as ignored changes": (
        {"lifecycle": {"ignore_changes": "name"}},
        'Wrong type (lifecycle.ignore_changes): The string "name" is given. '
        'Use "all", or a list of arguments: ["name"].',
    ),
    "unknown name among ignored changes": (
        {"lifecycle": {"ignore_changes": ["tags[0]", "timeouts", "${var.x}", "os_version"]}},
        'Unknown argument (lifecycle.ignore_changes[3]): An image has no argument "os_version" whose changes could be '
        'ignored. Did you mean "__os_version"?',
    ),
    "number as trigger": (
        {"lifecycle": TerraformResourceLifecycle(replace_triggered_by=[3])},  # type: ignore[list-item]
        "Wrong type (lifecycle.replace_triggered_by[0]): The number 3 is given. "
        "Use a resource, or the address of one of its attributes.",
    ),
    "text as connection": (
        {"connection": "ssh"},
        'Wrong type (connection): The string "ssh" is given. '
        "Use SSHProvisionerConnection, WinrmProvisionerConnection or a mapping.",
    ),
}


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(stack: TerraformStack, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ImsValidationError) as caught:
        ImsImageMetadata(stack, "image", **SOUND, **given)

    assert [str(diagnostic) for diagnostic in caught.value.diagnostics] == [message]


NO_DEPENDABLES: dict[str, Callable[[TerraformStack], Any]] = {
    "stack": lambda stack: stack,
    "construct without an address": lambda stack: Construct(stack, "group"),
    "output": lambda stack: TerraformOutput(stack, "output", value="a"),
    "provider": lambda stack: HuaweicloudProvider(stack, "provider"),
    "token": lambda stack: TerraformVariable(stack, "variable").value,
    "class": lambda stack: ImsImageMetadata,
}


@pytest.mark.parametrize("make", NO_DEPENDABLES.values(), ids=NO_DEPENDABLES)
def test_dependency_without_an_address_is_refused(stack: TerraformStack, make: Callable[[TerraformStack], Any]) -> None:
    """cdktf itself would leave it out without a word, or fail at synthesis without a name."""
    with pytest.raises(ImsValidationError, match=r"Wrong type \(depends_on\[0\]\): .* Use a resource"):
        ImsImageMetadata(stack, "image", **SOUND, depends_on=[make(stack)])


def test_dependencies_of_every_kind(stack: TerraformStack, images: Images, kernel_calls: list[str]) -> None:
    first = ImsImageMetadata(stack, "first", **SOUND)
    variable, local = TerraformVariable(stack, "variable"), TerraformLocal(stack, "local", "a")
    kernel_calls.clear()
    ImsImageMetadata(stack, "second", **SOUND, depends_on=[first, variable, local])

    assert kernel_calls == ["CreateRequest"]
    assert images(stack)["second"]["depends_on"] == [f"{ADDRESS}.first", "var.variable", "local.local"]


@pytest.mark.parametrize(
    "make", [lambda stack: stack, lambda stack: TerraformVariable(stack, "variable").value], ids=["stack", "token"]
)
def test_for_each_over_no_iterator_is_refused(stack: TerraformStack, make: Callable[[TerraformStack], Any]) -> None:
    with pytest.raises(ImsValidationError, match=r"Wrong type \(for_each\): .* Use an iterator"):
        ImsImageMetadata(stack, "image", **SOUND, for_each=make(stack))


def test_provider_without_images_is_refused(stack: TerraformStack) -> None:
    class OtherProvider(TerraformProvider):
        TF_RESOURCE_TYPE = "random"

    other = OtherProvider(stack, "random", terraform_resource_type="random")
    with pytest.raises(ImsValidationError, match='It is no "huaweicloud" provider, and has no images'):
        ImsImageMetadata(stack, "image", **SOUND, provider=other)


def test_wrong_value_in_lifecycle_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(ImsValidationError, match=r"Wrong type \(lifecycle\): .*prevent_destroy"):
        ImsImageMetadata(stack, "image", **SOUND, lifecycle={"prevent_destroy": "maybe"})


def test_count_and_for_each_exclude_each_other(stack: TerraformStack) -> None:
    with pytest.raises(ImsValidationError, match="count and for_each are both given, and they exclude each other"):
        ImsImageMetadata(stack, "image", **SOUND, count=1, for_each=TerraformIterator.from_list(["a"]))
