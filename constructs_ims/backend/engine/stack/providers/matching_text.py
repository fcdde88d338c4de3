"""A text that a regular expression matches, as far as one can be read off the expression."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from re import _constants as operators  # no public reader takes expressions apart
from re import _parser as reader
from typing import Any, Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./: ,;=+@#"
_UNBOUNDED: Final = 8
"""How often what may be repeated without end is, so that two texts are hardly ever the same."""
_CATEGORIES: Final[dict[Any, Callable[[str], bool]]] = {
    operators.CATEGORY_DIGIT: str.isdigit,
    operators.CATEGORY_NOT_DIGIT: lambda letter: not letter.isdigit(),
    operators.CATEGORY_WORD: lambda letter: letter.isalnum() or letter == "_",
    operators.CATEGORY_NOT_WORD: lambda letter: not (letter.isalnum() or letter == "_"),
    operators.CATEGORY_SPACE: str.isspace,
    operators.CATEGORY_NOT_SPACE: lambda letter: not letter.isspace(),
}


def matching_text(pattern: str, seed: str) -> str | None:
    """Return a text that a pattern of RE2 matches, the same for the same ``seed``; None where none is known."""
    written = _in_python(pattern)
    try:
        text = None if written is None else "".join(_Writer(seed).of(reader.parse(written)))
    except (re.error, ValueError, OverflowError, RecursionError):
        return None
    return text if text is not None and is_found(pattern, text) else None


def is_found(pattern: str, text: str) -> bool:
    """Tell whether a pattern of RE2 is found in a text; of one that Python would read otherwise it is said so."""
    written = _in_python(pattern)
    try:
        return written is None or re.search(written, text) is not None
    except (re.error, OverflowError, RecursionError):
        return True


def match_count(pattern: str, text: str) -> int:
    """Return how often a pattern of RE2 is found in a text; 1 for one that Python would read otherwise."""
    written = _in_python(pattern)
    try:
        return 1 if written is None else sum(1 for _ in re.finditer(written, text))
    except (re.error, OverflowError, RecursionError):
        return 1


_CLASSES: Final = {
    "[:alnum:]": "0-9A-Za-z",
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:space:]": r"\s",
    "[:upper:]": "A-Z",
    "[:word:]": r"\w",
    "[:xdigit:]": "0-9A-Fa-f",
}
_READ_OTHERWISE: Final = re.compile(r"\[\[|--|&&|~~|\|\||\\[pPQEzC]|\(\?[a-zA-Z-]*U")


def _in_python(pattern: str) -> str | None:
    """Return an expression for Python that matches what one for RE2 matches, None where there may be none."""
    for name, members in _CLASSES.items():
        pattern = pattern.replace(name, members)
    return None if _READ_OTHERWISE.search(pattern) else pattern


class _Writer:
    """Writes what the parts of an expression match; each choice hangs on the seed."""

    def __init__(self, seed: str) -> None:
        self._choices = (int(hashlib.sha256(f"{seed}:{at}".encode()).hexdigest(), 16) for at in count())

    def of(self, parts: Sequence[tuple[Any, Any]]) -> Iterator[str]:
        for operator, argument in parts:
            yield from self._part(operator, argument)

    def _part(self, operator: Any, argument: Any) -> Iterator[str]:
        if operator is operators.LITERAL:
            yield chr(argument)
        elif operator in (operators.NOT_LITERAL, operators.ANY, operators.IN):
            yield self._one_of([letter for letter in _LETTERS if _takes(operator, argument, letter)])
        elif operator is operators.BRANCH:
            yield from self.of(argument[1][0])
        elif operator is operators.SUBPATTERN:
            yield from self.of(argument[3])
        elif operator in (operators.MAX_REPEAT, operators.MIN_REPEAT):
            least, most, repeated = argument
            for _ in range(max(least, _UNBOUNDED) if most is operators.MAXREPEAT else max(least, min(most, 1))):
                yield from self.of(repeated)
        elif operator is not operators.AT:
            raise ValueError(f"nothing is known to match {operator}")

    def _one_of(self, letters: Sequence[str]) -> str:
        if not letters:
            raise ValueError("no letter matches")
        simple = [letter for letter in letters if letter.islower() or letter.isdigit()]
        return (simple or letters)[next(self._choices) % len(simple or letters)]


def _takes(operator: Any, argument: Any, letter: str) -> bool:
    if operator is operators.ANY:
        return True
    if operator is operators.NOT_LITERAL:
        return bool(ord(letter) != argument)
    is_negated = argument[0][0] is operators.NEGATE
    return any(_has(member, of, letter) for member, of in argument[is_negated:]) is not is_negated


def _has(operator: Any, argument: Any, letter: str) -> bool:
    if operator is operators.LITERAL:
        return bool(ord(letter) == argument)
    if operator is operators.RANGE:
        low, high = argument
        return bool(low <= ord(letter) <= high)
    return _CATEGORIES[argument](letter)
