"""Changing images: Glance's JSON patch in both forms, and the vendor's list of operations."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.emulator import Store
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.updates import OLD_PATCH, PATCH

from .conftest import Caller, refusal

MISSING = object()


def glance(call: Caller, id: str, *operations: object, media: str = PATCH) -> Any:
    return call("PATCH", f"/v2/images/{id}", list(operations), headers={"Content-Type": media})


def vendor(call: Caller, id: str, *operations: object) -> Any:
    return call("PATCH", f"/v2/cloudimages/{id}", list(operations))


def active(call: Caller, store: Store, **fields: object) -> str:
    id = str(call.create(**fields)["id"])
    store.change(id, {"status": "active"})
    return id


def test_patch_of_glance_changes_any_image(call: Caller) -> None:
    made = call.create(name="old", owner_note="a", gone="b")

    answer = glance(
        call,
        made["id"],
        {"op": "replace", "path": "/name", "value": "new"},
        {"op": "replace", "path": "/owner_note", "value": "c"},
        {"op": "add", "path": "/__description", "value": "Ein Abbild"},
        {"op": "remove", "path": "/gone"},
    )

    assert answer.status_code == 200
    changed = answer.json
    assert changed.pop("updated_at") > made.pop("updated_at")
    del made["gone"]
    assert changed == {**made, "name": "new", "owner_note": "c", "__description": "Ein Abbild"}


def test_older_form_of_the_patch(call: Caller) -> None:
    id = call.create(name="old", gone="b")["id"]

    operations = [{"replace": "/name", "value": "new"}, {"add": "/a~1b", "value": "c"}, {"remove": "/gone"}]
    changed = glance(call, id, *operations, media=OLD_PATCH).json

    assert (changed["name"], changed["a/b"], "gone" in changed) == ("new", "c", False)


def test_vendors_call_changes_active_images_alone(call: Caller, store: Store) -> None:
    change = {"op": "replace", "path": "/name", "value": "new"}
    queued = call.create()["id"]
    assert refusal(vendor(call, queued, change)) == (400, "IMG.0046")

    id = active(call, store, name="old")
    operations = [
        change,
        {"op": "add", "path": "/hw_firmware_type", "value": "uefi"},
        {"op": "replace", "path": "/min_ram", "value": "2048"},
        {"op": "add", "path": "/max_ram", "value": "4096"},
        {"op": "add", "path": "/__support_kvm", "value": "true"},
    ]
    changed = vendor(call, id, *operations).json

    assert (changed["name"], changed["hw_firmware_type"], changed["__support_kvm"]) == ("new", "uefi", "true")
    assert (changed["min_ram"], changed["max_ram"]) == (2048, "4096")


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"op": "replace", "path": "/missing", "value": "x"}, "IMG.0035"),
        ({"op": "remove", "path": "/missing"}, "IMG.0035"),
        ({"op": "remove", "path": "/max_ram"}, "IMG.0035"),
        ({"op": "remove", "path": "/min_ram"}, "IMG.0105"),
        ({"op": "remove", "path": "/status"}, "IMG.0105"),
        ({"op": "remove", "path": "/name"}, "IMG.0105"),
        ({"op": "replace", "path": "/status", "value": "active"}, "IMG.0105"),
        ({"op": "replace", "path": "/min_disk", "value": 80}, "IMG.0105"),
        ({"op": "replace", "path": "/protected", "value": True}, "IMG.0105"),
        ({"op": "replace", "path": "/name", "value": 7}, "IMG.0001"),
        ({"op": "replace", "path": "/name", "value": "x" * 256}, "IMG.0062"),
        ({"op": "add", "path": "/__description", "value": "x" * 1025}, "IMG.0004"),
        ({"op": "add", "path": "/__description", "value": "<b>"}, "IMG.0054"),
        ({"op": "move", "path": "/name", "value": "x"}, "IMG.0001"),
        ({"op": "add", "path": "name", "value": "x"}, "IMG.0001"),
        ({"op": "add", "path": "/a/b", "value": "x"}, "IMG.0001"),
        ({"op": "add", "path": "/name"}, "IMG.0001"),
        ({"op": "add", "path": "/name", "value": "x", "from": "/y"}, "IMG.0001"),
        ("name", "IMG.0001"),
    ],
)
@pytest.mark.parametrize("send", [glance, vendor])
def test_operations_that_are_refused_change_nothing(
    send: Any, operation: object, code: str, call: Caller, store: Store
) -> None:
    id = active(call, store, name="old")
    before = call("GET", f"/v2/images/{id}").json

    answer = send(call, id, {"op": "add", "path": "/first", "value": "x"}, operation)

    assert refusal(answer) == (400, code)
    assert call("GET", f"/v2/images/{id}").json == before


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"op": "add", "path": "/hw_firmware_type", "value": "efi"}, "IMG.0141"),
        ({"op": "replace", "path": "/min_ram", "value": "much"}, "IMG.0055"),
        ({"op": "add", "path": "/Upper", "value": "x"}, "IMG.0105"),
    ],
)
def test_rules_of_the_vendors_call(operation: object, code: str, call: Caller, store: Store) -> None:
    assert refusal(vendor(call, active(call, store), operation)) == (400, code)


@pytest.mark.parametrize("media", ["application/json", "text/plain", "application/json-patch+json"])
def test_other_media_types_are_refused(media: str, call: Caller) -> None:
    id = call.create()["id"]

    assert refusal(glance(call, id, {"op": "add", "path": "/a", "value": "b"}, media=media)) == (415, "APIGW.0201")
    assert "a" not in call("GET", f"/v2/images/{id}").json


@pytest.mark.parametrize("body", [{}, [], "x", 7])
def test_other_bodies_change_nothing(body: object, call: Caller) -> None:
    id = call.create()["id"]

    answer = call("PATCH", f"/v2/images/{id}", body, headers={"Content-Type": PATCH})

    assert answer.status_code == (200 if body == [] else 400)


def test_a_hundred_operations_and_no_more(call: Caller) -> None:
    id = call.create()["id"]
    operations = [{"op": "add", "path": f"/x{number}", "value": "y"} for number in range(101)]

    assert refusal(glance(call, id, *operations)) == (400, "IMG.0001")
    assert glance(call, id, *operations[:100]).status_code == 200


def test_images_of_others_are_not_changed(call: Caller) -> None:
    id = call.create()["id"]
    elsewhere = {"X-Project-Id": project_in("ap-southeast-1").id, "Content-Type": PATCH}
    change = [{"op": "add", "path": "/a", "value": "b"}]

    assert refusal(call("PATCH", f"/v2/images/{id}", change, headers=elsewhere)) == (404, "IMG.0144")


NAMES = st.text("abcxyz09_.-", min_size=1, max_size=8).map(lambda text: f"x{text}")
OPERATIONS = st.tuples(st.sampled_from(["add", "replace", "remove"]), NAMES, st.text("äa&<0 ", max_size=5))


@given(operations=st.lists(OPERATIONS, max_size=8))
def test_any_patch_ends_in_what_its_operations_say(operations: list[tuple[str, str, str]], call: Caller) -> None:
    made = call.create(xa="1", xb="2")
    expected: dict[str, str] | None = {"xa": "1", "xb": "2"}
    for op, name, value in operations:
        if expected is None or (op != "add" and name not in expected):
            expected = None
        elif op == "remove":
            del expected[name]
        else:
            expected[name] = value

    body = [{"op": op, "path": f"/{name}", "value": value} for op, name, value in operations]
    answer = glance(call, made["id"], *body)

    shown = call("GET", f"/v2/images/{made['id']}").json
    assert answer.status_code == (400 if expected is None else 200)
    wanted = {"xa": "1", "xb": "2"} if expected is None else expected
    assert {name: shown[name] for name in shown if name.startswith("x")} == wanted
