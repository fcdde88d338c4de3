"""What a fault of an expression is about: the part at fault, and the values that explain it, in Terraform's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from constructs_ims.backend.engine.lang.access import step_into
from constructs_ims.backend.engine.lang.marks import is_sensitive
from constructs_ims.backend.engine.lang.nodes import (
    Binary,
    Conditional,
    Expr,
    For,
    FunctionCall,
    GetAttribute,
    Index,
    Object,
    Span,
    Splat,
    TemplateExpr,
    Traversal,
    Tuple,
)
from constructs_ims.backend.engine.lang.nodes import Literal as Constant
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.lang.references import children, references
from constructs_ims.backend.engine.lang.scope import EvaluationError, Scope
from constructs_ims.backend.engine.lang.typed import Value, is_null, is_unknown, type_of
from constructs_ims.schema.diagnostics import Diagnostic, Explanation, Signature
from constructs_ims.schema.paths import AttributeStep, PathStep
from constructs_ims.schema.types import (
    DynamicType,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    friendly_name,
)

Cause: TypeAlias = Literal["", "unknown", "sensitive"]
"""What of its values a fault comes from, beside their content: only then is an unknown or a hidden value spoken of."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The part of an expression that a fault arose in.

    ``node`` holds that part, ``span`` says where in its text the fault is (None: the whole of the value that was
    written). ``about`` is the expression whose references explain the fault, in ``scope`` and ``variables``, None when
    nothing does. ``root`` is the expression that was evaluated, known once the evaluation is over.
    """

    node: Expr
    span: Span | None = None
    about: Expr | None = None
    scope: Scope | None = None
    variables: Mapping[str, Value] = field(default_factory=dict)
    called: str = ""
    cause: Cause = ""
    root: Expr | None = None

    def explanation(self) -> Explanation | None:
        """Return what stood around the expression; None when nothing explains the fault."""
        if self.about is None:
            return None
        return Explanation(tuple(sorted(self._statements(self.about))), self.called, _signature(self.called))

    def text_in(self, value: Any) -> tuple[tuple[str | int, ...], str, bool] | None:
        """Return which of the strings in a JSON ``value`` the fault is in, and whether that is an object's key."""
        return None if self.root is None else _text_of(self.node, self.root, value)

    def _statements(self, about: Expr) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        for traversal in references(about):
            found = self._resolved(traversal)
            if found is None or found[0] in seen:
                continue
            seen.add(found[0])
            if statement := self._statement(found[1]):
                yield found[0], statement

    def _resolved(self, traversal: Traversal) -> tuple[str, Value] | None:
        """Return the longest part of a reference that leads to a value, and the value; a root alone says nothing."""
        for length in range(len(traversal.steps), 0, -1):
            part = Traversal(traversal.root, traversal.steps[:length])
            try:
                return shown_traversal(part), self._value(part)
            except EvaluationError:
                continue
        return None

    def _value(self, traversal: Traversal) -> Value:
        steps: tuple[PathStep, ...]
        if traversal.root in self.variables:
            value, steps = self.variables[traversal.root], traversal.steps
        elif self.scope is not None:
            value, steps = self.scope.resolve(traversal)
        else:
            raise EvaluationError
        for step in steps:
            value = step_into(value, step)
        return value

    def _statement(self, value: Value) -> str | None:
        if is_sensitive(value):
            return "has a sensitive value" if self.cause == "sensitive" else None
        if not is_unknown(value):
            return f"is {compact(value)}"
        type_ = type_of(value)
        if isinstance(type_, DynamicType):
            return "will be known only after apply" if self.cause == "unknown" else None
        known = ", known only after apply" if self.cause == "unknown" else ""
        return f"is a {friendly_name(type_)}{known}"


def originating(diagnostic: Diagnostic, origin: Origin) -> Diagnostic:
    """Return a diagnostic with its origin, unless it has a better one already."""
    return diagnostic if isinstance(diagnostic.origin, Origin) else replace(diagnostic, origin=origin)


def rooted(diagnostic: Diagnostic, root: Expr) -> Diagnostic:
    """Return a diagnostic that knows the expression that was evaluated as a whole."""
    origin = diagnostic.origin
    if not isinstance(origin, Origin) or origin.root is not None:
        return diagnostic
    return replace(diagnostic, origin=replace(origin, root=root))


def explained(
    diagnostic: Diagnostic,
    expression: Expr,
    scope: Scope | None,
    variables: Mapping[str, Value] | None = None,
    cause: Cause = "",
) -> Diagnostic:
    """Return a diagnostic on the value of a whole expression, with what explains that value."""
    about = Origin(expression, None, expression, scope, variables or {}, cause=cause, root=expression)
    return originating(diagnostic, about)


def at_reference(diagnostic: Diagnostic, traversal: Traversal, root: Expr, steps: slice | None = None) -> Diagnostic:
    """Return a diagnostic on a reference within ``root``, or on some of its steps."""
    span = reference_span(traversal) if steps is None else steps_span(traversal, steps, with_root=not steps.stop)
    return originating(diagnostic, Origin(traversal, span, root=root))


