"""Who may call the emulator: which names it answers to, and which web pages."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from constructs_ims.backend.emulator.faults import gateway_fault

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_OWN_SITES: Final = ("same-origin", "none")
"""What a browser says in ``Sec-Fetch-Site`` of its user's own requests, and of those of the emulator's own pages."""


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """The names that a request may call the emulator by: those of this machine, and ``names``.

    ``beyond_loopback`` tells that other machines can reach it. It then answers to every IP address, which no foreign
    name server can point at it, and its admin calls need the key pair.
    """

    names: frozenset[str] = frozenset()
    beyond_loopback: bool = False

    @classmethod
    def make(cls, host: str, allow_hosts: Collection[str]) -> HostPolicy:
        """Make the policy of a server that listens on ``host`` and answers to ``allow_hosts`` too.

        The case of a name, a port behind it and a dot at its end do not count.
        """
        return cls(frozenset(map(_bare_name, (host, *allow_hosts))) - {""}, not is_loopback(_bare_name(host)))

    def check(self, environ: Mapping[str, str]) -> None:
        """Refuse a foreign name, which may be pointed at this machine, and a page that the emulator did not serve."""
        host = environ.get("HTTP_HOST", "")
        if host and not self._answers_to(_hostname(f"//{host}")):
            raise _refusal("Host", host)
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and not _same_origin(origin, host):
            raise _refusal("Origin", origin)
        site = environ.get("HTTP_SEC_FETCH_SITE")
        if site is not None and site not in _OWN_SITES:
            raise _refusal("Sec-Fetch-Site", site)

    def _answers_to(self, name: str) -> bool:
        return is_loopback(name) or name in self.names or (self.beyond_loopback and _is_address(name))


def reachable_name(host: str) -> str:
    """Return the host to call a server by that listens on ``host``: of every address, this machine's own."""
    address = _address(host)
    if host and (address is None or not address.is_unspecified):
        return host
    return "::1" if address is not None and address.version == 6 else "127.0.0.1"


@lru_cache(maxsize=64)
def is_loopback(name: str) -> bool:
    """Tell whether ``name`` is this machine's alone."""
    address = _address(name)
    return name == "localhost" if address is None else address.is_loopback


def _is_address(name: str) -> bool:
    return _address(name) is not None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _bare_name(name: str) -> str:
    """Return a host as ``_hostname`` does, be it given with a port, as a URL, or as an IPv6 address."""
    given = name.strip()
    if _is_address(given):
        return given.lower()
    return _hostname(given if "//" in given else f"//{given}") if given else ""


@lru_cache(maxsize=64)
def _hostname(url: str) -> str:
    """Return the host of ``url``; what cannot be read stands for itself, and so for no name of this machine."""
    try:
        return (urlsplit(url).hostname or url).rstrip(".")
    except ValueError:
        return url


def _same_origin(origin: str, host: str) -> bool:
    """Tell whether a page of ``origin`` came from the address that it calls by the ``Host`` header."""
    try:
        page = urlsplit(origin)
        called = urlsplit(f"//{host}")
        default = _DEFAULT_PORTS[page.scheme]
        return page.hostname is not None and (page.hostname, page.port or default) == (
            called.hostname,
            called.port or default,
        )
    except (KeyError, ValueError):
        return False


def _refusal(header: str, value: str) -> Exception:
    return gateway_fault("APIGW.0306", detail=f"The {header} header is {value!r}, which is not allowed here.")
