"""What the documentation says is there, is there; what it shows, runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cdktf
import pytest

from constructs_ims.backend.documents.normalization import Rule
from constructs_ims.testing.snapshots.formats import Format

from ..loaded_kit import LOADED

LOADED_BEFORE_RUNS_IN_THIS_PROCESS = (cdktf, *LOADED)

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "examples" / "README.md", ROOT / "tests" / "README.md"]
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/main.py"))


def blocks_of(document: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)


def apps_of(document: Path) -> list[str]:
    return [block for block in blocks_of(document, "python") if "app.synth()" in block]


def readme_tests() -> dict[str, str]:
    """The test files of the README, by module."""
    blocks = [block for block in blocks_of(ROOT / "README.md", "python") if "def test_" in block]
    app, *_ = apps_of(ROOT / "README.md")
    return {"main": app, **{f"test_images_{number}": block for number, block in enumerate(blocks)}}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_named_paths_exist(document: Path) -> None:
    tops = r"(?:constructs_ims|examples|tests)/"
    named = set(re.findall(rf"`({tops}[\w./-]*)`", document.read_text()))

    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_rows_of_a_table_have_its_columns(document: Path) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", document.read_text() + "\n", re.MULTILINE):
        rows = [re.split(r" \|(?=\s|$)", row.removeprefix("|")) for row in table.splitlines()]
        assert [row for row in rows[2:] if len(row) != len(rows[0])] == []


def test_every_example_is_listed() -> None:
    listed = re.findall(r"^\| `(\w+)/` \|", (ROOT / "examples" / "README.md").read_text(), re.MULTILINE)

    assert sorted(listed) == EXAMPLES


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_python_in_documents_compiles(document: Path) -> None:
    for block in blocks_of(document, "python"):
        compile(block, str(document), "exec")


@pytest.mark.parametrize("app", apps_of(ROOT / "README.md"))
def test_apps_in_the_readme_run(tmp_path: Path, app: str) -> None:
    (tmp_path / "main.py").write_text(app)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "main.py"], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("cdktf.out/stacks/*/cdk.tf.json"))


@pytest.mark.e2e
@pytest.mark.xdist_group("mypy")
def test_tests_in_the_readme_are_typed(tmp_path: Path, mypy: Callable[..., Any]) -> None:
    for name, tests in readme_tests().items():
        (tmp_path / f"{name}.py").write_text(tests)

    ran = mypy(*tmp_path.iterdir())

    assert (ran.returncode, ran.stdout) == (0, ""), ran.stdout + ran.stderr


def test_tests_in_the_readme_pass(pytester: pytest.Pytester) -> None:
    tests = readme_tests()
    beside_app = {name: block for name, block in tests.items() if name == "main" or "from main import" in block}
    pytester.makepyfile(**{name: block for name, block in tests.items() if name not in beside_app})

    for options in (["--snapshot-update"], []):
        ran = pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider", *options)
        assert ran.ret == pytest.ExitCode.OK
    assert list(pytester.path.glob("__snapshots__/*/*.tf.json"))
    pytester.makepyfile(**beside_app)
    files = [f"{name}.py" for name in beside_app if name != "main"]
    # In a process of its own, for the CDK writes where that was started.
    pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", *files).assert_outcomes(passed=1)


def test_the_readme_explains_every_rule_and_form_of_snapshots() -> None:
    text = (ROOT / "README.md").read_text()

    assert set(re.findall(r"^\| `(\w+)` \|", text[text.index("| rule |") :].partition("\n\n")[0], re.MULTILINE)) == set(
        Rule
    )
    assert [form.value for form in Format if f"`{form.value}`" not in text] == []


def test_clients_in_the_readme_work(tmp_path: Path) -> None:
    (client,) = (block for block in blocks_of(ROOT / "README.md", "python") if "import openstack" in block)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    words = [sys.executable, "-c", client]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)

    assert done.stdout == "['ubuntu']\n", done.stderr


def scripts_of(document: Path) -> list[str]:
    """The blocks that are neither apps, nor tests, nor other clients of the service: scripts that run as they are."""
    others = ("app.synth()", "def test_", "import openstack")
    return [block for block in blocks_of(document, "python") if not any(other in block for other in others)]


@pytest.mark.parametrize("script", scripts_of(ROOT / "README.md"))
def test_scripts_in_the_readme_run(tmp_path: Path, script: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", script]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert "timeout: 5m0s" in done.stdout
    assert done.stdout.endswith("[]\n")


def test_documents_show_commands_that_exist() -> None:
    text = "\n".join(document.read_text() for document in DOCUMENTS)
    commands = "\n".join(re.findall(r"`[^`]+`|^\$ .*$", text, re.MULTILINE))
    shown = set(re.findall(r"constructs-ims (?!-)([a-z]+)\b", commands))
    helped = subprocess.run(
        [sys.executable, "-m", "constructs_ims.cli.main", "--help"], cwd=ROOT, capture_output=True, text=True
    ).stdout

    assert {command for command in shown if not re.search(rf"\b{command}\b", helped)} == set()


def test_ci_installs_and_tests_as_the_readme_says() -> None:
    if not (ROOT / ".ci" / "run").exists():
        pytest.skip("not a git checkout: CI's script is not part of a release")
    [deploy, test] = [line for block in blocks_of(ROOT / "README.md", "console") for line in block.splitlines()]
    ci = (ROOT / ".ci" / "run").read_text().replace(" --quiet --disable-pip-version-check", " -q")

    assert "constructs-ims deploy" in deploy
    assert {step for step in test.removeprefix("$ ").split(" && ") if step not in ci.splitlines()} == set()
