"""``terraform-ims`` answers command after command as Terraform did: status, output and errors are equal."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from constructs_ims.cli.terraform.entry import run

from ...command_transcript import entry, read, split, stack


def test_commands_are_answered_as_terraform_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(stack(tmp_path))
    different = []
    for expected in read():
        words, typed = split(expected["line"])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        capsys.readouterr()
        status = run(words, {})
        output, errors = capsys.readouterr()
        if (said := entry(expected["line"], status, output, errors)) != expected:
            different.append((expected, said))
    assert different == []
