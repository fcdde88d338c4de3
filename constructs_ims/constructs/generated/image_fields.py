"""The fields of ``ImsImageMetadataConfig``, made from ``constructs_ims/schema/image_metadata.py``.

Do not edit: change the declaration, and run ``python -m tests.constructs.generated_arguments``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_ims.constructs import cdk
from constructs_ims.constructs.enums import ContainerFormat, DiskFormat, Visibility
from constructs_ims.constructs.os_version import OsVersion
from constructs_ims.constructs.timeouts import ImsImageMetadataTimeouts


@dataclass(frozen=True, kw_only=True)
class ImageFields:
    """The arguments of ``ImsImageMetadata`` as fields; None leaves one out."""

    connection: cdk.Connection | Mapping[str, Any] | None = None
    count: float | cdk.TerraformCount | None = None
    depends_on: Sequence[cdk.ITerraformDependable] | None = None
    for_each: cdk.ITerraformIterator | None = None
    lifecycle: cdk.TerraformResourceLifecycle | Mapping[str, Any] | None = None
    provider: cdk.TerraformProvider | None = None
    provisioners: Sequence[cdk.Provisioner | Mapping[str, Any]] | None = None
    container_format: ContainerFormat | str | None = None
    """Container of the image; "bare" when left out."""
    disk_format: DiskFormat | str | None = None
    """Format of the image file; "zvhd2" when left out."""
    enable_force_new: bool | str | None = None
    """Whether changes replace the image instead of being refused: "true" or "false"; else the provider decides."""
    id: str | None = None
    """ID of the image, a UUID."""
    min_disk: float | None = None
    """Least system disk a server needs to run the image, 10 to 1024 GB; must exceed the image's own disk."""
    min_ram: float | None = None
    """Least memory a server needs to run the image, in MB; 0 when left out."""
    name: str | None = None
    """Name of the image, 1 to 255 characters; empty when left out, and then no server can be made from it."""
    os_version: OsVersion | str | None = None
    """Operating system and version, "Other Linux (64 bit)" when left out; servers may then fail to start."""
    protected: bool | cdk.IResolvable | None = None
    """Whether the image is guarded against deletion; false when left out."""
    region: str | None = None
    """Region that holds the image; the provider's region when left out. Another region replaces the image."""
    tags: Sequence[str] | Mapping[str, str] | None = None
    """Labels of the form "key=value", at most ten, each 1 to 255 characters long; none when left out."""
    timeouts: ImsImageMetadataTimeouts | Mapping[str, Any] | cdk.IResolvable | None = None
    """How long operations may take."""
    visibility: Visibility | str | None = None
    """Who sees the image; "private" is the only value and the default."""
