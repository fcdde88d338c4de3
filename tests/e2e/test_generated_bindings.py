"""The constructs against what ``cdktf get`` and ``cdktn get`` make of the same provider: the same names and JSON."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, moved_to

HERE = Path(__file__).parent
OURS_ALONE = {"version_constraint"}
pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("cdktf get")]


def run(*command: str, path: list[Path]) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def answers_with(
    terraform_program: str, cdktf_program: str, cdktn_program: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], dict[str, dict[str, Any]]]:
    """What the scenarios make of each kind of bindings, with a CDK; generated once for it, in any order of tests."""
    programs = {"cdktf": cdktf_program, "cdktn": cdktn_program}

    @functools.cache
    def answers_with(cdk: str) -> dict[str, dict[str, Any]]:
        directory = tmp_path_factory.mktemp("generated")
        run(str(HERE / "bindings" / "generate.py"), programs[cdk], str(directory), path=[ROOT])
        scenarios = directory / "scenarios.py"
        scenarios.write_text(moved_to(cdk, (HERE / "bindings" / "scenarios.py").read_text()))
        found = {}
        for origin in ("generated", "ours"):
            output = directory / f"{origin}.json"
            run(str(scenarios), origin, str(output), path=[ROOT, directory])
            found[origin] = json.loads(output.read_text())
        return found

    return answers_with


@pytest.fixture(params=["cdktf", "cdktn"])
def answers(
    request: pytest.FixtureRequest, answers_with: Callable[[str], dict[str, dict[str, Any]]]
) -> dict[str, dict[str, Any]]:
    return answers_with(request.param)


def lines(document: Any) -> list[str]:
    """A document as lines without the provider's version: there generated bindings have what was installed."""
    text = document if isinstance(document, str) else json.dumps(document, indent=1, sort_keys=True)
    return re.sub(r'(\bversion"?\s*[:=]\s*)"[^"]*"', r"\1?", text).splitlines()


def test_synthesized_stacks_are_equal(answers: dict[str, dict[str, Any]]) -> None:
    generated, ours = answers["generated"]["synthesized"], answers["ours"]["synthesized"]

    assert len(generated) >= 30
    assert {name: lines(document) for name, document in ours.items()} == {
        name: lines(document) for name, document in generated.items()
    }


@pytest.mark.parametrize(
    "kind",
    ["image", "timeouts", "image_config", "timeouts_reference", "provider", "provider_config", "role", "oidc_role"],
)
def test_names_are_a_superset(answers: dict[str, dict[str, Any]], kind: str) -> None:
    generated, ours = answers["generated"]["surface"][kind], answers["ours"]["surface"][kind]

    assert [row for row in ours["parameters"] if row[0] not in OURS_ALONE] == generated["parameters"]
    assert set(generated["members"]) <= set(ours["members"])
    assert set(generated["settable"]) <= set(ours["settable"])
