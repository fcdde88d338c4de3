"""Attributes as references: in outputs, in other images and stacks, and through cdktf's own tools for resources."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsii
from cdktf import App, Aspects, Fn, IAspect, TerraformOutput, TerraformResource, TerraformStack
from constructs import Construct

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, ImsImageMetadataTimeouts
from constructs_ims.schema.image_metadata import IMAGE_METADATA

SOUND = {"name": "a", "os_version": "Ubuntu 20.04 server 64bit"}
ADDRESS = "huaweicloud_ims_image_metadata"
Images = Callable[[TerraformStack], dict[str, Any]]
Synth = Callable[[TerraformStack], dict[str, Any]]


def test_every_attribute_is_a_reference(stack: TerraformStack, synth: Synth) -> None:
    image = ImsImageMetadata(stack, "image", **SOUND)
    names = {attribute.python_name: attribute.name for attribute in IMAGE_METADATA.block.attributes}
    for name in names:
        TerraformOutput(stack, f"out_{name}", value=getattr(image, name))
    outputs = {name.removeprefix("out_"): output["value"] for name, output in synth(stack)["output"].items()}

    expected = {name: f"${{{ADDRESS}.image.{terraform}}}" for name, terraform in names.items()}
    assert outputs == {**expected, "tags": f"${{tolist({ADDRESS}.image.tags)}}"}


def test_references_have_the_types_of_their_attributes(stack: TerraformStack) -> None:
    image = ImsImageMetadata(stack, "image", **SOUND)

    assert isinstance(image.id, str)
    assert isinstance(image.min_disk, float)
    assert isinstance(image.tags, list)
    assert callable(image.protected.resolve)  # type: ignore[union-attr]
    assert callable(image.system_support_market.resolve)


def test_references_between_images(stack: TerraformStack, images: Images) -> None:
    first = ImsImageMetadata(stack, "first", **SOUND, min_disk=40, tags=["a=b"], protected=True)
    ImsImageMetadata(
        stack,
        "second",
        name=f"{first.name}-copy",
        os_version=first.os_version,
        min_disk=first.min_disk,
        protected=first.protected,
        tags=[f"from={first.id}", Fn.element(first.tags, 0)],
        timeouts={"delete": first.timeouts.delete},
    )

    assert images(stack)["second"] == {
        "__os_version": f"${{{ADDRESS}.first.__os_version}}",
        "min_disk": f"${{{ADDRESS}.first.min_disk}}",
        "name": f"${{{ADDRESS}.first.name}}-copy",
        "protected": f"${{{ADDRESS}.first.protected}}",
        "tags": [f"from=${{{ADDRESS}.first.id}}", f"${{element(tolist({ADDRESS}.first.tags), 0)}}"],
        "timeouts": {"delete": f"${{{ADDRESS}.first.timeouts.delete}}"},
    }


def test_references_between_stacks(app: App) -> None:
    producer, consumer = TerraformStack(app, "producer"), TerraformStack(app, "consumer")
    for stack in (producer, consumer):
        HuaweicloudProvider(stack, "provider", region="cn-north-4")
    image = ImsImageMetadata(producer, "image", **SOUND)
    ImsImageMetadata(consumer, "copy", name=image.name, os_version=image.os_version, tags=[f"from={image.id}"])
    app.synth()
    made = json.loads((Path(app.outdir) / "stacks" / "producer" / "cdk.tf.json").read_text())
    used = json.loads((Path(app.outdir) / "stacks" / "consumer" / "cdk.tf.json").read_text())

    values = {output["value"] for output in made["output"].values()}
    assert values == {f"${{{ADDRESS}.image.{name}}}" for name in ("id", "name", "__os_version")}
    assert used["resource"][ADDRESS]["copy"]["name"].startswith("${data.terraform_remote_state.cross-stack-reference")
    assert json.loads((Path(app.outdir) / "manifest.json").read_text())["stacks"]["consumer"]["dependencies"] == [
        "producer"
    ]


def test_inputs_are_what_was_given(stack: TerraformStack) -> None:
    image = ImsImageMetadata(stack, "image", **SOUND, tags={"a": "b"}, min_disk=40, timeouts={"delete": "1m"})

    assert (image.name_input, image.tags_input, image.min_disk_input) == ("a", ["a=b"], 40)
    assert image.timeouts_input == ImsImageMetadataTimeouts(delete="1m")
    assert (image.region_input, image.protected_input) == (None, None)


def test_reset_leaves_arguments_out(stack: TerraformStack, images: Images) -> None:
    image = ImsImageMetadata(stack, "image", **SOUND, min_disk=40, timeouts={"delete": "1m"}, region="cn-north-4")
    for name in ("name", "os_version", "min_disk", "timeouts", "region"):
        getattr(image, f"reset_{name}")()
    image.min_ram = 1

    assert images(stack)["image"] == {"min_ram": 1}


def test_timeouts_can_be_changed(stack: TerraformStack, images: Images) -> None:
    image = ImsImageMetadata(stack, "image", **SOUND)
    assert image.timeouts_input is None
    image.put_timeouts(delete="1m")
    assert image.timeouts_input == ImsImageMetadataTimeouts(delete="1m")
    assert images(stack)["image"]["timeouts"] == {"delete": "1m"}

    image.timeouts.delete = "2m"

    assert image.timeouts.delete_input == "2m"
    assert image.timeouts.internal_value == ImsImageMetadataTimeouts(delete="2m")
    assert images(stack)["image"]["timeouts"] == {"delete": "2m"}

    image.timeouts.reset_delete()
    assert "timeouts" not in images(stack)["image"]


def test_aspects_visit_and_change_images(stack: TerraformStack, images: Images) -> None:
    visited: list[str] = []

    @jsii.implements(IAspect)
    class TagEverything:
        def visit(self, node: Any) -> None:
            if isinstance(node, ImsImageMetadata):
                visited.append(node.node.id)
                node.tags = {"by": "aspect"}

    ImsImageMetadata(stack, "top", **SOUND)
    ImsImageMetadata(Construct(stack, "inner"), "deep", **SOUND, tags=["a=b"])
    Aspects.of(stack).add(TagEverything())

    assert [block["tags"] for block in images(stack).values()] == [["by=aspect"], ["by=aspect"]]
    assert visited == ["top", "deep"]


def test_overrides(stack: TerraformStack, images: Images) -> None:
    image = ImsImageMetadata(stack, "image", **SOUND, min_disk=10)
    image.add_override("min_disk", 20)
    image.add_override("lifecycle.ignore_changes", ["tags"])
    image.override_logical_id("renamed")

    assert (
        images(stack)["renamed"] | {"min_disk": 20, "lifecycle": {"ignore_changes": ["tags"]}}
        == images(stack)["renamed"]
    )


def test_import_from(stack: TerraformStack, synth: Synth) -> None:
    ImsImageMetadata(stack, "image", **SOUND).import_from("4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba86")

    assert synth(stack)["import"] == [{"id": "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba86", "to": f"{ADDRESS}.image"}]


def test_generate_config_for_import(stack: TerraformStack, synth: Synth) -> None:
    provider = HuaweicloudProvider(stack, "south", region="cn-south-1", alias="south")
    ImsImageMetadata.generate_config_for_import(stack, "found", "an-id", provider)

    assert synth(stack)["import"] == [{"id": "an-id", "provider": "huaweicloud.south", "to": f"{ADDRESS}.found"}]


def test_moves(stack: TerraformStack, synth: Synth) -> None:
    ImsImageMetadata(stack, "old", **SOUND).move_to("target")
    ImsImageMetadata(stack, "new", **SOUND).add_move_target("target")
    ImsImageMetadata(stack, "fresh", **SOUND).move_from_id(f"{ADDRESS}.stale")
    document = synth(stack)

    assert document["moved"] == [
        {"from": f"{ADDRESS}.old", "to": f"{ADDRESS}.new"},
        {"from": f"{ADDRESS}.stale", "to": f"{ADDRESS}.fresh"},
    ]
    assert "old" not in document["resource"][ADDRESS]


def test_image_is_known_to_cdktf_as_a_resource(stack: TerraformStack) -> None:
    image = ImsImageMetadata(stack, "image", **SOUND)

    assert TerraformResource.is_terraform_resource(image)
    assert image.terraform_resource_type == ImsImageMetadata.TF_RESOURCE_TYPE == ADDRESS
    assert image.friendly_unique_id == "image"


def test_subclass_may_synthesize_its_own(stack: TerraformStack, images: Images) -> None:
    class Hardened(ImsImageMetadata):
        def __init__(self, scope: Construct, id_: str) -> None:
            super().__init__(scope, id_, **SOUND, protected=False)

        def _synthesize_attributes(self) -> Mapping[str, Any]:
            return {**super()._synthesize_attributes(), "protected": True}

    Hardened(stack, "image")

    assert images(stack)["image"] == {"__os_version": SOUND["os_version"], "name": "a", "protected": True}
