"""Which names a request may call the emulator by: a web page elsewhere must not reach it through the user's browser."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import urlsplit

from constructs_ims.backend.emulator.faults import gateway_fault


def check_host(host: str | None, origin: str | None, allow_hosts: Collection[str]) -> None:
    """Refuse a ``Host`` or ``Origin`` header that names neither this machine nor one of ``allow_hosts``.

    The first turns away a foreign name that was pointed at this machine, the second a foreign page.
    """
    for header, name in (("Host", _hostname(f"//{host}") if host else ""), ("Origin", _hostname(origin or ""))):
        if name and name not in allow_hosts and not _is_loopback(name):
            raise gateway_fault("APIGW.0306", detail=f"The {header} header names {name!r}, which is not allowed here.")


@lru_cache(maxsize=64)
def _hostname(url: str) -> str:
    """Return the host of ``url``; what cannot be read stands for itself, and so for no name of this machine."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


@lru_cache(maxsize=64)
def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
