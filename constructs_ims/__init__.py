"""Typed constructs for HUAWEI CLOUD images, and the backend that plans, deploys and tests them offline.

The names below load on first use, so that importing the package, or its backend, loads neither cdktf nor jsii. An app
that imports this package before cdktf runs on the Node.js that came with it, where there is no other.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from constructs_ims.node import watch_for_jsii

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox import OperationFailedError as OperationFailedError
    from constructs_ims.backend.sandbox import Sandbox as Sandbox
    from constructs_ims.constructs import ContainerFormat as ContainerFormat
    from constructs_ims.constructs import DiskFormat as DiskFormat
    from constructs_ims.constructs import ForceNew as ForceNew
    from constructs_ims.constructs import HuaweicloudProvider as HuaweicloudProvider
    from constructs_ims.constructs import HuaweicloudProviderAssumeRole as HuaweicloudProviderAssumeRole
    from constructs_ims.constructs import HuaweicloudProviderAssumeRoleWithOidc as HuaweicloudProviderAssumeRoleWithOidc
    from constructs_ims.constructs import HuaweicloudProviderConfig as HuaweicloudProviderConfig
    from constructs_ims.constructs import ImageStatus as ImageStatus
    from constructs_ims.constructs import ImageType as ImageType
    from constructs_ims.constructs import ImsImageMetadata as ImsImageMetadata
    from constructs_ims.constructs import ImsImageMetadataConfig as ImsImageMetadataConfig
    from constructs_ims.constructs import ImsImageMetadataTimeouts as ImsImageMetadataTimeouts
    from constructs_ims.constructs import (
        ImsImageMetadataTimeoutsOutputReference as ImsImageMetadataTimeoutsOutputReference,
    )
    from constructs_ims.constructs import ImsValidationError as ImsValidationError
    from constructs_ims.constructs import OsType as OsType
    from constructs_ims.constructs import OsVersion as OsVersion
    from constructs_ims.constructs import Platform as Platform
    from constructs_ims.constructs import VirtualEnvType as VirtualEnvType
    from constructs_ims.constructs import Visibility as Visibility

_HOMES: dict[str, str] = dict.fromkeys(
    (
        "ContainerFormat",
        "DiskFormat",
        "ForceNew",
        "HuaweicloudProvider",
        "HuaweicloudProviderAssumeRole",
        "HuaweicloudProviderAssumeRoleWithOidc",
        "HuaweicloudProviderConfig",
        "ImageStatus",
        "ImageType",
        "ImsImageMetadata",
        "ImsImageMetadataConfig",
        "ImsImageMetadataTimeouts",
        "ImsImageMetadataTimeoutsOutputReference",
        "ImsValidationError",
        "OsType",
        "OsVersion",
        "Platform",
        "VirtualEnvType",
        "Visibility",
    ),
    "constructs_ims.constructs",
) | dict.fromkeys(("OperationFailedError", "Sandbox"), "constructs_ims.backend.sandbox")

__all__ = sorted(_HOMES)

watch_for_jsii()


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
