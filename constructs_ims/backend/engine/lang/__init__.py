"""Terraform's expression language: templates and expressions parsed, referred to, evaluated and shown.

Parsing (``parse_template``, ``parse_expression``, ``parse_json``, ``parse_traversal``) never raises for what a user
wrote: a fault becomes an ``Invalid`` node, which ``syntax_errors`` finds. ``references`` reads off what an expression
refers to. ``evaluate`` works one out in a ``Scope`` and returns a ``Result`` with the value and all diagnostics.

Values are plain Python: ``None``, ``Unknown``, ``bool``, ``str``, ``int`` (``Decimal`` with a fraction), ``list`` for
tuples, ``dict`` for objects, and ``TfList``, ``TfSet``, ``TfMap`` (subclasses of those) where a typed collection is.
``Sensitive`` wraps what must not be shown, anywhere inside a value.
"""

from constructs_ims.backend.engine.lang.console_text import render_console
from constructs_ims.backend.engine.lang.convert import ConversionError, convert, typed
from constructs_ims.backend.engine.lang.equality import equal, make_set
from constructs_ims.backend.engine.lang.evaluate import Result, evaluate, evaluate_typed
from constructs_ims.backend.engine.lang.jsonvalue import encode_json, from_json, to_json
from constructs_ims.backend.engine.lang.marks import is_sensitive, mark, mark_paths, unmark
from constructs_ims.backend.engine.lang.nodes import Expr, Invalid, Literal, Traversal, render_traversal
from constructs_ims.backend.engine.lang.parse import parse_expression, parse_json, parse_template, parse_traversal
from constructs_ims.backend.engine.lang.references import is_constant, references, syntax_errors
from constructs_ims.backend.engine.lang.scope import (
    EvaluationError,
    FunctionSettings,
    MappingScope,
    Scope,
    undeclared,
)
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    TfList,
    TfMap,
    TfSet,
    TypeNotation,
    Value,
    is_null,
    is_unknown,
    null,
    type_of,
    unknown,
)

__all__ = [
    "ConversionError",
    "EvaluationError",
    "Expr",
    "FunctionSettings",
    "Invalid",
    "Literal",
    "MappingScope",
    "Result",
    "Scope",
    "Sensitive",
    "TfList",
    "TfMap",
    "TfSet",
    "Traversal",
    "TypeNotation",
    "Value",
    "convert",
    "encode_json",
    "equal",
    "evaluate",
    "evaluate_typed",
    "from_json",
    "is_constant",
    "is_null",
    "is_sensitive",
    "is_unknown",
    "make_set",
    "mark",
    "mark_paths",
    "null",
    "parse_expression",
    "parse_json",
    "parse_template",
    "parse_traversal",
    "references",
    "render_console",
    "render_traversal",
    "syntax_errors",
    "to_json",
    "type_of",
    "typed",
    "undeclared",
    "unknown",
    "unmark",
]
