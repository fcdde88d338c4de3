"""``fileset`` below symbolic links: directories are followed, circles are not, and a broken link is told."""

from __future__ import annotations

from pathlib import Path

from constructs_ims.backend.engine.lang import FunctionSettings, MappingScope, Result, evaluate, parse_expression


def fileset(directory: Path, pattern: str) -> Result:
    return evaluate(parse_expression(f'fileset(".", "{pattern}")'), MappingScope({}, FunctionSettings(directory)))


def test_linked_directories_are_followed(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "b.txt").touch()
    (tmp_path / "link").symlink_to("d")

    assert fileset(tmp_path, "**").value == ["d/b.txt", "link/b.txt"]


def test_circles_end(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "b.txt").touch()
    (tmp_path / "d" / "up").symlink_to("..")

    assert fileset(tmp_path, "**").value == ["d/b.txt"]


def test_a_broken_link_is_told_where_the_pattern_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "broken").symlink_to("nowhere")

    assert fileset(tmp_path, "*.txt").value == ["a.txt"]
    assert 'failed to stat "broken"' in fileset(tmp_path, "*").diagnostics[0].detail
