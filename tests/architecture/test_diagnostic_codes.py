"""Code acts on what a diagnostic is by its code; its text is for readers, and changes when it reads better."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "constructs_ims"
ALLOWED = {
    # Where an error names the real engine, the command is said with it: there the name is what is looked for.
    "cli/project/turns.py: ENGINE not in diagnostic.detail",
    # Of a refusal that has been through Terraform, the text is all that is left.
    "backend/provider/image_metadata.py: diagnostic.detail != _ALLOW_REPLACEMENT",
}


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("summary", "detail")


def decisions(tree: ast.AST) -> Iterator[ast.expr]:
    """Comparisons of a diagnostic's texts, and calls such as ``one.detail.startswith(...)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(map(is_text, (node.left, *node.comparators))):
            yield node
        match node:
            case ast.Call(func=ast.Attribute(value=text, attr="startswith" | "endswith" | "find" | "count")):
                if is_text(text):
                    yield node


def test_no_code_decides_by_a_diagnostics_text() -> None:
    found = {
        f"{path.relative_to(PACKAGE).as_posix()}: {ast.unparse(node)}"
        for path in PACKAGE.rglob("*.py")
        for node in decisions(ast.parse(path.read_text(encoding="utf-8")))
    }

    assert found == ALLOWED
