"""The configuration of a provider block, frozen and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from constructs_ims.constructs import cdk
from constructs_ims.constructs.arguments import ArgumentChecker, Checked
from constructs_ims.constructs.assume_role import Role, RoleWithOidc, check_role_with_oidc, check_roles
from constructs_ims.constructs.constructor import suggest_fields
from constructs_ims.schema.attribute import Attribute
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.provider import PROVIDER, REQUIRED_TOGETHER
from constructs_ims.schema.types import STRING
from constructs_ims.schema.versions import read_constraint


@dataclass(frozen=True, slots=True)
class Identifier:
    """The value is a name that Terraform can refer to."""

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield an error when ``value`` is no identifier."""
        if not re.fullmatch(r"[^\W\d][\w-]*", value):
            detail = f'"{value}" is no name. Use letters, digits, - and _, and begin with a letter or _.'
            yield error(f"Invalid {name}", detail)


@dataclass(frozen=True, slots=True)
class VersionConstraint:
    """The value is a version constraint as Terraform writes one."""

    def __call__(self, name: str, value: str) -> Iterator[Diagnostic]:
        """Yield an error when ``value`` is no constraint."""
        try:
            is_constraint = all(len(clause.numbers) <= 3 for clause in read_constraint(value))
        except ValueError:
            is_constraint = False
        if not is_constraint:
            detail = f'"{value}" is no constraint. Write one like ">= 1.73.2, < 2.0.0".'
            yield error("Invalid version constraint", detail)


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


_EXTRA: Final = (
    Attribute("alias", STRING, "Name of this block.", "provider", optional=True, rules=(Identifier(),)),
    Attribute("version_constraint", STRING, "Releases.", "provider", optional=True, rules=(VersionConstraint(),)),
)
_OWN: Final = tuple(
    replace(attribute, rules=(*attribute.rules, KeysThatStay()))
    if attribute.name in ("default_tags", "endpoints")
    else attribute
    for attribute in PROVIDER.block.attributes
)
_ARGUMENTS: Final = ArgumentChecker(replace(PROVIDER.block, attributes=(*_OWN, *_EXTRA)))
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
class HuaweicloudProviderConfig:
    """Everything a provider block can be given; the arguments are those of ``HuaweicloudProvider``.

    Raises ``ImsValidationError`` with every violation.
    """

    access_key: str | None = field(default=None, repr=False)
    agency_domain_name: str | None = None
    agency_name: str | None = None
    alias: str | None = None
    assume_role: Sequence[Role] | cdk.IResolvable | None = None
    assume_role_with_oidc: RoleWithOidc | cdk.IResolvable | None = None
    auth_url: str | None = None
    cacert_file: str | None = None
    cert: str | None = None
    cloud: str | None = None
    default_tags: Mapping[str, str] | None = None
    delegated_project: str | None = None
    domain_id: str | None = None
    domain_name: str | None = None
    enable_force_new: bool | cdk.IResolvable | None = None
    endpoints: Mapping[str, str] | None = None
    enterprise_project_id: str | None = None
    ignore_tags: Sequence[str] | None = None
    insecure: bool | cdk.IResolvable | None = None
    key: str | None = None
    max_retries: float | None = None
    password: str | None = field(default=None, repr=False)
    profile: str | None = None
    project_id: str | None = None
    project_name: str | None = None
    region: str | None = None
    regional: bool | cdk.IResolvable | None = None
    secret_key: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)
    shared_config_file: str | None = None
    signing_algorithm: str | None = None
    skip_check_upgrade: bool | cdk.IResolvable | None = None
    skip_check_website_type: bool | cdk.IResolvable | None = None
    tenant_id: str | None = None
    tenant_name: str | None = None
    token: str | None = field(default=None, repr=False)
    user_id: str | None = None
    user_name: str | None = None
    version_constraint: str | None = None
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
