"""What tests ask of the service and the cloud does not offer: to fail on demand, and to tell what it was asked.

Both are counted and deterministic: a rule fails the next requests that match it, in the order in which they come in,
and is then used up. The rules and the log live in memory, beside the images and not among them.
"""

from __future__ import annotations

import json
import math
import shlex
import threading
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlencode

from constructs_ims.backend.emulator.database_errors import EmulatorError
from constructs_ims.backend.emulator.faults import Fault, gateway_fault, iam_fault, ims_fault, reason_phrase
from constructs_ims.backend.emulator.operations import OPERATIONS

Drop: TypeAlias = Literal["before", "after"]
BadBody: TypeAlias = Literal["truncated", "wrong"]
Query: TypeAlias = tuple[tuple[str, str], ...]
_MOST_ENTRIES: Final = 10_000
_LONGEST_BODY: Final = 16 * 1024
_MOST_RULES: Final = 1000
_LONGEST_DELAY: Final = 3600.0


class InvalidFailureError(EmulatorError):
    """A rule that no request could meet, or that says nothing sensible to do."""


class ConnectionDroppedError(ConnectionError):
    """A request gets no answer: its connection is closed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What the next requests of an operation meet.

    ``times`` requests meet it, after the first ``skip`` went through; of them it is every one, or each third where
    ``every`` is 3. They are answered with ``status`` (None: as usual) after ``delay`` seconds, or not at all where
    ``drop`` closes the connection, ``"before"`` or ``"after"`` the service has done its work. ``body`` has the service
    do its work and send half of its answer (``"truncated"``), or a page of HTML (``"wrong"``). ``image`` is the id of
    an image, or its name, to which alone it applies.
    """

    operation: str
    times: int = 1
    status: int | None = None
    delay: float = 0.0
    drop: Drop | None = None
    image: str | None = None
    skip: int = 0
    message: str | None = None
    every: int = 1
    body: BadBody | None = None
    passed: int = 0
    """Matching requests that went through since the last that failed."""

    def __post_init__(self) -> None:
        for detail in self._faults():
            raise InvalidFailureError("Invalid failure", detail)

    def _faults(self) -> list[str]:
        checks = {
            f"There is no operation {self.operation!r}. Use one of {', '.join(OPERATIONS)}.": self.operation
            in OPERATIONS,
            f"times is {self.times!r}. Use a whole number, 1 or more.": _is_count(self.times) and self.times >= 1,
            f"every is {self.every!r}. Use a whole number, 1 or more.": _is_count(self.every) and self.every >= 1,
            f"passed is {self.passed!r}. Use a whole number less than every.": _is_count(self.passed)
            and (not _is_count(self.every) or self.passed < self.every),
            f'body is {self.body!r}. Use "truncated" or "wrong".': self.body in (None, "truncated", "wrong"),
            "A bad body has neither a status nor a drop. Leave one of them out.": not (
                self.body and (self.drop or self.status)
            ),
            f"skip is {self.skip!r}. Use a whole number, 0 or more.": _is_count(self.skip),
            f"status is {self.status!r}. Use 400 to 599.": self.status is None
            or (_is_count(self.status) and 400 <= self.status <= 599),
            f"delay is {self.delay!r}. Use seconds from 0 to {_LONGEST_DELAY:g}.": _is_number(self.delay)
            and 0 <= self.delay <= _LONGEST_DELAY,
            f'drop is {self.drop!r}. Use "before" or "after".': self.drop in (None, "before", "after"),
            f"image is {self.image!r}. Use the id or the name of an image.": self.image is None
            or isinstance(self.image, str),
            "A list is of no one image; that of one by its id is a read. Leave image out.": self.image is None
            or self.operation not in _OF_NO_IMAGE,
            f"message is {self.message!r}. Use a text.": self.message is None or isinstance(self.message, str),
            "A dropped connection has no status. Leave one of the two out.": not (self.drop and self.status),
            "Nothing is to happen. Give a status, a delay, a drop or a body.": bool(
                self.status or self.delay or self.drop or self.body
            ),
        }
        return [detail for detail, holds in checks.items() if not holds]

    def answer(self) -> Fault | None:
        """Return the vendor's answer of this status, None when the request is to be answered as usual."""
        return None if self.status is None else _refusal(self.operation, self.status, self.message or "")


