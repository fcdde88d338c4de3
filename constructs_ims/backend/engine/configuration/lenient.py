"""Reads JSON that is broken: every fault in Terraform's words, and what can be made of the rest.

Only files that are no JSON come here. A value that cannot be read is ``Unknown``, so that decoding goes on around it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from constructs_ims.backend.engine.lang.json_text import read_number
from constructs_ims.schema.diagnostics import Diagnostic, SourceRange, did_you_mean, error
from constructs_ims.schema.values import Unknown

_TOKEN: Final = re.compile(r'"(?:[^"\\\n]|\\.)*(?:"|$|(?=\n))|[-+.0-9][-+.0-9eE]*|[A-Za-z]+|[{}\[\]:,=]|[^\s]')
_MAKES_VALUE: Final = "A JSON value must start with a brace, a bracket, a number, a string, or a keyword."
_KEYWORDS: Final = {"true": True, "false": False, "null": None}
_OF_JAVASCRIPT: Final = ("NaN", "Infinity", "undefined")


class _Token(NamedTuple):
    text: str
    start: int
    end: int


class _BrokenError(Exception):
    """A value of which nothing can be made; why has been noted."""


@dataclass
class LenientReader:
    """Reads one text; ``locate`` turns two offsets into a range of its file."""

    text: str
    locate: Callable[[int, int], SourceRange]
    faults: list[Diagnostic] = field(default_factory=list)
    _tokens: list[_Token] = field(default_factory=list)
    _at: int = 0

    def read(self) -> Any:
        """Return what the text holds."""
        self._tokens = [_Token(found[0], found.start(), found.end()) for found in _TOKEN.finditer(self.text)]
        data = self._value()
        if not self.faults and self._peek().text:
            self._fault("Extraneous data after value", "Extra characters appear after the JSON value.", self._peek())
        return data

    def _peek(self) -> _Token:
        end = len(self.text)
        return self._tokens[self._at] if self._at < len(self._tokens) else _Token("", end, end)

    def _take(self) -> _Token:
        token = self._peek()
        self._at += 1
        return token

    def _fault(self, summary: str, detail: str, token: _Token) -> None:
        self.faults.append(error(summary, detail).at(subject=self.locate(token.start, token.end)))

    def _value(self) -> Any:
        try:
            return self._sound_value()
        except _BrokenError:
            return Unknown

    def _sound_value(self) -> Any:
        token = self._peek()
        match token.text[:1]:
            case "{":
                return self._object()
            case "[":
                return self._array()
            case '"':
                return self._string(self._take())
            case "":
                raise self._broken("Missing value", "The JSON data ends prematurely.", token)
            case "}":
                raise self._broken("Missing JSON value", _MAKES_VALUE, token)
            case "]":
                raise self._broken("Missing array element value", _MAKES_VALUE, token)
            case first if first in "-+.0123456789":
                return self._number(self._take())
            case first if first.isascii() and first.isalpha():
                return self._keyword(self._take())
            case _:
                raise self._broken("Invalid start of value", _MAKES_VALUE, token)

    def _broken(self, summary: str, detail: str, token: _Token) -> _BrokenError:
        self._fault(summary, detail, token)
        return _BrokenError()

    def _string(self, token: _Token) -> str:
        try:
            return str(json.loads(token.text))
        except json.JSONDecodeError as fault:
            at = token.start + (len(token.text) if fault.msg.startswith("Unterminated") else fault.pos + 1)
            detail = "There is a syntax error in the given JSON string."
            raise self._broken("Invalid JSON string", detail, _Token("", at, at)) from None

    def _number(self, token: _Token) -> Any:
        try:
            return json.loads(token.text, parse_float=read_number)
        except ValueError:
            detail = "There is a syntax error in the given JSON number."
            raise self._broken("Invalid JSON number", detail, token) from None

    def _keyword(self, token: _Token) -> Any:
        if token.text in _KEYWORDS:
            return _KEYWORDS[token.text]
        if token.text in _OF_JAVASCRIPT:
            detail = f'The JavaScript identifier "{token.text}" cannot be used in JSON.'
        else:
            detail = f'"{token.text}" is not a valid JSON keyword.{did_you_mean(token.text, _KEYWORDS)}'
        raise self._broken("Invalid JSON keyword", detail, token)

    def _object(self) -> dict[str, Any]:
        opening, built = self._take(), {}
        while self._peek().text != "}":
            name = self._name()
            built[name] = self._value()
            if self._ends(opening, "object", "}"):
                break
        self._take()
        return built

    def _name(self) -> str:
        token = self._peek()
        name = self._value()
        if not isinstance(name, str):
            raise self._broken("Invalid object property name", "A JSON object property name must be a string", token)
        colon = self._take()
        if colon.text in ("}", ","):
            detail = "A JSON object attribute must have a value, introduced by a colon."
            raise self._broken("Missing object value", detail, colon)
        if colon.text == "=":
            detail = "JSON uses a colon as its name/value delimiter, not an equals sign."
            raise self._broken("Missing property value colon", detail, colon)
        if colon.text != ":":
            detail = "A colon must appear between an object property's name and its value."
            raise self._broken("Missing property value colon", detail, colon)
        return name

    def _array(self) -> list[Any]:
        opening, built = self._take(), []
        while self._peek().text != "]":
            built.append(self._value())
            if self._ends(opening, "array", "]"):
                break
        self._take()
        return built

    def _ends(self, opening: _Token, kind: str, closing: str) -> bool:
        """Go past a comma, or tell that the object or array ends here."""
        bracket, other, inside = ("brace", "bracket", "property") if kind == "object" else ("bracket", "brace", "value")
        token = self._peek()
        if token.text == closing:
            return True
        if token.text == ",":
            self._take()
            if self._peek().text == closing:
                detail = f"JSON does not permit a trailing comma after the final {inside} in an {kind}."
                raise self._broken(f"Trailing comma in {kind}", detail, token)
            return False
        if not token.text:
            detail = f"No closing {bracket} was found for this JSON {kind}."
            raise self._broken("Unclosed object", detail, opening)  # Terraform's words, of an array too
        self._take()
        if token.text in "]}":
            detail = f"A JSON {kind} must be closed with a {bracket}, not a {other}."
            raise self._broken(f"Mismatched {bracket}s", detail, self._peek())
        self._recover(token)
        where = "property definition in an object" if kind == "object" else "value in an array"
        detail = f"A comma must appear between each {where}."
        raise self._broken("Missing attribute seperator comma", detail, self._peek())

    def _recover(self, token: _Token) -> None:
        """Go to what seems to be the end of the object or array at hand."""
        depth = 1
        while token.text:
            depth += (token.text in ("{", "[")) - (token.text in ("}", "]"))
            if depth < 1:
                return
            token = self._take()
