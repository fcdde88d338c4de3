"""Running ``terraform-ims`` in this process, on a stack in a temporary project."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.cli.terraform.entry import run

ADDRESS = "huaweicloud_ims_image_metadata.a"
STACK: dict[str, Any] = {
    "terraform": {
        "required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud", "version": ">= 1.73.2, < 2.0.0"}}
    },
    "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
    "variable": {"name": {"type": "string", "default": "ubuntu"}},
    "resource": {
        "huaweicloud_ims_image_metadata": {
            "a": {"name": "${var.name}", "__os_version": "Ubuntu 20.04 server 64bit", "enable_force_new": "true"}
        }
    },
    "output": {
        "id": {"value": f"${{{ADDRESS}.id}}"},
        "secret": {"value": "hush", "sensitive": True},
        "shape": {"value": {"a": [1, 2]}},
    },
}


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Project:
    """A project with one stack, and the command line in it."""

    directory: Path
    capture: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    @property
    def stack(self) -> Path:
        return self.directory / "cdktf.out" / "stacks" / "web"

    @property
    def sandbox(self) -> Path:
        return self.directory / ".constructs-ims"

    def write(self, **blocks: Any) -> None:
        """Write the stack, with some blocks in place of the usual ones."""
        self.stack.mkdir(parents=True, exist_ok=True)
        content = {name: block for name, block in {**STACK, **blocks}.items() if block is not None}
        (self.stack / "cdk.tf.json").write_text(json.dumps(content, indent=2))

    def __call__(self, *words: str, stdin: str = "", environment: Mapping[str, str] | None = None) -> Ran:
        """Run one command line in the stack's directory, and take the color out."""
        self.capture.readouterr()
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status = run(words, environment or {})
        out, err = self.capture.readouterr()
        return Ran(status, uncolored(out), uncolored(err))


def uncolored(text: str) -> str:
    """Take colors, and the rule beside a diagnostic, out of what Terraform prints."""
    text = re.sub("\x1b\\[[0-9;]*m", "", text)
    return re.sub("(?m)^│ ?|^[╷╵]$", "", text)


@pytest.fixture
def tf(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the command line: ``tf("plan", "-detailed-exitcode")``."""
    (tmp_path / "cdktf.json").write_text('{"app": "true"}')
    (tmp_path / "cdktf.out").mkdir()
    (tmp_path / "cdktf.out" / "manifest.json").write_text("{}")
    project = Project(tmp_path, capsys, monkeypatch)
    project.write()
    monkeypatch.chdir(project.stack)
    for name in ("TF_WORKSPACE", "TF_INPUT", "TF_IN_AUTOMATION", "CONSTRUCTS_IMS_SANDBOX", "CONSTRUCTS_IMS_ENGINE"):
        monkeypatch.delenv(name, raising=False)
    return project


@pytest.fixture
def applied(tf: Project) -> Project:
    """The command line after an apply."""
    assert tf("apply", "-auto-approve").status == 0
    return tf


Command = Callable[..., Ran]
