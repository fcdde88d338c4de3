"""Paths are cleaned as Go does: two slashes at the beginning are one."""

from __future__ import annotations

import pytest

from constructs_ims.backend.engine.lang import MappingScope, evaluate, parse_expression

PATHS = {
    'dirname("//a/b")': "/a",
    'dirname("//a")': "/",
    'dirname("/a")': "/",
    'dirname("a")': ".",
    'dirname("a//b/./c/../d")': "a/b",
    'abspath("//a/b")': "/a/b",
    'abspath("/a/../b")': "/b",
}


@pytest.mark.parametrize(("expression", "path"), PATHS.items(), ids=PATHS)
def test_path(expression: str, path: str) -> None:
    assert evaluate(parse_expression(expression), MappingScope({})).value == path
