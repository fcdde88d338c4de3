"""The page for people, as far as it can be told without a browser; ``tests/e2e/test_webpage.py`` has one."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from constructs_ims.backend.emulator import Store

from .conftest import Caller, refusal

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_browsers_get_the_page_and_clients_the_versions(call: Caller) -> None:
    page = call("GET", "/", signed=False, headers=BROWSER)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Local IMS</title>" in page.text
    for headers in ({}, {"Accept": "application/json"}, {"Accept": "*/*"}):
        assert [version["id"] for version in call("GET", "/", signed=False, headers=headers).json["versions"]] == [
            "v1",
            "v2",
        ]


def test_page_loads_nothing_from_elsewhere(call: Caller) -> None:
    page = call("GET", "/", signed=False, headers=BROWSER)
    loaded: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            loaded.extend(given[name] or "" for name in ("src", "href") if name in given)
            assert not any(name.startswith("on") or name == "style" for name in given)

    Reader().feed(page.text)
    assert {path for path in loaded if not path.startswith("#")} == {
        "data:,",
        "/_emulator/page.css",
        "/_emulator/page.js",
    }
    for path in ("/_emulator/page.css", "/_emulator/page.js"):
        asset = call("GET", path, signed=False)
        assert asset.status_code == 200
        assert "http" not in asset.text
        assert "innerHTML" not in asset.text


@pytest.mark.parametrize("path", ["/", "/_emulator/page.css", "/_emulator/page.js", "/_emulator/page.json"])
def test_page_is_not_to_be_framed_cached_or_scripted_from_elsewhere(path: str, call: Caller) -> None:
    headers = call("GET", path, signed=False, headers=BROWSER).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_page_may_change_things_on_this_machine_alone(
    host: str, loopback: bool, store: Store, make_caller: Callable[..., Caller]
) -> None:
    call = make_caller(store, host=host)

    assert call("GET", "/", signed=False, headers=BROWSER).status_code == 200
    assert call("GET", "/_emulator/page.json", signed=False).json["loopback"] is loopback
    if not loopback:
        assert refusal(call("GET", "/_emulator/images", signed=False)) == (401, "APIGW.0301")
        assert refusal(call("POST", "/_emulator/reset", signed=False)) == (401, "APIGW.0301")


def test_parts_of_the_lists(call: Caller) -> None:
    for name in ("alpha", "beta", "alps", 'a"%_'):
        call.create(name=name)

    def names(query: str) -> tuple[list[str], int]:
        found = call("GET", f"/_emulator/images?{query}", signed=False).json
        return [image["name"] for image in found["images"]], found["total"]

    assert names("limit=2") == (["alpha", "beta"], 4)
    assert names("limit=2&offset=2") == (["alps", 'a"%_'], 4)
    assert names("name=al&limit=1&offset=1") == (["alps"], 2)
    assert names("name=a%22%25") == (['a"%_'], 1)
    assert names("limit=0") == ([], 4)
    call("GET", "/v2/images/7")
    shown = call("GET", "/_emulator/requests?limit=1", signed=False).json
    assert ([request["path"] for request in shown["requests"]], shown["total"]) == (["/v2/images/7"], 5)
    for query in ("limit=x", "offset=-1", "other=1"):
        assert refusal(call("GET", f"/_emulator/images?{query}", signed=False)) == (400, "IMG.0017")
