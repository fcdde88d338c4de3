"""Who is asking: verifies the gateway's SDK-HMAC-SHA256 signatures, and IAM's tokens.

Written from the vendor's description of the algorithm, apart from the client's signer on purpose. The list of signed
headers is the request's own: clients differ in whether they sign ``Host`` and ``X-Project-Id``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote

from constructs_ims.backend.emulator.account import Account
from constructs_ims.backend.emulator.faults import Fault, authentication_fault, ims_fault
from constructs_ims.backend.emulator.tokens import AuthToken, read_token

MAX_SKEW: Final = timedelta(minutes=15)

_AUTHORIZATION: Final = re.compile(
    r"SDK-HMAC-SHA256 +Access=(?P<access>[^,\s]+), *"
    r"SignedHeaders=(?P<headers>[^,\s]+), *"
    r"Signature=(?P<signature>[0-9a-f]+)"
)
_DATE: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_EMPTY_SHA256: Final = hashlib.sha256(b"").hexdigest()
_UNSIGNED: Final = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came in: ``path`` percent-decoded, ``query`` raw, both as WSGI's Latin-1 text; header by name."""

    method: str
    path: str
    query: str
    environ: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header, as WSGI's Latin-1 text, or None."""
        return _header(self.environ, name)


@dataclass(frozen=True, slots=True)
class AskedProjects:
    """The projects that a request to the image service speaks of: in its header, in its path, and in its token."""

    in_header: str | None
    in_path: str | None
    token: AuthToken | None

    def checked(self, account: Account) -> str:
        """Return the one project that they all are, or the account's own; else raise the service's ``Fault``.

        The service is documented to want a token for a project, and a path of the token's project. That the header has
        no other says is in no document; a request that contradicts itself is refused likewise.
        """
        if self.token and not self.token.project_id:
            raise _wrong_project("The token is for a domain. Ask IAM for one whose scope is a project.")
        named = {"token": self.token and self.token.project_id, "X-Project-Id": self.in_header, "path": self.in_path}
        given = {where: id for where, id in named.items() if id}
        project_id = next(iter(given.values()), account.default_project.id)
        for where, id in given.items():
            if id != project_id:
                raise _wrong_project(f"The {where} has the project {id}, the {next(iter(given))} {project_id}.")
        if all(project_id != project.id for project in account.projects):
            raise _wrong_project(f"The account has no project {project_id}.")
        return project_id


def _wrong_project(detail: str) -> Fault:
    return ims_fault("IMG.0030", detail)


def check_claim(environ: Mapping[str, str], account: Account, now: datetime, token_time: datetime) -> AuthToken | None:
    """Judge a request by its headers alone, before its body is read.

    Signatures age by ``now``, the machine's clock, as their clients do, and tokens by ``token_time``, the service's.
    Return its token, or None when it claims to be signed with the account's key, which ``check_signature`` is to
    verify; else raise the gateway's ``Fault``.
    """
    token = _header(environ, "X-Auth-Token")
    if token:
        return read_token(token, account, token_time)
    parts = _authorization(environ)
    if not hmac.compare_digest(parts["access"].encode("latin-1"), account.access_key.encode()):
        # The vendor locks a key after five failures; a local service that does so would only be in the way.
        raise authentication_fault(f"Get secretKey failed,ak:{parts['access']},err:ak not exist")
    _check_date(_header(environ, "X-Sdk-Date") or "", now)
    return None


def check_signature(request: Received, account: Account) -> None:
    """Verify the signature of a request that ``check_claim`` let through; else raise the gateway's ``Fault``."""
    parts = _authorization(request.environ)
    if not hmac.compare_digest(parts["signature"], _signature(request, parts["headers"], account.secret_key)):
        raise authentication_fault("verify aksk signature fail")


def _header(environ: Mapping[str, str], name: str) -> str | None:
    variable = name.upper().replace("-", "_")
    prefix = "" if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_"
    return environ.get(prefix + variable)


def _authorization(environ: Mapping[str, str]) -> re.Match[str]:
    authorization = _header(environ, "Authorization")
    if not authorization:
        raise authentication_fault("the request has neither an Authorization nor an X-Auth-Token header")
    parts = _AUTHORIZATION.fullmatch(authorization.strip())
    if not parts:
        raise authentication_fault("the Authorization header is not of the form that SDK-HMAC-SHA256 has")
    return parts


def _check_date(given: str, now: datetime) -> None:
    try:
        date = datetime.fromisoformat(given if _DATE.fullmatch(given) else "")
    except ValueError:
        raise authentication_fault(f"X-Sdk-Date is {given!r}, not a time such as 20260131T080000Z") from None
    if abs(now - date) > MAX_SKEW:
        raise authentication_fault(
            f"X-Sdk-Date {given} is more than 15 minutes from the service's time, {now:%Y%m%dT%H%M%SZ}"
        )


def _signature(request: Received, signed_headers: str, secret_key: str) -> str:
    canonical = "\n".join(
        (
            request.method,
            _canonical_path(request.path),
            _canonical_query(request.query),
            _canonical_headers(request, signed_headers),
            signed_headers,
            _payload_hash(request),
        )
    )
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    text = f"SDK-HMAC-SHA256\n{request.header('X-Sdk-Date')}\n{digest}"
    return hmac.new(secret_key.encode(), text.encode("latin-1"), hashlib.sha256).hexdigest()


def _canonical_path(path: str) -> str:
    encoded = quote(path.encode("latin-1"), safe="/~")
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _canonical_query(query: str) -> str:
    if not query:
        return ""
    pairs = sorted(parse_qsl(query, keep_blank_values=True, errors="surrogateescape"))
    return "&".join(f"{_encoded(key)}={_encoded(value)}" for key, value in pairs)


def _encoded(text: str) -> str:
    return quote(text, safe="~", errors="surrogateescape")


def _canonical_headers(request: Received, signed_headers: str) -> str:
    lines = []
    for name in signed_headers.split(";"):
        value = request.header(name)
        if value is None:
            raise authentication_fault(f"the signed header {name} is not in the request")
        lines.append(f"{name}:{value.strip()}\n")
    return "".join(lines)


def _payload_hash(request: Received) -> str:
    if not request.body:
        return _EMPTY_SHA256
    if request.header("X-Sdk-Content-Sha256") == _UNSIGNED:
        return _UNSIGNED
    return hashlib.sha256(request.body).hexdigest()
