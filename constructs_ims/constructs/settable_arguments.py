"""The arguments of an image after it is made: read as references, set anew with the same checks, or left out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import jsii

from constructs_ims.constructs import cdk
from constructs_ims.constructs.constructor import Placing, warning_texts
from constructs_ims.constructs.enums import ContainerFormat, DiskFormat, Visibility
from constructs_ims.constructs.exported_attributes import ExportedAttributes
from constructs_ims.constructs.image_config import check_image_argument
from constructs_ims.constructs.os_version import OsVersion
from constructs_ims.schema.image_metadata import IMAGE_METADATA

TERRAFORM_NAMES: Final = {attribute.python_name: attribute.name for attribute in IMAGE_METADATA.block.arguments}
"""The arguments' names in Terraform under those in Python."""


class SettableArguments(ExportedAttributes):
    """The arguments of an image: reading one gives a reference to it, setting one raises ``ImsValidationError``."""

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
        return cast(float, jsii.invoke(self, "getNumberAttribute", ["min_disk"]))

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
        return cast(float, jsii.invoke(self, "getNumberAttribute", ["min_ram"]))

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
        return cast("cdk.IResolvable", jsii.invoke(self, "getBooleanAttribute", ["protected"]))

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
        return cast("list[str]", jsii.get(self, "tags"))

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

    def _read(self, name: str) -> Any:
        return jsii.invoke(self, "readArgument", [TERRAFORM_NAMES[name]])

    def _assign(self, name: str, value: Any) -> None:
        with Placing.of("ImsImageMetadata", self):
            checked = check_image_argument(name, value)
        terraform_name = TERRAFORM_NAMES[name]
        messages = warning_texts(checked.warnings, TERRAFORM_NAMES).get(terraform_name, [])
        jsii.invoke(self, "assignArgument", [terraform_name, checked.wire.get(terraform_name), messages])
