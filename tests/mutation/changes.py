"""Small changes of Python code, each of one place: what a slip of the hand, or an agent in haste, would do to it."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

_COMPARISONS: Final = {
    ast.Lt: (b"<", b"<="),
    ast.LtE: (b"<=", b"<"),
    ast.Gt: (b">", b">="),
    ast.GtE: (b">=", b">"),
    ast.Eq: (b"==", b"!="),
    ast.NotEq: (b"!=", b"=="),
    ast.In: (b"in", b"not in"),
    ast.NotIn: (b"not in", b"in"),
    ast.Is: (b"is", b"is not"),
    ast.IsNot: (b"is not", b"is"),
}
_ARITHMETIC: Final = {
    ast.Add: (b"+", b"-"),
    ast.Sub: (b"-", b"+"),
    ast.Mult: (b"*", b"//"),
    ast.FloorDiv: (b"//", b"*"),
    ast.Div: (b"/", b"*"),
    ast.Mod: (b"%", b"*"),
}
_NAMES: Final = {"min": b"max", "max": b"min", "any": b"all", "all": b"any"}
_TYPED: Final = (b"isinstance", b"issubclass", b"cast")
_SYMMETRICAL: Final = (b"same", b"hmac.compare_digest")
"""Functions that answer the same whichever argument comes first."""
_REMOVED: Final = (ast.Raise, ast.AugAssign, ast.Delete, ast.Continue, ast.Break, ast.Assert)


@dataclass(frozen=True)
class Change:
    """One place of one file, ``start`` to ``end`` in bytes, and the text that takes its place."""

    path: Path
    kind: str
    line: int
    statement: int
    """The first line of the statement that holds the place; coverage counts statements there."""
    start: int
    end: int
    text: bytes

    def apply(self, source: bytes) -> bytes:
        """The file with the change made."""
        return source[: self.start] + self.text + source[self.end :]

    def lines(self, source: bytes) -> tuple[str, str]:
        """The lines that differ, before and after, each joined into one without indentation."""
        before, after = source.decode().splitlines(), self.apply(source).decode().splitlines()
        removed, added = [], []
        for tag, low, high, new_low, new_high in difflib.SequenceMatcher(
            a=before, b=after, autojunk=False
        ).get_opcodes():
            if tag != "equal":
                removed += before[low:high]
                added += after[new_low:new_high]
        return " ".join(map(str.strip, removed)), " ".join(map(str.strip, added))


def changes(path: Path) -> Iterator[Change]:
    """All changes of a file that are tried, in the order of the text."""
    source = path.read_bytes()
    yield from _Places(path, source).visit_statements(ast.parse(source).body)


class _Places:
    """Finds the places of one file; annotations and docstrings have none."""

    def __init__(self, path: Path, source: bytes) -> None:
        self._path = path
        self._source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def visit_statements(self, statements: list[ast.stmt]) -> Iterator[Change]:
        for statement in statements:
            yield from self._statement(statement)
            yield from self._inside(statement, statement.lineno)

    def _inside(self, node: ast.AST, statement: int) -> Iterator[Change]:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_params", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.stmt):
                    yield from self.visit_statements([child])
                elif isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):  # no exact places before 3.12
                    yield from self._expression(child, statement)
                    yield from self._inside(child, statement)

    def _statement(self, node: ast.stmt) -> Iterator[Change]:
        line = node.lineno
        match node:
            case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom()):
                yield self._replace("removed statement", node, b"pass", line)
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                yield self._replace("removed statement", node, b"pass", line)
            case _ if isinstance(node, _REMOVED):
                yield self._replace(f"removed {type(node).__name__.lower()}", node, b"pass", line)
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
                yield self._replace("returned None", value, b"None", line)
            case ast.If(test=test) | ast.While(test=test):
                yield self._replace("negated condition", test, b"not (" + self._text(test) + b")", line)
            case ast.With(items=[ast.withitem(context_expr=held, optional_vars=None)]) if (
                b"lock" in self._text(held).lower()
            ):
                yield self._between("removed lock", self._offset(node), self._end(held), b"if True", line, line)

    def _expression(self, node: ast.AST, statement: int) -> Iterator[Change]:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=rights):
                for low, operator, high in zip([left, *rights], ops, rights, strict=False):
                    yield from self._operator("comparison", low, high, _COMPARISONS[type(operator)], statement)
            case ast.BoolOp(op=operator, values=values):
                swap = (b"and", b"or") if isinstance(operator, ast.And) else (b"or", b"and")
                for low, high in pairwise(values):
                    yield from self._operator("and/or", low, high, swap, statement)
            case ast.BinOp(left=low, op=operator, right=high) if type(operator) in _ARITHMETIC:
                yield from self._operator("arithmetic", low, high, _ARITHMETIC[type(operator)], statement)
            case ast.UnaryOp(op=ast.Not()):
                start = self._offset(node)
                yield self._between("removed not", start, start + len(b"not"), b"", node.lineno, statement)
            case ast.Constant(value=bool() as value):
                yield self._replace("constant", node, str(not value).encode(), statement)
            case ast.Constant(value=int() as value):
                yield self._replace("constant", node, str(value + 1).encode(), statement)
                if value > 1:
                    yield self._replace("constant", node, str(value - 1).encode(), statement)
            case ast.IfExp(test=test):
                yield self._replace("negated condition", test, b"not (" + self._text(test) + b")", statement)
            case ast.comprehension(ifs=conditions):
                for test in conditions:
                    yield self._replace("removed condition", test, b"True", statement)
            case ast.Call(func=ast.Name(id=name) as called) if name in _NAMES:
                yield self._replace("function", called, _NAMES[name], statement)
            case ast.Call(args=[ast.Name() | ast.Attribute() as first, ast.Name() | ast.Attribute() as second, *_]):
                swapped = self._text(second) + b", " + self._text(first)
                if self._text(node.func) not in _TYPED + _SYMMETRICAL and self._text(first) != self._text(second):
                    start, end = self._offset(first), self._end(second)
                    yield self._between("swapped arguments", start, end, swapped, first.lineno, statement)
            case ast.ExceptHandler(type=ast.expr() as caught):
                yield self._replace("removed except", caught, b"()", caught.lineno)

    def _operator(
        self, kind: str, low: ast.expr, high: ast.expr, swap: tuple[bytes, bytes], statement: int
    ) -> Iterator[Change]:
        start, end = self._end(low), self._offset(high)
        gap = self._source[start:end]
        if gap.count(swap[0]) == 1:
            yield self._between(kind, start, end, gap.replace(*swap), low.end_lineno or low.lineno, statement)

    def _replace(self, kind: str, node: ast.stmt | ast.expr, text: bytes, statement: int) -> Change:
        return self._between(kind, self._offset(node), self._end(node), text, node.lineno, statement)

    def _between(self, kind: str, start: int, end: int, text: bytes, line: int, statement: int) -> Change:
        return Change(self._path, kind, line, statement, start, end, text)

    def _offset(self, node: ast.stmt | ast.expr) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.stmt | ast.expr) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.expr) -> bytes:
        return self._source[self._offset(node) : self._end(node)]
