"""The template parser: literal text, ``${ }`` interpolations and ``%{ }`` directives, in quotes, heredocs and bare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.lexer import SyntaxFault, Token
from constructs_ims.backend.engine.lang.limits import BEYOND_LIMITS
from constructs_ims.backend.engine.lang.nodes import Conditional, Expr, For, Literal, TemplateExpr, TemplateLoop
from constructs_ims.backend.engine.lang.parser import MAX_DEPTH, Parser
from constructs_ims.schema.diagnostics import did_you_mean

_MARK: Final = re.compile(r"\$\$\{|%%\{|\$\{~?|%\{~?")
_QUOTED_MARK: Final = re.compile(r'\$\$\{|%%\{|\$\{~?|%\{~?|["\n\\]')
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_UNICODE: Final = re.compile(r"u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})")
_INDENT: Final = re.compile(r"^[ \t]*(?=\S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a template. ``kind`` is ``text``, ``value`` or a directive's word; ``expr`` is what it holds.

    ``trim_before`` and ``trim_after`` are its ``~`` marks.
    """

    kind: str
    start: int
    text: str = ""
    expr: Expr | None = None
    names: tuple[str | None, str] = (None, "")
    trim_before: bool = False
    trim_after: bool = False


def bare_template(parser: Parser) -> Expr:
    """Parse the rest of the text as a template."""
    return _assemble(list(_pieces(parser, quoted=False)))


def quoted_template(parser: Parser) -> Expr:
    """Parse a template up to its closing quote; the opening one has been taken."""
    return _assemble(list(_pieces(parser, quoted=True)))


def heredoc_template(parser: Parser, opening: Token) -> Expr:
    """Parse a heredoc; its first line has been taken. ``<<-`` takes the common indent off."""
    marker = opening.text.strip().lstrip("<-")
    end = re.compile(rf"^[ \t]*{re.escape(marker)}(?![\w-])", re.MULTILINE).search(parser.text, opening.end)
    if end is None:
        detail = f'No closing marker was found for the string: expected "{marker}" on a line of its own.'
        raise SyntaxFault("Unterminated template string", detail, opening.start, opening.end)
    content = parser.text[opening.end : end.start()]
    parser.jump(end.end())
    return bare_template(Parser(_dedent(content) if opening.text.startswith("<<-") else content))


def _dedent(content: str) -> str:
    indents = [len(found[0]) for found in _INDENT.finditer(content)]
    width = min(indents, default=0)
    return re.sub(rf"^[ \t]{{1,{width}}}", "", content, flags=re.MULTILINE) if width else content


def _pieces(parser: Parser, *, quoted: bool) -> Iterator[_Piece]:
    marks = _QUOTED_MARK if quoted else _MARK
    start, literal = parser.position, ""
    while True:
        found = marks.search(parser.text, parser.position)
        if found is None:
            break
        literal += parser.text[parser.position : found.start()]
        parser.jump(found.end())
        if found[0] == '"':
            yield _Piece("text", start, literal)
            return
        if found[0][:2] not in ("${", "%{"):
            literal += _escape(parser, found)
            continue
        yield _Piece("text", start, literal)
        yield _control(parser, found, quoted)
        start, literal = parser.position, ""
    if quoted:
        raise SyntaxFault("Unterminated template string", _UNTERMINATED, start, len(parser.text))
    yield _Piece("text", start, literal + parser.text[parser.position :])
    parser.jump(len(parser.text))


def _escape(parser: Parser, found: re.Match[str]) -> str:
    """Read what a doubled sign, or a backslash inside quotes, stands for."""
    if found[0] in ("$${", "%%{"):
        return found[0][1:]
    if found[0] == "\n":
        raise SyntaxFault("Invalid multi-line string", _MULTI_LINE, found.start())
    selector = parser.text[found.end() : found.end() + 1]
    if selector in _ESCAPES and selector:
        parser.jump(found.end() + 1)
        return _ESCAPES[selector]
    return _unicode(parser, found, selector)


def _unicode(parser: Parser, found: re.Match[str], selector: str) -> str:
    number = _UNICODE.match(parser.text, found.end())
    code = int(number[1] or number[2], 16) if number else 0x110000
    if number is None or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        detail = f'The symbol "{selector}" is not a valid escape sequence selector.'
        raise SyntaxFault("Invalid escape sequence", detail, found.start(), found.end() + 1)
    parser.jump(number.end())
    return chr(code)


def _control(parser: Parser, found: re.Match[str], quoted: bool) -> _Piece:
    piece = _interpolation(parser, found) if found[0][0] == "$" else _directive(parser, found)
    return replace(piece, trim_before=found[0].endswith("~"), trim_after=_close(parser, piece, quoted))


def _interpolation(parser: Parser, found: re.Match[str]) -> _Piece:
    with parser.ignoring_newlines():
        if parser.at("}"):
            raise parser.fault(
                "Invalid expression", "Expected the start of an expression, but found an invalid expression token."
            )
        return _Piece("value", found.start(), expr=parser.expression())


def _close(parser: Parser, piece: _Piece, quoted: bool) -> bool:
    """Take ``}`` or ``~}``; tell whether it trims."""
    kind = piece.kind
    with parser.ignoring_newlines():
        trim = parser.accept("~")
        if kind == "value":
            _check_closed(parser, piece, quoted)
            parser.expect("}", "Extra characters after interpolation expression", _EXTRA_IN_INTERPOLATION)
        else:
            parser.expect(
                "}", f"Extra characters in {kind} marker", f"Expected a closing brace after the {kind} marker."
            )
    return trim


