"""A judge over Terraform and the engine, with the same provider and equal clouds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from constructs_ims.backend.terraform.mirror import lay_mirror
from constructs_ims.schema.provider import PROVIDER_SOURCE

from .judge import Judge
from .sides import Cloud, EngineSide, RecordedSide, TerraformSide


@dataclass(frozen=True)
class Prepared:
    """A directory that Terraform has initialized for this package's provider, and its command-line configuration."""

    directory: Path
    settings: Path


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    program = shutil.which("terraform")
    if program is None:
        reason = "terraform is not on PATH"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    place = tmp_path_factory.mktemp("prepared")
    lay_mirror(place / "mirror")
    settings, directory = place / "terraform.rc", place / "stack"
    settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{place}/mirror"\n  }}\n}}\n')
    directory.mkdir()
    required = {"required_providers": {"huaweicloud": {"source": PROVIDER_SOURCE}}}
    (directory / "main.tf.json").write_text(json.dumps({"terraform": required}))
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": str(settings)}
    subprocess.run([program, "init"], cwd=directory, env=environment, capture_output=True, check=True)
    return Prepared(directory, settings)


@pytest.fixture
def judge(prepared: Prepared, tmp_path: Path) -> Iterator[Judge]:
    with Cloud() as theirs, Cloud() as ours:
        terraform = TerraformSide(
            tmp_path / "terraform", theirs, settings=prepared.settings, prepared=prepared.directory
        )
        yield Judge(terraform, EngineSide(tmp_path / "engine", ours))


@pytest.fixture
def judge_of_recorded(tmp_path: Path) -> Iterator[Callable[[Path], Judge]]:
    """Make a judge over what Terraform once said and the engine."""
    with Cloud() as cloud:
        engine = EngineSide(tmp_path / "engine", cloud)
        yield lambda recorded: Judge(RecordedSide(json.loads(recorded.read_text()), tmp_path / "recorded"), engine)
