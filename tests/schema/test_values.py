"""Unknown, paths, types and OS versions."""

from __future__ import annotations

import copy
import pickle

import pytest

from constructs_ims.schema.os_versions import DEFAULT_OS_VERSION, OS_VERSIONS, derive_os_version, find_os_version
from constructs_ims.schema.paths import attribute_path, render_path
from constructs_ims.schema.types import (
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
    friendly_name,
    type_from_json,
    type_to_json,
)
from constructs_ims.schema.values import Unknown, is_wholly_known


def test_unknown_survives_copying() -> None:
    assert copy.copy(Unknown) is copy.deepcopy({"a": [Unknown]})["a"][0] is Unknown
    assert pickle.loads(pickle.dumps(Unknown)) is Unknown
    assert repr(Unknown) == "Unknown"


def test_unknown_refuses_to_be_a_condition() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Unknown)


@pytest.mark.parametrize(
    ("value", "known"),
    [(Unknown, False), (None, True), ({"a": [1, Unknown]}, False), ({"a": [1, None]}, True), ((Unknown,), False)],
)
def test_wholly_known(value: object, known: bool) -> None:
    assert is_wholly_known(value) is known


def test_paths_render_as_terraform_writes_them() -> None:
    assert render_path(attribute_path("assume_role", 0, "duration")) == "assume_role[0].duration"
    assert render_path(()) == ""


@pytest.mark.parametrize(
    ("type_", "data", "name"),
    [
        (STRING, "string", "string"),
        (DYNAMIC, "dynamic", "dynamic"),
        (SetType(STRING), ["set", "string"], "set of string"),
        (MapType(ListType(NUMBER)), ["map", ["list", "number"]], "map of list of number"),
        (TupleType((STRING, NUMBER)), ["tuple", ["string", "number"]], "tuple"),
        (ObjectType({"a": STRING}), ["object", {"a": "string"}], "object"),
        (ObjectType({"a": STRING}, frozenset({"a"})), ["object", {"a": "string"}, ["a"]], "object"),
    ],
)
def test_types_round_trip(type_: Type, data: object, name: str) -> None:
    assert type_to_json(type_) == data
    assert type_from_json(data) == type_
    assert hash(type_from_json(data)) == hash(type_)
    assert friendly_name(type_) == name


@pytest.mark.parametrize("data", ["strange", ["set"], 7, ["tuple", "string"], None])
def test_what_is_no_type_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="Not a Terraform type"):
        type_from_json(data)


def test_catalogue_has_each_version_once() -> None:
    names = [version.name for version in OS_VERSIONS]

    assert len(names) == len(set(names))
    assert all(names)
    assert {version.bits for version in OS_VERSIONS} == {32, 64}
    assert {version.os_type for version in OS_VERSIONS} == {"Linux", "Windows"}


def test_default_version_is_listed() -> None:
    version = find_os_version(DEFAULT_OS_VERSION)

    assert version is not None
    assert (version.platform, version.os_type, version.bits, version.proven) == ("Other", "Linux", 64, True)


@pytest.mark.parametrize(
    ("name", "platform", "os_type", "bits"),
    [
        ("Ubuntu 20.04 server 64bit", "Ubuntu", "Linux", 64),
        ("SUSE Linux Enterprise Server 11 SP3 32bit", "SUSE", "Linux", 32),
        ("Ubuntu 26.04 server 64bit", "Ubuntu", "Linux", 64),
        ("Redhat Linux Enterprise 9.9 64bit", "Red Hat", "Linux", 64),
        ("Windows 11 64bit", "Windows", "Windows", 64),
        ("Something else", "Other", "Linux", 64),
    ],
)
def test_platform_follows_version(name: str, platform: str, os_type: str, bits: int) -> None:
    version = derive_os_version(name)

    assert (version.platform, version.os_type, version.bits) == (platform, os_type, bits)
