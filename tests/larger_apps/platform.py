"""Three stacks that hand values on: names and numbers, a network, and the images that are built there."""

from cdktf import App, Fn, TerraformStack, Token
from cdktf_cdktf_provider_null.provider import NullProvider
from cdktf_cdktf_provider_null.resource import Resource
from cdktf_cdktf_provider_random.integer import Integer
from cdktf_cdktf_provider_random.pet import Pet
from cdktf_cdktf_provider_random.provider import RandomProvider
from cdktf_cdktf_provider_random.shuffle import Shuffle

from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from tests.larger_apps import output


def build(app: App) -> None:
    names = TerraformStack(app, "names")
    RandomProvider(names, "random")
    pet = Pet(names, "pet")
    disk = Integer(names, "disk", min=40, max=100)
    zones = Shuffle(names, "zones", input=["a", "b", "c"])

    network = TerraformStack(app, "network")
    NullProvider(network, "null")
    subnet = Resource(network, "subnet", triggers={"name": pet.id, "zone": Fn.element(zones.result, 0)})

    images = TerraformStack(app, "images")
    HuaweicloudProvider(images, "huaweicloud", region="cn-north-4")
    ImsImageMetadata(
        images,
        "image",
        name="golden",
        os_version="Ubuntu 22.04 server 64bit",
        min_disk=Token.as_number(Fn.max([40, Fn.min([disk.result, 1024])])),
        tags=[f"subnet={subnet.id}", f"zones={Fn.length_of(zones.result)}"],
    )
    output(images, "double", Fn.sum([disk.result, disk.result]))
    output(images, "zone", Fn.lookup(subnet.triggers, "zone", ""))
