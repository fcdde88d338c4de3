"""One translation of what ``requests`` raises into the client's own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import requests
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, ReadTimeoutError

from constructs_ims.backend.client.errors import (
    AnswerLostError,
    AnswerTimeoutError,
    BadAnswerError,
    ClientError,
    ConnectError,
    ConnectTimeoutError,
    EndpointError,
    TlsError,
)

TRANSLATIONS: Final[tuple[tuple[type[Exception], type[ClientError]], ...]] = (
    (requests.exceptions.ConnectTimeout, ConnectTimeoutError),
    (requests.exceptions.ReadTimeout, AnswerTimeoutError),
    (requests.exceptions.Timeout, AnswerTimeoutError),
    (requests.exceptions.SSLError, TlsError),
    (requests.exceptions.ProxyError, ConnectError),
    (requests.exceptions.InvalidProxyURL, EndpointError),
    (requests.exceptions.InvalidURL, EndpointError),
    (requests.exceptions.MissingSchema, EndpointError),
    (requests.exceptions.InvalidSchema, EndpointError),
    (requests.exceptions.URLRequired, EndpointError),
    (requests.exceptions.InvalidHeader, EndpointError),
    (requests.exceptions.ContentDecodingError, BadAnswerError),
    (requests.exceptions.JSONDecodeError, BadAnswerError),
    (requests.exceptions.InvalidJSONError, BadAnswerError),
    (requests.exceptions.TooManyRedirects, BadAnswerError),
    (requests.exceptions.HTTPError, BadAnswerError),
    (requests.exceptions.ChunkedEncodingError, AnswerLostError),
    (requests.exceptions.StreamConsumedError, AnswerLostError),
    (requests.exceptions.UnrewindableBodyError, AnswerLostError),
    (requests.exceptions.RetryError, AnswerLostError),
    (requests.exceptions.ConnectionError, AnswerLostError),
    (requests.exceptions.RequestException, AnswerLostError),
    (ReadTimeoutError, AnswerTimeoutError),
    (HTTPError, AnswerLostError),
    (OSError, AnswerLostError),
)
"""What ``requests`` (and, through it, urllib3 and the socket) raises, and what it means; the first match counts."""

_SENTENCES: Final[dict[type[ClientError], str]] = {
    ConnectError: "Nothing answers at {url}. Start the local IMS service, or correct the endpoint.",
    ConnectTimeoutError: "No connection to {url} was made in time. See whether the local IMS service is running.",
    TlsError: "{url} could not be reached over TLS ({reason}). Use http for a local service, or give its certificate.",
    AnswerLostError: "{method} {url} was sent, but the connection broke before the whole answer came ({reason}).",
    AnswerTimeoutError: "{method} {url} was sent, but no answer came in time.",
    BadAnswerError: "{method} {url} was answered with something that cannot be read ({reason}).",
    EndpointError: "{url} cannot be requested ({reason}).",
}


@contextmanager
def translated(method: str, url: str) -> Iterator[None]:
    """Turn whatever sending ``method url`` raises into a ``ClientError`` that names both."""
    try:
        yield
    except (requests.exceptions.RequestException, HTTPError, OSError) as failure:
        raise translate(failure, method, url) from failure


def translate(failure: Exception, method: str, url: str) -> ClientError:
    """Return the client's error for ``failure``."""
    kind = ConnectError if _never_connected(failure) else _kind(failure)
    return kind(_SENTENCES[kind].format(method=method, url=url, reason=_reason(failure)))


def _kind(failure: Exception) -> type[ClientError]:
    return next(ours for theirs, ours in TRANSLATIONS if isinstance(failure, theirs))


def _never_connected(failure: Exception) -> bool:
    """Tell a connection that was never made from one that broke: ``requests`` raises the same class for both."""
    if not isinstance(failure, requests.exceptions.ConnectionError):
        return False
    inner = failure.args[0] if failure.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)


def _reason(failure: Exception) -> str:
    inner = failure.args[0] if failure.args else failure
    reason = inner.reason if isinstance(inner, MaxRetryError) and inner.reason else inner
    return str(reason).strip() or type(failure).__name__
