r"""Go's regular expressions (RE2 syntax) on Python's engine: translated, and what RE2 does not know refused.

Both find the leftmost match and prefer the first alternative, so a translated pattern finds the same.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from constructs_ims.backend.engine.lang.typed import Value, null
from constructs_ims.schema.types import STRING, ObjectType, TupleType, Type

_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
}
_PERL: Final = {"d": "0-9", "s": r"\t\n\f\r ", "w": "0-9A-Za-z_"}
_REPEAT: Final = re.compile(r"\{(\d+)(,(\d*))?\}")
_OPENING: Final = re.compile(r"\(\?(?:P?<([^>]*)>|([imsU]*)(?:-([imsU]+))?([:)]))")
_PROPERTY: Final = re.compile(r"([pP])(?:\{(\^?)(\w+)\}|([A-Z]))")
_REFERENCE: Final = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


class PatternError(Exception):
    """A pattern that is none in RE2's syntax: ``why``, and the ``part`` at fault; the text is Go's own wording."""

    def __init__(self, why: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {why}: `{part}`")
        self.why = why
        self.part = part


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile an RE2 pattern; ``PatternError`` when it is none."""
    try:
        return re.compile(_Translator(pattern).translate(), re.ASCII)
    except (re.error, OverflowError, RecursionError) as fault:
        raise _refused(str(fault), pattern) from None


def _refused(why: str, pattern: str) -> PatternError:
    """Reword what Python's own parser found wrong."""
    backwards = re.match(r"bad character range (\S+)", why)
    return PatternError("invalid character class range", backwards[1]) if backwards else PatternError(why, pattern)


