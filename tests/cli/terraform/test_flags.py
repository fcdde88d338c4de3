"""Flags read as Terraform reads them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.cli.terraform.flags import Flag, parse_flags

FLAGS = (
    Flag("lock", "bool", default=True),
    Flag("json", "bool"),
    Flag("out", "text"),
    Flag("target", "texts"),
    Flag("parallelism", "number", default=10),
    Flag("lock-timeout", "duration"),
)


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        ([], "lock", True),
        ([], "json", False),
        ([], "out", None),
        ([], "target", ()),
        (["-json"], "json", True),
        (["--json"], "json", True),
        (["-lock=false"], "lock", False),
        (["-lock=0"], "lock", False),
        (["-out", "plan"], "out", "plan"),
        (["--out=plan"], "out", "plan"),
        (["-out="], "out", ""),
        (["-out=a=b"], "out", "a=b"),
        (["-target=a", "-target", "b"], "target", ("a", "b")),
        (["-parallelism=3"], "parallelism", 3),
        (["-lock-timeout=1m30s"], "lock-timeout", 90.0),
        (["-lock-timeout=0"], "lock-timeout", 0.0),
        (["-lock-timeout=1.5h"], "lock-timeout", 5400.0),
    ],
)
def test_flag_is_read(arguments: list[str], name: str, value: Any) -> None:
    parsed = parse_flags(FLAGS, arguments)

    assert parsed.faults == ()
    assert parsed[name] == value


@pytest.mark.parametrize(
    ("argument", "fault"),
    [
        ("-jsn", 'flag provided but not defined: -jsn Did you mean "json"?'),
        ("-nothing-like-it", "flag provided but not defined: -nothing-like-it"),
        ("-out", "flag needs an argument: -out"),
        ("-json=maybe", 'invalid boolean value "maybe" for -json: parse error'),
        ("-parallelism=many", 'invalid value "many" for flag -parallelism: parse error'),
        ("-lock-timeout=soon", 'invalid value "soon" for flag -lock-timeout: parse error'),
        ("---json", "bad flag syntax: ---json"),
        ("-=x", "bad flag syntax: -=x"),
    ],
)
def test_fault_is_terraforms(argument: str, fault: str) -> None:
    (diagnostic,) = parse_flags(FLAGS, [argument]).faults

    assert diagnostic.summary == "Failed to parse command-line flags"
    assert diagnostic.detail == fault


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-json", "a", "-lock=false"], ("a", "-lock=false")),
        (["--", "-json"], ("-json",)),
        (["-"], ("-",)),
        ([""], ("",)),
    ],
)
def test_flags_end_at_the_first_word(arguments: list[str], words: tuple[str, ...]) -> None:
    assert parse_flags(FLAGS, arguments).words == words


def test_order_of_flags_is_kept() -> None:
    assert parse_flags(FLAGS, ["-target=b", "-json", "-target=a"]).given == (
        ("target", "b"),
        ("json", True),
        ("target", "a"),
    )


@given(st.lists(st.text()))
def test_any_arguments_are_read_or_refused(arguments: list[str]) -> None:
    parsed = parse_flags(FLAGS, arguments)

    assert set(parsed.values) == {flag.name for flag in FLAGS}


def test_wrong_flag_of_a_command_that_streams_is_an_event(tf: Any) -> None:
    ended = tf("apply", "-json", "-parallelism=none")

    assert ended.status == 1
    [fault] = [event for event in ended.events() if event["type"] == "diagnostic"]
    assert "-parallelism" in fault["diagnostic"]["detail"]
    assert ended.err == ""
