"""Keys that JSON gives twice: an argument is refused the second time, a block of which there may be several is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs_ims.backend.engine.engine import Engine

CONDITION = '{"condition": "${terraform_data.q.id != null}", "error_message": "No."}'
ARGUMENTS = {
    "variable": {
        "type": '"string"',
        "default": '"a"',
        "description": '"a"',
        "sensitive": "true",
        "nullable": "true",
    },
    "output": {
        "value": '"a"',
        "description": '"a"',
        "sensitive": "true",
        "ephemeral": "false",
        "depends_on": '["terraform_data.q"]',
    },
    "lifecycle": {
        "create_before_destroy": "true",
        "prevent_destroy": "false",
        "ignore_changes": '["input"]',
        "replace_triggered_by": '["terraform_data.q"]',
    },
}
BLOCKS = {
    "variable": {"validation": '{"condition": "${var.x != null}", "error_message": "No."}'},
    "output": {"precondition": CONDITION},
    "lifecycle": {"precondition": CONDITION, "postcondition": CONDITION},
}


def faults(directory: Path, place: str, name: str, value: str) -> list[tuple[str, str]]:
    twice = f'"{name}": {value}, "{name}": {value}'
    value_too = "" if name == "value" else '"value": 1, '
    around = {
        "variable": f'"variable": {{"x": {{{twice}}}}}',
        "output": f'"output": {{"x": {{{value_too}{twice}}}}}',
        "lifecycle": f'"resource": {{"terraform_data": {{"q": {{}}, "r": {{"lifecycle": {{{twice}}}}}}}}}',
    }
    own = "" if place == "lifecycle" else ', "resource": {"terraform_data": {"q": {}}}'
    (directory / "cdk.tf.json").write_text(f"{{{around[place]}{own}}}")
    found = Engine(lambda source: None).validate(directory).diagnostics
    return [(one.summary, one.detail.partition(" cdk.tf.json:1,")[0]) for one in found]


@pytest.mark.parametrize(("place", "name"), [(place, name) for place in ARGUMENTS for name in ARGUMENTS[place]])
def test_argument_is_refused_the_second_time(tmp_path: Path, place: str, name: str) -> None:
    assert faults(tmp_path, place, name, ARGUMENTS[place][name]) == [
        ("Duplicate argument", f'The argument "{name}" was already set at')
    ]


@pytest.mark.parametrize(("place", "name"), [(place, name) for place in BLOCKS for name in BLOCKS[place]])
def test_block_is_taken_the_second_time(tmp_path: Path, place: str, name: str) -> None:
    assert faults(tmp_path, place, name, BLOCKS[place][name]) == []
