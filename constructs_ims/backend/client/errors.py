"""What can go wrong between the client and the service.

::

    ClientError
    ├── EndpointError             the endpoint is malformed or not on this machine; nothing was sent
    ├── RegionError               the account has no project in the region
    ├── TransportError            no whole answer came back
    │   ├── ConnectError          no connection was made; the service never saw the request
    │   │   ├── ConnectTimeoutError
    │   │   └── TlsError
    │   └── AnswerLostError       the request was sent; the service may have carried it out
    │       └── AnswerTimeoutError
    ├── BadAnswerError            an answer came back that is not what the API promises
    └── ServiceError              the service answered with an error status
        ├── BadRequestError       400
        ├── AuthenticationError   401
        ├── ForbiddenError        403
        ├── NotFoundError         404
        ├── ConflictError         409
        ├── ThrottledError        429
        └── ServerError           500 and above

Every error has a ``summary`` (a few words) and a ``detail`` (sentences); the text of a ``ServiceError`` is that of the
vendor's Terraform provider.
"""

from __future__ import annotations

import json
from typing import Any, Final


class ClientError(Exception):
    """Anything that keeps the client from giving an answer."""

    summary: str = "Request failed"
    reached_service: bool = False
    """Whether the service may have carried the request out all the same."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.summary}: {self.detail}"


class EndpointError(ClientError):
    """The endpoint is malformed or not on this machine; nothing was sent."""

    summary = "Endpoint refused"


class RegionError(ClientError):
    """The account has no project in the region."""

    summary = "Region not found"

    def __str__(self) -> str:
        return self.detail


class TransportError(ClientError):
    """No whole answer came back."""

    summary = "No answer"
    reached_service = True


class ConnectError(TransportError):
    """No connection was made; the service never saw the request."""

    summary = "Connection failed"
    reached_service = False


class ConnectTimeoutError(ConnectError):
    """Connecting took too long."""

    summary = "Connection timed out"


class TlsError(ConnectError):
    """No trusted TLS connection was made."""

    summary = "TLS failed"


class AnswerLostError(TransportError):
    """The connection broke after the request was sent; the service may have carried it out."""

    summary = "Answer lost"


class AnswerTimeoutError(AnswerLostError):
    """The answer took too long; the service may have carried the request out."""

    summary = "Answer timed out"


class BadAnswerError(ClientError):
    """The answer is not what the API promises: not JSON, or JSON of another shape."""

    summary = "Unexpected answer"
    reached_service = True


class ServiceError(ClientError):
    """The service answered with a status that the request does not allow for.

    ``code`` and ``message`` are the service's own when its body names them, else empty. ``retried`` tells that an
    earlier attempt of the same request may have been carried out, ``retry_after`` how many seconds to wait.
    """

    summary = "Request refused"

    def __init__(
        self,
        method: str,
        url: str,
        status: int,
        request_id: str,
        body: str,
        *,
        retried: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(_vendor_text(method, url, status, request_id, body))
        self.method = method
        self.url = url
        self.status = status
        self.request_id = request_id
        self.body = body
        self.retried = retried
        self.retry_after = retry_after
        self.reached_service = not 400 <= status < 500
        self.code, self.message = _code_and_message(body)

    def __str__(self) -> str:
        return self.detail


class BadRequestError(ServiceError):
    """The service found fault with the request (400)."""


class AuthenticationError(ServiceError):
    """The signature, the key or the token was refused (401)."""


class ForbiddenError(ServiceError):
    """The account may not do this (403)."""


class NotFoundError(ServiceError):
    """There is nothing of that kind or id (404)."""


class ConflictError(ServiceError):
    """The object's state does not allow this (409)."""


class ThrottledError(ServiceError):
    """The service throttles, and still did after the last retry (429)."""


class ServerError(ServiceError):
    """The service failed on its own side (500 and above)."""


_BY_STATUS: Final[dict[int, type[ServiceError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    429: ThrottledError,
}

EXPECTED_STATUSES: Final[dict[str, tuple[int, ...]]] = {
    "GET": (200,),
    "HEAD": (200,),
    "POST": (200, 201, 202),
    "PUT": (200, 201, 202),
    "PATCH": (200, 202, 204),
    "DELETE": (200, 202, 204),
}
"""The statuses that count as success, by method, as in the vendor's SDK."""

_WITH_BODY: Final = {
    400: "Bad request with",
    403: "Action forbidden",
    404: "Resource not found",
    429: "Too many requests",
    500: "Internal Server Error",
}
_FIXED: Final = {
    401: "Authentication failed",
    405: "Method not allowed",
    408: "The server timed out waiting for the request",
    409: "The request could not be processed due to conflict in the request",
    502: "Bad Gateway. Try to access the website and the proxy server cannot get a valid response.\n"
    "It may be caused by the upstream server being temporarily unavailable, timing out, or returning a malformed"
    " response.",
    503: "The service is currently unable to handle the request due to a temporary overloading or maintenance."
    " This is a temporary condition. Try again later.",
}
_LONGEST_FORBIDDEN_BODY: Final = 200


def service_error_type(status: int) -> type[ServiceError]:
    """Return the class that stands for an answer with ``status``."""
    return _BY_STATUS.get(status) or (ServerError if status >= 500 else ServiceError)


def _vendor_text(method: str, url: str, status: int, request_id: str, body: str) -> str:
    if status in _FIXED:
        return _FIXED[status]
    if status in _WITH_BODY:
        shown = _shortened(body) if status == 403 else body
        return f"{_WITH_BODY[status]}: [{method} {url}], request_id: {request_id}, error message: {shown}"
    expected = " ".join(map(str, EXPECTED_STATUSES.get(method, ())))
    return (
        f"Expected HTTP response code [{expected}] when accessing [{method} {url}], but got {status} instead.\n"
        f"request_id: {request_id}, error message: {body}"
    )


def _shortened(body: str) -> str:
    """Cut the body of a 403 as the vendor's SDK does, so that a long policy does not bury the message."""
    if len(body) <= _LONGEST_FORBIDDEN_BODY:
        return body
    denied = "Request not authorized"
    return denied if denied in body else body[:_LONGEST_FORBIDDEN_BODY] + "\n..."


def _code_and_message(body: str) -> tuple[str, str]:
    """Find the code and the message in any of the shapes that the service, its gateway and IAM use."""
    try:
        found = _search(json.loads(body))
    except (ValueError, RecursionError):
        return "", ""
    return found or ("", "")


def _search(value: Any) -> tuple[str, str] | None:
    if not isinstance(value, dict):
        return None
    for code, message in (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message")):
        if code in value and message in value:
            return str(value[code]), str(value[message])
    return next((found for nested in value.values() if (found := _search(nested))), None)
