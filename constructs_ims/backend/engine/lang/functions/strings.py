"""Functions on text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.functions import regexp
from constructs_ims.backend.engine.lang.functions.graphemes import graphemes
from constructs_ims.backend.engine.lang.functions.regexp import Pattern
from constructs_ims.backend.engine.lang.functions.registry import Allowed, FunctionError, Parameter, function, whole
from constructs_ims.backend.engine.lang.typed import TfList, TypedUnknown, Value, is_null, is_unknown, unknown
from constructs_ims.schema.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, Type
from constructs_ims.schema.values import Unknown

_STR: Final = Parameter("str", STRING)
_SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_MOST_SPACES: Final = 1_000_000
_LONGEST_TEXT: Final = 50_000_000
_LINE_ENDS: Final = re.compile(r"(?:\r\n?|\n)*\Z")


@function("upper", _STR, result=STRING)
def upper(text: str) -> str:
    """Turn every letter into its capital, one for one."""
    return text.upper() if text.isascii() else "".join(_one_for_one(letter, letter.upper()) for letter in text)


def _one_for_one(letter: str, other: str) -> str:
    """Return the other form of a letter if that is one letter too, else the letter itself."""
    return other if len(other) == 1 else letter


@function("lower", _STR, result=STRING)
def lower(text: str) -> str:
    """Turn every letter into its small form, one for one."""
    return "".join(letter.lower()[0] for letter in text)


@function("title", _STR, result=STRING)
def title(text: str) -> str:
    """Turn the first letter of every word into a capital."""
    parts: list[str] = []
    for position, letter in enumerate(text):
        first = position == 0 or _separates(text[position - 1])
        parts.append(_one_for_one(letter, letter.title()) if first else letter)
    return normal_text("".join(parts))


def _separates(letter: str) -> bool:
    if letter.isascii():
        return not (letter.isalnum() or letter == "_")
    return not letter.isalpha() and not letter.isdecimal() and letter in _SPACE


@function("chomp", _STR, result=STRING)
def chomp(text: str) -> str:
    """Take line ends off the end."""
    return _LINE_ENDS.sub("", text, count=1)


@function("indent", Parameter("spaces", NUMBER), _STR, result=STRING)
def indent(spaces: Value, text: str) -> str:
    """Put blanks before every line but the first."""
    width = whole(spaces)
    if width < 0:
        raise FunctionError("the number of spaces must not be negative")
    if width > _MOST_SPACES:
        raise FunctionError(f"the number of spaces must not be greater than {_MOST_SPACES}")
    return text.replace("\n", "\n" + " " * width)


@function("trim", _STR, Parameter("cutset", STRING), result=STRING)
def trim(text: str, cutset: str) -> str:
    """Take the given characters off both ends."""
    return text.strip(cutset) if cutset else text


@function("trimspace", _STR, result=STRING)
def trimspace(text: str) -> str:
    """Take blanks off both ends."""
    return text.strip(_SPACE)


@function("trimprefix", _STR, Parameter("prefix", STRING), result=STRING)
def trimprefix(text: str, prefix: str) -> str:
    """Take a beginning off, if it is there."""
    return text.removeprefix(prefix)


@function("trimsuffix", _STR, Parameter("suffix", STRING), result=STRING)
def trimsuffix(text: str, suffix: str) -> str:
    """Take an end off, if it is there."""
    return text.removesuffix(suffix)


@function("startswith", _STR, Parameter("prefix", STRING), result=BOOL, unknowns=Allowed.ANYWHERE)
def startswith(text: Value, prefix: Value) -> Value:
    """Tell whether a text begins so; how an unknown one begins may be known."""
    begun = text.prefix if isinstance(text, TypedUnknown) else text
    if is_unknown(prefix) or begun is Unknown:
        return unknown(BOOL, not_null=True)
    if begun.startswith(prefix):
        return True
    undecided = is_unknown(text) and prefix.startswith(begun)
    return unknown(BOOL, not_null=True) if undecided else False


@function("endswith", _STR, Parameter("suffix", STRING), result=BOOL)
def endswith(text: str, suffix: str) -> bool:
    """Tell whether a text ends so."""
    return text.endswith(suffix)


@function("strcontains", _STR, Parameter("substr", STRING), result=BOOL)
def strcontains(text: str, part: str) -> bool:
    """Tell whether a text has such a part."""
    return part in text


@function("strrev", _STR, result=STRING)
def strrev(text: str) -> str:
    """Turn a text round, keeping what makes up one character together."""
    return normal_text("".join(reversed(graphemes(text))))


@function("substr", _STR, Parameter("offset", NUMBER), Parameter("length", NUMBER), result=STRING)
def substr(text: str, offset: Value, length: Value) -> str:
    """Return ``length`` characters from ``offset``; a negative offset counts from the end, length -1 is the rest.

    From a negative offset length 0 is the rest too: so Terraform has it.
    """
    start, count = whole(offset), whole(length)
    letters = graphemes(text)
    rest = count < 0 or (count == 0 and start < 0)
    if start < 0:
        start = max(start + len(letters), 0)
    return normal_text("".join(letters[start:] if rest else letters[start : start + count]))


@function("join", Parameter("separator", STRING), variadic=Parameter("lists", ListType(STRING)), result=STRING)
def join(separator: str, *lists: list[Value]) -> str:
    """Join texts with a separator between them."""
    if not lists:
        raise FunctionError("at least one list is required")
    for position, items in enumerate(lists):
        for place, item in enumerate(items):
            if is_null(item):
                which = f"element {place} of list {position + 1}" if len(lists) > 1 else f"element {place}"
                raise FunctionError(f"{which} is null; cannot concatenate null values", position + 1)
    texts = [item for items in lists for item in items]
    _check_length(sum(map(len, texts)) + len(separator) * len(texts))
    return normal_text(separator.join(texts))


def _check_length(length: int) -> None:
    """Refuse to make a text that would fill the memory."""
    if length > _LONGEST_TEXT:
        raise FunctionError(f"the result would have more than {_LONGEST_TEXT} characters")


@function("split", Parameter("separator", STRING), _STR, result=ListType(STRING))
def split(separator: str, text: str) -> Value:
    """Cut a text at every separator; at an empty one into its characters."""
    return TfList(text.split(separator) if separator else text, STRING)


@function("replace", _STR, Parameter("substr", STRING), Parameter("replace", STRING), result=STRING)
def replace(text: str, part: str, replacement: str) -> str:
    """Replace every occurrence of a part; one between slashes is a regular expression."""
    if len(part) > 1 and part.startswith("/") and part.endswith("/"):
        compiled = _replaced(part[1:-1])
        matches = sum(1 for _ in compiled.matches(text)) if len(text) * len(replacement) > _LONGEST_TEXT else 0
        _check_length(len(text) + matches * len(replacement))
        return normal_text(regexp.replace_all(compiled, text, replacement))
    _check_length(len(text) + text.count(part) * len(replacement))
    return normal_text(text.replace(part, replacement))


def _replaced(pattern: str) -> Pattern:
    try:
        return regexp.compile_pattern(pattern)
    except regexp.PatternError as fault:
        raise FunctionError(str(fault)) from None


def _match_type(arguments: Sequence[Value]) -> Type:
    if is_unknown(arguments[0]):
        return DYNAMIC
    return regexp.match_type(_matcher(arguments[0]))


def _matcher(pattern: str) -> Pattern:
    try:
        compiled = regexp.compile_pattern(pattern)
    except regexp.PatternError as fault:
        raise FunctionError(f"invalid regexp pattern: {fault.why} in {fault.part}", 0) from None
    if any(compiled.names) and not all(compiled.names):
        raise FunctionError("invalid regexp pattern: cannot mix both named and unnamed capture groups", 0)
    return compiled


@function("regex", Parameter("pattern", STRING), Parameter("string", STRING), result=_match_type)
def regex(pattern: str, text: str) -> Value:
    """Return the first match: its text, or its groups by position or by name."""
    compiled = _matcher(pattern)
    match = compiled.first_match(text)
    if match is None:
        raise FunctionError("pattern did not match any part of the given string")
    return regexp.match_value(compiled, match)


def _matches_type(arguments: Sequence[Value]) -> Type:
    return ListType(_match_type(arguments))


@function("regexall", Parameter("pattern", STRING), Parameter("string", STRING), result=_matches_type)
def regexall(pattern: str, text: str) -> Value:
    """Return all matches, as ``regex`` returns one."""
    compiled = _matcher(pattern)
    values = (regexp.match_value(compiled, match) for match in compiled.matches(text))
    return TfList(values, regexp.match_type(compiled))
