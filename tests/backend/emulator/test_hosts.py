"""The emulator answers to this machine's names only, so that no web page elsewhere can reach it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from constructs_ims.backend.emulator import Store
from constructs_ims.backend.emulator.routes import ROUTES

from .conftest import Caller, filled, refusal

CALLS = [(route.method, route.path) for route in ROUTES] + [("GET", "/nowhere"), ("OPTIONS", "/v2/images")]


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


@pytest.mark.parametrize("given", ["IMS.Test", "ims.test:8765", "http://ims.test:80", "ims.test."])
@pytest.mark.parametrize("called", ["ims.test", "IMS.TEST:8765", "ims.test.:80"])
def test_case_and_port_of_an_allowed_name_do_not_count(
    given: str, called: str, store: Store, make_caller: Callable[..., Caller]
) -> None:
    call = make_caller(store, allow_hosts=[given])

    assert call("GET", "/_emulator/health", signed=False, headers={"Host": called}).status_code == 200
    assert call("GET", "/_emulator/health", signed=False, headers={"Host": f"x{called}"}).status_code == 403


@pytest.mark.parametrize(
    "origin",
    ["https://example.com", "null", "http://[", "", "http://localhost:3000", "http://127.0.0.1", "file://", "8765"],
)
def test_pages_from_elsewhere_are_refused(origin: str, call: Caller, store: Store) -> None:
    """A page may send a simple request to any address; the browser then says where the page is from."""
    call.create()

    for method, path in CALLS:
        answer = call(method, filled(path), signed=False, headers={"Origin": origin})
        assert refusal(answer) == (403, "" if method == "HEAD" else "APIGW.0306"), (method, path)
    assert store.count() == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", "SAME-ORIGIN", ""])
def test_requests_that_a_browser_sends_for_another_site_are_refused(site: str, call: Caller) -> None:
    """A page on another port of this machine is of the "same site", and may send without an ``Origin``."""
    for method, path in CALLS:
        answer = call(method, filled(path), signed=False, headers={"Sec-Fetch-Site": site})
        assert refusal(answer) == (403, "" if method == "HEAD" else "APIGW.0306"), (method, path)


@pytest.mark.parametrize("site", ["same-origin", "none"])
@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8765", "http://localhost:8765"),
        ("[::1]:8765", "http://[::1]:8765"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("LOCALHOST:443", "https://localhost"),
    ],
)
def test_own_pages_are_answered(host: str, origin: str, site: str, call: Caller) -> None:
    headers = {"Host": host, "Origin": origin, "Sec-Fetch-Site": site}

    assert call("POST", "/_emulator/reset", signed=False, headers=headers).status_code == 204


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "192.0.2.1", "ims.test"])
def test_admin_api_beyond_this_machine_needs_the_key_pair(
    address: str, store: Store, make_caller: Callable[..., Caller]
) -> None:
    call = make_caller(store, host=address)

    for route in ROUTES:
        if route.is_guarded:
            url = filled(route.path)
            assert refusal(call(route.method, url, signed=False)) == (401, "APIGW.0301"), url
            assert call(route.method, url, {}).status_code in (200, 204, 400, 404), url


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "LOCALHOST", "127.0.0.2"])
def test_admin_api_on_this_machine_needs_no_key_pair(
    address: str, store: Store, make_caller: Callable[..., Caller]
) -> None:
    assert make_caller(store, host=address)("POST", "/_emulator/reset", signed=False).status_code == 204


def test_beyond_this_machine_addresses_are_answered_and_foreign_names_are_not(
    store: Store, make_caller: Callable[..., Caller]
) -> None:
    """A foreign name can be pointed at any address, while an address stands for itself."""
    call = make_caller(store, host="0.0.0.0")

    for host in ("0.0.0.0:8765", "192.0.2.1", "[2001:db8::1]:80", "127.0.0.1"):
        assert call("GET", "/", signed=False, headers={"Host": host}).status_code == 200
    assert call("GET", "/", signed=False, headers={"Host": "example.com"}).status_code == 403


@pytest.mark.parametrize("path", ["/v2/images", "/_emulator/reset", "/nowhere"])
@pytest.mark.parametrize("header", ["Host", "Origin", "Sec-Fetch-Site"])
def test_refusal_stands_in_the_log_without_secrets(path: str, header: str, call: Caller) -> None:
    headers = {header: "evil.example", "X-Auth-Token": "hush", "Cookie": "hush"}

    assert call("POST", path, {"password": "hush"}, signed=False, headers=headers).status_code == 403

    (entry,) = call("GET", "/_emulator/requests", signed=False).json["requests"]
    assert (entry["operation"], entry["path"], entry["status"]) == ("unknown", path, 403)
    assert "hush" not in str(entry)
