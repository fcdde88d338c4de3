"""Two images and their IDs: the smallest app worth deploying."""

import constructs_ims as ims
from cdktf import App, TerraformOutput, TerraformStack

app = App()
stack = TerraformStack(app, "quickstart")

# Region and nothing else: credentials come from the environment, or from the sandbox offline.
ims.HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")

base = ims.ImsImageMetadata(
    stack,
    "base",
    name="ubuntu-20.04-base",
    os_version=ims.OsVersion.UBUNTU_20_04_SERVER_64BIT,
    min_disk=40,
    tags={"team": "platform", "stage": "base"},
)
web = ims.ImsImageMetadata(
    stack,
    "web",
    name=f"{base.name}-web",
    os_version=base.os_version,
    disk_format=ims.DiskFormat.QCOW2,
    min_disk=base.min_disk,
    min_ram=2048,
    tags=["team=platform", f"made-from={base.id}"],
)

TerraformOutput(stack, "base_id", value=base.id)
TerraformOutput(stack, "web_id", value=web.id)
TerraformOutput(stack, "web_platform", value=web.platform)

app.synth()
