"""The real Terraform finds nothing wrong with any example, and plans those that stand alone.

Stacks with resources of other providers are left to their own tests: those providers cannot be installed offline.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from constructs_ims.backend.terraform.mirror import provider_installation

from .conftest import ACCOUNT, ROOT, Doors, clean_environment

EXAMPLES = ROOT / "examples"
FOLDERS = sorted(path.parent.name for path in EXAMPLES.glob("*/main.py"))
pytestmark = pytest.mark.e2e


def environment_of(folder: Path, mirror: Path, emulator: Doors) -> dict[str, str]:
    """The environment of the app and of Terraform: the mirror, and the local service in place of the cloud."""
    configuration = folder / "terraform.rc"
    configuration.write_text(provider_installation(mirror))
    return clean_environment(
        TF_CLI_CONFIG_FILE=str(configuration),
        CDKTF_OUTDIR=str(folder / "out"),
        CONSTRUCTS_IMS_ENDPOINT=emulator.endpoint,
        CONSTRUCTS_IMS_ACCESS_KEY=ACCOUNT.access_key,
        CONSTRUCTS_IMS_SECRET_KEY=ACCOUNT.secret_key,
    )


def providers_of(stack: Path) -> set[str]:
    return set(json.loads((stack / "cdk.tf.json").read_text())["terraform"]["required_providers"])


@pytest.mark.parametrize("name", FOLDERS)
def test_terraform_accepts_example(
    terraform_program: str, tmp_path: Path, mirror: Path, emulator: Doors, name: str
) -> None:
    environment = environment_of(tmp_path, mirror, emulator)
    command = json.loads((EXAMPLES / name / "cdktf.json").read_text())["app"]
    subprocess.run(command, shell=True, cwd=EXAMPLES / name, env=environment, check=True, capture_output=True)
    stacks = sorted((tmp_path / "out" / "stacks").iterdir())
    alone = len(stacks) == 1
    served = [stack for stack in stacks if providers_of(stack) == {"huaweicloud"}]
    for stack in served:
        for words in (["init"], ["validate"], *([["plan", "-input=false"]] if alone else [])):
            done = subprocess.run(
                [terraform_program, words[0], "-no-color", *words[1:]],
                cwd=stack,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
            )
            assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"

    assert served
