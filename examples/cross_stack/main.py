"""Two stacks: one owns the base images, the other makes its own from a reference to them."""

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, OsVersion
from cdktf import App, TerraformOutput, TerraformStack
from constructs import Construct


class BaseImages(TerraformStack):
    """The images that everyone starts from."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        HuaweicloudProvider(self, "huaweicloud", region="cn-north-4")
        self.ubuntu = ImsImageMetadata(
            self,
            "ubuntu",
            name="ubuntu-base",
            os_version=OsVersion.UBUNTU_20_04_SERVER_64BIT,
            min_disk=40,
        )


class TeamImages(TerraformStack):
    """The images of one team; cdktf carries the references over and deploys the base first."""

    def __init__(self, scope: Construct, id: str, base: ImsImageMetadata) -> None:
        super().__init__(scope, id)
        HuaweicloudProvider(self, "huaweicloud", region="cn-north-4")
        image = ImsImageMetadata(
            self,
            "team",
            name=f"{base.name}-team",
            os_version=base.os_version,
            min_disk=base.min_disk,
            tags=["team=research", f"base={base.id}"],
        )
        TerraformOutput(self, "image_id", value=image.id)


app = App()
base = BaseImages(app, "base")
TeamImages(app, "team", base.ubuntu)
app.synth()
