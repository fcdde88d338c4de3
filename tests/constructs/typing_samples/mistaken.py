from __future__ import annotations

from cdktf import App, TerraformStack

from constructs_ims import (
    DiskFormat,
    HuaweicloudProvider,
    ImsImageMetadata,
    ImsImageMetadataTimeouts,
    OsVersion,
    Sandbox,
)

stack = TerraformStack(App(), "stack")
image = ImsImageMetadata(stack, "image")

ImsImageMetadata(stack, "a", os_verison="Ubuntu")  # error: call-arg
ImsImageMetadata(stack, "b", name=3)  # error: arg-type
ImsImageMetadata(stack, "c", min_disk="40")  # error: arg-type
ImsImageMetadata(stack, "d", protected="true")  # error: arg-type
ImsImageMetadata(stack, "e", tags=[1, 2])  # error: list-item
ImsImageMetadata(stack)  # error: call-arg
ImsImageMetadata(stack, "f", "ubuntu")  # error: call-arg
ImsImageMetadata(stack, "g", provider="south")  # error: arg-type
ImsImageMetadataTimeouts(delet="5m")  # error: call-arg
HuaweicloudProvider(stack, "h", regoin="cn-north-4")  # error: call-arg
HuaweicloudProvider(stack, "i", max_retries="3")  # error: arg-type
disk_format = DiskFormat.QCOW  # error: attr-defined
os_version = OsVersion.UBUNTU  # error: attr-defined
state = image.statsu  # error: attr-defined
image.name = 3  # error: assignment
image.status = "active"  # error: misc
image.put_timeouts(create="5m")  # error: call-arg
Sandbox().apply(stack, tragets=["a.b"])  # error: call-arg
Sandbox().apply(stack, refresh="no")  # error: arg-type
Sandbox().destroy(stack, destroy=True)  # error: call-arg
