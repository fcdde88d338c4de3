"""The ``assume_role`` blocks of a provider: agencies to act for, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_ims.constructs.argument_check import ArgumentChecker, Checked, mistyped
from constructs_ims.constructs.constructor import suggest_fields
from constructs_ims.constructs.conversions import MistypedError
from constructs_ims.constructs.tokens import is_resolvable
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import IndexStep, attribute_path
from constructs_ims.schema.provider import ASSUME_ROLE, ASSUME_ROLE_WITH_OIDC, ID_TOKENS

_ROLE: Final = ArgumentChecker(ASSUME_ROLE.block)
_OIDC: Final = ArgumentChecker(ASSUME_ROLE_WITH_OIDC.block)


def _check_oidc(given: Mapping[str, Any]) -> Checked:
    checked = _OIDC.check(given)
    tokens = [name for name in ID_TOKENS if given.get(name) is not None]
    if len(tokens) != 1:
        one, other = ID_TOKENS
        given_now = f"Both {one} and {other} are" if tokens else f"Neither {one} nor {other} is"
        checked.diagnostics.append(error("Invalid combination of arguments", f"{given_now} given. Give exactly one."))
    return checked


@suggest_fields(_ROLE.check)
@dataclass(frozen=True, kw_only=True)
class HuaweicloudProviderAssumeRole:
    """An agency to assume.

    - ``agency_name``: the agency.
    - ``domain_id``, ``domain_name``: the account that made it, by ID or by name.
    - ``duration``: how long the role holds, in seconds.

    Raises ``ImsValidationError``.
    """

    agency_name: str
    domain_id: str | None = None
    domain_name: str | None = None
    duration: float | None = None

    def __post_init__(self) -> None:
        _ROLE.check(vars(self)).require("HuaweicloudProviderAssumeRole")


@suggest_fields(_check_oidc)
@dataclass(frozen=True, kw_only=True)
class HuaweicloudProviderAssumeRoleWithOidc:
    """An agency to assume with a token of an external identity provider, given as text or in a file.

    - ``agency_name``: the agency.
    - ``domain_id``: the account that made it, by ID.
    - ``idp_id``: the identity provider, by ID.
    - ``duration``: how long the role holds, in seconds.
    - ``id_token``, ``id_token_file``: the token, or the file that holds it; exactly one.

    Raises ``ImsValidationError``.
    """

    agency_name: str
    domain_id: str
    idp_id: str
    duration: float | None = None
    id_token: str | None = field(default=None, repr=False)
    id_token_file: str | None = None

    def __post_init__(self) -> None:
        _check_oidc(vars(self)).require("HuaweicloudProviderAssumeRoleWithOidc")


Role = HuaweicloudProviderAssumeRole | Mapping[str, Any]
RoleWithOidc = HuaweicloudProviderAssumeRoleWithOidc | Mapping[str, Any]


def check_roles(value: Any) -> Checked:
    """Check ``assume_role``, a sequence of blocks; ``wire`` holds it under that name."""
    if is_resolvable(value):
        return Checked({"assume_role": value})
    if not isinstance(value, Sequence) or isinstance(value, str):
        fault = MistypedError(value, "Use a list of HuaweicloudProviderAssumeRole or mappings.")
        return Checked(diagnostics=[mistyped(fault, "assume_role")])
    blocks = [_check_block(_ROLE.check, HuaweicloudProviderAssumeRole, role) for role in value]
    diagnostics = list(_indexed("assume_role", blocks))
    return Checked({"assume_role": [block.wire for block in blocks]}, diagnostics=diagnostics)


def check_role_with_oidc(value: Any) -> Checked:
    """Check ``assume_role_with_oidc``, a single block; ``wire`` holds it under that name."""
    name = "assume_role_with_oidc"
    if is_resolvable(value):
        return Checked({name: value})
    block = _check_block(_check_oidc, HuaweicloudProviderAssumeRoleWithOidc, value)
    return Checked({name: block.wire}, diagnostics=[found.under(attribute_path(name)) for found in block.diagnostics])


def _check_block(check: Any, kind: type, value: Any) -> Checked:
    if isinstance(value, kind):
        value = vars(value)
    if isinstance(value, Mapping):
        checked: Checked = check(value)
        return checked
    fault = MistypedError(value, f"Use {kind.__name__} or a mapping.")
    return Checked(diagnostics=[error("Wrong type", str(fault))])


def _indexed(name: str, blocks: Sequence[Checked]) -> Iterator[Diagnostic]:
    for position, block in enumerate(blocks):
        for found in block.diagnostics:
            yield found.under((*attribute_path(name), IndexStep(position)))
