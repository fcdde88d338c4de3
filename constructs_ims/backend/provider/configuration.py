"""From a provider block to what the provider works with: region, local endpoint, key pair and switches.

This provider talks to a service on this machine and to nothing else. The service of a sandbox is named in
``CONSTRUCTS_IMS_ENDPOINT``, its key pair in ``CONSTRUCTS_IMS_ACCESS_KEY`` and ``CONSTRUCTS_IMS_SECRET_KEY``; the
account's own credentials, in the block or the environment, are left alone. Keys in the block count only beside
``endpoints`` on this machine with no sandbox around, since there they can only be a local service's keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_ims.backend.provider.shared_configuration import shared_region
from constructs_ims.backend.provider.validation import validate_block
from constructs_ims.schema.attribute import Attribute
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.provider import DEFAULT_MAX_RETRIES, ID_TOKENS, PROVIDER, REQUIRED_TOGETHER
from constructs_ims.schema.values import Unknown

ENDPOINT_VARIABLE: Final = "CONSTRUCTS_IMS_ENDPOINT"
ACCESS_KEY_VARIABLE: Final = "CONSTRUCTS_IMS_ACCESS_KEY"
SECRET_KEY_VARIABLE: Final = "CONSTRUCTS_IMS_SECRET_KEY"  # noqa: S105, the name of a variable

_HOW_TO_START: Final = (
    "This provider works with an IMS service on this machine, and none is named. Start the command through "
    '"constructs-ims run -- ...", or start "constructs-ims emulator" and give its address under endpoints. '
    "For HUAWEI CLOUD itself, use the vendor's own provider."
)


@dataclass(frozen=True, slots=True)
class LocalService:
    """An IMS service on this machine: its root, and the key pair that it knows."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> LocalService | None:
        """Return the service that the environment names, or None."""
        named = [environment.get(name, "") for name in (ENDPOINT_VARIABLE, ACCESS_KEY_VARIABLE, SECRET_KEY_VARIABLE)]
        return cls(*named) if all(named) else None

    def to_environment(self) -> dict[str, str]:
        """Return the environment that names this service."""
        return {
            ENDPOINT_VARIABLE: self.endpoint,
            ACCESS_KEY_VARIABLE: self.access_key,
            SECRET_KEY_VARIABLE: self.secret_key,
        }


@dataclass(frozen=True, slots=True)
class Settings:
    """What the provider works with once configured.

    ``identity_endpoint`` is IAM's root with its version. ``pinned`` tells that the block names its own endpoints, which
    then serve its own region alone.
    """

    service: LocalService
    identity_endpoint: str
    region: str
    force_new: bool
    pinned: bool
    max_retries: int
    is_region_assumed: bool
    """Whether nobody named the region."""


def validate_configuration(config: Mapping[str, Any]) -> list[Diagnostic]:
    """Check a provider block, whose values may be unknown."""
    return [
        *validate_block(PROVIDER.block, config),
        *_incomplete_pairs(config),
        *_token_faults(config),
        *_endpoint_faults(config),
    ]


def resolve_settings(
    config: Mapping[str, Any],
    environment: Mapping[str, str],
    sandbox: LocalService | None,
    default_region: str = "",
) -> tuple[Settings | None, list[Diagnostic]]:
    """Return what to work with, or None and why not. ``sandbox`` is the service around this process, if any.

    ``default_region`` stands in where nobody names a region; without it that is an error.
    """
    faults = validate_configuration(config)
    if has_errors(faults):
        return None, faults
    shared, unusable = shared_region(*(_text(config, name, environment) for name in ("shared_config_file", "profile")))
    faults += unusable
    named = shared or _text(config, "region", environment)
    region = named or default_region
    if not region:
        faults.append(error("Missing region", f"region should be provided. {_region_hint()}", attribute_path("region")))
    service, missing = _service(config, sandbox)
    retries = _text(config, "max_retries", environment) or str(DEFAULT_MAX_RETRIES)
    if not retries.isdecimal():
        detail = f'max_retries is "{retries}" in the environment. Use a whole number, 0 or more.'
        faults.append(error("Invalid max retries", detail, attribute_path("max_retries")))
    if service is None or has_errors(faults):
        return None, [*faults, *missing]
    own = _known_endpoints(config)
    return Settings(
        service,
        _identity_endpoint(config, own, service),
        region,
        force_new=_flag(config, "enable_force_new", environment),
        pinned=bool(own),
        max_retries=int(retries),
        is_region_assumed=not named,
    ), faults


