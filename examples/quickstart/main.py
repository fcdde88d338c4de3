"""Two images and their IDs: the smallest app worth deploying."""

from constructs_ims import DiskFormat, HuaweicloudProvider, ImsImageMetadata, OsVersion
from cdktf import App, TerraformOutput, TerraformStack

app = App()
stack = TerraformStack(app, "quickstart")

# Region and nothing else: credentials come from the environment, or from the sandbox offline.
HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")

base = ImsImageMetadata(
    stack,
    "base",
    name="ubuntu-20.04-base",
    os_version=OsVersion.UBUNTU_20_04_SERVER_64BIT,
    min_disk=40,
    tags={"team": "platform", "stage": "base"},
)
web = ImsImageMetadata(
    stack,
    "web",
    name=f"{base.name}-web",
    os_version=base.os_version,
    disk_format=DiskFormat.QCOW2,
    min_disk=base.min_disk,
    min_ram=2048,
    tags=["team=platform", f"made-from={base.id}"],
)

TerraformOutput(stack, "base_id", value=base.id)
TerraformOutput(stack, "web_id", value=web.id)
TerraformOutput(stack, "web_platform", value=web.platform)

app.synth()
