"""A file that is no JSON, which no CDK writes, is refused with the place of its first fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs_ims.backend.engine.configuration import read_configuration

BROKEN = {
    "a comment": ("{ // x\n}", "Expecting property name enclosed in double quotes", (1, 3)),
    "nothing": ("", "Expecting value", (1, 1)),
    "half a keyword": ('{"output":{"a":{"value":nul}}}', "Expecting value", (1, 25)),
    "a number that begins with 0": ('{"output":{"a":{"value":01}}}', "Expecting ',' delimiter", (1, 26)),
    "no closing brace": ('{"output":\n{"a": {"value": 1}}', "Expecting ',' delimiter", (2, 20)),
    "single quotes": ("{'a': 1}", "Expecting property name enclosed in double quotes", (1, 2)),
    "two values": ("{} {}", "Extra data", (1, 4)),
    "a byte order mark": ("\ufeff{}", "it begins with a byte order mark", (1, 1)),
}


@pytest.mark.parametrize("case", BROKEN)
def test_file_that_is_no_json_is_refused_with_its_place(tmp_path: Path, case: str) -> None:
    text, reason, place = BROKEN[case]
    (tmp_path / "cdk.tf.json").write_text(text, encoding="utf-8")

    configuration, (fault,) = read_configuration(tmp_path)

    assert fault.summary == "Invalid JSON"
    assert fault.detail == f"cdk.tf.json is no JSON: {reason}. Synthesize the app again, or mend the file."
    assert fault.subject is not None
    assert (fault.subject.start.line, fault.subject.start.column) == place
    assert not configuration.outputs


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999999999999999999999"])
def test_number_that_cannot_be_read_is_not_quoted(tmp_path: Path, number: str) -> None:
    (tmp_path / "cdk.tf.json").write_text(f'{{"output": {{"a": {{"value": {number}}}}}}}', encoding="utf-8")

    _, (fault,) = read_configuration(tmp_path)

    assert fault.summary == "Invalid JSON"
    assert "a number in it cannot be read" in fault.detail
    assert number not in fault.detail


def test_long_numbers_are_read(tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text(f'{{"output": {{"a": {{"value": {"9" * 5000}}}}}}}', encoding="utf-8")

    _, faults = read_configuration(tmp_path)

    assert faults == []
