"""The configuration of a provider block, frozen and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from constructs_ims.constructs.argument_check import ArgumentChecker, Checked
from constructs_ims.constructs.assume_role import check_role_with_oidc, check_roles
from constructs_ims.constructs.constructor import suggest_fields
from constructs_ims.constructs.generated.provider_fields import ProviderFields
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.provider import PROVIDER, PROVIDER_META_ARGUMENTS, REQUIRED_TOGETHER


@dataclass(frozen=True, slots=True)
class KeysThatStay:
    """The keys of a map survive synthesis: cdktf writes those of a provider block in lower case with underscores."""

    def __call__(self, name: str, value: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Yield a warning for each key that cdktf changes."""
        for key in value:
            if (written := _snake_case(key)) != key:
                detail = (
                    f'cdktf writes the key "{key}" as "{written}". To keep it, leave {name} out and call '
                    f'add_override("{name}", {{...}}) on the provider.'
                )
                yield warning("Changed key", detail)


_OWN: Final = tuple(
    replace(attribute, rules=(*attribute.rules, KeysThatStay()))
    if attribute.name in ("default_tags", "endpoints")
    else attribute
    for attribute in PROVIDER.block.attributes
)
_ARGUMENTS: Final = ArgumentChecker(replace(PROVIDER.block, attributes=(*_OWN, *PROVIDER_META_ARGUMENTS)))
_BLOCKS: Final[Mapping[str, Callable[[Any], Checked]]] = {
    "assume_role": check_roles,
    "assume_role_with_oidc": check_role_with_oidc,
}


def check_provider(given: Mapping[str, Any]) -> Checked:
    """Check all arguments of a provider block, unknown ones included."""
    checked = _ARGUMENTS.check({name: value for name, value in given.items() if name not in _BLOCKS})
    for name, check in _BLOCKS.items():
        if given.get(name) is not None:
            block = check(given[name])
            checked.wire.update(block.wire)
            checked.diagnostics += block.diagnostics
    checked.diagnostics += _incomplete_pairs(given)
    return checked


def check_provider_argument(name: str, value: Any) -> Checked:
    """Check one argument that is set on a construct; ``None`` stands for leaving it out."""
    checked = Checked()
    if value is not None and name in _BLOCKS:
        checked = _BLOCKS[name](value)
    elif value is not None:
        _ARGUMENTS.check_one(name, value, checked)
    return checked.require("HuaweicloudProvider")


@suggest_fields(check_provider)
@dataclass(frozen=True, kw_only=True)
class HuaweicloudProviderConfig(ProviderFields):
    """Everything a provider block can be given; the arguments are those of ``HuaweicloudProvider``.

    Raises ``ImsValidationError`` with every violation.
    """

    checked: Checked = field(init=False, repr=False, compare=False)
    """The arguments as the kernel takes them, and the warnings."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "checked", check_provider(vars(self)).require("HuaweicloudProvider"))


def _incomplete_pairs(given: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for name, partner in REQUIRED_TOGETHER:
        if given.get(name) is not None and given.get(partner) is None:
            detail = f"{name} is given without {partner}. Give both, or neither to take them from the environment."
            yield error("Missing argument", detail, attribute_path(partner))


def _snake_case(key: str) -> str:
    # As cdktf's own snakeCase, which it applies to every key inside a provider block.
    trimmed = re.sub(r"^[^A-Za-z0-9]*|[^A-Za-z0-9]*$", "", key)
    humps = re.sub(r"([a-z0-9])([A-Z])", lambda hump: f"{hump[1]}_{hump[2].lower()}", trimmed)
    return re.sub(r"[^A-Za-z0-9]+|_+", "_", humps).lower()
