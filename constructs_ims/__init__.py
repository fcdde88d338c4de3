"""Typed constructs for HUAWEI CLOUD images, and the backend that plans, deploys and tests them offline.

The names below load on first use, so that importing the package, or its backend, loads neither cdktf nor jsii. An app
that imports this package before cdktf runs on the Node.js that came with it, where there is no other.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from constructs_ims.node import watch_for_jsii

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox import *  # noqa: F403 - type checkers follow it, and nothing runs it
    from constructs_ims.constructs import *  # noqa: F403 - as above

__all__ = [  # noqa: F405 - as above
    "Action",
    "ActionReason",
    "Cloud",
    "ContainerFormat",
    "Diagnostic",
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
    "OperationFailedError",
    "OsType",
    "OsVersion",
    "OutputChange",
    "PlannedObject",
    "Platform",
    "ResourceChange",
    "Sandbox",
    "SandboxApply",
    "SandboxPlan",
    "SandboxStack",
    "Severity",
    "StackSource",
    "State",
    "VirtualEnvType",
    "Visibility",
]

watch_for_jsii()


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from constructs_ims.backend import sandbox

    package = "backend.sandbox" if name in sandbox.__all__ else "constructs"
    value = getattr(import_module(f"{__name__}.{package}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
