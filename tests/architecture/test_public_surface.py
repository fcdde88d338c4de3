"""The public surface is written down: the front door's names, the marker file, the top level."""

from __future__ import annotations

import subprocess
from importlib import import_module
from pathlib import Path

import pytest

import constructs_ims

ROOT = Path(__file__).parents[2]


def test_all_is_sorted_and_every_name_opens() -> None:
    assert sorted(set(constructs_ims.__all__)) == constructs_ims.__all__
    for name in constructs_ims.__all__:
        assert getattr(constructs_ims, name) is getattr(import_module(constructs_ims._HOMES[name]), name)


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
