"""A module that is written with CDKTF is a stack of its own to the kit: variables go in, outputs come out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cdktf import App

if os.environ.get("CONSTRUCTS_IMS_TEST_CDK") == "cdktn":
    pytest.skip("nobody has made cdktf-tf-module-stack for cdktn", allow_module_level=True)

from cdktf_tf_module_stack import ProviderRequirement, TFModuleOutput, TFModuleStack, TFModuleVariable

from constructs_ims import ImsImageMetadata
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox
from constructs_ims.testing import ApplyStep, Match, Template, run_steps

pytestmark = pytest.mark.xdist_group("larger apps")


@pytest.fixture
def module(tmp_path: Path) -> TFModuleStack:
    module = TFModuleStack(App(outdir=str(tmp_path)), "image-module")
    ProviderRequirement(module, "huaweicloud", ">= 1.73.2", "huaweicloud/huaweicloud")
    name = TFModuleVariable(module, "name", type="string")
    disk = TFModuleVariable(module, "min_disk", type="number", default=40)
    image = ImsImageMetadata(
        module, "image", name=name.string_value, min_disk=disk.number_value, os_version="Ubuntu 20.04 server 64bit"
    )
    TFModuleOutput(module, "image_id", value=image.id)
    TFModuleOutput(module, "image_name", value=image.name)
    return module


def test_what_it_synthesizes(module: TFModuleStack) -> None:
    template = Template.from_stack(module)

    template.has_resource_properties(ImsImageMetadata, {"name": "${var.name}", "min_disk": "${var.min_disk}"})
    template.has_variable("min_disk", {"default": 40})
    template.has_output("image_id", {"value": "${huaweicloud_ims_image_metadata.image.id}"})
    template.has_no_provider("*")


def test_its_life(module: TFModuleStack, ims: Sandbox) -> None:
    run_steps(
        ims,
        ApplyStep(
            module,
            variables={"name": "base"},
            creates=["huaweicloud_ims_image_metadata.image"],
            outputs={"image_id": Match.any_value(), "image_name": "base"},
            images=[{"name": "base", "min_disk": 40}],
        ),
    )


def test_variable_that_nobody_gave(module: TFModuleStack, ims: Sandbox) -> None:
    with pytest.raises(OperationFailedError, match=r"No value for required variable"):
        ims.apply(module)