class Failures:
    """The failures to come; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Failure] = []

    def add(self, failure: Failure) -> None:
        """Have the next requests meet a failure, after those that were asked for before."""
        with self._lock:
            if len(self._rules) >= _MOST_RULES:
                raise InvalidFailureError("Too many failures", f"{_MOST_RULES} are to come. Clear them first.")
            self._rules.append(failure)

    def pending(self) -> list[Failure]:
        """Return what is still to come, with the counts that are left."""
        with self._lock:
            return list(self._rules)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._rules.clear()

    def may_delay(self) -> bool:
        """Whether a request may have to wait for its answer."""
        return any(rule.delay for rule in self.pending())

    def concern_images(self) -> bool:
        """Whether one of them applies to an image, so that it matters which a request is about."""
        return any(rule.image is not None for rule in self.pending())

    def take(self, operation: str, images: frozenset[str]) -> Failure | None:
        """Return what a request meets, and count it; ``images`` are ids and names of the image it is about."""
        with self._lock:
            for position, rule in enumerate(self._rules):
                if rule.operation == operation and (rule.image is None or rule.image in images):
                    return self._counted(position, rule)
        return None

    def _counted(self, position: int, rule: Failure) -> Failure | None:
        """Count a request that a rule matches; return the rule when the request is to fail."""
        if rule.skip:
            self._rules[position] = replace(rule, skip=rule.skip - 1)
            return None
        if rule.passed + 1 < rule.every:
            self._rules[position] = replace(rule, passed=rule.passed + 1)
            return None
        if rule.times > 1:
            self._rules[position] = replace(rule, times=rule.times - 1, passed=0)
        else:
            del self._rules[position]
        return rule


class InvalidThrottleError(EmulatorError):
    """A threshold that no request could pass, or that says nothing sensible."""


class Throttle:
    """The gateway's threshold: so many requests in so many seconds; safe to share between threads.

    There is none at first. ``now`` gives the seconds that it goes by.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: deque[float] = deque()
        self.requests: int | None = None
        self.seconds = 1.0

    def set(self, requests: object, seconds: object = 1.0) -> None:
        """Let so many requests through in so many seconds; None lets all of them through."""
        if requests is not None and not (_is_count(requests) and 1 <= int(str(requests)) <= _MOST_ENTRIES):
            raise InvalidThrottleError(
                "Invalid threshold", f"requests is {requests!r}. Use 1 to {_MOST_ENTRIES}, or null for no threshold."
            )
        if not _is_number(seconds) or not 0 < float(str(seconds)) <= _LONGEST_DELAY:
            raise InvalidThrottleError("Invalid threshold", f"seconds is {seconds!r}. Use up to {_LONGEST_DELAY:g}.")
        with self._lock:
            self.requests = None if requests is None else int(str(requests))
            self.seconds = float(str(seconds))
            self._taken.clear()

    def takes(self, now: float) -> bool:
        """Count a request that comes in; return whether it is let through."""
        if self.requests is None:
            return True
        with self._lock:
            while self._taken and self._taken[0] <= now - self.seconds:
                self._taken.popleft()
            if len(self._taken) >= self.requests:
                return False
            self._taken.append(now)
        return True


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request that came in: ``status`` is None when it got no answer.

    Headers but ``Content-Type`` and ``X-Project-Id`` are left out, as is the body of a request for a token, for they
    hold secrets; so is a body of more than 16 KiB, or one that is no text. ``number`` counts from 1.
    """

    at: datetime
    operation: str
    method: str
    path: str
    query: Query
    status: int | None
    content: bytes = field(default=b"", repr=False)
    headers: Query = ()
    is_whole: bool = True
    """Whether the body is kept, or there was none."""
    number: int = 0

    @property
    def body(self) -> Any:
        """The body, read as JSON; None when there is none, or it is not JSON."""
        try:
            return json.loads(self.content.decode()) if self.content else None
        except (ValueError, RecursionError):
            return None

    @property
    def url(self) -> str:
        """The path with its query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def curl(self) -> str:
        """Return a command line that sends it again; the shell fills in ``IMS_ENDPOINT`` and ``IMS_TOKEN``.

        A body that was not kept is read from a file ``body``.
        """
        words = ["curl", "-X", self.method, '-H "X-Auth-Token: $IMS_TOKEN"']
        words += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers]
        if not self.is_whole:
            words += ["--data-binary", "@body"]
        elif self.content:
            words += ["--data-raw" if self.body is None else "-d", shlex.quote(self.content.decode())]
        return " ".join([*words, f'"$IMS_ENDPOINT"{shlex.quote(self.url)}'])

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "query": [list(pair) for pair in self.query],
            "body": self.body,
            "status": self.status,
            "curl": self.curl(),
        }


