"""Golden images: base images that one team owns, and those that other teams make from them under names of their own.

The images are this package's; the random names and the announcements are other providers' prebuilt resources.
"""

from constructs_ims import HuaweicloudProvider, ImsImageMetadata, OsVersion
import jsii
from cdktf import Annotations, App, Aspects, DataResource, IAspect, TerraformOutput, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_null.provider import NullProvider
from cdktf_cdktf_provider_null.resource import Resource as NullResource
from cdktf_cdktf_provider_random.pet import Pet
from cdktf_cdktf_provider_random.provider import RandomProvider
from constructs import Construct, IConstruct

REGION = "cn-north-4"
PROVIDERS = {
    "null": {"source": "hashicorp/null", "version": "~> 3.2"},
    "random": {"source": "hashicorp/random", "version": "~> 3.7"},
}


@jsii.implements(IAspect)
class OwnersAreNamed:
    """Warns of images without an owner among their tags."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, ImsImageMetadata) and not any(tag.startswith("owner=") for tag in node.tags_input or []):
            Annotations.of(node).add_warning("This image has no owner: give it a tag such as owner=platform.")


class GoldenImage(Construct):
    """An image, and the record of what it was made for: a new purpose is recorded anew."""

    def __init__(
        self, scope: Construct, id: str, *, os_version: str, min_disk: float, purpose: str, owner: str = "platform"
    ) -> None:
        super().__init__(scope, id)
        self.image = ImsImageMetadata(
            self,
            "image",
            name=f"golden-{id}",
            os_version=os_version,
            min_disk=min_disk,
            tags={"owner": owner, "purpose": purpose},
        )
        self.record = DataResource(
            self, "record", input={"image": self.image.id}, triggers_replace={"purpose": purpose}
        )


class BaseImages(TerraformStack):
    """The images that every team starts from. ``rebuild`` lets an image be replaced where it cannot be changed."""

    def __init__(self, scope: Construct, id: str, *, min_disk: int, rebuild: bool) -> None:
        super().__init__(scope, id)
        HuaweicloudProvider(self, "huaweicloud", region=REGION, enable_force_new=rebuild)
        purpose = TerraformVariable(self, "purpose", type="string", default="general").string_value
        self.ubuntu = GoldenImage(
            self, "ubuntu", os_version=OsVersion.UBUNTU_20_04_SERVER_64BIT, min_disk=min_disk, purpose=purpose
        )
        self.centos = GoldenImage(self, "centos", os_version="CentOS 7.6 64bit", min_disk=min_disk, purpose=purpose)
        for golden in (self.ubuntu, self.centos):
            TerraformOutput(self, f"{golden.node.id}_id", value=golden.image.id)


class TeamImages(TerraformStack):
    """One team's image, like a base image, under a name that changes with it, and announced whenever it is new."""

    def __init__(self, scope: Construct, id: str, *, base: ImsImageMetadata) -> None:
        super().__init__(scope, id)
        HuaweicloudProvider(self, "huaweicloud", region=REGION, enable_force_new=True)
        RandomProvider(self, "random")
        NullProvider(self, "null")
        for name, requirement in PROVIDERS.items():
            self.add_override(f"terraform.required_providers.{name}", requirement)
        self.release = Pet(self, "release", length=2, keepers={"base": base.id})
        self.image = ImsImageMetadata(
            self,
            "image",
            name=f"{id}-{self.release.id}",
            os_version=base.os_version,
            min_disk=base.min_disk,
            tags=[f"owner={id}", f"base={base.id}"],
        )
        self.announcement = NullResource(self, "announcement", triggers={"image": self.image.id})
        TerraformOutput(self, "image_name", value=self.image.name)


class GoldenImages:
    """The stacks of the app."""

    def __init__(self, app: App, *, min_disk: int = 40, rebuild: bool = False) -> None:
        self.base = BaseImages(app, "base", min_disk=min_disk, rebuild=rebuild)
        self.research = TeamImages(app, "research", base=self.base.ubuntu.image)
        for stack in (self.base, self.research):  # the CDK runs no Aspects of an app
            Aspects.of(stack).add(OwnersAreNamed())
