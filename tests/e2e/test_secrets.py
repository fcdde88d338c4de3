"""The real Terraform, run in the sandbox with all it can log, neither logs nor keeps the credentials of a stack."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .conftest import clean_environment

pytestmark = pytest.mark.e2e

PROGRAM = [sys.executable, "-c", "from constructs_ims.cli.terraform import main; raise SystemExit(main())"]
STACK = {
    "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
    "provider": {"huaweicloud": [{"region": "cn-north-4", "access_key": "PLANTED-1", "secret_key": "PLANTED-2"}]},
    "resource": {"huaweicloud_ims_image_metadata": {"a": {"name": "a", "__os_version": "Ubuntu 20.04 server 64bit"}}},
}


def holds_secret(path: Path) -> bool:
    parts = [path.read_bytes()]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            parts += map(archive.read, archive.namelist())
    return any(b"PLANTED" in part for part in parts)


def test_run_with_everything_logged(terraform_program: str, tmp_path: Path) -> None:
    stack = tmp_path / "stack"
    stack.mkdir()
    (stack / "cdk.tf.json").write_text(json.dumps(STACK))
    environment = clean_environment(
        CONSTRUCTS_IMS_ENGINE="terraform",
        CONSTRUCTS_IMS_SANDBOX=str(tmp_path / "sandbox"),
        HW_ACCESS_KEY="PLANTED-3",
        HW_SECRET_KEY="PLANTED-4",
        TF_LOG="trace",
        TF_LOG_PATH=str(tmp_path / "log"),
    )

    for words in (["init"], ["plan", "-out=kept"], ["apply", "-auto-approve", "-json"], ["destroy", "-auto-approve"]):
        ran = subprocess.run(
            [*PROGRAM, *words], cwd=stack, env=environment, capture_output=True, text=True, timeout=120
        )

        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "PLANTED" not in ran.stdout + ran.stderr
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != stack]
    assert (tmp_path / "log") in kept
    assert [path for path in kept if holds_secret(path)] == []
