"""What no encoding has, from the environment or the command line, ends neither a command nor a state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TERRAFORM = "import sys; from constructs_ims.cli.terraform import main; sys.exit(main())"
STACK = {
    "variable": {"name": {"default": "x"}},
    "resource": {"terraform_data": {"a": {"input": "${var.name} \u00fc"}}},
    "output": {"name": {"value": "${terraform_data.a.output}"}},
}
NO_TEXT = b"\xff"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("by", ["environment", "argument"])
def test_bytes_that_are_no_text(tmp_path: Path, encoding: str, by: str) -> None:
    (tmp_path / "cdk.tf.json").write_text(json.dumps(STACK))
    kept = {os.fsencode(name): os.fsencode(value) for name, value in os.environ.items()}
    given = {b"TF_VAR_name": NO_TEXT} if by == "environment" else {}
    words = [b"-var=name=" + NO_TEXT] if by == "argument" else []

    ran = subprocess.run(
        [sys.executable, "-c", TERRAFORM, b"apply", b"-auto-approve", *words],
        cwd=tmp_path,
        env={**kept, **given, b"PYTHONIOENCODING": encoding.encode()},
        capture_output=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr.decode()
    [state] = (tmp_path / ".constructs-ims").rglob("terraform.tfstate")
    assert json.loads(state.read_text())["outputs"]["name"]["value"] == "\ufffd \u00fc"
