"""Manifests, patterns and the order of stacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs_ims.cli.project.manifest import read_stacks
from constructs_ims.cli.project.problems import ProjectError
from constructs_ims.cli.project.selection import circle_of, missing_dependencies, select_stacks
from constructs_ims.cli.project.stack import AppStack
from constructs_ims.schema.diagnostics import Severity


def stack(name: str, *dependencies: str) -> AppStack:
    return AppStack(name, Path(name), dependencies)


APP = [stack("web", "base", "data"), stack("data", "base"), stack("base"), stack("alone")]


def test_dependencies_come_first() -> None:
    assert [found.name for found in select_stacks(APP)] == ["base", "alone", "data", "web"]


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["web"], ["web"]),
        (["*a*"], ["base", "alone", "data"]),
        (["web", "base"], ["base", "web"]),
        (["w?b", "web"], ["web"]),
    ],
)
def test_stacks_are_chosen_by_pattern(patterns: list[str], names: list[str]) -> None:
    assert [found.name for found in select_stacks(APP, patterns)] == names


def test_pattern_without_match_is_an_error_that_knows_the_stacks() -> None:
    with pytest.raises(ProjectError) as raised:
        select_stacks(APP, ["webb", "x*"])

    first, second = raised.value.diagnostics
    assert first.detail == 'No stack matches "webb". The app has web, data, base, alone. Did you mean "web"?'
    assert second.summary == "No such stack"


CIRCLES = [stack("above", "a"), stack("a", "b"), stack("b", "c"), stack("c", "a", "base"), stack("base"), stack("own")]


@pytest.mark.parametrize(
    ("patterns", "name", "way"),
    [
        ((), "a", ["a", "b", "c", "a"]),
        ((), "c", ["c", "a", "b", "c"]),
        ((), "above", []),
        ((), "base", []),
        (("a", "b"), "a", []),
    ],
)
def test_way_of_a_circle_is_found(patterns: tuple[str, ...], name: str, way: list[str]) -> None:
    chosen = select_stacks(CIRCLES, patterns)

    assert circle_of(next(each for each in chosen if each.name == name), chosen) == way


def test_others_are_ordered_beside_a_circle() -> None:
    names = [found.name for found in select_stacks(CIRCLES)]

    assert sorted(names) == sorted(each.name for each in CIRCLES)
    assert max(map(names.index, "abc")) < names.index("above")
    assert names.index("base") < names.index("c")


def test_stacks_follow_those_that_they_read_and_need_not_be_deployed_with_them() -> None:
    app = [AppStack("reader", Path("reader"), reads=("writer",)), stack("writer", "base"), stack("base")]

    assert [found.name for found in select_stacks(app)] == ["base", "writer", "reader"]
    assert [found.name for found in select_stacks(app, ["reader", "base"])] == ["base", "reader"]
    assert missing_dependencies(app, [app[0]]) == []


def test_dependencies_left_out_are_found_through_others() -> None:
    assert missing_dependencies(APP, [APP[0]]) == ["base", "data"]
    assert missing_dependencies(APP, APP) == []


def test_dependency_outside_of_the_app_is_neither_ordered_nor_missed() -> None:
    app = [stack("web", "elsewhere", "base"), stack("base", "elsewhere")]

    assert [found.name for found in select_stacks(app)] == ["base", "web"]
    assert missing_dependencies(app, [app[0]]) == ["base"]


def test_manifest_is_read(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        """{"version": "0.21.0", "stacks": {"s": {"name": "s", "workingDirectory": "stacks/s", "dependencies": ["t"],
        "annotations": [{"constructPath": "s/image", "level": "@cdktf/warn", "message": "No name."}]}}}"""
    )

    (found,) = read_stacks(tmp_path)

    assert (found.name, found.directory, found.dependencies) == ("s", tmp_path / "stacks/s", ("t",))
    (annotation,) = found.annotations
    diagnostic = annotation.diagnostic()
    assert diagnostic is not None
    assert (diagnostic.severity, diagnostic.detail) == (Severity.WARNING, "No name.")


@pytest.mark.parametrize(
    ("content", "summary"),
    [
        (None, "Nothing synthesized"),
        ("{", "Broken manifest"),
        ("[]", "Broken manifest"),
        ('{"stacks": {"s": {}}}', "Broken manifest"),
        ('{"stacks": {"s": 1}}', "Broken manifest"),
    ],
)
def test_unsound_manifest_is_refused(tmp_path: Path, content: str | None, summary: str) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)

    with pytest.raises(ProjectError) as raised:
        read_stacks(tmp_path)

    assert raised.value.diagnostics[0].summary == summary
