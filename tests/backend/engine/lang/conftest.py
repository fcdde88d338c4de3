"""Terraform as the judge of expressions, and the tables of what it answered."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

TESTDATA = Path(__file__).parent / "testdata"
LATE = {"resource": {"terraform_data": {"late": {"input": "x"}}}}
FIRST_LINE = 4


class Terraform:
    """Terraform in a directory with the test data and one resource that is not yet there (``terraform_data.late``)."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        shutil.copytree(TESTDATA / "data", directory / "data")
        self._configure([])
        self._run("init", "-input=false")

    def values(self, expressions: list[str]) -> list[dict[str, Any]]:
        """Plan one output for each expression; return its type, its known part, and where it is unknown."""
        self._configure(expressions)
        self._run("plan", "-input=false", "-out=plan", check=True)
        shown = json.loads(self._run("show", "-json", "plan", check=True), parse_float=Decimal, parse_int=Decimal)
        changes, planned = shown["output_changes"], shown["planned_values"]["outputs"]
        rows = [(changes.get(f"o{at}", {}), planned[f"o{at}"]) for at in range(len(expressions))]
        return [
            {"type": plan.get("type"), "value": change.get("after"), "unknown": change.get("after_unknown", False)}
            for change, plan in rows
        ]

    def errors(self, expressions: Iterable[str]) -> dict[str, list[list[str]]]:
        """Return the errors of each expression as summary and detail; one that has none is left out."""
        found: dict[str, list[list[str]]] = {}
        rest = list(expressions)
        while rest and (faults := self._errors(rest)):
            found |= faults
            rest = [expression for expression in rest if expression not in faults]
        return found

    def console(self, expression: str) -> str:
        """Return what the console prints for one expression."""
        self._configure([])
        return self._run("console", check=True, standard_input=f"{expression}\n").removesuffix("\n")

    def functions(self) -> dict[str, Any]:
        """Return the signatures of all functions."""
        described = json.loads(self._run("metadata", "functions", "-json", check=True))["function_signatures"]
        return {name: _signature(described[name]) for name in described if not name.startswith("core::")}

    def _errors(self, expressions: list[str]) -> dict[str, list[list[str]]]:
        self._configure(expressions)
        found: dict[str, list[list[str]]] = {}
        for line in self._run("plan", "-input=false", "-json").splitlines():
            fault = json.loads(line).get("diagnostic")
            if fault and fault["severity"] == "error":
                expression = expressions[fault["range"]["start"]["line"] - FIRST_LINE]
                found.setdefault(expression, []).append([fault["summary"], fault["detail"]])
        return found

    def _configure(self, expressions: list[str]) -> None:
        """Write one output a line, so that the line of an error tells which expression it is of."""
        resource = f'"resource": {json.dumps(LATE["resource"])}'
        outputs = [f'"o{at}": {json.dumps({"value": f"${{{text}}}"})}' for at, text in enumerate(expressions)]
        listed = [f"{resource},", '"output": {', *_separated(outputs), "}"] if outputs else [resource]
        lines = ["{", *listed, "}"]
        (self.directory / "main.tf.json").write_text("\n".join(lines))

    def _run(self, *arguments: str, check: bool = False, standard_input: str | None = None) -> str:
        quiet = {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1"}
        ran = subprocess.run(
            ["terraform", *arguments],
            cwd=self.directory,
            env={**os.environ, **quiet},
            input=standard_input,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        assert not check or ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout


def _signature(described: dict[str, Any]) -> dict[str, Any]:
    variadic = described.get("variadic_parameter")
    return {
        "parameters": list(map(_parameter, described.get("parameters", []))),
        **({"variadic": _parameter(variadic)} if variadic else {}),
        "returns": described["return_type"],
    }


def _parameter(described: dict[str, Any]) -> list[Any]:
    return [described["name"], described["type"], described.get("is_nullable", False)]


def _separated(lines: list[str]) -> list[str]:
    return [f"{line}," for line in lines[:-1]] + lines[-1:]


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    if shutil.which("terraform") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Terraform is mandatory in CI, and there is none on PATH.")
        pytest.skip("There is no terraform on PATH.")
    return Terraform(tmp_path_factory.mktemp("terraform"))
