"""IAM's tokens: signed with the account's secret key, so that nothing is kept about them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from constructs_ims.backend.emulator.account import Account
from constructs_ims.backend.emulator.faults import authentication_fault, gateway_fault

LIFETIME: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class AuthToken:
    """A token's content: its project's id (None when it is for the domain), times in UTC, and what it was given for."""

    project_id: str | None
    issued_at: datetime
    expires_at: datetime
    method: str = "password"


def new_token(project_id: str | None, now: datetime, method: str = "password") -> AuthToken:
    """Make a token that is good from ``now`` for a day."""
    return AuthToken(project_id, now, now + LIFETIME, method)


def write_token(token: AuthToken, account: Account) -> str:
    """Return the text that stands for ``token`` in ``X-Subject-Token`` and ``X-Auth-Token``."""
    times = token.issued_at.timestamp(), token.expires_at.timestamp()
    content = json.dumps([token.project_id, *times, token.method]).encode()
    return base64.urlsafe_b64encode(_seal(content, account) + content).decode()


def read_token(text: str, account: Account, now: datetime) -> AuthToken:
    """Return the token that ``text`` stands for; raise the gateway's ``Fault`` when it is not ours or has expired."""
    try:
        sealed = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except ValueError:
        raise authentication_fault("decrypt token fail") from None
    seal, content = sealed[:32], sealed[32:]
    if not hmac.compare_digest(seal, _seal(content, account)):
        raise authentication_fault("decrypt token fail")
    project_id, issued_at, expires_at, *method = json.loads(content)  # tokens of earlier releases name no method
    times = datetime.fromtimestamp(issued_at, UTC), datetime.fromtimestamp(expires_at, UTC)
    token = AuthToken(project_id, *times, *method)
    if now >= token.expires_at:
        raise gateway_fault("APIGW.0307")
    return token


def _seal(content: bytes, account: Account) -> bytes:
    return hmac.new(account.secret_key.encode(), b"token:" + content, hashlib.sha256).digest()
