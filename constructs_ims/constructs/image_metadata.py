"""The construct ``ImsImageMetadata``: the resource ``huaweicloud_ims_image_metadata``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

import jsii
from constructs import Construct

from constructs_ims.constructs import cdk
from constructs_ims.constructs.constructor import (
    ConstructorSignature,
    Placing,
    construct_path,
    create,
    native_arguments,
    suggest_arguments,
    warning_texts,
)
from constructs_ims.constructs.enums import ContainerFormat, DiskFormat, Visibility
from constructs_ims.constructs.image_config import ImsImageMetadataConfig, check_image
from constructs_ims.constructs.native import ASSEMBLY
from constructs_ims.constructs.os_version import OsVersion
from constructs_ims.constructs.settable_arguments import TERRAFORM_NAMES, SettableArguments
from constructs_ims.constructs.timeouts import (
    ImsImageMetadataTimeouts,
    ImsImageMetadataTimeoutsOutputReference,
    check_timeouts,
    timeouts_from_kernel,
)
from constructs_ims.schema.image_metadata import RESOURCE_TYPE


@cdk.with_native_half
class ImsImageMetadata(SettableArguments, jsii_type=f"{ASSEMBLY}.ImsImageMetadata"):
    """The metadata of an IMS image: a record to which an image file can be uploaded later.

    ``scope`` is the construct to stand in and ``id_`` the name there; both are part of the resource's address.

    - ``container_format``: container of the image; ``"bare"`` when left out, and the only value.
    - ``disk_format``: format of the image file: zvhd2, vhd, raw, qcow2 or iso; ``"zvhd2"`` when left out.
    - ``enable_force_new``: whether a changed argument replaces the image instead of being refused; the provider's
      setting when left out.
    - ``id``: ID of the image; leave it to the service.
    - ``min_disk``: least system disk a server needs, 10 to 1024 GB.
    - ``min_ram``: least memory a server needs, in MB; 0 when left out.
    - ``name``: name of the image, 1 to 255 characters; empty when left out, and then no server can be made from it.
    - ``os_version``: operating system and version; ``"Other Linux (64 bit)"`` when left out. Windows is refused.
    - ``protected``: whether the image is guarded against deletion; False when left out.
    - ``region``: region that holds the image; the provider's when left out. Another region replaces the image.
    - ``tags``: at most ten labels, as ``key=value`` texts or a mapping; none when left out.
    - ``timeouts``: how long a deletion may take; ten minutes when left out.
    - ``visibility``: who sees the image; ``"private"`` when left out, and the only value.

    The others are Terraform's own for every resource; each has no effect when left out. Arguments may be tokens.

    Raises ``ImsValidationError`` with every violation. What may be a mistake becomes a warning on the construct.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = RESOURCE_TYPE
    __signature__: ClassVar[ConstructorSignature] = ConstructorSignature()

    @suggest_arguments("ImsImageMetadata", check_image)
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        container_format: ContainerFormat | str | None = None,
        disk_format: DiskFormat | str | None = None,
        enable_force_new: bool | str | None = None,
        id: str | None = None,
        min_disk: float | None = None,
        min_ram: float | None = None,
        name: str | None = None,
        os_version: OsVersion | str | None = None,
        protected: bool | cdk.IResolvable | None = None,
        region: str | None = None,
        tags: Sequence[str] | Mapping[str, str] | None = None,
        timeouts: ImsImageMetadataTimeouts | Mapping[str, Any] | cdk.IResolvable | None = None,
        visibility: Visibility | str | None = None,
        connection: cdk.Connection | Mapping[str, Any] | None = None,
        count: float | cdk.TerraformCount | None = None,
        depends_on: Sequence[cdk.ITerraformDependable] | None = None,
        for_each: cdk.ITerraformIterator | None = None,
        lifecycle: cdk.TerraformResourceLifecycle | Mapping[str, Any] | None = None,
        provider: cdk.TerraformProvider | None = None,
        provisioners: Sequence[cdk.Provisioner | Mapping[str, Any]] | None = None,
    ) -> None:
        with Placing("ImsImageMetadata", scope, id_):
            config = ImsImageMetadataConfig(
                container_format=container_format,
                disk_format=disk_format,
                enable_force_new=enable_force_new,
                id=id,
                min_disk=min_disk,
                min_ram=min_ram,
                name=name,
                os_version=os_version,
                protected=protected,
                region=region,
                tags=tags,
                timeouts=timeouts,
                visibility=visibility,
                connection=connection,
                count=count,
                depends_on=depends_on,
                for_each=for_each,
                lifecycle=lifecycle,
                provider=provider,
                provisioners=provisioners,
            )
        warnings = warning_texts(config.checked.warnings, TERRAFORM_NAMES)
        text, objects = native_arguments(config.checked.wire, warnings)
        create("ImsImageMetadata", self, scope, id_, text, objects, config.meta or None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({construct_path(self)!r})"

    @classmethod
    def generate_config_for_import(
        cls, scope: Construct, import_to_id: str, import_from_id: str, provider: cdk.TerraformProvider | None = None
    ) -> cdk.ImportableResource:
        """Have ``cdktf plan`` write the code for an image that exists already.

        ``import_to_id`` is the construct id in the code, ``import_from_id`` the ID of the image, ``provider`` the block
        to ask when it is not the default.
        """
        cdk.finish(scope)
        arguments = [scope, import_to_id, import_from_id, provider]
        return cast("cdk.ImportableResource", jsii.sinvoke(cls, "generateConfigForImport", arguments))

    @property
    def timeouts(self) -> ImsImageMetadataTimeoutsOutputReference:
        """How long operations may take."""
        return cast(ImsImageMetadataTimeoutsOutputReference, jsii.get(self, "timeouts"))

    @property
    def timeouts_input(self) -> ImsImageMetadataTimeouts | cdk.IResolvable | None:
        """``timeouts`` as it was given."""
        return timeouts_from_kernel(jsii.invoke(self, "readArgument", ["timeouts"]))

    def put_timeouts(self, *, delete: str | None = None) -> None:
        """Say how long operations may take; ``delete`` is a length of time such as ``"10m"``."""
        with Placing.of("ImsImageMetadata", self):
            checked = check_timeouts(ImsImageMetadataTimeouts(delete=delete))
        jsii.invoke(self, "assignArgument", ["timeouts", checked.wire["timeouts"]])

    def reset_timeouts(self) -> None:
        """Leave ``timeouts`` out."""
        jsii.invoke(self, "assignArgument", ["timeouts"])
