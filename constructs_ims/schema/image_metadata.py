"""The declaration of ``huaweicloud_ims_image_metadata``: 60 attributes of its own, ``id``, and the ``timeouts`` block.

Sources: *resource* is the documentation of the resource, *provider* what the vendor provider does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from constructs_ims.schema.attribute import Attribute, Block, Change, NestedBlock, Nesting, Schema
from constructs_ims.schema.rules import (
    Between,
    DurationText,
    ImageName,
    ImageTags,
    KnownRegion,
    LengthBetween,
    OneOf,
    SupportedOsVersion,
    ValueRule,
)
from constructs_ims.schema.types import BOOL, NUMBER, STRING, SetType, Type

RESOURCE_TYPE: Final = "huaweicloud_ims_image_metadata"

DISK_FORMATS: Final = ("zvhd2", "vhd", "raw", "qcow2", "iso")
CONTAINER_FORMATS: Final = ("bare",)
VISIBILITIES: Final = ("private",)
DEFAULT_DELETE_TIMEOUT: Final = 600.0
"""Seconds that a deletion may take when ``timeouts.delete`` is left out."""

_RESOURCE, _PROVIDER = "resource", "provider"


def _refused(name: str, type_: Type, doc: str, *rules: ValueRule) -> Attribute:
    return Attribute(
        name, type_, doc, _RESOURCE, optional=True, computed=True, change=Change.REFUSE, rules=tuple(rules)
    )


def _exported(name: str, doc: str, *, type_: Type = STRING) -> Attribute:
    return Attribute(name, type_, doc, _RESOURCE, computed=True)


_ARGUMENTS: Final = (
    Attribute(
        "region",
        STRING,
        "Region that holds the image; the provider's region when left out. Another region replaces the image.",
        _RESOURCE,
        optional=True,
        computed=True,
        change=Change.REPLACE,
        rules=(LengthBetween(1, 255), KnownRegion()),
    ),
    _refused(
        "__os_version",
        STRING,
        'Operating system and version, "Other Linux (64 bit)" when left out; servers may then fail to start.',
        SupportedOsVersion(),
    ),
    _refused(
        "visibility", STRING, 'Who sees the image; "private" is the only value and the default.', OneOf(VISIBILITIES)
    ),
    _refused(
        "name",
        STRING,
        "Name of the image, 1 to 255 characters; empty when left out, and then no server can be made from it.",
        LengthBetween(1, 255),
        ImageName(),
    ),
    _refused("protected", BOOL, "Whether the image is guarded against deletion; false when left out."),
    _refused("container_format", STRING, 'Container of the image; "bare" when left out.', OneOf(CONTAINER_FORMATS)),
    _refused("disk_format", STRING, 'Format of the image file; "zvhd2" when left out.', OneOf(DISK_FORMATS)),
    _refused(
        "tags",
        SetType(STRING),
        'Labels of the form "key=value", at most ten, each 1 to 255 characters long; none when left out.',
        ImageTags(),
    ),
    _refused(
        "min_ram",
        NUMBER,
        "Least memory a server needs to run the image, in MB; 0 when left out.",
        Between(0, None, "MB"),
    ),
    _refused(
        "min_disk",
        NUMBER,
        "Least system disk a server needs to run the image, 10 to 1024 GB; must exceed the image's own disk.",
        Between(10, 1024, "GB"),
    ),
    Attribute(
        "enable_force_new",
        STRING,
        'Whether changes replace the image instead of being refused: "true" or "false"; else the provider decides.',
        _PROVIDER,
        optional=True,
        rules=(OneOf(("true", "false")),),
    ),
    Attribute("id", STRING, "ID of the image, a UUID.", _RESOURCE, optional=True, computed=True),
)

_EXPORTED: Final = (
    _exported("file", "Path under which the image file is uploaded and downloaded."),
    _exported("self", "Path of the image itself."),
    _exported("schema", "Path of the JSON schema that describes an image."),
    _exported("status", "State of the image: queued, saving, active, killed or deleted."),
    _exported("max_ram", "Most memory the image supports, in MB; usually empty."),
    _exported("updated_at", "Time of the last change, in UTC, as 2026-01-31T08:00:00Z."),
    _exported("__os_bit", 'Word length of the operating system: "32" or "64".'),
    _exported("__description", "Description of the image."),
    _exported("__isregistered", 'Whether the image is registered: "true" or "false".'),
    _exported("__platform", "Family of the operating system, such as Ubuntu, CentOS, EulerOS or Other."),
    _exported("__os_type", "Kind of the operating system: Linux, Windows or Other."),
    _exported("virtual_env_type", "Where the image is used: FusionCompute, DataImage, Ironic or IsoImage."),
    _exported("__image_source_type", 'Storage behind the image; "uds" is the only value.'),
    _exported("__imagetype", "Kind of the image: gold, private, shared or market."),
    _exported("created_at", "Time of creation, in UTC, as 2026-01-31T08:00:00Z."),
    _exported("__originalimagename", "ID of the image this one was made from; empty for an image made from a file."),
    _exported("__backup_id", "ID of the backup this image was made from; empty when there is none."),
    _exported("__productcode", "Product ID of a marketplace image."),
    _exported("__image_size", "Size of the image file in bytes, as decimal digits."),
    _exported("__data_origin", "Where the image comes from; empty for a public image."),
    _exported("__lazyloading", "Whether the image supports lazy loading: true, false, True or False."),
    _exported("active_at", "Time when the image became active, in UTC."),
    _exported("__image_displayname", "Name shown to others."),
    _exported("__os_feature_list", "Advanced features of the image, as the text of a JSON list."),
    _exported("__support_kvm", 'Is "true" when the image runs under KVM.'),
    _exported("__support_xen", 'Is "true" when the image runs under Xen.'),
    _exported("__support_largememory", 'Is "true" when the image runs on large-memory servers.'),
    _exported("__support_diskintensive", 'Is "true" when the image runs on disk-intensive servers.'),
    _exported("__support_highperformance", 'Is "true" when the image runs on high-performance servers.'),
    _exported("__support_xen_gpu_type", "GPU type supported under Xen; excludes __support_xen and __support_kvm."),
    _exported("__support_kvm_gpu_type", "GPU type supported under KVM; excludes __support_xen and __support_kvm."),
    _exported(
        "__support_xen_hana", 'Is "true" when the image runs on HANA servers; excludes __support_xen and __support_kvm.'
    ),
    _exported("__support_kvm_infiniband", 'Is "true" when InfiniBand works under KVM; excludes __support_xen.'),
    _exported("__system_support_market", "Whether the image can be published in the marketplace.", type_=BOOL),
    _exported("__is_offshelved", 'Whether a marketplace image was taken down: "true" or "false".'),
    _exported("enterprise_project_id", 'Enterprise project of the image; "0" or empty is the default one.'),
    _exported("__root_origin", 'Where an imported image came from; "file" is the only value.'),
    _exported("__sequence_num", "Slot of the system disk in the server."),
    _exported("__support_fc_inject", 'Is "true" when Cloud-Init cannot inject a password or key.'),
    _exported("hw_firmware_type", "How a server boots the image: bios or uefi."),
    _exported("hw_vif_multiqueue_enabled", 'Whether network interfaces have several queues: "true" or "false".'),
    _exported("__support_arm", 'Whether the image is for the Arm architecture: "true" or "false".'),
    _exported("__support_agent_list", "Agents set up in the image: hss, ces, or both with a comma; may be empty."),
    _exported("__system__cmkid", "ID of the key that encrypts the image."),
    _exported("__account_code", "Code under which the image is charged."),
    _exported("__support_amd", "Whether the image is for AMD's x86 servers."),
    _exported("__support_kvm_hi1822_hisriov", 'Is "true" when SR-IOV is supported.'),
    _exported("__support_kvm_hi1822_hivirtionet", 'Is "true" when Virtio-Net is supported.'),
    _exported("os_shutdown_timeout", "Seconds a server gets to shut down, 60 to 300; the service's default is 60."),
)

TIMEOUTS: Final = NestedBlock(
    "timeouts",
    Nesting.SINGLE,
    Block(
        (
            Attribute(
                "delete",
                STRING,
                'How long a deletion may take, such as "90s" or "10m"; ten minutes when left out.',
                _RESOURCE,
                optional=True,
                rules=(DurationText(),),
            ),
        )
    ),
    "How long operations may take.",
    _RESOURCE,
)

IMAGE_METADATA: Final = Schema(
    RESOURCE_TYPE,
    Block(_ARGUMENTS + _EXPORTED, (TIMEOUTS,)),
    doc="The metadata of an IMS image: a record to which an image file can be uploaded later.",
)

NON_UPDATABLE: Final = tuple(attribute.name for attribute in _ARGUMENTS if attribute.change is Change.REFUSE)
"""The arguments whose change is refused, in the order in which refusals name them."""

_TERRAFORM_NAMES: Final = {
    attribute.python_name: attribute.name
    for attribute in IMAGE_METADATA.block.attributes
    if attribute.python_name != attribute.name
}


def terraform_names(type_name: str) -> Mapping[str, str]:
    """Return Terraform's names of a resource's attributes by those that its construct has, where they differ."""
    return _TERRAFORM_NAMES if type_name == RESOURCE_TYPE else {}
