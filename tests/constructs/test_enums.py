from __future__ import annotations

import json
import re
from enum import StrEnum

import pytest

from constructs_ims import ContainerFormat, DiskFormat, ForceNew, OsType, OsVersion, Platform, Visibility
from constructs_ims.schema.image_metadata import CONTAINER_FORMATS, DISK_FORMATS, VISIBILITIES
from constructs_ims.schema.os_versions import IMAGE_OS_VERSIONS, OS_VERSIONS


@pytest.mark.parametrize(
    ("members", "values"),
    [
        (DiskFormat, DISK_FORMATS),
        (ContainerFormat, CONTAINER_FORMATS),
        (Visibility, VISIBILITIES),
        (ForceNew, ("true", "false")),
    ],
)
def test_members_are_what_the_declaration_allows(members: type[StrEnum], values: tuple[str, ...]) -> None:
    assert tuple(members) == values


def test_platforms_are_those_of_the_catalogue() -> None:
    assert set(Platform) == {version.platform for version in OS_VERSIONS}
    assert set(OsType) == {version.os_type for version in OS_VERSIONS} | {"Other"}


def test_every_os_version_of_the_catalogue_has_a_member() -> None:
    """Spellings that differ only in capitals share a member."""
    assert {member.casefold() for member in OsVersion} == {version.name.casefold() for version in IMAGE_OS_VERSIONS}
    assert set(OsVersion) <= {version.name for version in IMAGE_OS_VERSIONS}


def test_shared_members_have_the_proven_spelling() -> None:
    proven = {version.name for version in IMAGE_OS_VERSIONS if version.proven}
    folded = {name.casefold() for name in proven}

    assert [member for member in OsVersion if member.casefold() in folded and member not in proven] == []


@pytest.mark.parametrize("member", OsVersion)
def test_os_versions_are_named_after_their_text(member: OsVersion) -> None:
    assert member.name == re.sub(r"[^A-Z0-9]+", "_", member.upper()).strip("_")


def test_members_are_strings() -> None:
    assert DiskFormat.QCOW2 == "qcow2"
    assert f"{OsVersion.UBUNTU_20_04_SERVER_64BIT}" == "Ubuntu 20.04 server 64bit"
    assert json.dumps(DiskFormat.ISO) == '"iso"'
