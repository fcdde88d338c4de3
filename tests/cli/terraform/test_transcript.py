"""``terraform-ims`` answers command after command as Terraform did: status, output and errors are equal."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from constructs_ims.cli.terraform.entry import run

from ...command_transcript import entry, read, stack


def test_commands_are_answered_as_terraform_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "true"}')
    directory = stack(tmp_path / "cdktf.out" / "stacks" / "web")
    (tmp_path / "cdktf.out" / "manifest.json").write_text("{}")
    monkeypatch.chdir(directory)
    different = []
    for expected in read():
        words, _, typed = expected["line"].partition(" < ")
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed + "\n" if typed else ""))
        capsys.readouterr()
        status = run(words.split(), {})
        output, errors = capsys.readouterr()
        if (said := entry(expected["line"], status, output, errors)) != expected:
            different.append((expected, said))
    assert different == []
