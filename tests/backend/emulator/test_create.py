"""Creation: the documented fields, defaults, derived attributes and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_ims.backend.emulator.faults import IMS_MESSAGES

from .conftest import Caller, refusal

ID = "00000000-0000-4000-8000-000000000001"


def test_empty_request_makes_an_image_of_defaults(call: Caller) -> None:
    """Every documented key is there, and no other."""
    answer = call("POST", "/v2/images", {})

    assert answer.status_code == 201
    assert answer.json == {
        "schema": "/v2/schemas/image",
        "min_disk": 0,
        "created_at": "2026-01-31T08:00:00Z",
        "__image_source_type": "uds",
        "container_format": "bare",
        "__image_size": "0",
        "file": f"/v2/images/{ID}/file",
        "updated_at": "2026-01-31T08:00:00Z",
        "protected": False,
        "id": ID,
        "__isregistered": "true",
        "min_ram": 0,
        "owner": "deb65e46dea1829eeddc7570f1629aa6",
        "__os_type": "Linux",
        "__imagetype": "private",
        "visibility": "private",
        "virtual_env_type": "FusionCompute",
        "tags": [],
        "__platform": "Other",
        "__os_bit": "64",
        "__os_version": "Other Linux (64 bit)",
        "name": "",
        "self": f"/v2/images/{ID}",
        "disk_format": "zvhd2",
        "status": "queued",
    }


def test_what_is_given_is_kept(call: Caller) -> None:
    asked: dict[str, Any] = {
        "__os_version": "Ubuntu 20.04 server 64bit",
        "visibility": "private",
        "name": "Ubuntu, 映像",
        "protected": True,
        "container_format": "bare",
        "disk_format": "vhd",
        "tags": ["test=testvalue", "image = imagevalue", "bare"],
        "min_ram": 1024,
        "min_disk": 80,
        "hw_firmware_type": "uefi",
    }

    made = call.create(**asked)

    assert {key: made[key] for key in asked} == asked
    assert (made["__platform"], made["__os_type"], made["__os_bit"]) == ("Ubuntu", "Linux", "64")


@pytest.mark.parametrize(
    ("os_version", "platform", "bits"),
    [
        ("Other Linux(64 bit)", "Other", "64"),
        ("Other Linux (64 bit)", "Other", "64"),
        ("CentOS 7.0 32bit", "CentOS", "32"),
        ("Redhat Linux Enterprise 8.0 64bit", "Red Hat", "64"),
        ("CoreOS 1298.6.0", "CoreOS", "64"),
        ("Ubuntu 42.04 server 64bit", "Ubuntu", "64"),
        ("Something of tomorrow", "Other", "64"),
    ],
)
def test_platform_and_bits_follow_the_version(os_version: str, platform: str, bits: str, call: Caller) -> None:
    made = call.create(__os_version=os_version)

    assert (made["__os_version"], made["__platform"], made["__os_bit"]) == (os_version, platform, bits)


@pytest.mark.parametrize(
    ("os_version", "asked", "shown"),
    [
        ("CentOS 7.6 64bit with ARM", {}, "true"),
        ("CentOS 7.6 64bit with ARM", {"__support_arm": "false"}, "false"),
        ("Ubuntu 99.04 server 64bit with ARM", {}, "true"),
        ("CentOS 7.6 64bit", {}, None),
        ("CentOS 7.6 64bit", {"__support_arm": "true"}, "true"),
    ],
)
def test_arm_follows_the_version(os_version: str, asked: dict[str, Any], shown: str | None, call: Caller) -> None:
    made = call.create(__os_version=os_version, **asked)

    assert made.get("__support_arm") == shown
    assert len(call.names("/v2/cloudimages?architecture=arm")) == (shown == "true")


def test_iso_is_for_an_iso_image(call: Caller) -> None:
    assert call.create(disk_format="iso")["virtual_env_type"] == "IsoImage"


def test_equal_tags_are_one(call: Caller) -> None:
    assert call.create(tags=["a=b", "c=d", "a=b"])["tags"] == ["a=b", "c=d"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x" * 255},
        {"min_disk": 10},
        {"min_disk": 1024},
        {"min_ram": 0},
        {"tags": [f"k{n}=v" for n in range(10)]},
        {"tags": ["x" * 255]},
        {"some_property": ""},
    ],
    ids=str,
)
def test_limits_themselves_are_allowed(body: dict[str, Any], call: Caller) -> None:
    call.create(**body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"__os_version": "Windows Server 2019 Standard 64bit"}, "IMG.0056"),
        ({"__os_version": "Windows of tomorrow"}, "IMG.0056"),
        ({"__os_version": ""}, "IMG.0056"),
        ({"__os_version": 7}, "IMG.0001"),
        ({"visibility": "public"}, "IMG.0024"),
        ({"visibility": None}, "IMG.0001"),
        ({"name": "x" * 256}, "IMG.0062"),
        ({"name": ["x"]}, "IMG.0001"),
        ({"protected": "true"}, "IMG.0001"),
        ({"protected": 1}, "IMG.0001"),
        ({"container_format": "ovf"}, "IMG.0072"),
        ({"disk_format": "vmdk"}, "IMG.0072"),
        ({"disk_format": "ZVHD2"}, "IMG.0072"),
        ({"tags": "a=b"}, "IMG.0001"),
        ({"tags": {"a": "b"}}, "IMG.0001"),
        ({"tags": [1]}, "IMG.0001"),
        ({"tags": [""]}, "IMG.0115"),
        ({"tags": ["x" * 256]}, "IMG.0115"),
        ({"tags": [f"k{n}=v" for n in range(11)]}, "IMG.0116"),
        ({"min_ram": -1}, "IMG.0055"),
        ({"min_ram": 2**31}, "IMG.0055"),
        ({"min_ram": "1024"}, "IMG.0001"),
        ({"min_ram": 1.5}, "IMG.0001"),
        ({"min_disk": 0}, "IMG.0055"),
        ({"min_disk": 9}, "IMG.0055"),
        ({"min_disk": 1025}, "IMG.0055"),
        ({"min_disk": True}, "IMG.0001"),
        ({"status": "active"}, "IMG.0001"),
        ({"id": "x"}, "IMG.0001"),
        ({"__platform": "Ubuntu"}, "IMG.0001"),
        ({"some_property": 1}, "IMG.0001"),
        ({"": "x"}, "IMG.0001"),
        ({"x" * 256: "x"}, "IMG.0001"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_mistakes_are_refused(body: dict[str, Any], code: str, call: Caller) -> None:
    answer = call("POST", "/v2/images", body)

    assert refusal(answer) == (400, code)
    assert answer.json["error"]["message"] == IMS_MESSAGES[code]
    assert answer.json["error"]["detail"].endswith(".")
    assert call.names("/v2/cloudimages") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "IMG.0007"),
        (b"  \n", "IMG.0007"),
        (b"{", "IMG.0001"),
        (b"[]", "IMG.0001"),
        (b"null", "IMG.0001"),
        (b'{"min_ram": NaN}', "IMG.0001"),
        (b'{"min_ram": Infinity}', "IMG.0001"),
        (b'{"name": "\\ud800"}', "IMG.0001"),
        (b'{"name": "\xff"}', "IMG.0001"),
        (b"\xef\xbb\xbf{}", "IMG.0001"),
        (b'{"min_ram": ' + b"9" * 5000 + b"}", "IMG.0001"),
        (b"[" * 100_000, "IMG.0001"),
        (b'{"a":' * 50_000, "IMG.0001"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bodies_that_are_no_request_are_refused(body: bytes, code: str, call: Caller) -> None:
    assert refusal(call("POST", "/v2/images", body)) == (400, code)


def test_body_beyond_the_gateways_limit_is_refused(call: Caller) -> None:
    answer = call("POST", "/v2/images", b" " * (12 * 1024 * 1024 + 1))

    assert refusal(answer) == (413, "APIGW.0201")


def test_mark_of_a_creation_shows_in_no_answer_and_finds_its_image(call: Caller) -> None:
    mark = {"X-Constructs-Ims-Creation-Id": "one"}
    made = call("POST", "/v2/images", {"name": "a"}, headers=mark)
    unmarked = call.create(name="a")

    assert "one" not in made.text
    assert made.json.keys() == unmarked.keys()
    assert call("GET", "/v2/cloudimages", headers=mark).json == {"images": [made.json]}
    assert len(call("GET", "/v2/cloudimages").json["images"]) == 2
    assert call("GET", "/v2/cloudimages", headers={"X-Constructs-Ims-Creation-Id": "two"}).json == {"images": []}


def test_mark_is_part_of_what_is_signed(call: Caller) -> None:
    assert (
        call("POST", "/v2/images", {}, headers={"X-Constructs-Ims-Creation-Id": "one"}, signed=False).status
        == "401 Unauthorized"
    )


@pytest.mark.parametrize(
    ("field", "longest"),
    [("name", 255), ("__os_version", 255), ("tags", 255), ("x" * 255, None)],
    ids=lambda one: str(one)[:12],
)
def test_longest_texts(field: str, longest: int | None, call: Caller) -> None:
    def sent(length: int) -> dict[str, Any]:
        text = "y" * length
        return {field: [text]} if field == "tags" else {field: text}

    assert call("POST", "/v2/images", sent(longest or 1)).status_code == 201
    if longest:
        assert call("POST", "/v2/images", sent(longest + 1)).status_code == 400
    else:
        assert call("POST", "/v2/images", {f"{field}x": "y"}).status_code == 400
