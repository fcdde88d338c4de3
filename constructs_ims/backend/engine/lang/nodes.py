"""The expression tree: one closed family, which parser, evaluator and reference walker share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from constructs_ims.backend.engine.lang.typed import Value
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.paths import AttributeStep, PathStep, render_path

Span: TypeAlias = tuple[int, int]
"""Where something stands in the text it was parsed from: characters, the end exclusive."""

NOWHERE: Final[Span] = (0, 0)
"""The span of a node that was not parsed, or whose place nothing asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntaxNode:
    """What every node has: where it stands. Nodes are equal wherever they stand."""

    at: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal(SyntaxNode):
    """A constant."""

    value: Value


@dataclass(frozen=True, slots=True)
class Traversal(SyntaxNode):
    """A reference with constant steps: ``root.attribute[0].attribute``."""

    root: str
    steps: tuple[PathStep, ...] = ()


@dataclass(frozen=True, slots=True)
class GetAttribute(SyntaxNode):
    """An attribute of a computed value: ``f(x).name``."""

    source: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Index(SyntaxNode):
    """An element of a value: ``source[key]``, or ``source.0``."""

    source: Expr
    key: Expr


@dataclass(frozen=True, slots=True)
class Splat(SyntaxNode):
    """``source[*]`` or ``source.*``; ``each`` is applied to every element, which stands in it as ``SplatElement``."""

    source: Expr
    each: Expr


@dataclass(frozen=True, slots=True)
class SplatElement(SyntaxNode):
    """The element at hand in the innermost ``Splat``."""


@dataclass(frozen=True, slots=True)
class TemplateExpr(SyntaxNode):
    """Parts joined into one string."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class TemplateLoop(SyntaxNode):
    """``%{ for }``: the strings of a tuple, joined."""

    loop: For


@dataclass(frozen=True, slots=True)
class Tuple(SyntaxNode):
    """``[a, b]``."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Object(SyntaxNode):
    """``{a = b}``: pairs of a key and a value, in source order."""

    items: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True, slots=True)
class For(SyntaxNode):
    """``[for k, v in collection : value if condition]``; with ``key`` it makes an object, with ``group`` of tuples."""

    key_name: str | None
    value_name: str
    collection: Expr
    key: Expr | None
    value: Expr
    condition: Expr | None = None
    group: bool = False


@dataclass(frozen=True, slots=True)
class Conditional(SyntaxNode):
    """``condition ? then : otherwise``."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Binary(SyntaxNode):
    """An operator of ``operators.BINARY`` between two operands."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Unary(SyntaxNode):
    """An operator of ``operators.UNARY`` before its operand."""

    operator: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class FunctionCall(SyntaxNode):
    """A function call; with ``expand`` the last argument is a sequence of arguments (``f(a...)``)."""

    name: str
    arguments: tuple[Expr, ...]
    expand: bool
    opened: int = field(default=0, compare=False, repr=False, kw_only=True)
    """Where the opening parenthesis ends."""


@dataclass(frozen=True, slots=True)
class Invalid(SyntaxNode):
    """What could not be parsed, and why. Its value is unknown, its evaluation reports the diagnostics."""

    diagnostics: tuple[Diagnostic, ...]


Expr: TypeAlias = (
    Literal
    | Traversal
    | GetAttribute
    | Index
    | Splat
    | SplatElement
    | TemplateExpr
    | TemplateLoop
    | Tuple
    | Object
    | For
    | Conditional
    | Binary
    | Unary
    | FunctionCall
    | Invalid
)


@lru_cache(maxsize=4096)
def attribute_step(name: str) -> AttributeStep:
    """Return the step into attribute ``name``; equal steps are one object, which keeps parsing quick."""
    return AttributeStep(name)


def render_traversal(traversal: Traversal) -> str:
    """Write a traversal as a user would: ``huaweicloud_x.name[0].id``."""
    return render_path((AttributeStep(traversal.root), *traversal.steps))
