"""What an image exports: a property for each computed attribute, a reference that is resolved at apply."""

from __future__ import annotations

from typing import cast

import jsii

from constructs_ims.constructs import cdk


class ExportedAttributes(cdk.ResourceBase):
    """The attributes that the service fills in and nobody sets."""

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
        return cast("cdk.IResolvable", jsii.invoke(self, "getBooleanAttribute", ["__system_support_market"]))

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

    def _text(self, attribute: str) -> str:
        return cast(str, jsii.invoke(self, "getStringAttribute", [attribute]))
