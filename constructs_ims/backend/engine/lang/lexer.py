"""Tokens of the expression language, scanned on demand: what a character means depends on what is being read."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.diagnostics import SourcePosition as Position
from constructs_ims.schema.diagnostics import SourceRange as Range

_TOKEN: Final = re.compile(
    r"""(?P<name>[^\W\d][\w-]*)
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | (?P<operator>\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|~(?=\})|[-+*/%!<>?:=.,(){}\[\]"])
      | (?P<newline>\n)""",
    re.VERBOSE,
)
_BLANK: Final = re.compile(r"(?:[ \t\r]+|\#[^\n]*|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+")
_HEREDOC: Final = re.compile(r"<<(-?)([^\W\d][\w-]*)\r?\n")


class Token(NamedTuple):
    """A token: its kind (``name``, ``number``, ``operator``, ``newline``, ``heredoc``, ``end``), text and place."""

    kind: str
    text: str
    start: int
    end: int


class SyntaxFault(Exception):  # noqa: N818 - it carries a diagnostic and is caught at the parser's entry points
    """Text that cannot be parsed."""

    def __init__(self, summary: str, detail: str, start: int, end: int | None = None) -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.start = start
        self.end = start + 1 if end is None else end


class Source:
    """A text and its place in a file; ``start`` is where in the file the text begins."""

    __slots__ = ("filename", "start", "text")

    def __init__(self, text: str, filename: str | None = None, start: Position | None = None) -> None:
        self.text = text
        self.filename = filename
        self.start = start or Position(1, 1, 0)

    def diagnostic(self, fault: SyntaxFault) -> Diagnostic:
        """Return the fault as an error with its place in the file, when the file is known."""
        found = error(fault.summary, fault.detail)
        return found if self.filename is None else found.at(subject=self.range(fault.start, fault.end))

    def range(self, start: int, end: int) -> Range:
        """Return the stretch of the file between two characters of the text."""
        return Range(self.filename or "", self._position(start), self._position(end))

    def _position(self, offset: int) -> Position:
        before = self.text[:offset]
        lines, _, last = before.rpartition("\n")
        column = len(last) + (1 if "\n" in before else self.start.column)
        line = self.start.line + (lines.count("\n") + 1 if "\n" in before else 0)
        return Position(line, column, self.start.byte + len(before.encode("utf-8", "surrogatepass")))


def skip_blank(text: str, position: int) -> int:
    """Return where the next token begins: past blanks and comments, but not past a newline."""
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position


def next_token(text: str, position: int) -> Token:
    """Return the token at or after ``position``; ``SyntaxFault`` for a character that begins none."""
    start = skip_blank(text, position)
    if start >= len(text):
        return Token("end", "", start, start)
    found = _TOKEN.match(text, start)
    heredoc = _HEREDOC.match(text, start) if text.startswith("<<", start) else None
    if heredoc:
        return Token("heredoc", heredoc[0], start, heredoc.end())
    if not found:
        raise _bad_character(text, start)
    return Token(found.lastgroup or "", found[0], start, found.end())


def _bad_character(text: str, start: int) -> SyntaxFault:
    character = text[start]
    advice = {
        "'": (
            "Invalid character",
            'Single quotes are not valid. Use double quotes (") to enclose strings.',
        ),
        "`": (
            "Invalid character",
            'The "`" character is not valid. To create a multi-line string, use the "heredoc" syntax, like "<<EOT".',
        ),
        ";": (
            "Invalid character",
            'The ";" character is not valid. Use newlines to separate arguments and blocks, and commas to separate '
            "items in collection values.",
        ),
        "&": ("Unsupported operator", 'Bitwise operators are not supported. Did you mean boolean AND ("&&")?'),
        "|": ("Unsupported operator", 'Bitwise operators are not supported. Did you mean boolean OR ("||")?'),
        "^": ("Unsupported operator", "Bitwise operators are not supported."),
        "~": ("Unsupported operator", "Bitwise operators are not supported."),
    }
    if character in advice:
        return SyntaxFault(*advice[character], start)
    return SyntaxFault("Invalid character", "This character is not used within the language.", start)
