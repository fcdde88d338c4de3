"""The jsii module behind the constructs."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from typing import Any

import cdktf
import pytest
from cdktf import TerraformStack

from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from constructs_ims.constructs.native import pack
from constructs_ims.constructs.native.assembly import describe_assembly, describe_declarations

VERSIONS = {"cdktf": "0.21.0", "constructs": "10.4.2"}


def test_package_is_the_same_each_time() -> None:
    contents = {"index.js": "exports.a = 1", "package.json": "{}"}

    assert pack(contents) == pack(dict(contents))


def test_package_is_laid_out_for_npm() -> None:
    with tarfile.open(fileobj=io.BytesIO(pack({"a/b.js": "text"}))) as tar:
        entry = tar.extractfile("package/a/b.js")
        assert entry is not None
        assert entry.read() == b"text"


def test_assembly_declares_each_class_once() -> None:
    assembly = describe_assembly("cdktf", VERSIONS)

    assert sorted(assembly["types"]) == [
        "constructs-ims.HuaweicloudProvider",
        "constructs-ims.ImsImageMetadata",
        "constructs-ims.ImsImageMetadataTimeoutsOutputReference",
    ]
    assert assembly["dependencies"] == VERSIONS


def test_declarations_name_hcl_kinds() -> None:
    kinds: dict[str, Any] = describe_declarations("cdktf")["resource"]["kinds"]

    assert {kinds[name]["storageClassType"] for name in ("tags", "min_disk", "protected", "name")} == {
        "stringList",
        "number",
        "boolean",
        "string",
    }
    assert (kinds["timeouts"]["isBlock"], kinds["timeouts"]["type"]) == (True, "struct")


def test_synthesis_asks_python_nothing(stack: TerraformStack, kernel_calls: list[str]) -> None:
    HuaweicloudProvider(stack, "provider", region="cn-north-4")
    for number in range(3):
        ImsImageMetadata(stack, f"image{number}", name="a", tags={"a": "b"}, timeouts={"delete": "1m"})
    kernel_calls.clear()
    cdktf.Testing.synth(stack)

    assert kernel_calls == ["StaticInvokeRequest"]


def test_hcl_is_what_json_says(stack: TerraformStack) -> None:
    ImsImageMetadata(
        stack,
        "image",
        name="a",
        os_version="Fedora 30 64bit",
        min_disk=40,
        protected=True,
        tags=["a=b"],
        timeouts={"delete": "1m"},
    )
    lines = [line.strip() for line in cdktf.Testing.synth_hcl(stack).strip().splitlines()]

    assert lines == [
        'resource "huaweicloud_ims_image_metadata" "image" {',
        '__os_version = "Fedora 30 64bit"',
        "min_disk = 40",
        'name = "a"',
        "protected = true",
        "tags = [",
        '"a=b"',
        "]",
        "timeouts {",
        'delete = "1m"',
        "}",
        "}",
    ]


def test_hcl_of_a_provider_block(stack: TerraformStack) -> None:
    HuaweicloudProvider(
        stack, "main", alias="south", endpoints={"ims": "https://a"}, assume_role=[{"agency_name": "a"}], max_retries=1
    )
    text = cdktf.Testing.synth_hcl(stack)

    assert 'provider "huaweicloud" {' in text
    for line in ('alias = "south"', "max_retries = 1", 'ims = "https://a"', "assume_role {", 'agency_name = "a"'):
        assert line in text


@pytest.mark.parametrize("order", ["import cdktf, constructs_ims", "import constructs_ims, cdktf"])
def test_import_order_does_not_matter(order: str) -> None:
    script = (
        f"{order}\n"
        "from constructs_ims import ImsImageMetadata; stack = cdktf.TerraformStack(cdktf.Testing.app(), 's')\n"
        "ImsImageMetadata(stack, 'i', name='a'); print(cdktf.Testing.synth(stack))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert json.loads(ran.stdout)["resource"]["huaweicloud_ims_image_metadata"]["i"] == {"name": "a"}
