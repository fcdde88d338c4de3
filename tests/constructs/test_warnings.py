"""What may be a mistake becomes a warning on the construct, which cdktf's command line shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsii
import pytest
from cdktf import App, Aspects, IAspect, TerraformElement, TerraformStack

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, OsVersion

SOUND = {"name": "ubuntu", "os_version": "Ubuntu 20.04 server 64bit"}
Warnings = Callable[[TerraformElement], list[str]]


@pytest.mark.parametrize(
    ("arguments", "summaries"),
    [
        (SOUND, []),
        ({**SOUND, "name": "ubuntu 20.04_base-1"}, []),
        ({**SOUND, "name": "镜像"}, []),
        ({**SOUND, "os_version": OsVersion.OTHER_LINUX_64_BIT}, []),
        ({**SOUND, "os_version": "Other Linux(64 bit)"}, []),
        ({**SOUND, "name": "${var.name}", "os_version": "${var.os}"}, []),
        ({}, ["Image without a name", "Image without an OS version"]),
        ({"name": "a"}, ["Image without an OS version"]),
        ({**SOUND, "os_version": "Ubuntu 20.04 sever 64bit"}, ["Unknown OS version"]),
        ({**SOUND, "name": "a/b"}, ["Unusual image name"]),
        ({**SOUND, "name": " a"}, ["Unusual image name"]),
        ({**SOUND, "name": "n" * 129}, ["Unusual image name"]),
    ],
)
def test_warnings(
    stack: TerraformStack, warnings_of: Warnings, arguments: dict[str, Any], summaries: list[str]
) -> None:
    image = ImsImageMetadata(stack, "image", **arguments)

    assert [warning.partition(" (")[0] for warning in warnings_of(image)] == summaries


def test_unknown_os_version_names_the_nearest(stack: TerraformStack, warnings_of: Warnings) -> None:
    image = ImsImageMetadata(stack, "image", name="a", os_version="Ubuntu 20.04 sever 64bit")

    assert warnings_of(image)[0].endswith('Did you mean "Ubuntu 20.04 server 64bit"?')


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        ("cn-nort-4", 'Did you mean "cn-north-4"?'),
        ("CN-North-4", 'Did you mean "cn-north-4"?'),
        ("cn-north-4", None),
        ("cn-north-99", None),
        ("my-private-cloud", None),
        ("${var.region}", None),
    ],
)
def test_misspelt_region_is_warned_of(
    stack: TerraformStack, warnings_of: Warnings, region: str, hint: str | None
) -> None:
    given = (
        HuaweicloudProvider(stack, "provider", region=region),
        ImsImageMetadata(stack, "image", **SOUND, region=region),
    )
    assigned = HuaweicloudProvider(stack, "other", alias="other"), ImsImageMetadata(stack, "other-image", **SOUND)
    for construct in assigned:
        construct.region = region

    for construct in given + assigned:
        assert [warning.startswith("Unknown region (region)") for warning in warnings_of(construct)] == [True] * bool(
            hint
        )
        assert all(warning.endswith(f" {hint}") for warning in warnings_of(construct))


def test_sound_image_costs_one_call(stack: TerraformStack, kernel_calls: list[str]) -> None:
    ImsImageMetadata(stack, "image", **SOUND, min_disk=40, tags=["a=b"], timeouts={"delete": "1m"})

    assert kernel_calls == ["CreateRequest"]


def test_warnings_cost_no_further_call(stack: TerraformStack, kernel_calls: list[str]) -> None:
    ImsImageMetadata(stack, "image")

    assert kernel_calls == ["CreateRequest"]


def test_mended_argument_takes_its_warning_back(stack: TerraformStack, warnings_of: Warnings) -> None:
    image = ImsImageMetadata(stack, "image", os_version="Ubuntu 20.04 sever 64bit")
    image.os_version = OsVersion.UBUNTU_20_04_SERVER_64BIT
    image.name = "ubuntu"

    assert warnings_of(image) == []

    image.reset_name()
    assert [warning.partition(" (")[0] for warning in warnings_of(image)] == ["Image without a name"]


def test_warnings_reach_the_manifest_after_aspects(app: App, stack: TerraformStack) -> None:
    @jsii.implements(IAspect)
    class NameEverything:
        def visit(self, node: Any) -> None:
            if isinstance(node, ImsImageMetadata) and node.name_input is None:
                node.name = node.node.id

    HuaweicloudProvider(stack, "provider", region="cn-north-4")
    ImsImageMetadata(stack, "image")
    Aspects.of(stack).add(NameEverything())
    app.synth()
    manifest = json.loads((Path(app.outdir) / "manifest.json").read_text())

    annotations = manifest["stacks"]["stack"]["annotations"]
    assert [(found["constructPath"], found["level"]) for found in annotations] == [("stack/image", "@cdktf/warn")]
    assert "os_version is left out" in annotations[0]["message"]


def test_sound_app_annotates_nothing(app: App, stack: TerraformStack) -> None:
    HuaweicloudProvider(stack, "provider", region="cn-north-4")
    ImsImageMetadata(stack, "image", **SOUND)
    app.synth()

    assert json.loads((Path(app.outdir) / "manifest.json").read_text())["stacks"]["stack"]["annotations"] == []
