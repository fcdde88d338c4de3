from __future__ import annotations

from cdktf import (
    App,
    IResolvable,
    TerraformIterator,
    TerraformOutput,
    TerraformProvider,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
)

from constructs_ims import (
    DiskFormat,
    HuaweicloudProvider,
    HuaweicloudProviderAssumeRole,
    ImsImageMetadata,
    ImsImageMetadataTimeouts,
    ImsValidationError,
    OsVersion,
    Sandbox,
    SandboxApply,
)

app = App()
stack = TerraformStack(app, "stack")
provider = HuaweicloudProvider(
    stack,
    "provider",
    region="cn-north-4",
    endpoints={"ims": "https://ims.example.com"},
    assume_role=[HuaweicloudProviderAssumeRole(agency_name="a"), {"agency_name": "b"}],
    insecure=True,
)
image = ImsImageMetadata(
    stack,
    "image",
    name="ubuntu",
    os_version=OsVersion.UBUNTU_20_04_SERVER_64BIT,
    disk_format=DiskFormat.QCOW2,
    container_format="bare",
    min_disk=40,
    tags={"team": "platform"},
    timeouts=ImsImageMetadataTimeouts(delete="5m"),
    enable_force_new=True,
    provider=provider,
    lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
)
names = TerraformIterator.from_list(["a", "b"])
ImsImageMetadata(stack, "copies", name=image.name, tags=image.tags, min_disk=image.min_disk, for_each=names)
ImsImageMetadata(stack, "after", name="after", depends_on=[image], lifecycle={"ignore_changes": "all"}, count=2)

image.tags = ["a=b"]
image.tags = {"a": "b"}
image.enable_force_new = False
image.os_version = "Ubuntu 20.04 server 64bit"
image.put_timeouts(delete="1m")
image.reset_name()

resource: TerraformResource = image
block: TerraformProvider = provider
status: str = image.status
tags: list[str] = image.tags
given: list[str] | None = image.tags_input
disk: float = image.min_disk
market: IResolvable = image.system_support_market
deletion: str = image.timeouts.delete
region: str | None = provider.region
TerraformOutput(stack, "id", value=image.id)

try:
    ImsImageMetadata(stack, "wrong", min_disk=1)
except ImsValidationError as fault:
    details: list[str] = [diagnostic.detail for diagnostic in fault.diagnostics]

with Sandbox() as sandbox:
    plan = sandbox.plan(stack, targets=["huaweicloud_ims_image_metadata.image"], variables={"size": 3})
    applied: SandboxApply = sandbox.apply(plan)
    sandbox.apply(stack, replace=["huaweicloud_ims_image_metadata.image"], refresh=False)
    sandbox.change_image("an-id", {"min_disk": 80})
    sandbox.destroy(stack, variables={"size": 3})
    disks = [change.after["min_disk"] for change in plan.drift.values() if change.after]
