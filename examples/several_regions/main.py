"""The same image in several regions: a provider block for each, chosen by its alias."""

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, OsVersion
from cdktf import App, TerraformOutput, TerraformStack

REGIONS = ("cn-north-4", "cn-south-1", "ap-southeast-3")

app = App()
stack = TerraformStack(app, "several-regions")

for number, region in enumerate(REGIONS):
    # The first block is the default one; every other needs an alias.
    provider = HuaweicloudProvider(stack, f"provider-{region}", region=region, alias=region if number else None)
    image = ImsImageMetadata(
        stack,
        f"debian-{region}",
        provider=provider,
        name="debian-10",
        os_version=OsVersion.DEBIAN_GNU_LINUX_10_0_0_64BIT,
        min_disk=20,
        tags={"region": region},
    )
    TerraformOutput(stack, f"id-{region}", value=image.id)

app.synth()
