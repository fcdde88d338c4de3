"""The entry points of the parser: templates, expressions, JSON values and traversals in, expression trees out.

Constants and plain references, which is nearly all that a synthesized stack holds, never meet the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.nodes import (
    Expr,
    Index,
    Invalid,
    Literal,
    Object,
    Traversal,
    Tuple,
    attribute_step,
)
from constructs_ims.schema.diagnostics import SourcePosition, error
from constructs_ims.schema.paths import IndexStep, PathStep

_STEPS: Final = r'(?:\.[A-Za-z_][\w-]*|\[[0-9]{1,9}\]|\["[^"\\$%\n]*"\])*'
_REFERENCE: Final = re.compile(rf"\$\{{([A-Za-z_][\w-]*)({_STEPS})\}}", re.ASCII)
_STEP: Final = re.compile(r'\.([A-Za-z_][\w-]*)|\[([0-9]+)\]|\["([^"]*)"\]', re.ASCII)
_CONSTANT_WORDS: Final = frozenset({"true", "false", "null"})


def parse_template(text: str, filename: str | None = None, start: SourcePosition | None = None) -> Expr:
    """Parse a string of a JSON configuration; one that is a single ``${expression}`` keeps that one's type.

    ``filename`` and ``start`` place the diagnostics of a fault, which come back as an ``Invalid`` expression.
    """
    if "{" not in text or ("${" not in text and "%{" not in text):
        return Literal(normal_text(text))
    plain = _REFERENCE.fullmatch(text)
    if plain is not None and plain[1] not in _CONSTANT_WORDS:
        return Traversal(plain[1], _plain_steps(plain[2]), at=(2, len(text) - 1))
    return _parse(text, filename, start, _whole_template)


def _plain_steps(text: str) -> tuple[PathStep, ...]:
    if "[" not in text:
        return tuple(map(attribute_step, text.split(".")[1:]))
    return tuple(_plain_step(found) for found in _STEP.finditer(text))


def _plain_step(found: re.Match[str]) -> PathStep:
    name, position, key = found.groups()
    if name is not None:
        return attribute_step(name)
    return IndexStep(int(position)) if position is not None else IndexStep(normal_text(key))


def parse_expression(text: str, filename: str | None = None, start: SourcePosition | None = None) -> Expr:
    """Parse a bare expression, as it stands inside ``${ }`` or on a console line."""
    return _parse(text, filename, start, _whole_expression)


def parse_json(value: Any, filename: str | None = None, start: SourcePosition | None = None) -> Expr:
    """Parse a JSON value of a configuration: strings and object keys are templates, the rest stands for itself."""
    match value:
        case str():
            return parse_template(value, filename, start)
        case dict():
            items = value.items()
            return Object(
                tuple((parse_template(key, filename, start), parse_json(item, filename, start)) for key, item in items)
            )
        case list():
            return Tuple(tuple(parse_json(item, filename, start) for item in value))
        case float():
            from constructs_ims.backend.engine.lang.numbers import parse_number

            return Literal(parse_number(repr(value)))
        case _:
            return Literal(value)


def parse_traversal(text: str) -> Traversal | Invalid:
    """Parse a reference with constant steps: ``a.b[0]``, bare or as ``${a.b[0]}``.

    Terraform counts its places from the quote before it, not from its first letter.
    """
    bare = text[2:-1] if text.startswith("${") and text.endswith("}") else text
    plain = _REFERENCE.fullmatch(f"${{{bare}}}")
    if plain is not None:
        return Traversal(plain[1], _plain_steps(plain[2]), at=(-1, len(bare) - 1))
    match _parse(bare, None, None, _whole_expression):
        case Traversal() | Invalid() as parsed:
            return parsed
        case Index():
            return Invalid((error("Invalid expression", "A static reference takes constant index keys only."),))
        case _:
            return Invalid(
                (error("Invalid expression", f"A single static variable reference is required, not {text!r}."),)
            )


def _parse(text: str, filename: str | None, start: SourcePosition | None, rule: Callable[[str], Expr]) -> Expr:
    from constructs_ims.backend.engine.lang.lexer import Source, SyntaxFault

    try:
        return rule(text)
    except SyntaxFault as fault:
        return Invalid((Source(text, filename, start).diagnostic(fault),))
    except RecursionError:
        return Invalid((error("Expression too deeply nested", "Split the expression with local values."),))


def _whole_template(text: str) -> Expr:
    from constructs_ims.backend.engine.lang.parser import Parser
    from constructs_ims.backend.engine.lang.template_parser import bare_template

    return bare_template(Parser(text))


def _whole_expression(text: str) -> Expr:
    from constructs_ims.backend.engine.lang.parser import Parser

    return Parser(text).whole()
