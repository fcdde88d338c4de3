"""The same commands, one after the other, to Terraform and to ``terraform-ims``: status, output and errors are equal.

To add a command, add a line; what is typed at a prompt stands behind ``<``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
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

from .conftest import clean_environment

pytestmark = pytest.mark.e2e

STACK: dict[str, Any] = {
    "variable": {"name": {"default": "x"}, "secret": {"default": "hush", "sensitive": True}},
    "resource": {
        "terraform_data": {"a": {"input": "${var.name}"}, "b": {"count": 2, "input": "${terraform_data.a.id}"}}
    },
    "output": {
        "o": {"value": "${terraform_data.a.output}"},
        "n": {"value": 1.5},
        "l": {"value": ["a", {"k": True}]},
        "s": {"value": "${var.secret}", "sensitive": True},
    },
}
COMMANDS = """
version -json
validate -json
validate -nope
get
init -json -nope
modules
modules -json
modules extra
providers
output
output -json
output o
show
show -json
workspace list
workspace show
plan -no-color -input=false
plan -detailed-exitcode -no-color
plan -json
plan -out=./p -no-color
plan -destroy -no-color
plan -no-color -target=terraform_data.a
plan -no-color -compact-warnings -target=terraform_data.a
plan -json -target=terraform_data.a
plan -no-color -refresh-only
plan -no-color -refresh=false
plan -no-color --replace terraform_data.a
plan -no-color -parallelism=1 -lock-timeout=1s
plan -no-color -lock=false
plan -parallelism=0 -no-color
plan -var=name
plan -no-color -var=nope=1
plan -no-color -var-file=nope
plan -no-color extra
plan -no-color -nope
plan -no-color -out
plan -destroy -refresh-only -no-color
plan -json -nope
plan -target -no-color
plan -target=foo
plan -target=
plan -json -target=foo
plan -replace=foo
plan -replace=terraform_data.a -destroy
plan -replace=terraform_data.a -refresh-only
plan -replace=terraform_data.b -no-color
plan -replace=terraform_data.b -compact-warnings -no-color
plan -parallelism=-1
plan -lock-timeout=abc -no-color
plan -input=maybe -no-color
show -no-color ./p
apply -json
apply -no-color < no
apply -no-color -input=false
apply ./p -no-color
apply -no-color ./p
apply . -no-color
apply -no-color nope
apply -json nope
plan -detailed-exitcode -no-color
plan -json
show -no-color
show -json
show a b
output -no-color
output -json
output o -no-color
output -json o
output -raw o
output -raw n
output -raw l
output -no-color l
output -no-color n
output -json s
output -no-color s
output -raw s
output -no-color nope
output -raw nope
output -json nope
output -raw
output -raw -json o
output a b
state list
state list terraform_data.b
state list -id=nope
state show -no-color terraform_data.a
state show terraform_data.b[0] -no-color
taint -no-color terraform_data.a
plan -no-color
taint -no-color terraform_data.a
untaint -no-color terraform_data.a
state mv terraform_data.b[0] terraform_data.b[5]
state mv -dry-run terraform_data.b[5] terraform_data.b[0]
state mv terraform_data.b[5] terraform_data.b[0]
state rm -dry-run terraform_data.a
state rm terraform_data.b[1]
import -no-color terraform_data.b[1] some-id
state show terraform_data.b[1]
refresh -no-color -target=terraform_data.b
apply -auto-approve -no-color
state rm -dry-run terraform_data.nope
state mv terraform_data.a terraform_data.b
state mv terraform_data.b terraform_data.a
state replace-provider -auto-approve a b
console < 1+1
console < var.name
console < terraform_data.a.input
console < terraform_data.a
console < var.secret
console -input=false < 1
workspace new -lock=false dev
workspace list
workspace show
workspace select default
workspace delete dev
workspace select -or-create other
workspace select default
refresh -no-color
apply -no-color -auto-approve -var=name=y
apply -json -auto-approve -var=name=z
apply -no-color -auto-approve -refresh-only
apply -json -auto-approve -refresh-only -var=name=z
refresh -json -var=name=z
apply -no-color -replace=terraform_data.a -auto-approve -var=name=z
plan -json -replace=terraform_data.a -var=name=z
plan -json -destroy
plan -json -refresh-only
destroy -no-color < no
destroy -no-color -target=terraform_data.b -auto-approve
destroy -json -auto-approve
destroy -no-color -auto-approve
plan -no-color -destroy
apply -no-color -destroy -auto-approve
destroy -destroy
destroy -refresh-only
destroy -auto-approve -replace=terraform_data.a
refresh extra
output -state=./nope.tfstate -no-color
show -no-color
output -no-color
nope
-chdir=sub validate -no-color
-chdir validate
refresh -no-color
plan -no-color -refresh-only
apply -auto-approve -json -no-color extra more
""".strip().splitlines()
PROGRESS = re.compile(r"\S+: (?:Refreshing|Creat|Destr|Modif|Still|Refresh)")


@dataclass
class Side:
    """One of the two programs, in its own directory."""

    program: str
    directory: Path
    environment: Mapping[str, str]

    def run(self, line: str) -> tuple[int, list[str], str]:
        words, _, typed = line.partition(" < ")
        done = subprocess.run(
            [self.program, *words.split()],
            cwd=self.directory,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            input=typed + "\n" if typed else "",
        )
        return done.returncode, lines(done.stdout), neutral(done.stderr)


def neutral(text: str) -> str:
    """Take out what is another in every run: ids, times, and the program's name."""
    text = re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?", "<time>", text)
    text = re.sub(r"after \d+s", "after <n>s", re.sub(r'"elapsed_seconds":\d+', '"elapsed_seconds":0', text))
    return text.replace("terraform-ims", "terraform")


def lines(text: str) -> list[str]:
    """The lines of an output; events and progress may come in any order."""
    found = neutral(text).split("\n")
    if found[0].startswith('{"@level"'):
        return sorted(json.dumps(event(line), sort_keys=True) for line in found if line)
    return [*(line for line in found if not PROGRESS.match(line)), *sorted(filter(PROGRESS.match, found))]


def event(line: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(line).items() if name != "@timestamp"}


def stack(directory: Path) -> Path:
    (directory / "sub").mkdir(parents=True)
    (directory / "cdk.tf.json").write_text(json.dumps(STACK, indent=2))
    (directory / "sub" / "cdk.tf.json").write_text(json.dumps({"output": {"a": {"value": 1}}}))
    return directory


def test_terraform_ims_answers_as_terraform_does(terraform_program: str, tmp_path: Path) -> None:
    settings = tmp_path / "terraform.rc"
    settings.write_text("")
    environment = clean_environment(TF_CLI_CONFIG_FILE=str(settings))
    environment.pop("NO_COLOR")
    project = tmp_path / "project"
    ours = Side(
        str(Path(sys.executable).parent / "terraform-ims"), stack(project / "cdktf.out" / "stacks" / "web"), environment
    )
    (project / "cdktf.json").write_text('{"app": "true"}')
    (project / "cdktf.out" / "manifest.json").write_text("{}")
    theirs = Side(terraform_program, stack(tmp_path / "theirs"), environment)
    for directory in (".", "sub"):
        assert theirs.run(f"-chdir={directory} init")[0] == 0

    different = [line for line in COMMANDS if theirs.run(line) != ours.run(line)]

    assert different == []


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