def _check_closed(parser: Parser, piece: _Piece, quoted: bool) -> None:
    if parser.peek().kind == "end" or (quoted and parser.at('"')):
        end = "quoted template" if quoted else "file"
        detail = _UNCLOSED.format(end=end)
        raise SyntaxFault("Unclosed template interpolation sequence", detail, piece.start, piece.start + 2)


def _directive(parser: Parser, found: re.Match[str]) -> _Piece:
    with parser.ignoring_newlines():
        word = parser.take()
        match word.text:
            case "if":
                return _Piece("if", found.start(), expr=parser.expression())
            case "for":
                return _loop_head(parser, found.start())
            case "else" | "endif" | "endfor":
                return _Piece(word.text, found.start())
            case _ if word.kind != "name":
                raise parser.fault("Invalid template directive", _NEEDS_KEYWORD, word)
            case _:
                meant = did_you_mean(word.text, ("if", "for", "else", "endif", "endfor"))
                detail = f'"{word.text}" is not a valid template control keyword.{meant}'
                raise parser.fault("Invalid template control keyword", detail, word)


def _loop_head(parser: Parser, start: int) -> _Piece:
    names = parser.loop_names("Invalid 'for' directive")
    return _Piece("for", start, expr=parser.expression(), names=names)


def _assemble(pieces: list[_Piece]) -> Expr:
    """Trim texts beside ``~`` marks, then fold directives into one expression."""
    trimmed = [piece for piece in _trimmed(pieces) if piece.kind != "text" or piece.text]
    if not trimmed:
        return Literal("")
    if len(trimmed) == 1 and trimmed[0].kind == "value" and trimmed[0].expr is not None:
        alone = not any(piece.kind == "text" and piece.text for piece in pieces)
        return trimmed[0].expr if alone else TemplateExpr((trimmed[0].expr,))
    return _Folder(trimmed).sequence(frozenset())


def _trimmed(pieces: list[_Piece]) -> Iterator[_Piece]:
    for position, piece in enumerate(pieces):
        if piece.kind != "text":
            yield piece
            continue
        text = piece.text
        if position + 1 < len(pieces) and pieces[position + 1].trim_before:
            text = text.rstrip()
        if position and pieces[position - 1].trim_after:
            text = text.lstrip()
        yield replace(piece, text=text)


class _Folder:
    """Reads pieces in order and nests what stands between directives."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self._pieces = pieces
        self._next = 0
        self._depth = 0

    def sequence(self, until: frozenset[str]) -> Expr:
        """Fold pieces up to a directive of ``until``, which stays; at the top, up to the end."""
        parts: list[Expr] = []
        while self._next < len(self._pieces):
            piece = self._pieces[self._next]
            if piece.kind in until:
                break
            self._next += 1
            parts.append(self._part(piece))
        if len(parts) == 1 and isinstance(parts[0], Literal):
            return parts[0]
        return TemplateExpr(tuple(parts)) if parts else Literal("")

    def _part(self, piece: _Piece) -> Expr:
        match piece.kind, piece.expr:
            case "text", _:
                return Literal(normal_text(piece.text))
            case "value", expr if expr is not None:
                return expr
            case "if", expr if expr is not None:
                return self._if(piece, expr)
            case "for", expr if expr is not None:
                return self._for(piece, expr)
            case kind, _:
                raise SyntaxFault(f"Unexpected {kind} directive", _UNBALANCED, piece.start, piece.start + 2)

    def _if(self, piece: _Piece, condition: Expr) -> Expr:
        then = self._body(piece, frozenset({"else", "endif"}))
        otherwise: Expr = Literal("")
        if self._take(piece, "endif") == "else":
            otherwise = self._body(piece, frozenset({"endif"}))
            self._take(piece, "endif")
        return Conditional(condition, then, otherwise)

    def _for(self, piece: _Piece, collection: Expr) -> Expr:
        body = self._body(piece, frozenset({"endfor"}))
        self._take(piece, "endfor")
        return TemplateLoop(For(*piece.names, collection, None, body))

    def _body(self, piece: _Piece, until: frozenset[str]) -> Expr:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            detail = f"Directives may nest {MAX_DEPTH} levels deep. {BEYOND_LIMITS}."
            raise SyntaxFault("Template too deeply nested", detail, piece.start)
        body = self.sequence(until)
        self._depth -= 1
        return body

    def _take(self, opening: _Piece, closing: str) -> str:
        if self._next >= len(self._pieces):
            detail = f"The {opening.kind} directive is missing its corresponding {closing} directive."
            raise SyntaxFault("Unexpected end of template", detail, opening.start, opening.start + 2)
        self._next += 1
        return self._pieces[self._next - 1].kind


_UNTERMINATED: Final = "No closing marker was found for the string."
_MULTI_LINE: Final = (
    "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to "
    'represent a newline character or use the "heredoc" multi-line template syntax.'
)
_EXTRA_IN_INTERPOLATION: Final = (
    "Expected a closing brace to end the interpolation expression, but found extra characters.\n\nThis can happen when "
    "you include interpolation syntax for another language, such as shell scripting, but forget to escape the "
    "interpolation start token. If this is an embedded sequence for another language, escape it by starting with "
    '"$${" instead of just "${".'
)
_UNBALANCED: Final = "The control directives within this template are unbalanced."
_UNCLOSED: Final = (
    "There is no closing brace for this interpolation sequence before the end of the {end}. This might be caused by "
    "incorrect nesting inside the given expression."
)
_NEEDS_KEYWORD: Final = 'A template directive keyword ("if", "for", etc) is expected at the beginning of a %{ sequence.'
