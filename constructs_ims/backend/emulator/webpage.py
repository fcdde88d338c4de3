"""The page for people: what the service holds and was asked, and buttons for what tests ask of it, on this machine."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from constructs_ims.backend.emulator import handlers
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.operations import OPERATIONS

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def show_start(service: Service, call: Call) -> Reply:
    """``GET /``: the page for a browser, the versions of the API for any other client."""
    if not call.accepts_html:
        return handlers.list_versions(service, call)
    return _asset("index.html", "text/html; charset=utf-8")


def show_style(_service: Service, _call: Call) -> Reply:
    """``GET /_emulator/page.css``: how the page looks."""
    return _asset("page.css", "text/css; charset=utf-8")


def show_script(_service: Service, _call: Call) -> Reply:
    """``GET /_emulator/page.js``: what the page does."""
    return _asset("page.js", "text/javascript; charset=utf-8")


def show_settings(_service: Service, call: Call) -> Reply:
    """``GET /_emulator/page.json``: whether the page may change things, and which operations can fail."""
    return Reply.json({"loopback": call.is_local, "operations": list(OPERATIONS)}, 200, _HEADERS)


def _asset(name: str, media_type: str) -> Reply:
    return Reply(200, headers=_HEADERS, content=_content(name), media_type=media_type)


@cache
def _content(name: str) -> bytes:
    return files(__package__).joinpath("page", name).read_bytes()
