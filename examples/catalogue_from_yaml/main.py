"""Images from a table: one resource with `for_each` over a YAML file that Terraform reads."""

from pathlib import Path

from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from cdktf import App, AssetType, Fn, TerraformAsset, TerraformIterator, TerraformOutput, TerraformStack, Token

app = App()
stack = TerraformStack(app, "catalogue")
HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")

table = TerraformAsset(stack, "table", path=str(Path(__file__).with_name("images.yaml")), type=AssetType.FILE)
each = TerraformIterator.from_map(Token.as_any_map(Fn.yamldecode(Fn.file(table.path))))

images = ImsImageMetadata(
    stack,
    "images",
    for_each=each,
    name=each.key,
    os_version=each.get_string("os_version"),
    min_disk=each.get_number("min_disk"),
    tags=each.get_list("tags"),
)

every = TerraformIterator.from_resources(images)
TerraformOutput(stack, "ids", value=every.pluck_property("id"))

app.synth()
