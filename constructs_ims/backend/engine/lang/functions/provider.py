"""The functions of the built-in provider ``terraform``: values as the language writes them, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from constructs_ims.backend.engine.lang.evaluate import evaluate
from constructs_ims.backend.engine.lang.functions.registry import FunctionError, Parameter, function
from constructs_ims.backend.engine.lang.lexer import SyntaxFault
from constructs_ims.backend.engine.lang.nodes import Expr, FunctionCall
from constructs_ims.backend.engine.lang.numbers import format_number
from constructs_ims.backend.engine.lang.parser import Parser
from constructs_ims.backend.engine.lang.references import children, references
from constructs_ims.backend.engine.lang.scope import MappingScope
from constructs_ims.backend.engine.lang.typed import Value, is_null, is_number
from constructs_ims.schema.types import STRING

_IDENTIFIER: Final = re.compile(r"[^\W\d][\w-]*")
_STRING: Final = re.compile(r'"(?:\\.|[^"\\])*"')
_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


@function("provider::terraform::encode_expr", Parameter("value"), result=STRING)
def encode_expr(value: Value) -> str:
    """Write a value as an expression of the language."""
    return "\n".join(_aligned(_indented(_written(value).split("\n"))))


@function("provider::terraform::encode_tfvars", Parameter("value"), result=STRING)
def encode_tfvars(value: Value) -> str:
    """Write an object as a variables file."""
    if not isinstance(value, dict):
        raise FunctionError(f"{_INVALID_VALUE}: must be an object whose attribute names {_BECOME}")
    for name in sorted(value):
        if not _IDENTIFIER.fullmatch(name):
            raise FunctionError(f'invalid variable name "{name}": must be a valid identifier, {_RULES}')
    text = "".join(f"{name} = {_written(value[name])}\n" for name in sorted(value))
    return "\n".join(_aligned(_indented(text.split("\n"))))


@function("provider::terraform::decode_tfvars", Parameter("src", STRING))
def decode_tfvars(text: str) -> Value:
    """Read a variables file: constant expressions by name."""
    try:
        assignments = list(_assignments(Parser(text)))
    except SyntaxFault as fault:
        raise FunctionError(f"invalid tfvars syntax: {fault.summary}; {fault.detail}") from None
    values: dict[str, Value] = {}
    for name, expr in assignments:
        if name in values:
            raise FunctionError(f'invalid tfvars syntax: Attribute redefined; The argument "{name}" was already set')
        values[name] = _constant(name, expr)
    return values


def _written(value: Value) -> str:
    if is_null(value):
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return format_number(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    members = [f"{_key(name)} = {_written(value[name])}\n" for name in sorted(value)]
    return "{\n" + "".join(members) + "}" if members else "{}"


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    escaped = "".join(map(_escaped, text)).replace("${", "$${").replace("%{", "%%{")
    return f'"{escaped}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _net_brackets(line: str) -> int:
    """Return how many more brackets a line opens than it closes."""
    bare = _STRING.sub("", line)
    return sum(bare.count(bracket) for bracket in "([{") - sum(bare.count(bracket) for bracket in ")]}")


def _indented(lines: list[str]) -> list[str]:
    """Indent by two blanks for each line that left brackets open."""
    opened: list[int] = []
    indented: list[str] = []
    for line in lines:
        net = _net_brackets(line)
        _close(opened, -net)
        indented.append("  " * len(opened) + line if line else line)
        if net > 0:
            opened.append(net)
    return indented


def _close(opened: list[int], closed: int) -> None:
    while closed > 0 and opened:
        closing = min(closed, opened[-1])
        opened[-1] -= closing
        closed -= closing
        if opened[-1] == 0:
            opened.pop()


def _aligned(lines: list[str]) -> Iterator[str]:
    """Put the equals signs of neighbouring assignments of one line each below one another."""
    chain: list[tuple[str, str]] = []
    for line in lines:
        name, sign, value = line.partition(" = ")
        if sign and not name.lstrip().startswith("}") and _net_brackets(value) == 0:
            chain.append((name, value))
            continue
        yield from _chain(chain)
        chain = []
        yield line
    yield from _chain(chain)


def _chain(assignments: list[tuple[str, str]]) -> Iterator[str]:
    width = max((len(name) for name, _ in assignments), default=0)
    return (f"{name.ljust(width)} = {value}" for name, value in assignments)


def _assignments(parser: Parser) -> Iterator[tuple[str, Expr]]:
    with parser.counting_newlines():
        while True:
            while parser.peek().kind == "newline":
                parser.take()
            if parser.peek().kind == "end":
                return
            yield _assignment(parser)


def _assignment(parser: Parser) -> tuple[str, Expr]:
    if parser.at('"'):
        raise parser.fault("Invalid argument name", "Argument names must not be quoted.")
    if parser.peek().kind != "name":
        raise parser.fault("Argument or block definition required", f"{_REQUIRED} is required here.")
    name = parser.take().text
    if parser.at("{", '"'):
        raise parser.fault(f'Unexpected "{name}" block', "Blocks are not allowed here.")
    parser.expect("=", "Argument or block definition required", f"{_REQUIRED} is required here.")
    expr = parser.expression()
    if parser.peek().kind not in ("newline", "end"):
        raise parser.fault("Missing newline after argument", "An argument definition must end with a newline.")
    return name, expr


def _constant(name: str, expr: Expr) -> Value:
    invalid = f'invalid expression for variable "{name}"'
    if _has_call(expr):
        raise FunctionError(f"{invalid}: Function calls not allowed; Functions may not be called here.")
    if next(iter(references(expr)), None) is not None:
        raise FunctionError(f"{invalid}: Variables not allowed; Variables may not be used here.")
    result = evaluate(expr, MappingScope())
    if not result.ok:
        fault = result.diagnostics[0]
        raise FunctionError(f"{invalid}: {fault.summary}; {fault.detail}")
    return result.value


def _has_call(expr: Expr) -> bool:
    return isinstance(expr, FunctionCall) or any(map(_has_call, children(expr)))


_INVALID_VALUE: Final = "invalid value to encode"
_BECOME: Final = "will become the encoded variable names"
_RULES: Final = "per Terraform's rules for input variable declarations"
_REQUIRED: Final = "An argument or block definition"
