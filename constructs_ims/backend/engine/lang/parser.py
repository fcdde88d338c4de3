"""The expression parser: operator precedence over a scanner that is read on demand.

Mirrors the grammar that Terraform's own parser has by hand, its treatment of newlines included: they separate the items
of an object and mean nothing inside parentheses, brackets and interpolations.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Final

from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.lexer import SyntaxFault, Token, next_token
from constructs_ims.backend.engine.lang.limits import BEYOND_LIMITS
from constructs_ims.backend.engine.lang.nodes import (
    Binary,
    Conditional,
    Expr,
    For,
    FunctionCall,
    GetAttribute,
    Index,
    Literal,
    Object,
    Splat,
    SplatElement,
    TemplateExpr,
    Traversal,
    Tuple,
    Unary,
    attribute_step,
)
from constructs_ims.backend.engine.lang.numbers import parse_number
from constructs_ims.backend.engine.lang.operators import BINARY, UNARY
from constructs_ims.schema.paths import IndexStep

MAX_DEPTH: Final = 120
"""How deep expressions may nest."""

_KEYWORDS: Final = {"true": Literal(True), "false": Literal(False), "null": Literal(None)}
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}


class Parser:
    """A cursor over one text. ``templates`` parses what stands inside quotes, given the parser at its start."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._depth = 0
        self._newlines_count = False
        self._ahead: Token | None = None

    # The cursor.

    def peek(self) -> Token:
        """Return the next token without taking it."""
        if self._ahead is None:
            token = next_token(self.text, self.position)
            while token.kind == "newline" and not self._newlines_count:
                token = next_token(self.text, token.end)
            self._ahead = token
        return self._ahead

    def take(self) -> Token:
        """Return the next token and go past it."""
        token = self.peek()
        self.jump(token.end)
        return token

    def jump(self, position: int) -> None:
        """Go on reading at ``position``."""
        self.position = position
        self._ahead = None

    def at(self, *texts: str) -> bool:
        """Tell whether the next token is one of these operators."""
        token = self.peek()
        return token.kind == "operator" and token.text in texts

    def at_name(self, name: str) -> bool:
        """Tell whether the next token is this word."""
        return self.peek()[:2] == ("name", name)

    def accept(self, text: str) -> bool:
        """Take the next token if it is this operator."""
        found = self.at(text)
        if found:
            self.take()
        return found

    def expect(self, text: str, summary: str, detail: str) -> Token:
        """Take this operator, or fail with the given words."""
        if not self.at(text):
            raise self.fault(summary, detail)
        return self.take()

    def fault(self, summary: str, detail: str, token: Token | None = None) -> SyntaxFault:
        """Make a fault at ``token``, or at the next one."""
        place = token or self.peek()
        return SyntaxFault(summary, detail, place.start, max(place.end, place.start + 1))

    @contextmanager
    def _newlines(self, count: bool) -> Iterator[None]:
        """Make newlines count, or not, for a stretch."""
        before, self._newlines_count = self._newlines_count, count
        self._ahead = None
        yield
        self._newlines_count = before
        self._ahead = None

    def counting_newlines(self) -> AbstractContextManager[None]:
        """Let newlines count for a stretch, as between the arguments of a body."""
        return self._newlines(True)

    def ignoring_newlines(self) -> AbstractContextManager[None]:
        """Let newlines mean nothing for a stretch, as inside an interpolation."""
        return self._newlines(False)

    @contextmanager
    def _nested(self) -> Iterator[None]:
        """Count one level of nesting."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.fault(
                "Expression too deeply nested", f"Expressions may nest {MAX_DEPTH} levels deep. {BEYOND_LIMITS}."
            )
        yield
        self._depth -= 1

    # Expressions, from the loosest binding to the tightest.

    def whole(self) -> Expr:
        """Parse an expression that is all of the text."""
        expr = self.expression()
        if self.peek().kind != "end":
            raise self.fault(
                "Extra characters after expression",
                "An expression was successfully parsed, but extra characters were found after it.",
            )
        return expr

    def expression(self) -> Expr:
        """Parse one expression."""
        with self._nested():
            start = self.peek().start
            condition = self._binary(1)
            if not self.accept("?"):
                return condition
            then = self.expression()
            self.expect(":", "Missing false expression in conditional", _MISSING_FALSE)
            return Conditional(condition, then, self.expression(), at=(start, self.position))

    def _binary(self, binding: int) -> Expr:
        start = self.peek().start
        left = self._unary()
        chained = 0
        while True:
            token = self.peek()
            row = BINARY.get(token.text) if token.kind == "operator" else None
            if row is None or row.binding < binding:
                return left
            self.take()
            chained += 1
            self._check_chain(chained, token)
            left = Binary(row.symbol, left, self._binary(row.binding + 1), at=(start, self.position))

    def _check_chain(self, length: int, token: Token) -> None:
        if length > MAX_DEPTH:
            raise self.fault(
                "Expression too deeply nested",
                f"At most {MAX_DEPTH} operators may stand in a row. {BEYOND_LIMITS}.",
                token,
            )

    def _unary(self) -> Expr:
        if self.at(*UNARY):
            with self._nested():
                sign = self.take()
                return Unary(sign.text, self._unary(), at=(sign.start, self.position))
        start = self.peek().start
        return self._steps(replace(self._term(), at=(start, self.position)))

    # What operators stand between.

    def _term(self) -> Expr:
        token = self.peek()
        match token.kind, token.text:
            case "name", _:
                return self._named()
            case "number", text:
                return self._number(self.take(), text)
            case "heredoc", _:
                return self._heredoc(self.take())
            case "operator", '"':
                return self._quoted()
            case "operator", "(":
                return self._parenthesised()
            case "operator", "[":
                return self._tuple_or_loop()
            case "operator", "{":
                return self._object_or_loop()
            case "end", _:
                raise self.fault(
                    "Missing expression", "Expected the start of an expression, but found the end of the file."
                )
            case _:
                raise self.fault("Invalid expression", _NO_START)

    def _number(self, token: Token, text: str) -> Expr:
        try:
            return Literal(parse_number(text))
        except ValueError:
            raise self.fault(
                "Invalid number literal", f"The number is too large or too small. {BEYOND_LIMITS}.", token
            ) from None

    def _named(self) -> Expr:
        name = self.take().text
        if self.at("(", "::"):
            return self._call(name)
        return _KEYWORDS.get(name) or Traversal(name)

    def _quoted(self) -> Expr:
        from constructs_ims.backend.engine.lang.template_parser import quoted_template

        self.take()
        return quoted_template(self)

    def _heredoc(self, opening: Token) -> Expr:
        from constructs_ims.backend.engine.lang.template_parser import heredoc_template

        return heredoc_template(self, opening)

    def _parenthesised(self) -> Expr:
        opening = self.take()
        with self._newlines(False):
            expr = self.expression()
            self._close(
                opening, "Unbalanced parentheses", "Expected a closing parenthesis to terminate the expression."
            )
        return expr

    def _close(self, opening: Token, summary: str, detail: str) -> None:
        """Take the closing bracket; it is read before newlines get their outer meaning back."""
        self.expect(_CLOSERS[opening.text], summary, detail)

    # Calls.

    def _call(self, name: str) -> Expr:
        while self.accept("::"):
            token = self.take()
            if token.kind != "name":
                raise self.fault(
                    "Missing function name",
                    "Function scope resolution symbol :: must be followed by a function name in this scope.",
                    token,
                )
            name = f"{name}::{token.text}"
        opening = self.expect(
            "(",
            "Missing open parenthesis",
            "Function selector must be followed by an open parenthesis to begin the function call.",
        )
        with self._newlines(False):
            arguments, expand = self._arguments(opening)
        return FunctionCall(name, arguments, expand, opened=opening.end)

    def _arguments(self, opening: Token) -> tuple[tuple[Expr, ...], bool]:
        arguments: list[Expr] = []
        while not self.accept(")"):
            arguments.append(self.expression())
            if self.accept(")"):
                break
            if self.accept("..."):
                self.expect(
                    ")",
                    "Missing closing parenthesis",
                    "An expanded function argument (with ...) must be immediately followed by closing parentheses.",
                )
                return tuple(arguments), True
            if not self.accept(","):
                raise self.fault(
                    "Missing argument separator",
                    "A comma is required to separate each function argument from the next.",
                )
        return tuple(arguments), False

    # Tuples, objects and for-expressions.

    def _tuple_or_loop(self) -> Expr:
        opening = self.take()
        with self._newlines(False):
            if self.at_name("for"):
                return self._loop(opening)
            return Tuple(tuple(self._tuple_items()))

    def _tuple_items(self) -> Iterator[Expr]:
        while not self.accept("]"):
            yield self.expression()
            if not self.at("]") and not self.accept(","):
                raise self.fault("Missing item separator", "Expected a comma to mark the beginning of the next item.")

    def _object_or_loop(self) -> Expr:
        opening = self.take()
        with self._newlines(True):
            if self._loop_follows():
                with self._newlines(False):
                    return self._loop(opening)
            return Object(tuple(self._object_items()))

    def _loop_follows(self) -> bool:
        """Tell ``{for x in y : ...}`` from ``{for = 1}``; newlines may stand before the word."""
        while self.peek().kind == "newline":
            self.take()
        if not self.at_name("for"):
            return False
        following = next_token(self.text, self.peek().end)
        return following.kind == "name"

    def _object_items(self) -> Iterator[tuple[Expr, Expr]]:
        while not self._object_ends():
            key = self._object_key()
            if not self.at("=", ":"):
                raise self.fault(
                    "Missing key/value separator",
                    'Expected an equals sign ("=") to mark the beginning of the attribute value.',
                )
            self.take()
            yield key, self.expression()
            if not self.at("}") and not self.at(",") and self.peek().kind != "newline":
                raise self.fault(
                    "Missing attribute separator",
                    "Expected a newline or comma to mark the beginning of the next attribute.",
                )
            self.accept(",")

    def _object_ends(self) -> bool:
        while self.peek().kind == "newline":
            self.take()
        return self.accept("}")

    def _object_key(self) -> Expr:
        """Parse a key: a bare word stands for itself, anything else is worked out."""
        first = self.peek()
        key = self.expression()
        match key:
            case Traversal(root, ()) if first.kind == "name":
                return Literal(normal_text(root), at=key.at)
            case Literal(True | False | None) if first.kind == "name":
                return Literal(first.text, at=key.at)
            case Traversal() if first.kind == "name":
                raise self.fault("Ambiguous attribute key", _AMBIGUOUS_KEY, first)
            case _:
                return key

    def _loop(self, opening: Token) -> Expr:
        self.take()
        key_name, value_name = self.loop_names("Invalid 'for' expression")
        collection = self.expression()
        self.expect(":", "Invalid 'for' expression", "For expression requires a colon after the collection expression.")
        key, value, group = self._loop_result(opening)
        condition = None
        if self.at_name("if"):
            self.take()
            condition = self.expression()
        self._close(opening, "Invalid 'for' expression", "Extra characters after the end of the 'for' expression.")
        return For(key_name, value_name, collection, key, value, condition, group)

    def loop_names(self, summary: str) -> tuple[str | None, str]:
        """Parse ``k, v in`` or ``v in``: the names of key and value."""
        first = self._loop_name(summary)
        second = self._loop_name(summary) if self.accept(",") else None
        if not self.at_name("in"):
            raise self.fault(summary, "For expression requires the 'in' keyword after its name declarations.")
        self.take()
        return (None, first) if second is None else (first, second)

    def _loop_name(self, summary: str) -> str:
        token = self.take()
        if token.kind != "name":
            raise self.fault(summary, "For expression requires variable name after 'for'.", token)
        return token.text

    def _loop_result(self, opening: Token) -> tuple[Expr | None, Expr, bool]:
        value = self.expression()
        if opening.text == "[":
            if self.at("=>"):
                raise self.fault("Invalid 'for' expression", "Key expression is not valid when building a tuple.")
            return None, value, False
        if not self.accept("=>"):
            raise self.fault("Invalid 'for' expression", "Key expression is required when building an object.")
        return value, self.expression(), self.accept("...")

    # Steps into a value: attributes, indexes and splats.

    def _steps(self, expr: Expr) -> Expr:
        while True:
            if self.at("."):
                expr = self._dot(expr)
            elif self.at("["):
                expr = self._bracket(expr)
            else:
                return expr

    def _dot(self, source: Expr) -> Expr:
        self.take()
        token = self.take()
        match token.kind, token.text:
            case "name", name:
                return attribute_of(source, name, self.position)
            case "number", text:
                return self._legacy_index(source, token, text)
            case "operator", "*":
                each = self._attribute_splat(SplatElement(at=(self.position, self.position)))
                return Splat(source, each, at=(source.at[0], self.position))
            case _:
                raise self.fault("Invalid attribute name", "An attribute name is required after a dot.", token)

    def _legacy_index(self, source: Expr, token: Token, text: str, in_splat: bool = False) -> Expr:
        """Parse ``a.0.b``; the scanner reads ``0.1`` of ``a.0.1`` as one number."""
        if text.count(".") == 1 and text.replace(".", "").isdecimal():
            right = "][".join(text.split("."))
            how = " with a full splat expression [*]" if in_splat else ""
            raise self.fault("Invalid legacy index syntax", f"{_CHAINED_INDEX}{how} instead, like [{right}].", token)
        if not text.isdecimal():
            raise self.fault("Invalid legacy index syntax", "Legacy index syntax takes whole numbers only.", token)
        return index_of(source, self._number(token, text), self.position)

    def _attribute_splat(self, each: Expr) -> Expr:
        while self.accept("."):
            token = self.take()
            match token.kind, token.text:
                case "name", name:
                    each = attribute_of(each, name, self.position)
                case "number", text:
                    each = self._legacy_index(each, token, text, in_splat=True)
                case "operator", "*":
                    raise self.fault(
                        "Nested splat expression not allowed",
                        "A splat expression (*) cannot be used inside another attribute-only splat expression.",
                        token,
                    )
                case _:
                    raise self.fault("Invalid attribute name", "An attribute name is required after a dot.", token)
        return each

    def _bracket(self, source: Expr) -> Expr:
        opening = self.take()
        with self._newlines(False):
            full = self.accept("*")
            if full:
                self._close(
                    opening,
                    "Missing close bracket on splat index",
                    'The star for a full splat operator must be immediately followed by a closing bracket ("]").',
                )
            else:
                key = self.expression()
                self._close(
                    opening,
                    "Missing close bracket on index",
                    'The index operator must end with a closing bracket ("]").',
                )
        if not full:
            return index_of(source, key, self.position)
        with self._nested():
            each = self._steps(SplatElement(at=(self.position, self.position)))
            return Splat(source, each, at=(source.at[0], self.position))


def attribute_of(source: Expr, name: str, end: int) -> Expr:
    """Step into an attribute, whose name ends at ``end``; a reference stays one reference."""
    at = (source.at[0], end)
    if isinstance(source, Traversal):
        return Traversal(source.root, (*source.steps, attribute_step(name)), at=at)
    return GetAttribute(source, name, at=at)


def index_of(source: Expr, key: Expr, end: int) -> Expr:
    """Step into an element, up to ``end``; a reference with a constant key stays one reference."""
    at = (source.at[0], end)
    constant = key.parts[0] if isinstance(key, TemplateExpr) and len(key.parts) == 1 else key
    if isinstance(source, Traversal) and isinstance(constant, Literal) and type(constant.value) in (int, str):
        return Traversal(source.root, (*source.steps, IndexStep(constant.value)), at=at)
    return Index(source, key, at=at)


_CHAINED_INDEX: Final = (
    "When using the legacy index syntax, chaining two indexes together is not permitted. Use the proper index syntax"
)
_MISSING_FALSE: Final = "The conditional operator (...?...:...) requires a false expression, delimited by a colon."
_NO_START: Final = "Expected the start of an expression, but found an invalid expression token."
_AMBIGUOUS_KEY: Final = (
    "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a literal "
    "name containing periods, wrap it in quotes to create a string literal."
)