def _service(config: Mapping[str, Any], sandbox: LocalService | None) -> tuple[LocalService | None, list[Diagnostic]]:
    own = _known_endpoints(config).get("ims")
    if own is None:
        return sandbox, [] if sandbox else [error("No local IMS service", _HOW_TO_START)]
    keys = (
        [sandbox.access_key, sandbox.secret_key]
        if sandbox
        else [_known(config, "access_key"), _known(config, "secret_key")]
    )
    if not all(keys):
        detail = "Give access_key and secret_key the pair that the local IMS service printed when it started."
        return None, [error("Missing key pair", detail)]
    return LocalService(own, *keys), []


def _identity_endpoint(config: Mapping[str, Any], own: Mapping[str, str], service: LocalService) -> str:
    if own and (auth_url := _known(config, "auth_url")):
        return auth_url
    return f"{own.get('iam', service.endpoint).rstrip('/')}/v3"


def _incomplete_pairs(config: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for name, partner in REQUIRED_TOGETHER:
        if config.get(name) is not None and config.get(partner) is None:
            both = ",".join(sorted((name, partner)))
            detail = f'"{name}": all of `{both}` must be specified'
            yield error("Missing required argument", detail, attribute_path(name))


def _token_faults(config: Mapping[str, Any]) -> Iterator[Diagnostic]:
    blocks = config.get("assume_role_with_oidc")
    for position, block in enumerate([] if blocks is None or blocks is Unknown else blocks):
        tokens = [block.get(name) for name in ID_TOKENS]
        given = [token for token in tokens if token is not None]
        if len(given) != 1 and not any(token is Unknown for token in tokens):
            detail = f"one of `{','.join(ID_TOKENS)}` must be specified, and {len(given)} are. Give exactly one."
            yield error("Invalid combination of arguments", detail, attribute_path("assume_role_with_oidc", position))


def _endpoint_faults(config: Mapping[str, Any]) -> Iterator[Diagnostic]:
    addresses = list(_addresses(config))
    if not addresses:
        return
    # The client is loaded only for blocks that have addresses to check: it takes as long as all the rest.
    from constructs_ims.backend.client.endpoints import loopback_endpoint
    from constructs_ims.backend.client.errors import EndpointError

    for place, address in addresses:
        if not address:
            detail = f"the value of customer endpoint {place[-1]} must be specified"
            yield error("Invalid endpoint", detail, attribute_path(*place[:1]))
            continue
        try:
            loopback_endpoint(address)
        except EndpointError as failure:
            yield error(failure.summary, failure.detail, attribute_path(*place[:1]))


def _addresses(config: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, address in _known_endpoints(config).items():
        yield ("endpoints", name), address
    if auth_url := _known(config, "auth_url"):
        yield ("auth_url",), auth_url


def _known_endpoints(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the block's own endpoints by service; one without a scheme is taken as https, as the vendor does."""
    given = config.get("endpoints")
    if given is None or given is Unknown:
        return {}
    return {name: _with_scheme(value or "") for name, value in given.items() if value is not Unknown}


def _with_scheme(address: str) -> str:
    return address if not address or "://" in address else f"https://{address}"


def _known(config: Mapping[str, Any], name: str) -> str:
    value = config.get(name)
    return "" if value is None or value is Unknown else str(value)


def _text(config: Mapping[str, Any], name: str, environment: Mapping[str, str]) -> str:
    return _known(config, name) or _from_environment(PROVIDER.block.by_name[name], environment)


def _flag(config: Mapping[str, Any], name: str, environment: Mapping[str, str]) -> bool:
    if isinstance(given := config.get(name), bool):
        return given
    return _from_environment(PROVIDER.block.by_name[name], environment).lower() in ("1", "t", "true")


def _from_environment(attribute: Attribute, environment: Mapping[str, str]) -> str:
    return next((environment[name] for name in attribute.environment if environment.get(name)), "")


def _region_hint() -> str:
    names = PROVIDER.block.by_name["region"].environment
    return f"Set region in the provider block, or the environment variable {names[0]}."
