"""Terraform answers as it is recorded; ``tests/cli/terraform/test_transcript.py`` holds ``terraform-ims`` to that.

``CONSTRUCTS_IMS_RECORD=1`` writes down what Terraform says now.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.lang.functions.registry import (
    CONSOLE_ONLY,
    CORE_PREFIX,
    Function,
    Parameter,
    find,
    names,
)
from constructs_ims.schema.types import type_to_json

from ..command_transcript import entry, read, split, stack, write
from .conftest import clean_environment

pytestmark = pytest.mark.e2e


class Program:
    """A program in a directory of its own."""

    def __init__(self, program: str, directory: Path) -> None:
        settings = directory / "terraform.rc"
        settings.write_text("")
        self.program, self.directory = program, stack(directory)
        self.environment = clean_environment(TF_CLI_CONFIG_FILE=str(settings))
        self.environment.pop("NO_COLOR")

    def run(self, line: str) -> dict[str, Any]:
        words, typed = split(line)
        done = subprocess.run(
            [self.program, *words],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            input=typed,
        )
        return entry(line, done.returncode, done.stdout, done.stderr)


def test_terraform_still_gives_the_recorded_answers(terraform_program: str, tmp_path: Path) -> None:
    terraform = Program(terraform_program, tmp_path)
    for directory in (".", "sub"):
        assert terraform.run(f"-chdir={directory} init")["status"] == 0

    said = [terraform.run(one["line"]) for one in read()]

    if os.environ.get("CONSTRUCTS_IMS_RECORD"):
        write(said)
    assert said == read()


def test_terraform_ims_answers_as_a_process_of_its_own(tmp_path: Path) -> None:
    ours = Program(str(Path(sys.executable).parent / "terraform-ims"), tmp_path)

    expected = read()[:12]
    assert [ours.run(one["line"]) for one in expected] == expected


def test_functions_have_terraforms_parameters(terraform_program: str) -> None:
    command = [terraform_program, "metadata", "functions", "-json"]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["function_signatures"]
    ours = {
        f"{prefix}{name}": signature(found)
        for name in names()
        if name not in CONSOLE_ONLY and (found := find(name))
        for prefix in ("", CORE_PREFIX)
    }

    assert parameters(ours) == parameters(theirs)


def signature(function: Function) -> dict[str, Any]:
    """A function of the engine as Terraform describes its own."""
    taken = {"parameters": [described(parameter) for parameter in function.parameters]}
    return taken if function.variadic is None else {**taken, "variadic_parameter": described(function.variadic)}


def described(parameter: Parameter) -> dict[str, Any]:
    shown = {"name": parameter.name, "type": type_to_json(parameter.type)}
    return {**shown, "is_nullable": True} if parameter.nullable else shown


def parameters(signatures: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The parameters of all functions, without their descriptions and the types of what is not evaluated."""
    return {
        name: [
            {key: value for key, value in one.items() if key != "description" and not name.endswith("templatestring")}
            for one in (*signature.get("parameters", ()), signature.get("variadic_parameter", {}))
        ]
        for name, signature in signatures.items()
    }
