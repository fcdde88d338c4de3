"""What stands around an expression while it is worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from constructs_ims.backend.engine.lang.nodes import Expr, Span
from constructs_ims.backend.engine.lang.origin import Origin, originating
from constructs_ims.backend.engine.lang.scope import Scope
from constructs_ims.backend.engine.lang.typed import Value
from constructs_ims.schema.diagnostics import Diagnostic, has_errors
from constructs_ims.schema.values import Unknown


class Frame:
    """A scope, the names that expressions themselves declare, the element of a splat, and the faults found so far."""

    __slots__ = ("_evaluate", "diagnostics", "element", "in_template", "scope", "variables")

    def __init__(self, scope: Scope, variables: Mapping[str, Value], evaluate: Callable[[Expr, Frame], Value]) -> None:
        self.scope = scope
        self.variables = variables
        self.element: Value = None
        self.diagnostics: list[Diagnostic] = []
        self.in_template = False
        self._evaluate = evaluate

    def report(self, *diagnostics: Diagnostic) -> None:
        """Keep faults."""
        self.diagnostics += diagnostics

    def blame(self, node: Expr, diagnostics: Iterable[Diagnostic], span: Span | None = None, called: str = "") -> None:
        """Keep faults of a node, at ``span`` within its text or at all of it, unless they know better themselves."""
        for one in diagnostics:
            part = getattr(node, one.origin) if isinstance(one.origin, str) else node
            where = span if span and part is node else part.at
            origin = Origin(part, where, part, self.scope, self.variables, called)
            self.diagnostics.append(originating(one, origin))

    def value(self, expr: Expr) -> Value:
        """Work out an expression here."""
        return self._evaluate(expr, self)

    def sound_value(self, expr: Expr) -> Value:
        """Work out an expression here; an error anywhere in it makes all of it unknown."""
        value, faults = self.aside(expr)
        self.report(*faults)
        return Unknown if has_errors(faults) else value

    def aside(self, expr: Expr) -> tuple[Value, list[Diagnostic]]:
        """Work out an expression here and return its faults instead of keeping them."""
        kept, self.diagnostics = self.diagnostics, []
        try:
            return self._evaluate(expr, self), self.diagnostics
        finally:
            self.diagnostics = kept

    def inner(self, variables: Mapping[str, Value] | None = None, element: Value = None) -> Frame:
        """Return a frame inside this one, with more names or another splat element; faults are shared."""
        frame = Frame(self.scope, self.variables, self._evaluate)
        if variables is not None:
            frame.variables = {**self.variables, **variables}
        frame.element = element if variables is None else self.element
        frame.diagnostics = self.diagnostics
        frame.in_template = self.in_template
        return frame
