"""The operators, as one table that parser and evaluator both read."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from constructs_ims.backend.engine.lang import numbers
from constructs_ims.schema.types import BOOL, DYNAMIC, NUMBER, Type


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: how tightly it binds (higher is tighter), what it takes, what it gives, and how it is worked out."""

    symbol: str
    binding: int
    operand: Type
    result: Type
    apply: Callable[..., Any]


BINARY: Final[dict[str, Operator]] = {
    row.symbol: row
    for row in (
        Operator("||", 1, BOOL, BOOL, operator.or_),
        Operator("&&", 2, BOOL, BOOL, operator.and_),
        Operator("==", 3, DYNAMIC, BOOL, operator.eq),
        Operator("!=", 3, DYNAMIC, BOOL, operator.ne),
        Operator("<", 4, NUMBER, BOOL, operator.lt),
        Operator("<=", 4, NUMBER, BOOL, operator.le),
        Operator(">", 4, NUMBER, BOOL, operator.gt),
        Operator(">=", 4, NUMBER, BOOL, operator.ge),
        Operator("+", 5, NUMBER, NUMBER, numbers.add),
        Operator("-", 5, NUMBER, NUMBER, numbers.subtract),
        Operator("*", 6, NUMBER, NUMBER, numbers.multiply),
        Operator("/", 6, NUMBER, NUMBER, numbers.divide),
        Operator("%", 6, NUMBER, NUMBER, numbers.modulo),
    )
}
"""Operators between two operands, by symbol. Equality takes any type and is worked out by the evaluator."""

UNARY: Final[dict[str, Operator]] = {
    "-": Operator("-", 7, NUMBER, NUMBER, numbers.negate),
    "!": Operator("!", 7, BOOL, BOOL, operator.not_),
}
"""Operators before one operand, by symbol."""
