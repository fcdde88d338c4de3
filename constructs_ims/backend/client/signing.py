"""Request signing with an access key: SDK-HMAC-SHA256, as HUAWEI CLOUD's API gateway checks it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote

ALGORITHM: Final = "SDK-HMAC-SHA256"
DATE_FORMAT: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key pair, with a security token when the pair is temporary; secrets stay out of the repr."""

    access_key: str
    secret_key: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


def sign(
    credentials: Credentials,
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes,
    at: datetime,
) -> dict[str, str]:
    """Return the headers that sign a request: date, security token when there is one, and ``Authorization``.

    ``path`` may be percent-encoded or not. ``headers`` are all signed; give ``Host`` among them. ``at`` is the time
    of signing, in UTC.
    """
    date = at.strftime(DATE_FORMAT)
    added = {"X-Sdk-Date": date}
    if credentials.security_token:
        added["X-Security-Token"] = credentials.security_token
    block, names = _canonical_headers({**headers, **added})
    request = "\n".join((method, _canonical_path(path), canonical_query(query), block, names, _sha256(body)))
    text = f"{ALGORITHM}\n{date}\n{_sha256(request.encode())}"
    signature = hmac.new(credentials.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    added["Authorization"] = (
        f"{ALGORITHM} Access={credentials.access_key}, SignedHeaders={names}, Signature={signature}"
    )
    return added


def canonical_query(query: Iterable[tuple[str, str]]) -> str:
    """Return ``query`` sorted and percent-encoded; what is signed is also what is to be sent."""
    return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in sorted(query))


def _canonical_path(path: str) -> str:
    encoded = quote(unquote(path), safe="/")
    return encoded if encoded.endswith("/") else encoded + "/"


def _canonical_headers(headers: Mapping[str, str]) -> tuple[str, str]:
    """Return the block of headers, one a line with a newline after the last, and their names joined."""
    lowered = sorted((name.lower(), value.strip()) for name, value in headers.items())
    return "".join(f"{name}:{value}\n" for name, value in lowered), ";".join(name for name, _ in lowered)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
