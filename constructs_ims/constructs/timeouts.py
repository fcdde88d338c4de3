"""The ``timeouts`` block of an image: as a value, and as part of a construct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import jsii

from constructs_ims.constructs import cdk
from constructs_ims.constructs.argument_check import ArgumentChecker, Checked
from constructs_ims.constructs.constructor import suggest_fields
from constructs_ims.constructs.conversions import MistypedError
from constructs_ims.constructs.native import ASSEMBLY
from constructs_ims.constructs.tokens import is_resolvable
from constructs_ims.schema.image_metadata import TIMEOUTS

TIMEOUT_ARGUMENTS: Final = ArgumentChecker(TIMEOUTS.block)


@suggest_fields(TIMEOUT_ARGUMENTS.check)
@dataclass(frozen=True, kw_only=True)
class ImsImageMetadataTimeouts:
    """How long operations may take.

    ``delete`` is a length of time such as ``"90s"`` or ``"1h30m"``; a deletion takes up to ten minutes when it is left
    out. Raises ``ImsValidationError``.
    """

    delete: str | None = None

    def __post_init__(self) -> None:
        TIMEOUT_ARGUMENTS.check(vars(self)).require("ImsImageMetadataTimeouts")


@cdk.with_native_half
class ImsImageMetadataTimeoutsOutputReference(
    cdk.ComplexBase, jsii_type=f"{ASSEMBLY}.ImsImageMetadataTimeoutsOutputReference"
):
    """The ``timeouts`` of one image: references to them, and their settings."""

    def __init__(self, terraform_resource: cdk.IInterpolatingParent, terraform_attribute: str) -> None:
        jsii.create(self.__class__, self, [terraform_resource, terraform_attribute])

    @property
    def delete(self) -> str:
        """Reference to the time that a deletion may take."""
        return cast(str, jsii.get(self, "delete"))

    @delete.setter
    def delete(self, value: str) -> None:
        checked = TIMEOUT_ARGUMENTS.check({"delete": value}).require("ImsImageMetadataTimeouts")
        jsii.set(self, "delete", checked.wire["delete"])

    @property
    def delete_input(self) -> str | None:
        """The time that a deletion may take as it was given."""
        return cast("str | None", jsii.get(self, "deleteInput"))

    def reset_delete(self) -> None:
        """Leave the time of a deletion to the default, ten minutes."""
        jsii.invoke(self, "resetDelete", [])

    @property
    def internal_value(self) -> cdk.IResolvable | ImsImageMetadataTimeouts | None:
        """The block as it was given."""
        return timeouts_from_kernel(jsii.get(self, "internalValue"))

    @internal_value.setter
    def internal_value(self, value: cdk.IResolvable | ImsImageMetadataTimeouts | Mapping[str, Any] | None) -> None:
        wire = None if value is None else check_timeouts(value).require("ImsImageMetadataTimeouts").wire["timeouts"]
        jsii.set(self, "internalValue", wire)


def check_timeouts(value: Any) -> Checked:
    """Check a ``timeouts`` block; ``wire`` holds it under that name. Raises ``MistypedError`` when it is no block."""
    if is_resolvable(value):
        return Checked({"timeouts": value})
    if isinstance(value, ImsImageMetadataTimeouts):
        value = vars(value)
    if not isinstance(value, Mapping):
        raise MistypedError(value, 'Use ImsImageMetadataTimeouts(delete="10m") or a mapping.')
    checked = TIMEOUT_ARGUMENTS.check(value)
    return Checked({"timeouts": checked.wire}, checked.known, checked.diagnostics)


def timeouts_from_kernel(value: Any) -> cdk.IResolvable | ImsImageMetadataTimeouts | None:
    """Return a block that the kernel holds as the value a user knows."""
    return ImsImageMetadataTimeouts(**value) if isinstance(value, Mapping) else cast("cdk.IResolvable | None", value)
