"""What could only be matched by accident, or never, is refused with the line to change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_null.data_null_data_source import DataNullDataSource
from cdktf_cdktf_provider_null.provider import NullProvider
from cdktf_cdktf_provider_null.resource import Resource

from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from constructs_ims.testing import Annotations, Match, Template


@pytest.fixture
def stack(tmp_path: Path) -> TerraformStack:
    stack = TerraformStack(App(outdir=str(tmp_path)), "images")
    HuaweicloudProvider(stack, "cloud", region="cn-north-4")
    base = ImsImageMetadata(stack, "base", os_version="Ubuntu 20.04 server 64bit", name="base", min_disk=40)
    TerraformOutput(stack, "id", value=base.id)
    NullProvider(stack, "null")
    Resource(stack, "resource")
    DataNullDataSource(stack, "data")
    return stack


def child(stack: TerraformStack, id: str) -> Any:
    return stack.node.find_child(id)


USES: list[Callable[[Template, TerraformStack], object]] = [
    lambda template, stack: template.has_resource(DataNullDataSource, {}),
    lambda template, stack: template.has_no_resource(DataNullDataSource),
    lambda template, stack: template.has_no_resource(child(stack, "data")),
    lambda template, stack: template.has_data_source(Resource, {}),
    lambda template, stack: template.has_no_data_source(child(stack, "resource")),
    lambda template, stack: template.has_no_output(child(stack, "base")),
    lambda template, stack: template.has_no_resource(child(stack, "id")),
    lambda template, stack: template.has_no_resource(""),
    lambda template, stack: template.has_no_resource(child(stack, "base").id),
    lambda template, stack: template.has_no_resource_properties(
        ImsImageMetadata, {"min_disk": child(stack, "base").min_disk}
    ),
    lambda template, stack: template.resource_properties_count_is(
        ImsImageMetadata, {"min_disk": Match.not_(child(stack, "base").min_disk)}, 1
    ),
    lambda template, stack: template.has_no_resource_properties(ImsImageMetadata, {child(stack, "base").id: 1}),
    lambda template, stack: template.has_no_resource_properties(
        ImsImageMetadata, {"name": Match.string_like_regexp(child(stack, "base").name)}
    ),
]


@pytest.mark.parametrize("use", USES)
def test_uses_that_could_not_hold(use: Callable[[Template, TerraformStack], object], stack: TerraformStack) -> None:
    with pytest.raises(TypeError, match=r"token|is looked for|names nothing"):
        use(Template.from_stack(stack), stack)


def test_each_in_its_own_section_is_found(stack: TerraformStack) -> None:
    template = Template.from_stack(stack)

    template.has_resource(Resource, {})
    template.has_data_source(DataNullDataSource, {})
    template.has_resource(child(stack, "base"), {})
    template.has_output(child(stack, "id"), {})
    template.has_resource_properties(ImsImageMetadata, {"min_disk": 40})
    template.has_provider(HuaweicloudProvider, {})


@pytest.mark.parametrize("subject", [5, ImsImageMetadata, None])
def test_annotations_are_of_constructs(subject: Any, stack: TerraformStack) -> None:
    annotations = Annotations.from_stack(stack)

    for use in (annotations.has_warning, annotations.has_no_warning):
        with pytest.raises(TypeError, match="no construct that could have an annotation"):
            use(subject, Match.any_value())
