"""Commands that run at the same time in one sandbox: they wait for each other, and no image is made twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_ims.backend.sandbox import Sandbox

PROGRAM = [sys.executable, "-c", "from constructs_ims.cli.terraform import main; raise SystemExit(main())"]
APPLY = [*PROGRAM, "apply", "-auto-approve", "-no-color", "-lock-timeout=100s"]
IMAGES = 5


def write(stack: Path) -> Path:
    image = {"count": IMAGES, "name": f"{stack.name}-${{count.index}}", "__os_version": "Ubuntu 20.04 server 64bit"}
    configuration = {
        "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
        "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
        "resource": {"huaweicloud_ims_image_metadata": {"image": image}},
    }
    stack.mkdir()
    (stack / "cdk.tf.json").write_text(json.dumps(configuration))
    return stack


@pytest.mark.parametrize("names", [["a", "a", "a"], ["a", "b", "c"]], ids=["one stack", "three stacks"])
def test_applies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    """All of them are first to find no sandbox, no database and no state."""
    monkeypatch.setenv("CONSTRUCTS_IMS_SANDBOX", str(tmp_path / "sandbox"))
    stacks = {name: write(tmp_path / name) for name in sorted(set(names))}

    runs = [
        subprocess.Popen(APPLY, cwd=stacks[name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in names
    ]
    ends = [(run.communicate(timeout=200), run.returncode) for run in runs]

    assert [status for _, status in ends] == [0] * len(names), ends
    with Sandbox(tmp_path / "sandbox") as sandbox:
        images = sandbox.images()
        known = [obj.attributes["id"] for stack in stacks.values() for _, _, obj in sandbox.state(stack).objects()]
        assert sorted(image["name"] for image in images) == sorted(f"{n}-{i}" for n in stacks for i in range(IMAGES))
        assert sorted(known) == sorted(image["id"] for image in images)
