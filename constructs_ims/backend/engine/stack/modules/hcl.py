"""Declarations, calls and objects of a file in Terraform's own syntax, as the JSON syntax would have them."""

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
    return tuple(_declarations(_parsed(text), text)) if _MENTIONED.search(text) else ()


@lru_cache(maxsize=256)
def read_calls_and_objects(text: str) -> dict[str, Any]:
    """Read module calls, objects and required providers; raise ``UnreadableError`` when a file cannot be parsed.

    Calls have no argument but ``source``, resources and data sources none but ``provider``, as they are written.
    """
    content: dict[str, Any] = {}
    for block in _children(_parsed(text), "block"):
        type_, *labels = _labels(block, text)
        written = dict(_written(block, text))
        if type_ in ("resource", "data") and len(labels) == 2:
            body = {"provider": written["provider"].strip('"')} if "provider" in written else {}
            content.setdefault(type_, {}).setdefault(labels[0], {})[labels[1]] = body
        elif type_ == "module" and len(labels) == 1:
            content.setdefault(type_, {})[labels[0]] = {"source": _constant(written.get("source", "null"))}
        elif type_ == "terraform":
            required = content.setdefault(type_, {}).setdefault("required_providers", {})
            for inner in _children(_children(block, "body")[0], "block"):
                if _labels(inner, text) == ["required_providers"]:
                    required |= {name: _requirement(value) for name, value in _written(inner, text)}
    return content


def _requirement(written: str) -> dict[str, str]:
    """Return source and version of a requirement, which may have references beside them."""
    return {"version": written.strip('"')} if written.startswith('"') else dict(_REQUIREMENT.findall(written))


_REQUIREMENT: Final = re.compile(r'\b(source|version)\s*=\s*"([^"]*)"')


def _parsed(text: str) -> Tree[Token]:
    """Return the body of a file; raise ``UnreadableError`` when it cannot be parsed."""
    from hcl2.api import parses_to_tree
    from lark.exceptions import LarkError

    try:
        body: Tree[Token] = _children(parses_to_tree(text), "body")[0]
    except LarkError as fault:
        raise UnreadableError(str(fault).strip().partition("\n")[0].rstrip(".")) from fault
    return body


def _labels(block: Any, text: str) -> list[str]:
    return [_label(part, text) for part in block.children if getattr(part, "data", "") in _LABELS]


def _declarations(body: Tree[Token], text: str) -> Iterator[Declaration]:
    for block in _children(body, "block"):
        type_, *labels = _labels(block, text)
        if type_ in _DECLARED and len(labels) == 1:
            rules = _rules(block, text) if type_ == "variable" else []
            given = _body(block, _DECLARED[type_], text) | (
                {"validation": [rule for rule, _ in rules]} if rules else {}
            )
            yield Declaration(type_, labels[0], given, _place(block), tuple(place for _, place in rules))


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
