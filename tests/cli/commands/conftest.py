"""Running ``constructs-ims`` in this process, on a project whose app is a few lines of Python without cdktf."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.cli.main import main

IMAGE = "huaweicloud_ims_image_metadata"
ADDRESS = f"{IMAGE}.a"
_APP = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
stacks = json.loads(pathlib.Path("stacks.json").read_text())
entries = {}
for name, stack in stacks.items():
    directory = out / "stacks" / name
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "cdk.tf.json").write_text(json.dumps(stack["content"]))
    entries[name] = {"name": name, "workingDirectory": "stacks/" + name, **stack["manifest"]}
(out / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": entries}))
print("the app speaks")
"""


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Project:
    """A project, and ``constructs-ims`` in it."""

    directory: Path
    capture: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    stacks: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, *, image: str = "", manifest: dict[str, Any] | None = None, **blocks: Any) -> None:
        """Let the app have a stack with an image and outputs."""
        content = {
            "terraform": {
                "required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}},
                "backend": {"local": {"path": f"terraform.{name}.tfstate"}},
            },
            "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
            "resource": {IMAGE: {"a": {"name": image or name}}},
            "output": {"id": {"value": f"${{{ADDRESS}.id}}"}, "secret": {"value": "hush", "sensitive": True}},
            **blocks,
        }
        self.stacks[name] = {
            "content": content,
            "manifest": {"annotations": [], "dependencies": [], **(manifest or {})},
        }
        (self.directory / "stacks.json").write_text(json.dumps(self.stacks))

    def remove(self, name: str) -> None:
        """Let the app no longer have a stack."""
        del self.stacks[name]
        (self.directory / "stacks.json").write_text(json.dumps(self.stacks))

    def __call__(self, *words: str, stdin: str = "") -> Ran:
        self.capture.readouterr()
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            status = main(words)
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else 1
        out, err = self.capture.readouterr()
        return Ran(status, out, err)

    def images(self) -> int:
        """How many images the sandbox holds."""
        count: int = self("sandbox", "--json", "list").json()["images"]
        return count

    def image_names(self) -> list[str]:
        """The names of the images in the sandbox."""
        with Sandbox(self.directory / ".constructs-ims") as sandbox:
            return [image["name"] for image in sandbox.images()]


@pytest.fixture
def ci(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with an app that has no stacks yet."""
    (tmp_path / "main.py").write_text(_APP)
    (tmp_path / "stacks.json").write_text("{}")
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py"}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONSTRUCTS_IMS_SANDBOX", raising=False)
    return Project(tmp_path, capsys, monkeypatch)
