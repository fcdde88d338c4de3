"""The README's tables of what is served are what the routes are."""

from __future__ import annotations

import re
from pathlib import Path

from constructs_ims.backend.emulator.routes import ROUTES
from constructs_ims.backend.sandbox.cloud import Cloud
from constructs_ims.backend.sandbox.sandbox import Sandbox

README = Path(__file__).parents[3] / "README.md"


CALL = re.compile(r"`((?:GET|HEAD|POST|PUT|PATCH|DELETE) /\S*)`")


def section() -> str:
    return README.read_text(encoding="utf-8").partition("### The local IMS service")[2].partition("\n### ")[0]


def rows() -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in section().splitlines() if "|" in line]


def test_each_call_has_its_place_in_the_tables() -> None:
    named = [
        call for row in rows() for call in re.findall(r"`((?:GET|HEAD|POST|PUT|PATCH|DELETE) /\S*)`", " ".join(row))
    ]

    assert sorted(named) == sorted(f"{route.method} {route.path}" for route in ROUTES)


def test_rows_name_the_operations_of_their_calls() -> None:
    for row in rows():
        calls = set(CALL.findall(" ".join(row)))
        routes = [route for route in ROUTES if f"{route.method} {route.path}" in calls and route.operation]
        for route in routes:
            assert re.search(rf"\b{route.operation}\b", row[0]), (route.operation, row[0])


def test_methods_beside_the_admin_calls_exist() -> None:
    table = section().partition("What the cloud will not do")[2]
    for line in table.splitlines():
        if line.startswith("| `"):
            for name in re.findall(r"`([\w.]+)`", line.split(" | ")[1]):
                assert hasattr(Sandbox, name.removeprefix("Sandbox.")) or hasattr(Cloud, name), name


def test_each_admin_call_has_a_method() -> None:
    table = section().partition("What the cloud will not do")[2]
    without = {call for line in table.splitlines() if " | | " in line for call in CALL.findall(line)}

    assert without == {f"GET /_emulator/{name}" for name in ("page.css", "page.js", "page.json")}
