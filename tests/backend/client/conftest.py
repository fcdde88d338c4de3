"""A transport that plays answers and failures from a script, and a session over it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from constructs_ims.backend.client import Credentials, RetryPolicy, Session

ENDPOINT = "http://127.0.0.1:8765"


def answer(status: int, body: str = "{}", **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.raw = io.BytesIO(body.encode())
    response.headers = CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()})
    return response


class Script(BaseAdapter):
    """Answers each request with the next line: a response, or an exception to raise."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[requests.Response | Exception] = []
        self.sent: list[requests.PreparedRequest] = []
        self.options: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.sent.append(request)
        self.options.append(options)
        line = self.lines.pop(0)
        if isinstance(line, Exception):
            raise line
        line.request, line.url = request, request.url or ""
        return line

    def close(self) -> None:
        pass


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def session(script: Script, waits: list[float]) -> Iterator[Session]:
    with Session(
        Credentials("ACCESSKEY", "secret"), transport=script, retries=RetryPolicy(retries=2), sleep=waits.append
    ) as session:
        yield session


@pytest.fixture
def play(script: Script) -> Callable[..., Script]:
    """Return a function that sets the script's lines."""

    def _play(*lines: requests.Response | Exception) -> Script:
        script.lines = list(lines)
        return script

    return _play
