"""Whole lives of larger apps by command, and by cdktf-cli with ``terraform-ims``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.backend.terraform.mirror import write_launcher
from tests.larger_apps.test_lives import LARGE, OUTPUTS, SMALL, app_module, settings_of

from .conftest import clean_environment, succeed

pytestmark = pytest.mark.e2e


def main_of(names: Iterable[str]) -> str:
    """The program of one app with the stacks of several."""
    imports = "".join(f"import tests.larger_apps.{name}\n" for name in names)
    builds = "".join(f"tests.larger_apps.{name}.build(app)\n" for name in names)
    return f"from cdktf import App\n\n{imports}\napp = App()\n{builds}app.synth()\n"


class Folder:
    """The project of an app, and programs at work on it; ``terraform-ims`` is the only Terraform on their PATH."""

    def __init__(self, directory: Path, *names: str) -> None:
        self.directory = directory / "app"
        self.directory.mkdir()
        (self.directory / "main.py").write_text(main_of(names))
        settings: dict[str, dict[str, Any]] = {}
        for name in names:
            for kind, values in settings_of(app_module(name)).items():
                settings.setdefault(kind, {}).update(values)
        content = {"language": "python", "app": "python main.py", "context": {"constructsIms": settings}}
        (self.directory / "cdktf.json").write_text(json.dumps(content))
        write_launcher(directory / "bin" / "terraform-ims", "constructs_ims.cli.terraform")
        write_launcher(directory / "bin" / "constructs-ims", "constructs_ims.cli.main")
        environment = clean_environment(
            TERRAFORM_BINARY_NAME="terraform-ims",
            DISABLE_VERSION_CHECK="1",
            CONSTRUCTS_IMS_CACHE=str(directory / "cache"),
            CI="1",
        )
        self.environment = {**environment, "PATH": os.pathsep.join([str(directory / "bin"), environment["PATH"]])}

    def succeed(self, *words: str, **environment: str) -> str:
        return succeed(words, self.directory, {**self.environment, **environment})

    def stacks(self) -> list[str]:
        manifest = json.loads((self.directory / "cdktf.out" / "manifest.json").read_text())
        return list(manifest["stacks"])

    def objects(self) -> list[str]:
        with Sandbox(self.directory / ".constructs-ims") as sandbox:
            directories = [self.directory / "cdktf.out" / "stacks" / name for name in self.stacks()]
            states = [sandbox.stack(directory).state() for directory in directories]
            return [str(address) for state in states for address, _, _ in state.objects()]


def check_outputs(outputs: dict[str, Any], names: Iterable[str]) -> None:
    """Check the outputs that each app is known for."""
    for name in names:
        wrong = {key for key, is_expected in OUTPUTS[name].items() if not is_expected(outputs[key])}
        assert wrong == set(), name


def test_apps_live_by_command(tmp_path: Path) -> None:
    names = (*SMALL, *LARGE)
    folder = Folder(tmp_path, *names)
    folder.succeed("constructs-ims", "deploy", "*", "--auto-approve")
    assert len(folder.objects()) > 50
    assert folder.succeed("constructs-ims", "plan", "*").count("No changes") == len(folder.stacks())
    stacks = json.loads(folder.succeed("constructs-ims", "output", "*", "--json"))["stacks"]
    outputs = {name: output["value"] for stack in stacks.values() for name, output in stack["outputs"].items()}
    check_outputs(outputs, names)
    folder.succeed("constructs-ims", "destroy", "*", "--auto-approve")
    assert folder.objects() == []


def test_stacks_that_hand_values_on_live_by_cdktf_without_terraform(tmp_path: Path, cdktf_program: str) -> None:
    folder = Folder(tmp_path, "platform")
    folder.succeed(cdktf_program, "deploy", "*", "--auto-approve")
    assert folder.objects()
    assert "No changes" in folder.succeed(cdktf_program, "diff", "images")
    assert "double = " in folder.succeed(cdktf_program, "output", "*")
    folder.succeed(cdktf_program, "destroy", "*", "--auto-approve")
    assert folder.objects() == []
