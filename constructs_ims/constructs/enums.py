"""The closed lists of values that arguments take and attributes have; every member is a plain string too.

They hold for comparing with values that are known, such as those of a state. A reference to an attribute is a token,
and equals no member.
"""

from __future__ import annotations

from enum import StrEnum


class DiskFormat(StrEnum):
    """Format of the image file."""

    ZVHD2 = "zvhd2"
    VHD = "vhd"
    RAW = "raw"
    QCOW2 = "qcow2"
    ISO = "iso"


class ContainerFormat(StrEnum):
    """Container of the image."""

    BARE = "bare"


class Visibility(StrEnum):
    """Who sees the image."""

    PRIVATE = "private"


class ForceNew(StrEnum):
    """Whether a changed argument replaces the image instead of being refused."""

    TRUE = "true"
    FALSE = "false"


class ImageStatus(StrEnum):
    """State of the image; a new record is queued until an image file is uploaded."""

    QUEUED = "queued"
    SAVING = "saving"
    ACTIVE = "active"
    KILLED = "killed"
    DELETED = "deleted"


class ImageType(StrEnum):
    """Kind of the image: gold is public, market comes from the marketplace."""

    GOLD = "gold"
    PRIVATE = "private"
    SHARED = "shared"
    MARKET = "market"


class OsType(StrEnum):
    """Kind of the operating system."""

    LINUX = "Linux"
    WINDOWS = "Windows"
    OTHER = "Other"


class Platform(StrEnum):
    """Family of the operating system, spelt as the service derives it from the OS version."""

    WINDOWS = "Windows"
    SUSE = "SUSE"
    ORACLE_LINUX = "Oracle Linux"
    RED_HAT = "Red Hat"
    UBUNTU = "Ubuntu"
    OPENSUSE = "OpenSUSE"
    CENTOS = "CentOS"
    DEBIAN = "Debian"
    FEDORA = "Fedora"
    EULEROS = "EulerOS"
    COREOS = "CoreOS"
    OTHER = "Other"


class VirtualEnvType(StrEnum):
    """Where the image is used: on cloud servers, as a data disk, on bare metal servers, or as an installation disc."""

    FUSION_COMPUTE = "FusionCompute"
    DATA_IMAGE = "DataImage"
    IRONIC = "Ironic"
    ISO_IMAGE = "IsoImage"
