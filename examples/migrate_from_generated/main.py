"""An app written for bindings of `cdktf get`, moved by its imports alone: the last of them stands for

from imports.huaweicloud.ims_image_metadata import ImsImageMetadata, ImsImageMetadataTimeouts
from imports.huaweicloud.provider import HuaweicloudProvider
"""

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, ImsImageMetadataTimeouts
from cdktf import App, TerraformOutput, TerraformResourceLifecycle, TerraformStack
from constructs import Construct


class ImageStack(TerraformStack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        HuaweicloudProvider(self, "huaweicloud", region="cn-north-4", max_retries=3)
        image = ImsImageMetadata(
            self,
            "image",
            name="centos-7.6",
            os_version="CentOS 7.6 64bit",
            container_format="bare",
            disk_format="zvhd2",
            min_disk=40,
            min_ram=1024,
            protected=False,
            tags=["team=platform", "stage=production"],
            timeouts=ImsImageMetadataTimeouts(delete="5m"),
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
        )
        image.tags = [*(image.tags_input or []), "moved=yes"]
        TerraformOutput(self, "image_id", value=image.id)


app = App()
ImageStack(app, "migrated")
app.synth()
