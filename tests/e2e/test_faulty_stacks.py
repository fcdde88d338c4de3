"""Terraform says what is wrong with stacks; ``tests/cli/terraform/test_faulty_stacks.py`` holds us to its words.

``CONSTRUCTS_IMS_RECORD=1`` writes down what Terraform says now.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .conftest import clean_environment

RECORDED = Path(__file__).parents[1] / "testdata" / "faulty_stacks.json"
STACKS = json.loads(RECORDED.read_text())
PROVIDER = {"huaweicloud": {"source": "huaweicloud/huaweicloud", "version": ">= 1.73.2, < 2.0.0"}}

pytestmark = pytest.mark.e2e


class Judge:
    """The real Terraform in a directory that was initialized once."""

    def __init__(self, program: str, directory: Path, mirror: Path) -> None:
        self.program, self.directory = program, directory
        settings = directory / "terraform.rc"
        settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
        self.environment = clean_environment(TF_CLI_CONFIG_FILE=str(settings))
        self.write(json.dumps({"terraform": {"required_providers": PROVIDER}}))
        assert self.run("init")[0] == 0

    def write(self, text: str) -> None:
        (self.directory / "cdk.tf.json").write_text(text)

    def run(self, *words: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [self.program, *words], cwd=self.directory, env=self.environment, capture_output=True, text=True
        )
        return done.returncode, done.stdout, done.stderr

    def says(self, stack: dict[str, Any]) -> dict[str, Any]:
        """What Terraform says of a stack: to ``validate -json``, to ``plan -json``, and to a person."""
        self.write(stack["stack"])
        arguments = stack.get("arguments", [])
        validated, planned = self.run("validate", "-json"), self.run("plan", "-json", *arguments)
        shown = self.run("plan", "-no-color", "-input=false", *arguments)
        events = [json.loads(line) for line in planned[1].splitlines()]
        return {
            "validate": {"status": validated[0], "diagnostics": json.loads(validated[1])["diagnostics"]},
            "plan": {
                "status": planned[0],
                "diagnostics": [event["diagnostic"] for event in events if event["type"] == "diagnostic"],
            },
            "text": shown[2],
        }


@pytest.fixture(scope="module")
def judge(terraform_program: str, tmp_path_factory: pytest.TempPathFactory, mirror: Path) -> Judge:
    return Judge(terraform_program, tmp_path_factory.mktemp("stack"), mirror)


@pytest.mark.parametrize("name", STACKS)
def test_recording_is_what_terraform_says(judge: Judge, name: str) -> None:
    said = judge.says(STACKS[name])

    if os.environ.get("CONSTRUCTS_IMS_RECORD"):
        recorded = json.loads(RECORDED.read_text())
        recorded[name].update(said)
        RECORDED.write_text(json.dumps(recorded, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    else:
        for part in ("validate", "plan"):
            assert ordered(said[part]["diagnostics"]) == ordered(STACKS[name][part]["diagnostics"])
            assert said[part]["status"] == STACKS[name][part]["status"]
        assert paragraphs(said["text"]) == paragraphs(STACKS[name]["text"])


def ordered(diagnostics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(diagnostics, key=lambda one: json.dumps(one, sort_keys=True))


def paragraphs(text: str) -> list[str]:
    """The diagnostics of a text, whose order Terraform leaves open where they stand in different blocks."""
    return sorted(part.strip() for part in text.replace("\nWarning: ", "\nError: ").split("\nError: "))
