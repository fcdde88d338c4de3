"""The constructor and the properties of ``ImsImageMetadata``, made from ``constructs_ims/schema/image_metadata.py``.

Do not edit: change the declaration, and run ``python -m tests.constructs.generated_arguments``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from constructs import Construct

from constructs_ims.constructs import cdk
from constructs_ims.constructs.argument_access import ArgumentAccess
from constructs_ims.constructs.constructor import suggest_arguments
from constructs_ims.constructs.enums import ContainerFormat, DiskFormat, Visibility
from constructs_ims.constructs.image_config import check_image
from constructs_ims.constructs.os_version import OsVersion
from constructs_ims.constructs.timeouts import ImsImageMetadataTimeouts


class ImageProperties(ArgumentAccess, cdk.ResourceBase):
    """The constructor of ``ImsImageMetadata``, its arguments and what it exports."""

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
        """Make it in ``scope`` under the construct id ``id_``.

        - ``container_format``: container of the image; "bare" when left out.
        - ``disk_format``: format of the image file; "zvhd2" when left out.
        - ``enable_force_new``: whether changes replace the image instead of being refused: "true" or "false"; else
          the provider decides.
        - ``id``: ID of the image, a UUID.
        - ``min_disk``: least system disk a server needs to run the image, 10 to 1024 GB; must exceed the image's own
          disk.
        - ``min_ram``: least memory a server needs to run the image, in MB; 0 when left out.
        - ``name``: name of the image, 1 to 255 characters; empty when left out, and then no server can be made from
          it.
        - ``os_version``: operating system and version, "Other Linux (64 bit)" when left out; servers may then fail to
          start.
        - ``protected``: whether the image is guarded against deletion; false when left out.
        - ``region``: region that holds the image; the provider's region when left out. Another region replaces the
          image.
        - ``tags``: labels of the form "key=value", at most ten, each 1 to 255 characters long; none when left out.
        - ``timeouts``: how long operations may take.
        - ``visibility``: who sees the image; "private" is the only value and the default.
        """
        self._create(
            scope,
            id_,
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

    @property
    def file(self) -> str:
        """Path under which the image file is uploaded and downloaded."""
        return self._text("file")

    @property
    def self_attribute(self) -> str:
        """Path of the image itself."""
        return self._text("self")

    @property
    def schema(self) -> str:
        """Path of the JSON schema that describes an image."""
        return self._text("schema")

    @property
    def status(self) -> str:
        """State of the image: queued, saving, active, killed or deleted."""
        return self._text("status")

    @property
    def max_ram(self) -> str:
        """Most memory the image supports, in MB; usually empty."""
        return self._text("max_ram")

    @property
    def updated_at(self) -> str:
        """Time of the last change, in UTC, as 2026-01-31T08:00:00Z."""
        return self._text("updated_at")

    @property
    def os_bit(self) -> str:
        """Word length of the operating system: "32" or "64"."""
        return self._text("__os_bit")

    @property
    def description(self) -> str:
        """Description of the image."""
        return self._text("__description")

    @property
    def isregistered(self) -> str:
        """Whether the image is registered: "true" or "false"."""
        return self._text("__isregistered")

    @property
    def platform(self) -> str:
        """Family of the operating system, such as Ubuntu, CentOS, EulerOS or Other."""
        return self._text("__platform")

    @property
    def os_type(self) -> str:
        """Kind of the operating system: Linux, Windows or Other."""
        return self._text("__os_type")

    @property
    def virtual_env_type(self) -> str:
        """Where the image is used: FusionCompute, DataImage, Ironic or IsoImage."""
        return self._text("virtual_env_type")

    @property
    def image_source_type(self) -> str:
        """Storage behind the image; "uds" is the only value."""
        return self._text("__image_source_type")

    @property
    def imagetype(self) -> str:
        """Kind of the image: gold, private, shared or market."""
        return self._text("__imagetype")

    @property
    def created_at(self) -> str:
        """Time of creation, in UTC, as 2026-01-31T08:00:00Z."""
        return self._text("created_at")

    @property
    def originalimagename(self) -> str:
        """ID of the image this one was made from; empty for an image made from a file."""
        return self._text("__originalimagename")

    @property
    def backup_id(self) -> str:
        """ID of the backup this image was made from; empty when there is none."""
        return self._text("__backup_id")

    @property
    def productcode(self) -> str:
        """Product ID of a marketplace image."""
        return self._text("__productcode")

    @property
    def image_size(self) -> str:
        """Size of the image file in bytes, as decimal digits."""
        return self._text("__image_size")

    @property
    def data_origin(self) -> str:
        """Where the image comes from; empty for a public image."""
        return self._text("__data_origin")

    @property
    def lazyloading(self) -> str:
        """Whether the image supports lazy loading: true, false, True or False."""
        return self._text("__lazyloading")

    @property
    def active_at(self) -> str:
        """Time when the image became active, in UTC."""
        return self._text("active_at")

    @property
    def image_displayname(self) -> str:
        """Name shown to others."""
        return self._text("__image_displayname")

    @property
    def os_feature_list(self) -> str:
        """Advanced features of the image, as the text of a JSON list."""
        return self._text("__os_feature_list")

    @property
    def support_kvm(self) -> str:
        """Is "true" when the image runs under KVM."""
        return self._text("__support_kvm")

    @property
    def support_xen(self) -> str:
        """Is "true" when the image runs under Xen."""
        return self._text("__support_xen")

    @property
    def support_largememory(self) -> str:
        """Is "true" when the image runs on large-memory servers."""
        return self._text("__support_largememory")

    @property
    def support_diskintensive(self) -> str:
        """Is "true" when the image runs on disk-intensive servers."""
        return self._text("__support_diskintensive")

    @property
    def support_highperformance(self) -> str:
        """Is "true" when the image runs on high-performance servers."""
        return self._text("__support_highperformance")

    @property
    def support_xen_gpu_type(self) -> str:
        """GPU type supported under Xen; excludes __support_xen and __support_kvm."""
        return self._text("__support_xen_gpu_type")

    @property
    def support_kvm_gpu_type(self) -> str:
        """GPU type supported under KVM; excludes __support_xen and __support_kvm."""
        return self._text("__support_kvm_gpu_type")

    @property
    def support_xen_hana(self) -> str:
        """Is "true" when the image runs on HANA servers; excludes __support_xen and __support_kvm."""
        return self._text("__support_xen_hana")

    @property
    def support_kvm_infiniband(self) -> str:
        """Is "true" when InfiniBand works under KVM; excludes __support_xen."""
        return self._text("__support_kvm_infiniband")

    @property
    def system_support_market(self) -> cdk.IResolvable:
        """Whether the image can be published in the marketplace."""
        return self._boolean("__system_support_market")

    @property
    def is_offshelved(self) -> str:
        """Whether a marketplace image was taken down: "true" or "false"."""
        return self._text("__is_offshelved")

    @property
    def enterprise_project_id(self) -> str:
        """Enterprise project of the image; "0" or empty is the default one."""
        return self._text("enterprise_project_id")

    @property
    def root_origin(self) -> str:
        """Where an imported image came from; "file" is the only value."""
        return self._text("__root_origin")

    @property
    def sequence_num(self) -> str:
        """Slot of the system disk in the server."""
        return self._text("__sequence_num")

    @property
    def support_fc_inject(self) -> str:
        """Is "true" when Cloud-Init cannot inject a password or key."""
        return self._text("__support_fc_inject")

    @property
    def hw_firmware_type(self) -> str:
        """How a server boots the image: bios or uefi."""
        return self._text("hw_firmware_type")

    @property
    def hw_vif_multiqueue_enabled(self) -> str:
        """Whether network interfaces have several queues: "true" or "false"."""
        return self._text("hw_vif_multiqueue_enabled")

    @property
    def support_arm(self) -> str:
        """Whether the image is for the Arm architecture: "true" or "false"."""
        return self._text("__support_arm")

    @property
    def support_agent_list(self) -> str:
        """Agents set up in the image: hss, ces, or both with a comma; may be empty."""
        return self._text("__support_agent_list")

    @property
    def system_cmkid(self) -> str:
        """ID of the key that encrypts the image."""
        return self._text("__system__cmkid")

    @property
    def account_code(self) -> str:
        """Code under which the image is charged."""
        return self._text("__account_code")

    @property
    def support_amd(self) -> str:
        """Whether the image is for AMD's x86 servers."""
        return self._text("__support_amd")

    @property
    def support_kvm_hi1822_hisriov(self) -> str:
        """Is "true" when SR-IOV is supported."""
        return self._text("__support_kvm_hi1822_hisriov")

    @property
    def support_kvm_hi1822_hivirtionet(self) -> str:
        """Is "true" when Virtio-Net is supported."""
        return self._text("__support_kvm_hi1822_hivirtionet")

    @property
    def os_shutdown_timeout(self) -> str:
        """Seconds a server gets to shut down, 60 to 300; the service's default is 60."""
        return self._text("os_shutdown_timeout")

    @property
    def container_format(self) -> str:
        """Container of the image; "bare" when left out."""
        return self._text("container_format")

    @container_format.setter
    def container_format(self, value: ContainerFormat | str) -> None:
        self._assign("container_format", value)

    @property
    def container_format_input(self) -> str | None:
        """``container_format`` as it was given."""
        return cast("str | None", self._read("container_format"))

    def reset_container_format(self) -> None:
        """Leave ``container_format`` out."""
        self._assign("container_format", None)

    @property
    def disk_format(self) -> str:
        """Format of the image file; "zvhd2" when left out."""
        return self._text("disk_format")

    @disk_format.setter
    def disk_format(self, value: DiskFormat | str) -> None:
        self._assign("disk_format", value)

    @property
    def disk_format_input(self) -> str | None:
        """``disk_format`` as it was given."""
        return cast("str | None", self._read("disk_format"))

    def reset_disk_format(self) -> None:
        """Leave ``disk_format`` out."""
        self._assign("disk_format", None)

    @property
    def enable_force_new(self) -> str:
        """Whether changes replace the image instead of being refused: "true" or "false"; else the provider decides."""
        return self._text("enable_force_new")

    @enable_force_new.setter
    def enable_force_new(self, value: bool | str) -> None:
        self._assign("enable_force_new", value)

    @property
    def enable_force_new_input(self) -> str | None:
        """``enable_force_new`` as it was given."""
        return cast("str | None", self._read("enable_force_new"))

    def reset_enable_force_new(self) -> None:
        """Leave ``enable_force_new`` out."""
        self._assign("enable_force_new", None)

    @property
    def id(self) -> str:
        """ID of the image, a UUID."""
        return self._text("id")

    @id.setter
    def id(self, value: str) -> None:
        self._assign("id", value)

    @property
    def id_input(self) -> str | None:
        """``id`` as it was given."""
        return cast("str | None", self._read("id"))

    def reset_id(self) -> None:
        """Leave ``id`` out."""
        self._assign("id", None)

    @property
    def min_disk(self) -> float:
        """Least system disk a server needs to run the image, 10 to 1024 GB; must exceed the image's own disk."""
        return self._number("min_disk")

    @min_disk.setter
    def min_disk(self, value: float) -> None:
        self._assign("min_disk", value)

    @property
    def min_disk_input(self) -> float | None:
        """``min_disk`` as it was given."""
        return cast("float | None", self._read("min_disk"))

    def reset_min_disk(self) -> None:
        """Leave ``min_disk`` out."""
        self._assign("min_disk", None)

    @property
    def min_ram(self) -> float:
        """Least memory a server needs to run the image, in MB; 0 when left out."""
        return self._number("min_ram")

    @min_ram.setter
    def min_ram(self, value: float) -> None:
        self._assign("min_ram", value)

    @property
    def min_ram_input(self) -> float | None:
        """``min_ram`` as it was given."""
        return cast("float | None", self._read("min_ram"))

    def reset_min_ram(self) -> None:
        """Leave ``min_ram`` out."""
        self._assign("min_ram", None)

    @property
    def name(self) -> str:
        """Name of the image, 1 to 255 characters; empty when left out, and then no server can be made from it."""
        return self._text("name")

    @name.setter
    def name(self, value: str) -> None:
        self._assign("name", value)

    @property
    def name_input(self) -> str | None:
        """``name`` as it was given."""
        return cast("str | None", self._read("name"))

    def reset_name(self) -> None:
        """Leave ``name`` out."""
        self._assign("name", None)

    @property
    def os_version(self) -> str:
        """Operating system and version, "Other Linux (64 bit)" when left out; servers may then fail to start."""
        return self._text("__os_version")

    @os_version.setter
    def os_version(self, value: OsVersion | str) -> None:
        self._assign("os_version", value)

    @property
    def os_version_input(self) -> str | None:
        """``os_version`` as it was given."""
        return cast("str | None", self._read("os_version"))

    def reset_os_version(self) -> None:
        """Leave ``os_version`` out."""
        self._assign("os_version", None)

    @property
    def protected(self) -> bool | cdk.IResolvable:
        """Whether the image is guarded against deletion; false when left out."""
        return self._boolean("protected")

    @protected.setter
    def protected(self, value: bool | cdk.IResolvable) -> None:
        self._assign("protected", value)

    @property
    def protected_input(self) -> bool | cdk.IResolvable | None:
        """``protected`` as it was given."""
        return cast("bool | cdk.IResolvable | None", self._read("protected"))

    def reset_protected(self) -> None:
        """Leave ``protected`` out."""
        self._assign("protected", None)

    @property
    def region(self) -> str:
        """Region that holds the image; the provider's region when left out. Another region replaces the image."""
        return self._text("region")

    @region.setter
    def region(self, value: str) -> None:
        self._assign("region", value)

    @property
    def region_input(self) -> str | None:
        """``region`` as it was given."""
        return cast("str | None", self._read("region"))

    def reset_region(self) -> None:
        """Leave ``region`` out."""
        self._assign("region", None)

    @property
    def tags(self) -> list[str]:
        """Labels of the form "key=value", at most ten, each 1 to 255 characters long; none when left out."""
        return self._texts("tags")

    @tags.setter
    def tags(self, value: Sequence[str] | Mapping[str, str]) -> None:
        self._assign("tags", value)

    @property
    def tags_input(self) -> list[str] | None:
        """``tags`` as it was given."""
        return cast("list[str] | None", self._read("tags"))

    def reset_tags(self) -> None:
        """Leave ``tags`` out."""
        self._assign("tags", None)

    @property
    def visibility(self) -> str:
        """Who sees the image; "private" is the only value and the default."""
        return self._text("visibility")

    @visibility.setter
    def visibility(self, value: Visibility | str) -> None:
        self._assign("visibility", value)

    @property
    def visibility_input(self) -> str | None:
        """``visibility`` as it was given."""
        return cast("str | None", self._read("visibility"))

    def reset_visibility(self) -> None:
        """Leave ``visibility`` out."""
        self._assign("visibility", None)