def all_matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Return all matches, leaving out empty ones that touch the match before, as Go does."""
    end, position = -1, 0
    while position <= len(text) and (found := pattern.search(text, position)):
        if found.end() > position or found.start() != end:
            yield found
        end = found.end()
        position = max(found.end(), position + 1)


def replace_all(pattern: re.Pattern[str], text: str, template: str) -> str:
    """Replace all matches; ``$1`` and ``${name}`` in ``template`` stand for groups, ``$$`` for a dollar sign."""
    parts: list[str] = []
    position = 0
    for found in all_matches(pattern, text):
        parts += [text[position : found.start()], _expand(template, found)]
        position = found.end()
    return "".join(parts) + text[position:]


def _expand(template: str, found: re.Match[str]) -> str:
    return _REFERENCE.sub(lambda reference: _group(found, reference[1] or reference[2]), template)


def _group(found: re.Match[str], name: str | None) -> str:
    if name is None:
        return "$"
    if name.isdecimal():
        return (found[int(name)] or "") if int(name) <= found.re.groups else ""
    return (found[f"_{name}"] or "") if f"_{name}" in found.re.groupindex else ""


def match_type(pattern: re.Pattern[str]) -> Type:
    """Return the type of what a match gives."""
    if pattern.groupindex:
        return ObjectType(dict.fromkeys((name[1:] for name in pattern.groupindex), STRING))
    return TupleType((STRING,) * pattern.groups) if pattern.groups else STRING


def match_value(found: re.Match[str]) -> Value:
    """Return the text of a match, or its groups by name or by position; a group that took no part is null."""
    if found.re.groupindex:
        return {name[1:]: _text(found[name]) for name in found.re.groupindex}
    return list(map(_text, found.groups())) if found.re.groups else found[0]


def _text(group: str | None) -> Value:
    return null(STRING) if group is None else group


class _Translator:
    """Reads an RE2 pattern once, from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self.multiline = False
        self.ungreedy = False

    def translate(self) -> str:
        """Return the pattern in Python's syntax."""
        text = self._alternatives()
        if self.position < len(self.pattern):
            raise PatternError("unexpected )", self.pattern)
        return text

    def _alternatives(self) -> str:
        """Translate up to the end of the group; flags set on the way hold until there."""
        multiline, ungreedy = self.multiline, self.ungreedy
        text, opened, repeatable = "", 0, False
        while self.position < len(self.pattern) and self.pattern[self.position] != ")":
            part, opens = self._part(repeatable)
            text += part
            opened += opens
            repeatable = part not in ("|", "") and not opens
        self.multiline, self.ungreedy = multiline, ungreedy
        return text + ")" * opened

    def _part(self, repeatable: bool) -> tuple[str, int]:
        """Translate the next construct; the count is of groups opened to hold flags."""
        letter = self.pattern[self.position]
        if letter == "(":
            return self._group()
        self.position += 1
        if letter == "[":
            return self._class(), 0
        if letter == "\\":
            return self._escape(), 0
        if letter == "$":
            return ("$" if self.multiline else r"\Z"), 0
        if letter in "*+?" or (letter == "{" and _REPEAT.match(self.pattern, self.position - 1)):
            return self._repeat(repeatable), 0
        return (rf"\{letter}" if letter in "{}]" else letter), 0

    def _group(self) -> tuple[str, int]:
        if not self.pattern.startswith("(?", self.position):
            self.position += 1
            return f"({self._inside()})", 0
        opening = _OPENING.match(self.pattern, self.position)
        if opening is None:
            wrong = self.pattern[self.position : self.position + 3]
            raise PatternError("invalid or unsupported Perl syntax", f"{wrong}")
        self.position = opening.end()
        if opening[4] is None:
            return f"(?P<_{opening[1]}>{self._inside()})", 0
        return self._flags(opening)

    def _inside(self) -> str:
        text = self._alternatives()
        if self.position >= len(self.pattern):
            raise PatternError("missing closing )", f"{self.pattern}")
        self.position += 1
        return text

    def _flags(self, opening: re.Match[str]) -> tuple[str, int]:
        before = (self.multiline, self.ungreedy)
        for flags, value in ((opening[2] or "", True), (opening[3] or "", False)):
            self.multiline = value if "m" in flags else self.multiline
            self.ungreedy = value if "U" in flags else self.ungreedy
        on, off = ((opening[part] or "").replace("U", "") for part in (2, 3))
        prefix = f"(?{on}{'-' + off if off else ''}:"
        if opening[4] == ")":
            return prefix, 1
        text = f"{prefix}{self._inside()})"
        self.multiline, self.ungreedy = before
        return text, 0

    def _repeat(self, repeatable: bool) -> str:
        start = self.position - 1
        counted = _REPEAT.match(self.pattern, start)
        symbol = counted[0] if counted else self.pattern[start]
        if counted and int(counted[3] or counted[1]) > 1000:
            raise PatternError("invalid repeat count", f"{symbol}")
        if not repeatable:
            raise PatternError("missing argument to repetition operator", f"{symbol}")
        self.position = start + len(symbol)
        lazy = self.pattern.startswith("?", self.position)
        self.position += lazy
        following = self.pattern[self.position : self.position + 1]
        if following and following in "*+?":
            wrong = self.pattern[start : self.position + 1]
            raise PatternError("invalid nested repetition operator", f"{wrong}")
        return symbol + ("?" if lazy != self.ungreedy else "")

    def _escape(self) -> str:
        if self.pattern.startswith("Q", self.position):
            return self._literal()
        found = self._property() or self._perl()
        if found:
            return f"[{found}]"
        letter = self._letter()
        if letter in ("z", "A", "b", "B"):
            return r"\Z" if letter == "z" else f"\\{letter}"
        return self._character(letter)

    def _letter(self) -> str:
        if self.position >= len(self.pattern):
            raise PatternError("trailing backslash at end of expression", "")
        self.position += 1
        return self.pattern[self.position - 1]

    def _literal(self) -> str:
        end = self.pattern.find("\\E", self.position)
        text = self.pattern[self.position + 1 : end if end >= 0 else len(self.pattern)]
        self.position = end + 2 if end >= 0 else len(self.pattern)
        return f"(?:{re.escape(text)})" if text else ""

    def _character(self, letter: str) -> str:
        """Translate the escape of one character; ``letter`` follows the backslash."""
        if letter == "x":
            return self._hexadecimal()
        if letter in "afnrtv":
            return f"\\{letter}"
        octal = re.compile("0[0-7]{0,2}|[1-7][0-7]{1,2}").match(self.pattern, self.position - 1)
        if octal:
            self.position = octal.end()
            return re.escape(chr(int(octal[0], 8)))
        if (letter.isascii() and not letter.isalnum() and letter != "_") or letter == "_":
            return re.escape(letter)
        raise PatternError("invalid escape sequence", f"\\{letter}")

    def _hexadecimal(self) -> str:
        digits = re.compile(r"\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2})").match(self.pattern, self.position)
        code = int(digits[1] or digits[2], 16) if digits else sys.maxunicode + 1
        if digits is None or code > sys.maxunicode:
            raise PatternError("invalid escape sequence", "\\x")
        self.position = digits.end()
        return re.escape(chr(code))

    def _perl(self) -> str:
        letter = self.pattern[self.position : self.position + 1]
        if letter.lower() not in _PERL or not letter:
            return ""
        self.position += 1
        return _PERL[letter] if letter in _PERL else _complement(_PERL[letter.lower()])

    def _property(self) -> str:
        found = _PROPERTY.match(self.pattern, self.position)
        if found is None:
            return ""
        self.position = found.end()
        members = _category(found[3] or found[4])
        if not members:
            raise PatternError("invalid character class range", f"\\{found[0]}")
        return _complement(members) if (found[1] == "P") != bool(found[2]) else members

    def _class(self) -> str:
        start = self.position - 1
        negated = self._skip("^")
        members = "\\]" if self._skip("]") else ""
        while not self._skip("]"):
            if self.position >= len(self.pattern):
                raise PatternError("missing closing ]", f"{self.pattern[start:]}")
            members += self._member()
        return f"[{'^' if negated else ''}{members}]"

    def _skip(self, letter: str) -> bool:
        found = self.pattern.startswith(letter, self.position)
        self.position += found
        return found

    def _member(self) -> str:
        posix = re.compile(r"\[:(\^?)(\w+):\]").match(self.pattern, self.position)
        if posix:
            self.position = posix.end()
            if posix[2] not in _POSIX:
                raise PatternError("invalid character class range", f"{posix[0]}")
            return _complement(_POSIX[posix[2]]) if posix[1] else _POSIX[posix[2]]
        letter = self._letter()
        if letter == "\\":
            return self._property() or self._perl() or self._character(self._letter())
        return rf"\{letter}" if letter in "[&|~" else letter


@lru_cache(maxsize=64)
def _category(name: str) -> str:
    """Return the members of a Unicode category, for inside a class; empty when there is no such category.

    Scripts are told by the names of their characters.
    """
    if len(name) < 3 and name[0] not in "CLMNPSZ":
        return ""
    script = name.upper() + " "
    return _ranges(
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)).startswith(name) or unicodedata.name(chr(code), "").startswith(script)
    )


@lru_cache(maxsize=64)
def _complement(members: str) -> str:
    """Return the members of the class that has all others."""
    pattern = re.compile(f"[^{members}]")
    return _ranges(code for code in range(sys.maxunicode + 1) if pattern.match(chr(code)))


def _ranges(codes: Iterator[int]) -> str:
    parts: list[str] = []
    first = last = -2
    for code in codes:
        if code != last + 1:
            parts.append(_range(first, last))
            first = code
        last = code
    return "".join([*parts, _range(first, last)])


def _range(first: int, last: int) -> str:
    return "" if first < 0 else f"\\U{first:08x}-\\U{last:08x}"
