"""What the service says of itself: OS versions and JSON schemas."""

from __future__ import annotations

from constructs_ims.schema.os_versions import OS_VERSIONS

from .conftest import HOST, Caller, refusal


def versions(call: Caller, query: str = "") -> list[str]:
    groups = call("GET", f"/v1/cloudimages/os_version{query}").json
    return [version["os_version"] for group in groups for version in group["version_list"]]


def test_catalogue_is_listed_by_platform(call: Caller) -> None:
    groups = call("GET", "/v1/cloudimages/os_version").json
    ubuntu = next(group for group in groups if group["platform"] == "Ubuntu")

    assert sorted(versions(call)) == sorted(version.name for version in OS_VERSIONS)
    assert len({group["platform"] for group in groups}) == len(groups)
    assert {
        "platform": "Ubuntu",
        "os_version_key": "Ubuntu 20.04 server 64bit",
        "os_version": "Ubuntu 20.04 server 64bit",
        "os_bit": 64,
        "os_type": "Linux",
    } in ubuntu["version_list"]


def test_architectures_divide_the_catalogue(call: Caller) -> None:
    arm, x86 = versions(call, "?tag=arm"), versions(call, "?tag=x86")

    assert all(name.endswith("with ARM") for name in arm)
    assert len(arm) + len(x86) == len(OS_VERSIONS)
    assert arm


def test_each_tag_narrows_the_catalogue(call: Caller) -> None:
    everything, uefi, bms = (set(versions(call, query)) for query in ("?tag=kvm", "?tag=uefi", "?tag=bms"))
    arm = set(versions(call, "?tag=arm"))

    assert len(everything) == len(OS_VERSIONS)
    assert set() < bms < uefi < everything
    assert set(versions(call, "?tag=arm&tag=uefi")) == arm & uefi
    assert versions(call, "?tag=arm&tag=x86") == []


def test_unknown_parameter_is_refused(call: Caller) -> None:
    assert refusal(call("GET", "/v1/cloudimages/os_version?tags=arm")) == (400, "IMG.0017")


def test_unknown_tag_is_refused(call: Caller) -> None:
    assert refusal(call("GET", "/v1/cloudimages/os_version?tag=sparc")) == (400, "IMG.0017")


def test_schema_names_an_images_properties(call: Caller) -> None:
    schema = call("GET", "/v2/schemas/image").json

    assert schema["name"] == "image"
    assert schema["properties"]["name"]["maxLength"] == 255
    assert "queued" in schema["properties"]["status"]["enum"]
    assert call("GET", "/v2/schemas/images").json["properties"]["images"]["items"] == schema


def test_created_image_follows_the_schema(call: Caller) -> None:
    schema = call("GET", "/v2/schemas/image").json
    types = {"string": str, "integer": int, "boolean": bool, "array": list}

    for name, value in call.create(name="n", tags=["a=b"]).items():
        rule = schema["properties"].get(name, schema["additionalProperties"])
        assert type(value) is types[rule["type"]], name
        assert value in rule.get("enum", [value])


def test_versions_say_where_images_are(call: Caller) -> None:
    listed = call("GET", "/", signed=False).json["versions"]

    assert [version["id"] for version in listed] == ["v1", "v2"]
    assert listed[1]["links"] == [{"rel": "self", "href": f"http://{HOST}/v2/"}]
