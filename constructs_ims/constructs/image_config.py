"""The configuration of an image: its arguments and meta-arguments, frozen and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_ims.constructs import cdk
from constructs_ims.constructs.argument_check import ArgumentChecker, Checked, mistyped
from constructs_ims.constructs.constructor import suggest_fields
from constructs_ims.constructs.conversions import MistypedError, Value, text, texts
from constructs_ims.constructs.generated.image_fields import ImageFields
from constructs_ims.constructs.meta_arguments import META_ARGUMENTS, check_meta_arguments
from constructs_ims.constructs.timeouts import check_timeouts
from constructs_ims.constructs.tokens import is_map_token
from constructs_ims.schema.diagnostics import warning
from constructs_ims.schema.image_metadata import IMAGE_METADATA
from constructs_ims.schema.os_versions import DEFAULT_OS_VERSION
from constructs_ims.schema.paths import IndexStep, attribute_path
from constructs_ims.schema.values import Unknown

LEFT_OUT: Final = {
    "name": warning(
        "Image without a name",
        "name is left out, and no server can be made from a nameless image. Give it a name.",
        attribute_path("name"),
    ),
    "os_version": warning(
        "Image without an OS version",
        f'os_version is left out, which means "{DEFAULT_OS_VERSION}", and a server may fail to start from the image. '
        "Give it an OS version.",
        attribute_path("os_version"),
    ),
}
"""The warnings for arguments that should not be left out, by Python name."""


def check_image(given: Mapping[str, Any]) -> Checked:
    """Check arguments and meta-arguments together, unknown ones included."""
    return check_image_and_meta(given)[0]


def check_image_and_meta(given: Mapping[str, Any]) -> tuple[Checked, dict[str, Any]]:
    """Check arguments and meta-arguments; return the first checked, with all diagnostics, and the second to send."""
    arguments = {name: value for name, value in given.items() if name not in _APART}
    checked = IMAGE_ARGUMENTS.check(arguments)
    timeouts = _check_timeouts(given.get("timeouts"))
    meta, faults = check_meta_arguments({name: given.get(name) for name in META_ARGUMENTS})
    checked.wire.update(timeouts.wire)
    checked.diagnostics += [*timeouts.diagnostics, *faults]
    checked.diagnostics += [LEFT_OUT[name] for name in LEFT_OUT if given.get(name) is None]
    return checked, meta


@suggest_fields(check_image)
@dataclass(frozen=True, kw_only=True)
class ImsImageMetadataConfig(ImageFields):
    """Everything an image can be given; the arguments are those of ``ImsImageMetadata``, and None leaves one out.

    Raises ``ImsValidationError`` with every violation.
    """

    checked: Checked = field(init=False, repr=False, compare=False)
    """The arguments as the kernel takes them, and the warnings."""
    meta: dict[str, Any] = field(init=False, repr=False, compare=False)
    """The meta-arguments as the kernel takes them."""

    def __post_init__(self) -> None:
        checked, meta = check_image_and_meta(vars(self))
        object.__setattr__(self, "checked", checked.require("ImsImageMetadata"))
        object.__setattr__(self, "meta", meta)


def check_image_argument(name: str, value: Any) -> Checked:
    """Check one argument that is set on a construct; ``None`` stands for leaving it out."""
    checked = Checked()
    if value is not None:
        IMAGE_ARGUMENTS.check_one(name, value, checked)
    elif name in LEFT_OUT:
        checked.diagnostics.append(LEFT_OUT[name])
    return checked.require("ImsImageMetadata")


def _check_timeouts(value: Any) -> Checked:
    if value is None:
        return Checked()
    try:
        checked = check_timeouts(value)
    except MistypedError as fault:
        return Checked(diagnostics=[mistyped(fault, "timeouts")])
    checked.diagnostics = [diagnostic.under(attribute_path("timeouts")) for diagnostic in checked.diagnostics]
    return checked


def _force_new(value: Any) -> Value:
    return text(str(value).lower() if isinstance(value, bool) else value)


def _tags(value: Any) -> Value:
    if not isinstance(value, Mapping):
        return texts(value)
    if is_map_token(value):
        return Value(cdk.TerraformIterator.from_map(value).for_expression_for_list('"${key}=${val}"'), Unknown)
    return texts([f"{_tag_part(key, key)}={_tag_part(content, key)}" for key, content in value.items()])


def _tag_part(value: Any, key: Any) -> str:
    try:
        wire = text(value).wire
    except MistypedError as fault:
        raise MistypedError(fault.given, 'Use strings: {"key": "value"}.').under((IndexStep(key),)) from None
    return wire if isinstance(wire, str) else cdk.Token.as_string(wire)


IMAGE_ARGUMENTS: Final = ArgumentChecker(IMAGE_METADATA.block, {"enable_force_new": _force_new, "tags": _tags})
_APART: Final = frozenset({"timeouts", "checked", "meta", *META_ARGUMENTS})
