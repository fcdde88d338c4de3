"""The ``variable`` and ``output`` blocks of a file in Terraform's own syntax, as the JSON syntax would have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from constructs_ims.backend.engine.lang import MappingScope, evaluate, parse_expression, syntax_errors, to_json

if TYPE_CHECKING:
    from lark import Token, Tree

_DECLARED: Final = {
    "variable": ("type", "default", "description", "sensitive", "nullable"),
    "output": ("description", "sensitive"),
}
_MENTIONED: Final = re.compile(r"\b(?:variable|output)\b")


class UnreadableError(Exception):
    """A file that is no HCL; the message says what was not expected, and where."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A ``variable`` or ``output`` block; ``place`` is that of its head: line, first and last column."""

    type: str
    name: str
    body: dict[str, Any]
    place: str
    rules: tuple[str, ...] = ()
    """The places of the validation rules."""


@lru_cache(maxsize=256)
def read_declarations(text: str) -> tuple[Declaration, ...]:
    """Read the declarations of a file; raise ``UnreadableError`` when it cannot be parsed."""
    if not _MENTIONED.search(text):
        return ()
    from hcl2.api import parses_to_tree
    from lark.exceptions import LarkError

    try:
        return tuple(_declarations(parses_to_tree(text), text))
    except LarkError as fault:
        raise UnreadableError(str(fault).strip().partition("\n")[0].rstrip(".")) from fault


def _declarations(tree: Tree[Token], text: str) -> Iterator[Declaration]:
    for block in _children(_children(tree, "body")[0], "block"):
        type_, *labels = (_label(part, text) for part in block.children if getattr(part, "data", "") in _LABELS)
        if type_ in _DECLARED and len(labels) == 1:
            rules = _rules(block, text) if type_ == "variable" else []
            body = _body(block, _DECLARED[type_], text) | ({"validation": [rule for rule, _ in rules]} if rules else {})
            yield Declaration(type_, labels[0], body, _place(block), tuple(place for _, place in rules))


_LABELS: Final = ("identifier", "string")


def _children(tree: Tree[Token], name: str) -> list[Any]:
    return [child for child in tree.children if getattr(child, "data", "") == name]


def _label(part: Any, text: str) -> str:
    return text[part.meta.start_pos : part.meta.end_pos].strip('"')


def _rules(block: Any, text: str) -> list[tuple[dict[str, str], str]]:
    """Return the validation rules of a variable, their expressions as templates, with their places."""
    inner = _children(_children(block, "body")[0], "block")
    return [
        ({name: f"${{{written}}}" for name, written in _written(one, text)}, _place(one))
        for one in inner
        if _label(one.children[0], text) == "validation"
    ]


def _written(block: Any, text: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each argument of a block with the text of its expression."""
    for attribute in _children(_children(block, "body")[0], "attribute"):
        identifier, *_, expression = attribute.children
        yield _label(identifier, text), text[expression.meta.start_pos : expression.meta.end_pos].strip()


def _place(block: Any) -> str:
    head = [part for part in block.children if getattr(part, "data", "") in _LABELS][-1]
    return f"{block.meta.line},{block.meta.column}-{head.meta.end_column}"


def _body(block: Any, names: tuple[str, ...], text: str) -> dict[str, Any]:
    return {
        name: written if name == "type" else _constant(written)
        for name, written in _written(block, text)
        if name in names
    }


def _constant(written: str) -> Any:
    """Return what a constant expression gives, None where it is none."""
    expression = parse_expression(written)
    result = None if syntax_errors(expression) else evaluate(expression, MappingScope())
    return to_json(result.value) if result is not None and result.ok else None
