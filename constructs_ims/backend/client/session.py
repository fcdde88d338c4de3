"""The one place that sends: signs, bounds the time, repeats what may be repeated, translates every failure."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from constructs_ims.backend.client.body import read_body
from constructs_ims.backend.client.endpoints import host_header, loopback_endpoint
from constructs_ims.backend.client.errors import (
    EXPECTED_STATUSES,
    BadAnswerError,
    ClientError,
    ServiceError,
    service_error_type,
)
from constructs_ims.backend.client.retries import DEFAULT_RETRIES, RetryPolicy, may_repeat
from constructs_ims.backend.client.signing import Credentials, canonical_query, sign
from constructs_ims.backend.client.translation import translated

USER_AGENT: Final = "constructs-ims"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, for each part of an answer, and for the whole body of one."""

    connect: float = 5.0
    read: float = 30.0
    body: float = 60.0


DEFAULT_TIMEOUTS: Final = Timeouts()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answered, always with a status of success."""

    method: str
    url: str
    status: int
    request_id: str
    body: bytes = field(repr=False)

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; raise ``BadAnswerError`` when it is anything else."""
        try:
            value = json.loads(self.body, parse_float=_finite, parse_constant=_finite)
            if b"\\u" in self.body:
                _require_unicode(value)
        except (ValueError, RecursionError) as failure:
            raise self.unexpected(f"its body is not JSON ({failure})") from failure
        if not isinstance(value, dict):
            raise self.unexpected("its body is not a JSON object")
        return value

    def unexpected(self, what: str) -> BadAnswerError:
        """Return the error that says ``what`` is wrong with this answer."""
        start = self.body[:80].decode(errors="replace")
        return BadAnswerError(
            f"{self.method} {self.url} answered {self.status}, but {what}. "
            f'It begins "{start}". Request id: {self.request_id or "none"}.'
        )


class Session:
    """A signed, bounded, repeating way to services on this machine; safe to share between threads.

    It sends through an adapter of ``requests`` directly, so that no proxy or netrc of the environment, no cookie and no
    redirect has a part in it.

    ``transport`` takes the place of the network (see ``WsgiAdapter``). ``pool_size`` is how many connections are kept,
    as many as threads that send at once. ``verify`` is as in ``requests``: a flag, or the path of a certificate.
    ``clock`` gives the time of signing in UTC, ``sleep`` waits between attempts.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        retries: RetryPolicy = DEFAULT_RETRIES,
        transport: BaseAdapter | None = None,
        pool_size: int = 16,
        verify: bool | str = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials = credentials
        self._timeouts = timeouts
        self._retries = retries
        self._verify = verify
        self._clock = clock
        self._sleep = sleep
        self._transport = transport or HTTPAdapter(pool_connections=4, pool_maxsize=pool_size)

    def send(
        self,
        method: str,
        endpoint: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request to ``endpoint`` + ``path`` (percent-encoded) and return the answer.

        Raise a ``ClientError`` of the kind that the failure calls for, after as many repetitions as are safe.
        """
        request = _Request.make(method, endpoint, path, query or {}, body, headers or {})
        attempt, happened = 0, False
        while True:
            try:
                return self._attempt(request, happened)
            except ClientError as failure:
                if attempt >= self._retries.retries or not may_repeat(method, failure):
                    raise
                happened = happened or failure.reached_service
                cancellation = failure.retry_after if isinstance(failure, ServiceError) else None
                self._sleep(self._retries.wait(attempt, cancellation))
                attempt += 1

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._transport.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _attempt(self, request: _Request, happened: bool) -> Answer:
        with translated(request.method, request.url):
            response = self._transport.send(
                request.signed(self._credentials, self._clock()),
                stream=True,
                timeout=(self._timeouts.connect, self._timeouts.read),
                verify=self._verify,
                proxies={},
            )
            content = read_body(response, self._timeouts.body)
        request_id = response.headers.get("X-Request-Id", "")
        if response.status_code in EXPECTED_STATUSES[request.method]:
            return Answer(request.method, request.url, response.status_code, request_id, content)
        raise _refusal(request, response, request_id, content, happened)


@dataclass(frozen=True, slots=True)
class _Request:
    """A request before it is signed; each attempt is signed anew, since a signature ages."""

    method: str
    url: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes

    @classmethod
    def make(
        cls,
        method: str,
        endpoint: str,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
    ) -> _Request:
        base = loopback_endpoint(endpoint)
        host = host_header(base)
        root = base.partition(host)[2]
        given = {"Accept": "application/json", "Host": host, "User-Agent": USER_AGENT, **headers}
        content = b""
        if body is not None:
            content = json.dumps(body, separators=(",", ":")).encode()
            given["Content-Type"] = "application/json"
        pairs = tuple(query.items())
        url = f"{base}{path}?{canonical_query(pairs)}" if pairs else f"{base}{path}"
        return cls(method, url, root + path, pairs, given, content)

    def signed(self, credentials: Credentials, at: datetime) -> requests.PreparedRequest:
        signature = sign(credentials, self.method, self.path, self.query, self.headers, self.body, at)
        prepared = requests.PreparedRequest()
        prepared.prepare_method(self.method)
        length = {"Content-Length": str(len(self.body))} if self.body else {}
        prepared.prepare_headers(self.headers | signature | length)
        # The URL is put together from parts that are checked and encoded already, and is to be sent as it was signed.
        prepared.url, prepared.body = self.url, self.body or None
        return prepared


def _refusal(
    request: _Request, response: requests.Response, request_id: str, content: bytes, happened: bool
) -> ServiceError:
    return service_error_type(response.status_code)(
        request.method,
        request.url,
        response.status_code,
        request_id,
        content.decode(errors="replace"),
        retried=happened,
        retry_after=_seconds(response.headers.get("Retry-After")),
    )


def _finite(text: str) -> float:
    """Read a number; what JSON has no place for, or a float no room, has no place in an image either."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _require_unicode(value: Any) -> None:
    """Raise ``ValueError`` for half a surrogate pair, which JSON can spell and no file can hold."""
    json.dumps(value, ensure_ascii=False).encode()


def _seconds(retry_after: str | None) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for; its other form, a date, is left to our own waits."""
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
