"""A state that is no state, or another's, is refused by every command with its reason, and is left as it was."""

from __future__ import annotations

from typing import Any

import pytest

COMMANDS = ["plan", "apply -auto-approve", "apply -auto-approve -json", "destroy -auto-approve", "refresh", "show"]
READERS = ["show -json", "output", "output -json", "state list", "state pull", "console", "providers"]


@pytest.mark.parametrize("command", [*COMMANDS, *READERS])
@pytest.mark.parametrize(
    "content",
    ["garbage", "[]", '{"version": 99}', '{"a": 1}', "\0" * 100, "[" * 5000, '{"version": 4, "resources": 7}'],
)
def test_damaged_state_is_refused(applied: Any, content: str, command: str) -> None:
    [path] = applied.sandbox.rglob("terraform.tfstate")
    path.write_text(content)

    ran = applied(*command.split(), stdin="1\n")

    assert ran.status == 1
    assert "Error: " in ran.err + ran.out
    assert "Traceback" not in ran.err
    assert path.read_text() == content
