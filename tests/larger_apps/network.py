"""A network from a module of a registry, and what stands in it."""

from cdktf import App, Fn, TerraformHclModule, TerraformStack, Token
from cdktf_cdktf_provider_null.provider import NullProvider
from cdktf_cdktf_provider_null.resource import Resource

from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from tests.larger_apps import output

OVERRIDE_MODULE = {"module.network": {"security_group_ids": {"web": "sg-1"}}}


def build(app: App) -> None:
    stack = TerraformStack(app, "landscape")
    NullProvider(stack, "null")
    HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
    first = Resource(stack, "first")
    network = TerraformHclModule(
        stack,
        "network",
        source="terraform-example-modules/network/cloud",
        version="~> 5.0",
        variables={"name": "images", "cidr": "10.0.0.0/16", "owner": first.id},
    )
    subnets = network.get_string("subnets")
    Resource(stack, "gateway", triggers={"subnet": f"${{{network.fqn}.subnets[0].id}}", "all": Fn.jsonencode(subnets)})
    ImsImageMetadata(
        stack,
        "image",
        name="golden",
        os_version="Ubuntu 22.04 server 64bit",
        tags=[f"network={network.get_string('id')}"],
    )
    output(stack, "groups", Fn.lookup(Token.as_any_map(network.get_string("security_group_ids")), "web", ""))
    output(stack, "hosts", f"${{cidrhost({network.fqn}.subnets[0].cidr, 4)}}")
