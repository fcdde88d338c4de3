"""A request and an answer as the handlers see them, free of the web framework."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from constructs_ims.backend.emulator.account import Account
from constructs_ims.backend.emulator.controls import Controls
from constructs_ims.backend.emulator.faults import ims_fault
from constructs_ims.backend.emulator.store import Store


@dataclass(frozen=True, slots=True)
class Service:
    """What every handler works on: the rows, the account, the gateway's clock in UTC, and what tests ask of it."""

    store: Store
    account: Account
    clock: Callable[[], datetime]
    controls: Controls


@dataclass(frozen=True, slots=True)
class Call:
    """One request: ``query`` keeps order and repetition, ``project_id`` is whose images it is about.

    ``creation_id`` is this project's own addition to the API, sent as a header: an image created with it is found by it
    again, and shows nothing of it.
    """

    query: tuple[tuple[str, str], ...]
    body: bytes
    params: Mapping[str, str]
    project_id: str
    host: str
    creation_id: str | None = None

    def argument(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None."""
        return next((value for key, value in reversed(self.query) if key == name), None)

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; refuse anything else as the service does."""
        if not self.body.strip():
            raise ims_fault("IMG.0007", "Send a JSON object.")
        try:
            value = json.loads(self.body.decode(), parse_constant=_refuse_constant, parse_float=_finite)
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise ims_fault("IMG.0001", "The body is not JSON in UTF-8.") from None
        if not isinstance(value, dict):
            raise ims_fault("IMG.0001", "The body is not a JSON object.")
        return value


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``body`` is JSON text, or empty."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

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
