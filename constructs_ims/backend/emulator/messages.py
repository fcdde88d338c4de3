"""A request and an answer as the handlers see them, free of the web framework."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from constructs_ims.backend.emulator.account import Account
from constructs_ims.backend.emulator.controls import Controls
from constructs_ims.backend.emulator.faults import ims_fault
from constructs_ims.backend.emulator.store import Store


@dataclass(frozen=True, slots=True)
class Service:
    """What every handler works on: the rows, the account, the gateway's clock in UTC, and what tests ask of it.

    ``describe`` gives the OpenAPI description of all calls; ``sleep`` holds an answer back for so many seconds.
    """

    store: Store
    account: Account
    clock: Callable[[], datetime]
    controls: Controls
    describe: Callable[[], Mapping[str, Any]] = dict
    sleep: Callable[[float], None] = time.sleep

    def token_time(self) -> datetime:
        """Return the time that tokens go by: the gateway's, moved on as the service's clock is."""
        return self.clock() + timedelta(seconds=self.store.clock.advanced)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: ``query`` keeps order and repetition, ``project_id`` is whose images it is about.

    ``creation_id`` is this project's own addition to the API, sent as a header: an image created with it is found by it
    again, and shows nothing of it. ``media_type`` is the body's, in lower case and without parameters;
    ``subject_token`` is the token that a request to IAM is about.
    """

    query: tuple[tuple[str, str], ...]
    body: bytes
    params: Mapping[str, str]
    project_id: str
    host: str
    creation_id: str | None = None
    media_type: str = ""
    subject_token: str = field(default="", repr=False)
    accepts_html: bool = False
    is_local: bool = True
    """Whether the emulator serves this machine alone."""

    def argument(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None."""
        return next((value for key, value in reversed(self.query) if key == name), None)

    def whole(self, name: str, usual: int) -> int:
        """Return a query parameter as a whole number; refuse what is none."""
        text = self.argument(name)
        if text is None:
            return usual
        if not re.fullmatch("[0-9]{1,9}", text):
            raise ims_fault("IMG.0017", f"{name}={text} cannot be read.")
        return int(text)

    def json_object(self, fields: Collection[str] | None = None) -> dict[str, Any]:
        """Return the body as a JSON object, which has no other ``fields``; refuse anything else as the service does."""
        value = self._json("object")
        if not isinstance(value, dict):
            raise ims_fault("IMG.0001", "The body is not a JSON object.")
        if fields is not None and (unknown := sorted(value.keys() - set(fields))):
            raise ims_fault(
                "IMG.0001", f"The body has a field {json.dumps(unknown[0])}, which this call does not take."
            )
        return value

    def json_array(self, most: int) -> list[Any]:
        """Return the body as a JSON array of at most so many items; refuse anything else as the service does."""
        value = self._json("array")
        if not isinstance(value, list):
            raise ims_fault("IMG.0001", "The body is not a JSON array.")
        if len(value) > most:
            raise ims_fault("IMG.0001", f"The body has {len(value)} items; {most} are taken.")
        return value

    def _json(self, kind: str) -> Any:
        if not self.body.strip():
            raise ims_fault("IMG.0007", f"Send a JSON {kind}.")
        try:
            value = json.loads(self.body.decode(), parse_constant=_refuse_constant, parse_float=_finite)
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise ims_fault("IMG.0001", "The body is not JSON in UTF-8.") from None
        return value


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``body`` is JSON text, or empty, and ``content`` a body of another ``media_type``."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    media_type: str = "application/json"
    length: int | None = None
    """The length that the answer says it has, where that is another than it has."""

    @classmethod
    def json(cls, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
        """Make an answer of a JSON value."""
        return cls(status, json.dumps(value, ensure_ascii=False), headers or {})


Handler = Callable[[Service, Call], Reply]


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond what a number can hold")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
