"""An emulator in process, called with requests that the vendor's own library has signed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote

import falcon
import pytest
from falcon.testing import Result, TestClient
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.clock import Clock, Ticking

HOST = "127.0.0.1:8765"
START = datetime(2026, 1, 31, 8, 0, 0, tzinfo=UTC)


class Caller:
    """Sends signed requests to an application and returns its answers."""

    def __init__(self, app: falcon.App[Any, Any], account: Account) -> None:
        self._client = TestClient(app)
        self._account = account

    def __call__(
        self,
        method: str,
        url: str,
        body: object = None,
        *,
        signed: bool = True,
        headers: dict[str, str] | None = None,
    ) -> Result:
        path, _, query = url.partition("?")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Host": HOST, **({"Content-Type": "application/json"} if content else {}), **(headers or {})}
        if signed:
            sent = sign(self._account, method, path, query, sent, content)
        return self._client.simulate_request(
            method, quote(path, safe="/%"), query_string=query, body=content, headers=sent
        )

    def create(self, **body: object) -> dict[str, Any]:
        """Create an image and return it."""
        answer = self("POST", "/v2/images", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def names(self, url: str) -> list[str]:
        """Return the names of the images that a list holds."""
        answer = self("GET", url)
        assert answer.status_code == 200, answer.text
        return [image["name"] for image in answer.json["images"]]


def filled(path: str, value: str = "7") -> str:
    """Return a route's path with ``value`` in the place of each name."""
    return re.sub(r"\{\w+\}", lambda _: value, path)


def sign(account: Account, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
    """Return ``headers`` with the vendor's signature added."""
    request = SdkRequest(
        method=method,
        schema="http",
        host=HOST,
        resource_path=path,
        uri=path,
        query_params=parse_qsl(query, keep_blank_values=True),
        header_params=dict(headers),
        body=body,
    )
    return dict(Signer(SimpleNamespace(ak=account.access_key, sk=account.secret_key)).sign(request).header_params)


def refusal(answer: Result) -> tuple[int, str]:
    """Return the status and the code of an answer that refuses."""
    if not answer.content:  # as of a HEAD
        return answer.status_code, ""
    body = answer.json
    found = body.get("error_code") or body["error"]["code"]
    return answer.status_code, str(found)


@pytest.fixture
def account() -> Account:
    return Account("ACCESSKEY", "secret", password="sesame")


@pytest.fixture
def store() -> Iterator[Store]:
    numbers = count(1)
    ticking = Ticking(START)
    with Store(
        clock=Clock(ticking, ticking.shown), new_id=lambda: f"00000000-0000-4000-8000-{next(numbers):012}"
    ) as store:
        yield store


@pytest.fixture
def make_caller(account: Account) -> Callable[..., Caller]:
    """Return a function that makes a caller of an application over a store, with the application's own options."""
    return lambda store, **options: Caller(create_app(store, account, **options), account)


@pytest.fixture
def call(store: Store, make_caller: Callable[..., Caller]) -> Caller:
    return make_caller(store)
