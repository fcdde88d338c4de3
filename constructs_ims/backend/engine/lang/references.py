"""What an expression refers to, read off the tree that is evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from constructs_ims.backend.engine.lang.nodes import (
    Binary,
    Conditional,
    Expr,
    For,
    FunctionCall,
    GetAttribute,
    Index,
    Invalid,
    Literal,
    Object,
    Splat,
    SplatElement,
    TemplateExpr,
    TemplateLoop,
    Traversal,
    Tuple,
    Unary,
)
from constructs_ims.schema.diagnostics import Diagnostic


def references(expr: Expr, bound: frozenset[str] = frozenset()) -> tuple[Traversal, ...]:
    """Return every reference in source order, leaving out names that ``bound`` or a for-expression declares."""
    match expr:
        case Literal():
            return ()
        case Traversal(root):
            return () if root in bound else (expr,)
        case _:
            return tuple(_walk(expr, bound))


def _walk(expr: Expr, bound: frozenset[str]) -> Iterator[Traversal]:
    match expr:
        case Traversal(root):
            if root not in bound:
                yield expr
        case For():
            yield from _walk_loop(expr, bound)
        case _:
            for child in children(expr):
                yield from _walk(child, bound)


def _walk_loop(loop: For, bound: frozenset[str]) -> Iterator[Traversal]:
    yield from _walk(loop.collection, bound)
    inner = bound | {loop.value_name} | ({loop.key_name} if loop.key_name else set())
    for child in (loop.key, loop.value, loop.condition):
        if child is not None:
            yield from _walk(child, inner)


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions directly inside one, in source order."""
    match expr:
        case Literal() | Traversal() | SplatElement() | Invalid():
            return ()
        case TemplateExpr(parts) | Tuple(parts):
            return parts
        case FunctionCall(arguments=arguments):
            return arguments
        case GetAttribute(source):
            return (source,)
        case Index(source, key):
            return (source, key)
        case Splat(source, each):
            return (source, each)
        case Object(items):
            return tuple(part for item in items for part in item)
        case Conditional(condition, then, otherwise):
            return (condition, then, otherwise)
        case Binary(left=left, right=right):
            return (left, right)
        case Unary(operand=operand):
            return (operand,)
        case TemplateLoop(loop):
            return (loop,)
        case For():
            present = (expr.collection, expr.key, expr.value, expr.condition)
            return tuple(part for part in present if part is not None)
        case _:  # pragma: no cover
            assert_never(expr)


def is_constant(expr: Expr) -> bool:
    """Tell whether an expression is nothing but constants and tuples of them, which mean the same everywhere."""
    return isinstance(expr, Literal) or (isinstance(expr, Tuple) and all(map(is_constant, expr.items)))


def syntax_errors(expr: Expr) -> tuple[Diagnostic, ...]:
    """Return the faults of everything in the tree that could not be parsed."""
    if isinstance(expr, Invalid):
        return expr.diagnostics
    return tuple(fault for child in children(expr) for fault in syntax_errors(child))