class RequestLog:
    """The last 10,000 requests; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[LoggedRequest] = deque(maxlen=_MOST_ENTRIES)
        self._numbers = 0
        self._totals: Counter[tuple[str, int | None]] = Counter()

    def add(self, request: LoggedRequest) -> None:
        """Note a request, under the next number, without a body that is not kept."""
        content = request.content
        is_kept = request.operation != "issue_token" and len(content) <= _LONGEST_BODY and _is_text(content)
        with self._lock:
            self._numbers += 1
            self._totals[request.operation, request.status] += 1
            self._entries.append(
                replace(
                    request, number=self._numbers, content=content if is_kept else b"", is_whole=is_kept or not content
                )
            )

    def entries(self) -> list[LoggedRequest]:
        """Return them, oldest first."""
        with self._lock:
            return list(self._entries)

    def totals(self) -> dict[tuple[str, int | None], int]:
        """Return how many came in since the start, by operation and status; they are not forgotten with the rest."""
        with self._lock:
            return dict(self._totals)

    def clear(self) -> None:
        """Forget them, and count from 1 again."""
        with self._lock:
            self._entries.clear()
            self._numbers = 0


@dataclass(frozen=True, slots=True)
class Controls:
    """The controls of one service."""

    failures: Failures = field(default_factory=Failures)
    log: RequestLog = field(default_factory=RequestLog)
    throttle: Throttle = field(default_factory=Throttle)

    def reset(self) -> None:
        """Forget failures, requests and the threshold."""
        self.failures.clear()
        self.throttle.set(None)
        self.log.clear()


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_GATEWAY_CODES: Final = {
    401: ("APIGW.0301", ""),
    403: ("APIGW.0302", ""),
    429: ("APIGW.0308", ""),
    500: ("APIGW.0601", ""),
    502: ("APIGW.0201", "Backend unavailable."),
    503: ("APIGW.0201", "Backend unavailable."),
    504: ("APIGW.0201", "Backend timeout."),
}


_OF_NO_IMAGE: Final = frozenset(
    {"list", "list_tags", "list_by_tags", "show_quota", "list_os_versions", "show_schema", "show_job"}
)
_OF_IAM: Final = frozenset(
    {"list_projects", "list_domains", "list_regions", "show_catalog", "issue_token", "check_token"}
)


def _refusal(operation: str, status: int, message: str) -> Fault:
    """Return an answer of this status, in the form of whoever gives it: the gateway, else IAM or the image service."""
    if status in _GATEWAY_CODES:
        code, usual = _GATEWAY_CODES[status]
        return gateway_fault(code, message or usual, status)
    detail = message or "A test asked for this answer."
    if operation in _OF_IAM:
        return iam_fault(status, reason_phrase(status), detail)
    if status == 404:
        return ims_fault("IMG.0144", detail, status)
    if status == 400:
        return ims_fault("IMG.0001", detail, status)
    return gateway_fault("APIGW.0201", message, status)
