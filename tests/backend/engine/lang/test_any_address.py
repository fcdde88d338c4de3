"""Addresses and version constraints are read or refused with a ``ValueError``, and what is read is written alike."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given

from constructs_ims.backend.engine.lang.addresses import ResourceAddress, parse_address, sort_key
from constructs_ims.schema.versions import read_constraint

from ....generated import texts

ADDRESS_PIECES = [
    "module.", "data.", ".", "a", "b-c", "x_1", "[0]", "[", "]", '["', '"]', '["k"]', "\\", '\\"', "\\u00", "\\ud800",
    "$${", "%%{", "é", "²", "٣", " ", "\n", "-1", "9" * 5000, "*",
]  # fmt: skip
VERSION_PIECES = [
    ">=",
    "<",
    "~>",
    "!=",
    "=",
    " ",
    ",",
    "1",
    ".",
    "1.2.3",
    "v",
    "-beta",
    "+meta",
    "٣",
    "²",
    "9" * 5000,
    "*",
    "x",
]


@given(text=texts(ADDRESS_PIECES, 8))
def test_address(text: str) -> None:
    with suppress(ValueError):
        address = parse_address(text)
        assert parse_address(str(address)) == address


@given(text=texts(VERSION_PIECES, 8))
def test_version_constraint(text: str) -> None:
    with suppress(ValueError):
        assert all(clause.allows((1, 11, 4)) in (True, False) for clause in read_constraint(text))


def test_resource_of_the_root_needs_no_module() -> None:
    assert str(ResourceAddress("managed", "a", "b")) == "a.b"
    assert ResourceAddress("managed", "a", "b") == parse_address("a.b").resource


def test_instances_are_sorted_by_their_keys_kind_and_size() -> None:
    texts = ['a.b["é"]', 'a.b["10"]', "a.b[10]", "a.b", 'a.b["9"]', "a.b[9]", "data.a.b", "module.m.a.b", "a.c[0]"]

    ordered = [str(address) for address in sorted(map(parse_address, texts), key=sort_key)]

    assert ordered == [
        "data.a.b",
        "a.b",
        "a.b[9]",
        "a.b[10]",
        'a.b["10"]',
        'a.b["9"]',
        'a.b["é"]',
        "a.c[0]",
        "module.m.a.b",
    ]
