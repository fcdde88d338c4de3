"""Code acts on what a diagnostic is by its code; its text is for readers, and changes when it reads better."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "constructs_ims"
ALLOWED = {
    # Where an error names the real engine, the command is said with it: there the name is what is looked for.
    "cli/project/turns.py: ENGINE not in diagnostic.detail",
    # Of a refusal that has been through Terraform, the text is all that is left.
    "backend/provider/image_metadata.py: diagnostic.detail != _ALLOW_REPLACEMENT",
    "backend/provider/image_metadata.py: diagnostic.summary.split(_BULLET)",
    # Nothing is decided: the text is laid out, or said again inside another.
    "backend/engine/render/diagnostics_text.py: diagnostic.detail.split('\\n')",
    "cli/terraform/commands/show.py: failure.diagnostics[0].detail.removeprefix('Error: ')",
}
READERS = frozenset(
    {"startswith", "endswith", "find", "index", "count", "split", "partition", "removeprefix", "removesuffix"}
)
"""Methods of texts by whose results code can decide."""
PATTERNS = frozenset({"match", "search", "fullmatch", "findall", "finditer"})
"""Functions and methods that match a pattern against a text."""


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("summary", "detail")


def decisions(tree: ast.AST) -> Iterator[ast.AST]:
    """Comparisons of a diagnostic's texts, calls such as ``one.detail.startswith(...)``, patterns and cases of them."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others) if any(map(is_text, (left, *others))):
                yield node
            case ast.Call(func=ast.Attribute(value=text, attr=method)) if method in READERS and is_text(text):
                yield node
            case ast.Call(func=ast.Attribute(attr=method), args=arguments) if method in PATTERNS:
                if any(map(is_text, arguments)):
                    yield node
            case ast.Match(subject=subject) if is_text(subject):
                yield node
            case ast.MatchClass(kwd_attrs=names) if {"summary", "detail"} & set(names):
                yield node


@pytest.mark.parametrize(
    "code",
    [
        'fault.summary == "No such image"',
        '"image" in fault.detail',
        'fault.detail.startswith("No")',
        'fault.detail.partition(": ")',
        're.search("image", fault.detail)',
        "match fault.summary:\n    case 'a': pass",
        "match fault:\n    case Diagnostic(summary='a'): pass",
    ],
)
def test_every_way_to_decide_by_a_text_is_seen(code: str) -> None:
    assert len(list(decisions(ast.parse(code)))) == 1


@pytest.mark.parametrize("code", ['f"{fault.summary}: {fault.detail}"', "shown[fault.summary]", 'fault.code == "a"'])
def test_texts_may_be_shown(code: str) -> None:
    assert list(decisions(ast.parse(code))) == []


def test_no_code_decides_by_a_diagnostics_text() -> None:
    found = {
        f"{path.relative_to(PACKAGE).as_posix()}: {ast.unparse(node)}"
        for path in PACKAGE.rglob("*.py")
        for node in decisions(ast.parse(path.read_text(encoding="utf-8")))
    }

    assert found == ALLOWED
