"""Rules: what each accepts and what it says of the rest."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.schema.diagnostics import Diagnostic, Severity
from constructs_ims.schema.image_metadata import IMAGE_METADATA, TIMEOUTS
from constructs_ims.schema.paths import render_path
from constructs_ims.schema.provider import PROVIDER
from constructs_ims.schema.rules import Between
from constructs_ims.schema.types import BoolType, NumberType, StringType


def check(name: str, value: Any) -> list[Diagnostic]:
    attribute = IMAGE_METADATA.block.by_name.get(name) or TIMEOUTS.block.by_name[name]
    return [diagnostic for rule in attribute.rules for diagnostic in rule(name, value)]


def errors(name: str, value: Any) -> list[str]:
    return [str(diagnostic) for diagnostic in check(name, value) if diagnostic.is_error]


SOUND = {
    "name of one character": ("name", "a"),
    "name of 128 characters": ("name", "a" * 128),
    "name in Chinese": ("name", "镜像-1"),
    "a listed version": ("__os_version", "Ubuntu 20.04 server 64bit"),
    "default version as documented": ("__os_version", "Other Linux (64 bit)"),
    "default version without the blank": ("__os_version", "Other Linux(64 bit)"),
    "blanks around a tag's equals sign": ("tags", ["test_key   = test_value"]),
    "a tag without value": ("tags", ["key="]),
    "a tag with two equals signs": ("tags", ["key=a=b"]),
    "ten tags": ("tags", [f"key{n}=v" for n in range(10)]),
    "no memory": ("min_ram", 0),
    "least disk": ("min_disk", 10),
    "most disk": ("min_disk", 1024),
    "whole float": ("min_disk", 40.0),
    "private": ("visibility", "private"),
    "force-new text": ("enable_force_new", "false"),
    "compound duration": ("delete", "1h30m"),
}


@pytest.mark.parametrize(("name", "value"), SOUND.values(), ids=SOUND)
def test_sound_values_pass_in_silence(name: str, value: Any) -> None:
    assert check(name, value) == []


BROKEN = {
    "empty name": ("name", "", 'Invalid name: The name "" has 0 characters. Use 1 to 255 characters.'),
    "windows": (
        "__os_version",
        "Windows Server 2019 Standard 64bit",
        'Unsupported OS version: "Windows Server 2019 Standard 64bit" is a Windows version, and image metadata for '
        "Windows cannot be created. Use a Linux version, or register the Windows image in another way.",
    ),
    "unlisted windows": ("__os_version", "Windows 11", "Unsupported OS version"),
    "empty version": ("__os_version", "", "Invalid OS version: os_version is empty."),
    "public": ("visibility", "public", 'Invalid visibility: "public" is not a valid visibility. Use "private".'),
    "near miss": ("disk_format", "qcow", 'Did you mean "qcow2"?'),
    "little disk": ("min_disk", 9, "Invalid min disk: min_disk is 9. Use 10 to 1024 GB."),
    "much disk": ("min_disk", 1025, "Use 10 to 1024 GB."),
    "fraction": ("min_disk", 10.5, "min_disk is 10.5, which is no whole number."),
    "negative memory": ("min_ram", -1, "Invalid min ram: min_ram is -1. Use 0 MB or more."),
    "tag without equals": ("tags", ["k=v", "bare"], 'Invalid tag ([1]): "bare" is not of the form key=value.'),
    "tag without key": ("tags", ["=v"], "Invalid tag ([0])"),
    "long tag": ("tags", ["k=" + "v" * 254], "has 256 characters. Use 1 to 255."),
    "eleven tags": ("tags", [f"k{n}=v" for n in range(11)], "Too many tags: 11 tags are given."),
    "same key twice": ("tags", ["a=1", "a =2"], 'Duplicate tag key: The tag key "a" is given 2 times.'),
    "force-new word": ("enable_force_new", "yes", 'Use "true" or "false".'),
    "duration without unit": ("delete", "10", 'Invalid duration: "10" is no length of time.'),
}


@pytest.mark.parametrize(("name", "value", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_values_are_explained(name: str, value: Any, message: str) -> None:
    assert any(message in text for text in errors(name, value)), errors(name, value)


WARNED = {
    "long name": ("name", "a" * 129, "longer than 128 characters"),
    "blank at an end": ("name", " a", "starts or ends with a space"),
    "strange character": ("name", "a/b", "characters other than"),
    "unlisted version": ("__os_version", "Ubuntu 20.04 server 64 bit", 'Did you mean "Ubuntu 20.04 server 64bit"?'),
}


@pytest.mark.parametrize(("name", "value", "message"), WARNED.values(), ids=WARNED)
def test_unusual_values_are_warned_of(name: str, value: Any, message: str) -> None:
    (diagnostic,) = check(name, value)

    assert diagnostic.severity is Severity.WARNING
    assert message in diagnostic.detail


@pytest.mark.parametrize(("name", "shown"), [("/" * 60, "/" * 60), ("/" * 61, f"{'/' * 57}...")])
def test_sixty_characters_of_a_value_are_shown(name: str, shown: str) -> None:
    (diagnostic,) = check("name", name)

    assert f'The name "{shown}" has characters' in diagnostic.detail


@pytest.mark.parametrize("name", ["name", "region", "tags"])
def test_texts_have_255_characters_at_most(name: str) -> None:
    longest: Any = ["k=" + "v" * 253] if name == "tags" else "v" * 255
    too_long: Any = ["k=" + "v" * 254] if name == "tags" else "v" * 256

    assert errors(name, longest) == []
    assert ["has 256 characters" in fault for fault in errors(name, too_long)] == [True]


def test_the_providers_region_has_255_characters_at_most() -> None:
    rules = PROVIDER.block.by_name["region"].rules

    assert [len([fault for rule in rules for fault in rule("region", "v" * n)]) for n in (1, 255, 256)] == [0, 0, 1]


def test_every_fault_is_reported_at_once() -> None:
    tags = ["bare", "a=1", "a=2", *[f"k{n}=v" for n in range(9)]]

    assert {render_path(d.path) for d in check("tags", tags)} == {"", "[0]"}
    assert len(check("tags", tags)) == 3


@given(st.data())
def test_rules_answer_any_value_of_their_type(data: st.DataObject) -> None:
    """No value of an argument's own type makes a rule fail; every diagnostic has a summary and sentences."""
    strategies = {StringType: st.text(), NumberType: st.integers() | st.floats(-1e9, 1e9), BoolType: st.booleans()}
    attribute = data.draw(st.sampled_from([*IMAGE_METADATA.block.arguments, *TIMEOUTS.block.attributes]))
    value = data.draw(strategies.get(type(attribute.type), st.lists(st.text())))

    for rule in attribute.rules:
        for diagnostic in rule(attribute.name, value):
            assert diagnostic.summary[0].isupper()
            assert not diagnostic.summary.endswith(".")
            assert diagnostic.detail.rstrip("?")[-1] in '."'


def test_rules_print_themselves() -> None:
    assert repr(Between(10, 1024, "GB")) == "Between(least=10, most=1024, unit='GB')"


def test_diagnostics_are_values() -> None:
    (diagnostic,) = check("min_disk", 9)

    assert copy.deepcopy(diagnostic) == pickle.loads(pickle.dumps(diagnostic)) == diagnostic
