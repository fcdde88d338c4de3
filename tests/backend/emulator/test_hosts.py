"""The emulator answers to this machine's names only, so that no web page elsewhere can reach it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from constructs_ims.backend.emulator import Store

from .conftest import Caller, refusal


@pytest.mark.parametrize("host", ["localhost", "localhost:8765", "127.0.0.1", "127.9.9.9:1", "[::1]:8765", "LOCALHOST"])
def test_this_machine_is_answered(host: str, call: Caller) -> None:
    assert call("GET", "/_emulator/health", signed=False, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["example.com", "localhost.example.com:80", "10.0.0.1", "[", "a@localhost.example.com"]
)
@pytest.mark.parametrize("path", ["/_emulator/health", "/v2/images"])
def test_other_names_are_refused(host: str, path: str, call: Caller) -> None:
    assert refusal(call("GET", path, signed=False, headers={"Host": host})) == (403, "APIGW.0306")


def test_named_hosts_are_allowed(store: Store, make_caller: Callable[..., Caller]) -> None:
    call = make_caller(store, allow_hosts=["ims.test"])

    assert call("GET", "/_emulator/health", signed=False, headers={"Host": "ims.test:80"}).status_code == 200
    assert call("GET", "/_emulator/health", signed=False, headers={"Host": "other.test"}).status_code == 403


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://["])
def test_pages_from_elsewhere_are_refused(origin: str, call: Caller, store: Store) -> None:
    """A page may send a simple request to any address; the browser then says where the page is from."""
    call.create()

    assert refusal(call("POST", "/_emulator/reset", signed=False, headers={"Origin": origin})) == (403, "APIGW.0306")
    assert store.count() == 1


def test_pages_of_this_machine_are_answered(call: Caller) -> None:
    headers = {"Origin": "http://localhost:8765"}

    assert call("GET", "/_emulator/health", signed=False, headers=headers).status_code == 200