def reference_span(traversal: Traversal) -> Span:
    """Return where the part of a reference stands that names an object: ``var.x`` of ``var.x.y``."""
    return steps_span(traversal, slice(0, _named_by(traversal)), with_root=True)


def steps_span(traversal: Traversal, steps: slice, *, with_root: bool = False) -> Span:
    """Return where some steps of a reference stand, as they are usually written."""
    start, stop, _ = steps.indices(len(traversal.steps))
    root_end = traversal.at[0] + len(traversal.root)
    begin = root_end + sum(map(_width, traversal.steps[:start]))
    end = begin + sum(map(_width, traversal.steps[start:stop]))
    return (traversal.at[0] if with_root else begin, end if stop < len(traversal.steps) else traversal.at[1])


def _named_by(traversal: Traversal) -> int:
    """Return how many steps of a reference belong to the name of what it refers to."""
    if traversal.root in ("data", "resource", "ephemeral", "module"):
        return 2
    if traversal.root == "self":
        return 0
    keyed = len(traversal.steps) > 1 and not isinstance(traversal.steps[1], AttributeStep)
    return 2 if keyed and traversal.root not in _NAMED_BY_ONE else 1


_NAMED_BY_ONE: Final = frozenset({"var", "local", "each", "count", "path", "terraform"})


def _width(step: PathStep) -> int:
    if isinstance(step, AttributeStep):
        return 1 + len(step.name)
    return 2 + len(str(step.key)) + (2 if isinstance(step.key, str) else 0)


def start_span(expr: Expr) -> Span:
    """Return where an expression begins, as far as its kind tells what it is."""
    begin, end = expr.at
    match expr:
        case FunctionCall(opened=opened):
            return begin, opened
        case Constant(str()):
            return begin + 1, end - 1
        case Tuple() | Object() | For():
            return begin, begin + 1
        case Binary(left=first) | Conditional(condition=first) | Index(source=first) | GetAttribute(source=first):
            return start_span(first)
        case Splat(source=source):
            return source.at[1], expr.each.at[0]
        case TemplateExpr(parts) if parts and parts[0].at != (0, 0):
            return start_span(parts[0])
        case _:
            return begin, end


def _text_of(node: Expr, root: Expr, value: Any) -> tuple[tuple[str | int, ...], str, bool] | None:
    match value, root:
        case str(), _:
            return ((), value, False) if _holds(root, node) else None
        case list(), Tuple(items):
            for position, (item, inner) in enumerate(zip(items, value, strict=False)):
                if found := _text_of(node, item, inner):
                    return (position, *found[0]), *found[1:]
        case dict(), Object(pairs):
            for (key_expr, item), (key, inner) in zip(pairs, value.items(), strict=False):
                if _holds(key_expr, node):
                    return (key,), key, True
                if found := _text_of(node, item, inner):
                    return (key, *found[0]), *found[1:]
    return None


def _holds(tree: Expr, node: Expr) -> bool:
    return tree is node or any(_holds(child, node) for child in children(tree))


def shown_traversal(traversal: Traversal) -> str:
    """Write a reference as explanations do: keys that are no texts or numbers are left out."""
    return traversal.root + "".join(
        f".{step.name}" if isinstance(step, AttributeStep) else f"[{compact(step.key)}]" for step in traversal.steps
    )


def compact(value: Value) -> str:
    """Write a value in a few words: a primitive as it is, of the rest the kind and the size."""
    if is_null(value):
        return "null"
    if is_unknown(value):
        return "(not yet known)"
    match value:
        case bool():
            return str(value).lower()
        case int() | Decimal():
            return _number(Decimal(value))
        case str():
            return quote(value)
    match type_of(value):
        case ListType() | SetType() | MapType() | TupleType() as type_:
            return _sized(friendly_name(type_), len(value))
        case ObjectType(attributes):
            return _object(list(attributes))
        case type_:
            return friendly_name(type_)


def _number(number: Decimal) -> str:
    """Write a number with ten digits, as Go's ``%.10g`` does."""
    return f"{float(number):.10g}"


def _sized(name: str, size: int) -> str:
    if not size:
        return f"empty {name}"
    return f"{name} with 1 element" if size == 1 else f"{name} with {size} elements"


def _object(names: list[str]) -> str:
    if not names:
        return "object with no attributes"
    return f'object with 1 attribute "{names[0]}"' if len(names) == 1 else f"object with {len(names)} attributes"


def _signature(called: str) -> Signature | None:
    from constructs_ims.backend.engine.lang.functions.registry import find, static_result

    declared = find(called) if called else None
    if declared is None:
        return None
    parameters = tuple((parameter.name, parameter.type) for parameter in declared.parameters)
    variadic = (declared.variadic.name, declared.variadic.type) if declared.variadic else None
    return Signature(parameters, variadic, static_result(declared))
