"""Which endpoints the client talks to: those on this machine, and no others."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from constructs_ims.backend.client.errors import EndpointError

_LOOPBACK_NAMES: Final = frozenset({"localhost"})


@lru_cache(maxsize=64)
def loopback_endpoint(endpoint: str) -> str:
    """Return ``endpoint`` without a slash at its end.

    Raise ``EndpointError`` when it is not an ``http`` or ``https`` address of this machine. The parser is the one
    that ``requests`` sends with, so that both read the same host.
    """
    try:
        url = parse_url(endpoint.strip())
    except LocationParseError:
        raise _malformed(endpoint) from None
    if url.scheme not in ("http", "https") or not url.host or url.auth or url.query or url.fragment:
        raise _malformed(endpoint)
    if not is_loopback(url.host):
        raise EndpointError(
            f'"{endpoint}" is not on this machine, and the offline backend sends nothing to other machines. '
            "Use an endpoint on 127.0.0.1, ::1 or localhost, such as the one that the local IMS service prints."
        )
    return _rebuilt(url)


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` (a name, an IPv4 address, or an IPv6 address with or without brackets) is this machine."""
    bare = host.removeprefix("[").removesuffix("]")
    if bare.lower() in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def host_header(endpoint: str) -> str:
    """Return the value of the ``Host`` header for an endpoint that ``loopback_endpoint`` has returned."""
    return endpoint.split("/", 3)[2]


def _rebuilt(url: Url) -> str:
    return Url(url.scheme, None, url.host, url.port, (url.path or "").rstrip("/")).url


def _malformed(endpoint: str) -> EndpointError:
    # The endpoint is not shown whole: what stands before an "@" may be a password.
    shown = endpoint.rpartition("@")[2].partition("?")[0]
    return EndpointError(
        f'"{shown}" is not an endpoint. Use an address with a scheme and a host, no user name, query or fragment, '
        'such as "http://127.0.0.1:8765".'
    )
