"""Which names a request may call the emulator by: a web page elsewhere must not reach it through the user's browser."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from constructs_ims.backend.emulator.faults import gateway_fault


def check_host(host: str | None, origin: str | None, allow_hosts: Collection[str]) -> None:
    """Refuse a ``Host`` or ``Origin`` header that names neither this machine nor one of ``allow_hosts``.

    The first turns away a foreign name that was pointed at this machine, the second a foreign page.
    """
    for header, name in (("Host", _hostname(f"//{host}") if host else None), ("Origin", _origin_name(origin))):
        if name is not None and not _is_loopback(name) and name not in allow_hosts:
            raise gateway_fault("APIGW.0306", detail=f"The {header} header names {name!r}, which is not allowed here.")


def _origin_name(origin: str | None) -> str | None:
    return _hostname(origin) if origin else None


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
