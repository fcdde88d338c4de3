"""What is sent again, and after how long.

A request is repeated only when repeating it cannot do the work twice: reads and deletions after any passing failure,
creations only when the service cannot have seen them (no connection, or throttled).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from constructs_ims.backend.client.errors import ClientError, ConnectError, ServiceError, TlsError, TransportError

_REPEATABLE: Final = frozenset({"GET", "HEAD", "DELETE"})
_PASSING: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long: ``retries`` after the first attempt, waits in seconds.

    Waits double from ``first`` up to ``most``.
    """

    retries: int = 5
    first: float = 0.05
    most: float = 2.0

    def wait(self, attempt: int, retry_after: float | None) -> float:
        """Return the seconds to wait after ``attempt`` (from 0); what the service asks for is kept up to ``most``."""
        return min(self.most, self.first * 2.0**attempt if retry_after is None else max(retry_after, 0.0))


DEFAULT_RETRIES: Final = RetryPolicy()


def may_repeat(method: str, failure: ClientError) -> bool:
    """Tell whether sending the same request again is both safe and of use."""
    if isinstance(failure, ServiceError):
        return failure.status == 429 or (failure.status in _PASSING and method in _REPEATABLE)
    if isinstance(failure, TlsError) or not isinstance(failure, TransportError):
        return False
    return isinstance(failure, ConnectError) or method in _REPEATABLE
