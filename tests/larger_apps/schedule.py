"""Points in time, calculated with, and an image that waits for one."""

from cdktf import App, Fn, TerraformStack, Token
from cdktf_cdktf_provider_time.offset import Offset
from cdktf_cdktf_provider_time.provider import TimeProvider
from cdktf_cdktf_provider_time.rotating import Rotating
from cdktf_cdktf_provider_time.sleep import Sleep
from cdktf_cdktf_provider_time.static_resource import StaticResource

from constructs_ims import HuaweicloudProvider, ImsImageMetadata
from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "schedule")
    TimeProvider(stack, "time")
    HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
    start = StaticResource(stack, "start")
    end = Offset(stack, "end", base_rfc3339=start.rfc3339, offset_days=7)
    rotation = Rotating(stack, "rotation", rotation_days=30)
    wait = Sleep(stack, "wait", create_duration="30s", triggers={"rotation": rotation.id})
    ImsImageMetadata(
        stack,
        "image",
        name="weekly",
        os_version="Ubuntu 22.04 server 64bit",
        min_disk=Token.as_number(Fn.max([40, start.day])),
        tags=[f"rotation={Fn.lookup(wait.triggers, 'rotation', '')}"],
        depends_on=[wait],
    )
    output(stack, "day_after", Fn.timeadd(end.rfc3339, "24h"))
    output(stack, "year", start.year)
    output(stack, "month", Fn.formatdate("MMM", rotation.rotation_rfc3339))
