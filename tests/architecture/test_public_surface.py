"""The public surface is written down: the package's names, the marker file, the top level."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import constructs_ims
from constructs_ims import constructs
from constructs_ims.backend import sandbox

PACKAGE = Path(constructs_ims.__file__).parent

ROOT = Path(__file__).parents[2]


def test_package_offers_the_constructs_and_the_sandbox() -> None:
    behind = {name: getattr(room, name) for room in (constructs, sandbox) for name in room.__all__}

    assert constructs_ims.__all__ == sorted(behind)
    assert {name: getattr(constructs_ims, name) for name in constructs_ims.__all__} == behind


@pytest.mark.e2e
@pytest.mark.xdist_group("mypy")
def test_type_checkers_see_every_name_of_the_package(tmp_path: Path, mypy: Callable[..., Any]) -> None:
    app = tmp_path / "app.py"
    imports = "".join(f"from constructs_ims import {name}\nreveal_type({name})\n" for name in constructs_ims.__all__)
    app.write_text(imports)
    ran = mypy(app)

    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count("Revealed type is") == len(constructs_ims.__all__)
    assert '"Any"' not in ran.stdout


def test_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        constructs_ims.Nonsense  # noqa: B018 - reading the attribute is the test


def test_package_is_typed() -> None:
    assert (ROOT / "constructs_ims" / "py.typed").is_file()


def test_top_level_holds_what_was_agreed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what belongs to the project cannot be told from what was left behind")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    tops = {name.partition("/")[0] for name in tracked}

    assert {top for top in tops if not top.startswith(".")} == {
        "LICENSE",
        "README.md",
        "cdktf.json",
        "constructs_ims",
        "examples",
        "pyproject.toml",
        "tests",
    }


def test_public_class_names_are_unique() -> None:
    homes: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(path.relative_to(PACKAGE).as_posix())

    assert {name: places for name, places in homes.items() if len(places) > 1} == {}
