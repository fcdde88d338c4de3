"""``format`` and ``formatlist``: Go's verbs, as far as Terraform has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from constructs_ims.backend.engine.lang.convert import ConversionError, to_type
from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.functions.collections import elements
from constructs_ims.backend.engine.lang.functions.graphemes import graphemes
from constructs_ims.backend.engine.lang.functions.registry import Allowed, FunctionError, Parameter, function
from constructs_ims.backend.engine.lang.jsonvalue import encode_json
from constructs_ims.backend.engine.lang.marks import is_sensitive, strip
from constructs_ims.backend.engine.lang.numbers import Number, exact, format_number, negate
from constructs_ims.backend.engine.lang.typed import TfList, Value, is_null, is_number, is_unknown, type_of, unknown
from constructs_ims.schema.types import BOOL, NUMBER, STRING, ListType, Type
from constructs_ims.schema.values import is_wholly_known

_VERB: Final = re.compile(r"%(?:(%)|([ #+0-]*)(\d*)(?:\.(\d+))?(?:\[(\d+)\])?([A-Za-z]))")
_FORMAT: Final = Parameter("format", STRING)
_ARGUMENTS: Final = Parameter("args", nullable=True)
_MOST_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class _Verb:
    """One ``%`` sequence and where it stands."""

    raw: str
    offset: int
    flags: str
    width: int
    precision: int | None
    mode: str

    def unsupported(self, why: object) -> FunctionError:
        return FunctionError(f'unsupported value for "{self.raw}" at {self.offset}: {why}')


class _Formatter:
    """Reads a format string once, taking arguments as it goes."""

    def __init__(self, template: str, arguments: tuple[Value, ...]) -> None:
        self.template = template
        self.arguments = arguments
        self._next = 1
        self._highest = 0

    def text(self) -> str:
        """Return the filled-in text."""
        filled = "".join(self._parts())
        if self._highest < len(self.arguments):
            why = f"only {self._highest} used by format string" if self._highest else "no verbs in format string"
            raise FunctionError(f"too many arguments; {why}", self._highest + 1)
        return normal_text(filled)

    def _parts(self) -> Iterator[str]:
        position = 0
        while (start := self.template.find("%", position)) >= 0:
            yield self.template[position:start]
            found = _VERB.match(self.template, start)
            if found is None:
                raise self._unrecognized(start)
            yield "%" if found[1] else self._filled(found)
            position = found.end()
        yield self.template[position:]

    def _unrecognized(self, start: int) -> FunctionError:
        prefix = re.compile(r"%[ #+0-]*\d*(?:\.\d*)?(?:\[\d*\]?)?").match(self.template, start)
        offset = prefix.end() if prefix else start
        if offset >= len(self.template):
            return FunctionError(f"invalid format string starting at offset {offset}")
        return FunctionError(f"unrecognized format character '{self.template[offset]}' at offset {offset}")

    def _filled(self, found: re.Match[str]) -> str:
        _, flags, width, precision, index, mode = found.groups()
        if any(len(digits or "") > _MOST_DIGITS for digits in (width, precision, index)):
            raise FunctionError(f'a number in "{found[0][:40]}" has more than {_MOST_DIGITS} digits')
        offset = len(self.template[: found.start()].encode())
        verb = _Verb(found[0], offset, flags, int(width or -1), int(precision) if precision else None, mode)
        number = int(index) if index else self._next
        self._next = number + 1
        self._highest = max(self._highest, number)
        if not 1 <= number <= len(self.arguments):
            counts = f"need index {number} but have {len(self.arguments)} total"
            raise FunctionError(f'not enough arguments for "{verb.raw}" at {offset}: {counts}')
        return _format(verb, self.arguments[number - 1])


def _format(verb: _Verb, value: Value) -> str:
    if verb.mode == "v":
        return _as_is(verb, value)
    if is_null(value):
        raise verb.unsupported("null value cannot be formatted")
    if verb.mode == "t":
        return "true" if _converted(verb, value, BOOL) else "false"
    if verb.mode in "bdoxX":
        return _integer(verb, _converted(verb, value, NUMBER))
    if verb.mode in "eEfgG":
        return _float(verb, _converted(verb, value, NUMBER))
    if verb.mode in "sq":
        return _string(verb, _converted(verb, value, STRING))
    raise FunctionError(f"unsupported format verb '{verb.mode}' in \"{verb.raw}\" at offset {verb.offset}")


def _converted(verb: _Verb, value: Value, type_: Type) -> Value:
    try:
        return to_type(value, type_)
    except ConversionError as fault:
        raise verb.unsupported(fault) from None


def _as_is(verb: _Verb, value: Value) -> str:
    if "#" not in verb.flags and isinstance(value, str):
        return _pad(verb, value)
    if "#" not in verb.flags and is_number(value):
        return _pad(verb, general(value, None, "e"))
    return _pad(verb, encode_json(value))


def _string(verb: _Verb, value: str) -> str:
    if verb.precision:
        value = "".join(graphemes(value)[: verb.precision])
    return _pad(verb, encode_json(value) if verb.mode == "q" else value)


def _pad(verb: _Verb, text: str) -> str:
    missing = verb.width - len(graphemes(text))
    if missing <= 0:
        return text
    filler = ("0" if "0" in verb.flags else " ") * missing
    return text + filler if "-" in verb.flags else filler + text


def _integer(verb: _Verb, number: Number) -> str:
    if type(number) is not int:
        raise verb.unsupported("an integer is required")
    digits = format(abs(number), verb.mode)
    if verb.precision is not None:
        digits = digits.rjust(verb.precision, "0")
    prefix = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}.get(verb.mode, "") if "#" in verb.flags else ""
    zeros = verb.precision is None
    return _signed(verb, number < 0, prefix + digits, zeros)


def _signed(verb: _Verb, negative: bool, digits: str, zeros: bool) -> str:
    sign = "-" if negative else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    missing = max(verb.width - len(sign) - len(digits), 0)
    if "-" in verb.flags:
        return f"{sign}{digits}{' ' * missing}"
    if "0" in verb.flags and zeros:
        return f"{sign}{'0' * missing}{digits}"
    return f"{' ' * missing}{sign}{digits}"


def _float(verb: _Verb, number: Number) -> str:
    size = _size(number)
    match verb.mode:
        case "f":
            digits = _fixed(size, 6 if verb.precision is None else verb.precision)
        case "e" | "E":
            digits = _scientific(size, 6 if verb.precision is None else verb.precision, verb.mode)
        case _:
            digits = general(size, verb.precision, "e" if verb.mode == "g" else "E")
    return _signed(verb, number < 0, digits, zeros=True)


def _size(number: Number) -> Number:
    return negate(number) if number < 0 else number


def _rounded(value: Fraction) -> int:
    """Round to the nearest whole number, ties to even."""
    return round(value)


def _fixed(number: Number, precision: int) -> str:
    digits = str(_rounded(exact(number) * 10**precision)).rjust(precision + 1, "0")
    return f"{digits[:-precision]}.{digits[-precision:]}" if precision else digits


def _scientific(number: Number, precision: int, letter: str) -> str:
    digits, exponent = _significant(number, precision + 1)
    return _mantissa(digits, exponent, letter)


def _mantissa(digits: str, exponent: int, letter: str) -> str:
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _significant(number: Number, count: int) -> tuple[str, int]:
    """Return the first ``count`` digits, rounded, and the decimal exponent of the first one."""
    value = exact(number)
    if value == 0:
        return "0" * count, 0
    exponent = len(format_number(number).partition(".")[0]) - 1 if value >= 1 else _negative_exponent(value)
    digits = str(_rounded(value * Fraction(10) ** (count - 1 - exponent)))
    return (digits[:count], exponent + 1) if len(digits) > count else (digits, exponent)


def _negative_exponent(value: Fraction) -> int:
    exponent = -1
    while value * 10**-exponent < 1:
        exponent -= 1
    return exponent


def general(number: Number, precision: int | None, letter: str) -> str:
    """Write a number by its fewest digits, or by so many, with an exponent when it is far from one."""
    if precision is None:
        plain = format_number(number)
        digits = plain.replace(".", "").replace("-", "").strip("0") or "0"
        _, exponent = _significant(_size(number), len(digits))
        limit = 6
    else:
        digits, exponent = _significant(_size(number), max(precision, 1))
        limit = max(precision, 1)
        limit = len(digits.rstrip("0")) if limit > len(digits.rstrip("0")) >= exponent + 1 else limit
        digits = digits.rstrip("0") or "0"
    sign = "-" if number < 0 else ""
    if exponent < -4 or exponent >= limit:
        return sign + _mantissa(digits, exponent, letter)
    return sign + (format_number(_size(number)) if precision is None else _placed(digits, exponent))


def _placed(digits: str, exponent: int) -> str:
    """Put the point where the exponent says."""
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    fraction = digits[exponent + 1 :]
    return f"{whole}.{fraction}" if fraction else whole


@function("format", _FORMAT, variadic=_ARGUMENTS, result=STRING)
def format_(template: str, *arguments: Value) -> Value:
    """Fill arguments into a format string; a null without a type leaves open what comes of it, as in Terraform."""
    if any(argument is None for argument in arguments):
        return unknown(STRING, not_null=True)
    return _Formatter(template, arguments).text()


@function("formatlist", _FORMAT, variadic=_ARGUMENTS, result=ListType(STRING), unknowns=Allowed.ANYWHERE)
def formatlist(template: Value, *arguments: Value) -> Value:
    """Fill in one text for each position of the sequences among the arguments; the others are the same in all."""
    undecided = (argument is None or (is_unknown(argument) and not _is_scalar(argument)) for argument in arguments)
    if is_unknown(template) or any(undecided):
        return unknown(ListType(STRING), not_null=True)
    sequences = [isinstance(argument, list) for argument in arguments]
    count = _iterations(arguments)
    columns = [elements(item) if listed else [item] * count for item, listed in zip(arguments, sequences, strict=True)]
    return TfList((_line(template, at, [column[at] for column in columns]) for at in range(count)), STRING)


def _is_scalar(value: Value) -> bool:
    return type_of(value) in (STRING, NUMBER, BOOL)


def _line(template: str, position: int, row: list[Value]) -> Value:
    if not all(map(is_wholly_known, map(_bare, row))):
        return unknown(STRING, not_null=True)
    try:
        return _Formatter(template, tuple(row)).text()
    except FunctionError as fault:
        raise FunctionError(f"error on format iteration {position}: {fault.message}") from None


def _bare(value: Value) -> Value:
    from constructs_ims.backend.engine.lang.typed import collapse

    return collapse(strip(value) if is_sensitive(value) else value)


def _iterations(arguments: tuple[Value, ...]) -> int:
    """Return the length that all sequences have; without any there is one turn."""
    first: int | None = None
    for position, argument in enumerate(arguments):
        if not isinstance(argument, list):
            continue
        if first is None:
            first = position
        elif len(argument) != len(arguments[first]):
            raise FunctionError(
                f"argument {position + 1} has length {len(argument)}, which is inconsistent with argument {first + 1} "
                f"of length {len(arguments[first])}",
                position + 1,
            )
    return 1 if first is None else len(arguments[first])
