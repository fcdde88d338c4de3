"""cdktn has newer functions of Terraform than cdktf, and holds them to the releases that the project is for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import clean_environment

pytestmark = pytest.mark.e2e

APP = """
from constructs_ims.cdktn import HuaweicloudProvider, ImsImageMetadata
from cdktn import App, Fn, TerraformStack

app = App()
stack = TerraformStack(app, "images")
HuaweicloudProvider(stack, "huaweicloud", region="cn-north-4")
ImsImageMetadata(stack, "base", name=Fn.templatestring("base", {}), os_version="CentOS 7.6 64bit")
app.synth()
"""
RELEASES = {"terraform": ">=1.9.0", "opentofu": ">=1.7.0"}
REFUSAL = 'Terraform function "templatestring" requires terraform >=1.9.0'


@pytest.mark.parametrize(
    ("releases", "refusal"), [(None, REFUSAL), (RELEASES, "")], ids=["all releases", "new releases"]
)
def test_functions_are_held_to_the_projects_releases(
    tmp_path: Path, releases: dict[str, str] | None, refusal: str
) -> None:
    (tmp_path / "main.py").write_text(APP)
    project = {"language": "python", "app": "python main.py", "targetVersions": releases}
    (tmp_path / "cdktf.json").write_text(json.dumps(project))

    command = [sys.executable, "-m", "constructs_ims.cli.main", "synth"]
    ran = subprocess.run(command, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, timeout=120)

    assert ran.returncode == (1 if refusal else 0), ran.stdout + ran.stderr
    assert refusal in ran.stdout + ran.stderr
