"""Where a region may be named, and what is said where nobody names one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.provider.configuration import LocalService, resolve_settings
from constructs_ims.backend.provider.image_metadata import empty_object
from constructs_ims.backend.provider.provider import ImageProvider
from constructs_ims.schema.image_metadata import RESOURCE_TYPE
from constructs_ims.schema.provider import PROVIDER

SERVICE = LocalService("http://127.0.0.1", "key", "secret")
NOTHING: dict[str, Any] = dict.fromkeys([*PROVIDER.block.by_name, *PROVIDER.block.blocks_by_name])
PROFILES = [
    {"name": "default", "accessKeyId": "AK", "secretAccessKey": "SK", "region": "ap-southeast-1"},
    {"name": "other", "region": "cn-south-1"},
    {"name": "bare"},
]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "hcloud config é.json"
    path.write_text(json.dumps({"current": "default", "profiles": PROFILES}), encoding="utf-8")
    return str(path)


def region(config: dict[str, Any], environment: dict[str, str]) -> tuple[str, bool, list[str]]:
    settings, found = resolve_settings({**NOTHING, **config}, environment, SERVICE, "cn-north-4")
    assert settings is not None
    return settings.region, settings.is_region_assumed, [one.detail for one in found]


def test_nobody_names_a_region() -> None:
    assert region({}, {}) == ("cn-north-4", True, [])


@pytest.mark.parametrize("variable", ["HW_REGION_NAME", "OS_REGION_NAME"])
def test_environment_names_a_region(variable: str) -> None:
    assert region({}, {variable: "cn-east-3"}) == ("cn-east-3", False, [])


@pytest.mark.parametrize(
    ("profile", "named"), [(None, "ap-southeast-1"), ("other", "cn-south-1"), ("default", "ap-southeast-1")]
)
def test_shared_config_file_names_a_region_and_wins(file: str, profile: str | None, named: str) -> None:
    config = {"shared_config_file": file, "profile": profile, "region": "cn-east-3"}

    assert region(config, {"HW_REGION_NAME": "cn-east-2"}) == (named, False, [])
    in_environment = {"HW_SHARED_CONFIG_FILE": file, **({"HW_PROFILE": profile} if profile else {})}
    assert region({}, in_environment) == (named, False, [])


def test_profile_without_region_leaves_it_to_others(file: str) -> None:
    assert region({"shared_config_file": file, "profile": "bare"}, {}) == ("cn-north-4", True, [])
    assert region({"shared_config_file": file, "profile": "bare", "region": "cn-east-3"}, {})[0] == "cn-east-3"


@pytest.mark.parametrize("content", ["", "[1]", "null", '{"profiles": 1}', "[" * 99999, '{"profiles": [null, {}]}'])
def test_file_of_no_use_is_warned_of(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(content)

    found, assumed, [detail] = region({"shared_config_file": str(path)}, {})

    assert (found, assumed) == ("cn-north-4", True)
    assert str(path) in detail


def test_missing_file_and_missing_profile_are_warned_of(file: str, tmp_path: Path) -> None:
    assert "does not exist" in region({"shared_config_file": str(tmp_path / "none")}, {})[2][0]
    assert 'profile "nope"' in region({"shared_config_file": file, "profile": "nope"}, {})[2][0]


def plans(provider: ImageProvider, **image: Any) -> list[str]:
    config = {**empty_object(), "name": "a", **image}
    return [one.summary for one in provider.plan_resource(RESOURCE_TYPE, None, config, config, b"").diagnostics]


def test_first_image_without_region_is_warned_of() -> None:
    provider = ImageProvider(sandbox=SERVICE, environment={}, default_region="cn-north-4")
    assert provider.configure(NOTHING) == []

    told = [plans(provider, region="cn-east-3"), plans(provider), plans(provider)]

    assert told == [[], ["No region"], []]


def test_named_region_is_not_warned_of() -> None:
    provider = ImageProvider(sandbox=SERVICE, environment={}, default_region="cn-north-4")
    provider.configure({**NOTHING, "region": "cn-east-3"})

    assert plans(provider) == []
