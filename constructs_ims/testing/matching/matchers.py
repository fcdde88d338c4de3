"""All matchers: the closed family behind ``Match``. A matcher compares one value, or its absence, with a pattern."""

from __future__ import annotations

import json
import math
import re
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from constructs_ims.testing.matching.result import MISSING, MatchResult, mismatch, shown, type_name

_TOKEN: Final = re.compile(r"\$\{TfToken\[|#\{TfToken\[")
_NUMBER_TOKEN: Final = b"\xfd\xff"
"""How the eight bytes begin of a number that the CDK puts in the place of a reference: about -8.1e+298."""


def is_token(value: object) -> bool:
    """Whether a plain value is what the CDK puts in the place of a reference."""
    if isinstance(value, str):
        return _TOKEN.search(value) is not None
    return isinstance(value, float) and struct.pack(">d", value).startswith(_NUMBER_TOKEN)


def refuse_token(value: object) -> None:
    """Raise ``TypeError`` for a token, which would be compared with what no template has."""
    if is_token(value):
        raise TypeError(f"{value!r} is a token, which no template has. Write Match.token_to(...) around it.")


def _unresolvable(token: Any) -> Any:
    raise TypeError(
        f"{token!r} cannot be resolved: this template was not made from a stack. "
        'Write the reference as Terraform reads it: "${TYPE.NAME.ATTRIBUTE}".'
    )


@dataclass(frozen=True, slots=True)
class MatchContext:
    """What matching needs besides pattern and value.

    ``resolve`` turns a token into what the stack's JSON has for it. ``names`` are further names of the keys at the
    level that is being matched: ``{"os_version": "__os_version"}``.
    """

    resolve: Callable[[Any], Any] = _unresolvable
    names: Mapping[str, str] = field(default_factory=dict)

    def inside(self) -> MatchContext:
        """Return the context for what is nested in the value."""
        return MatchContext(self.resolve) if self.names else self


class Matcher(ABC):
    """What can stand in a pattern, at its top or anywhere inside it."""

    @abstractmethod
    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Compare a value, ``MISSING`` where there is none, with the pattern."""

    @abstractmethod
    def describe(self, context: MatchContext | None = None) -> str:
        """Say in a few words what is expected; with a context, tokens as the stack's JSON has them."""

    @property
    def size(self) -> int:
        """How many values it asks for, which is what its mismatch costs where nothing of it can be compared."""
        return 1

    @property
    def keys(self) -> Collection[str]:
        """The keys that it asks for where it is compared with an object."""
        return ()

    def mentions(self, key: str) -> bool:
        """Tell whether it asks for a key, at any depth."""
        return False

    def takes(self, type_: type) -> bool:
        """Tell whether there are values of a type, ``dict``, ``list`` or ``str``, that it is to be compared with."""
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.describe()}>"


def matcher_for(pattern: Any, *, partial: bool) -> Matcher:
    """Return the matcher of a pattern; ``partial`` lets objects in it have more keys than are asked for."""
    match pattern:
        case Matcher():
            return pattern
        case Mapping():
            return ObjectMatcher(pattern, partial=partial)
        case list() | tuple():
            return ArrayMatcher(pattern, partial=partial)
        case _:
            return LiteralMatcher(pattern)


def matcher_for_object(pattern: Any, what: str) -> Matcher:
    """Return the matcher of a pattern for what always is an object; raise ``TypeError`` where it can match none."""
    matcher = matcher_for(pattern, partial=True)
    if not matcher.takes(dict):
        raise TypeError(f"{matcher.describe()} matches no {what}, which has names and values. Give a mapping.")
    return matcher


def _matchers_for_elements(pattern: Any, *, partial: bool) -> list[Matcher]:
    if not isinstance(pattern, list | tuple):
        raise TypeError(f"{pattern!r} is {type(pattern).__name__}, and a list is expected.")
    return [matcher_for(element, partial=partial) for element in pattern]


def _size(matchers: Iterable[Matcher]) -> int:
    return sum(matcher.size for matcher in matchers) or 1


def describe(pattern: Any, context: MatchContext | None = None) -> str:
    """Say what a pattern expects, in one line."""
    match pattern:
        case Matcher():
            return pattern.describe(context)
        case Mapping():
            return "{" + ", ".join(f"{shown(key)}: {describe(value, context)}" for key, value in pattern.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(describe(each, context) for each in pattern) + "]"
        case _:
            return shown(pattern)


class LiteralMatcher(Matcher):
    """Matches a text, number, truth value or null that stands there; types are not converted."""

    def __init__(self, pattern: Any) -> None:
        if not (pattern is None or isinstance(pattern, str | bool | int | float)):
            raise TypeError(
                f"{pattern!r} is {type(pattern).__name__}, which no template has. Use texts, numbers, truth values, "
                "None, lists, mappings and what Match has; Match.token_to(...) for a reference."
            )
        refuse_token(pattern)
        if isinstance(pattern, float) and not math.isfinite(pattern):
            raise TypeError(f"{pattern!r} is no number of JSON, so that no template has it.")
        self.pattern = pattern

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Compare type and value."""
        if actual is MISSING:
            return mismatch(self.describe(context), actual)
        if self.pattern is not None and type_name(actual) != type_name(self.pattern):
            return mismatch(f"{self.describe(context)} ({type_name(self.pattern)})", actual)
        return MatchResult() if actual == self.pattern else mismatch(self.describe(context), actual)

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match."""
        return isinstance(self.pattern, type_)

    def describe(self, context: MatchContext | None = None) -> str:
        """Return the value as JSON."""
        return shown(self.pattern)


class ObjectMatcher(Matcher):
    """Matches an object key by key; ``partial`` lets it have other keys too, and what is nested in it."""

    def __init__(self, pattern: Mapping[str, Any], *, partial: bool) -> None:
        if not isinstance(pattern, Mapping):
            raise TypeError(f"{pattern!r} is {type(pattern).__name__}, and a mapping is expected.")
        if wrong := [key for key in pattern if not isinstance(key, str)]:
            raise TypeError(f"{wrong[0]!r} is {type(wrong[0]).__name__}, and the keys of objects are texts.")
        for key in pattern:
            refuse_token(key)
        self.pattern = dict(pattern)
        self.partial = partial
        self._matchers = {key: matcher_for(value, partial=partial) for key, value in self.pattern.items()}

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Compare each key of the pattern, and without ``partial`` look for keys beyond them."""
        if not isinstance(actual, dict):
            return mismatch(self._expected(context), actual, cost=self.size)
        result = MatchResult()
        matchers = self._named(actual, context.names)
        inside = context.inside()
        for key, matcher in matchers.items():
            result.include(key, matcher.match(actual.get(key, MISSING), inside))
        for key in actual.keys() - matchers.keys() if not self.partial else ():
            result.include(key, mismatch("nothing", actual[key]))
        return result

    def _named(self, actual: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Matcher]:
        named: dict[str, str] = {}
        for key in self._matchers:
            name = key if key in actual else names.get(key, key)
            if name in named:
                first, second = sorted((named[name], key), reverse=True)
                raise TypeError(f'"{first}" and "{second}" are the same argument. Give one of them.')
            named[name] = key
        return {name: self._matchers[key] for name, key in named.items()}

    def _expected(self, context: MatchContext) -> str:
        return self.describe(context) if self.pattern else "an object"

    @property
    def keys(self) -> Collection[str]:
        """Its own keys."""
        return self.pattern.keys()

    def mentions(self, key: str) -> bool:
        """Tell whether it asks for a key, at any depth."""
        return key in self._matchers or any(matcher.mentions(key) for matcher in self._matchers.values())

    @property
    def size(self) -> int:
        """How many values its keys ask for."""
        return _size(self._matchers.values())

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match."""
        return type_ is dict

    def describe(self, context: MatchContext | None = None) -> str:
        """Return the pattern in one line."""
        return describe(self.pattern, context)


class ArrayMatcher(Matcher):
    """Matches an array element by element, in order and in full length."""

    def __init__(self, pattern: Sequence[Any], *, partial: bool) -> None:
        self.pattern = list(pattern)
        self._matchers = _matchers_for_elements(pattern, partial=partial)

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Compare the elements, then the lengths."""
        if not isinstance(actual, list):
            return mismatch(self.describe(context), actual, cost=self.size)
        result, inside = MatchResult(), context.inside()
        for position, (matcher, element) in enumerate(zip(self._matchers, actual, strict=False)):
            result.include(position, matcher.match(element, inside))
        for position, matcher in enumerate(self._matchers[len(actual) :], start=len(actual)):
            result.include(position, mismatch(matcher.describe(context), MISSING, cost=matcher.size))
        for position in range(len(self._matchers), len(actual)):
            count = f"{len(self._matchers)} element{'' if len(self._matchers) == 1 else 's'}"
            result.include(position, mismatch(f"nothing (an array of {count})", actual[position]))
        return result

    def mentions(self, key: str) -> bool:
        """Tell whether one of its elements asks for a key."""
        return any(matcher.mentions(key) for matcher in self._matchers)

    @property
    def size(self) -> int:
        """How many values its elements ask for."""
        return _size(self._matchers)

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match."""
        return type_ is list

    def describe(self, context: MatchContext | None = None) -> str:
        """Return the pattern in one line."""
        return describe(self.pattern, context)


class SubsequenceMatcher(Matcher):
    """Matches an array that has the pattern's elements, in their order, among others."""

    def __init__(self, pattern: Sequence[Any]) -> None:
        self.pattern = list(pattern)
        self._matchers = _matchers_for_elements(pattern, partial=False)
        for matcher in self._matchers:
            if isinstance(matcher, AbsentMatcher | AnyMatcher):
                raise TypeError(f"{matcher.describe()} cannot be an element of array_with: it says nothing there.")

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Take the first element that each part of the pattern matches, after the one before it."""
        if not isinstance(actual, list):
            return mismatch(self.describe(context), actual, cost=self.size)
        result, inside, start = MatchResult(), context.inside(), 0
        for position, matcher in enumerate(self._matchers):
            tried = []
            for index in range(start, len(actual)):
                tried.append((index, matcher.match(actual[index], inside)))
                if tried[-1][1].is_success:
                    break
            if not tried or not tried[-1][1].is_success:
                return self._unmatched(position, tried, start, context)
            start = tried[-1][0] + 1
            result.captured += tried[-1][1].captured
        return result

    def _unmatched(
        self, position: int, tried: Sequence[tuple[int, MatchResult]], start: int, context: MatchContext
    ) -> MatchResult:
        expected = f"an element {self._matchers[position].describe(context)}"
        if not tried:
            place = f" after the first {start}" if start else ""
            cost = self._matchers[position].size
            return mismatch(f"{expected}{place}", MISSING, path=(start,), cost=cost)
        index, closest = min(tried, key=lambda attempt: attempt[1].cost)
        marked = [replace(each, expected=f"{each.expected} (the closest element)") for each in closest.mismatches]
        result = MatchResult()
        result.include(index, MatchResult(marked))
        return result

    def mentions(self, key: str) -> bool:
        """Tell whether one of its elements asks for a key."""
        return any(matcher.mentions(key) for matcher in self._matchers)

    @property
    def size(self) -> int:
        """How many values its elements ask for."""
        return _size(self._matchers)

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match."""
        return type_ is list

    def describe(self, context: MatchContext | None = None) -> str:
        """Return the pattern in one line."""
        return f"an array with {describe(self.pattern, context)} in this order"


class NotMatcher(Matcher):
    """Matches what the pattern does not match, absence too."""

    def __init__(self, pattern: Any) -> None:
        self._inner = matcher_for(pattern, partial=False)

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Turn the pattern's answer around; nothing is captured."""
        return (
            mismatch(self.describe(context), actual) if self._inner.match(actual, context).is_success else MatchResult()
        )

    @property
    def keys(self) -> Collection[str]:
        """Those of the pattern."""
        return self._inner.keys

    def mentions(self, key: str) -> bool:
        """Tell whether the pattern asks for a key."""
        return self._inner.mentions(key)

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match the pattern."""
        return self._inner.takes(type_)

    def describe(self, context: MatchContext | None = None) -> str:
        """Return what is not to stand there."""
        return f"not {self._inner.describe(context)}"


class AnyMatcher(Matcher):
    """Matches every value but null."""

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Look whether there is a value."""
        return mismatch(self.describe(context), actual) if actual is MISSING or actual is None else MatchResult()

    def describe(self, context: MatchContext | None = None) -> str:
        """Say that there is to be a value."""
        return "any value"


class AbsentMatcher(Matcher):
    """Matches where nothing stands, or null, which is the same for Terraform."""

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Look whether there is no value."""
        return MatchResult() if actual is MISSING or actual is None else mismatch(self.describe(context), actual)

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match."""
        return type_ is dict  # a block without arguments

    def describe(self, context: MatchContext | None = None) -> str:
        """Say that there is to be no value."""
        return "nothing"


class RegexpMatcher(Matcher):
    """Matches a text in which a regular expression is found."""

    def __init__(self, pattern: str) -> None:
        if not isinstance(pattern, str):
            raise TypeError(f"{pattern!r} is {type(pattern).__name__}. Give a regular expression as a text.")
        refuse_token(pattern)
        try:
            self._expression = re.compile(pattern, re.MULTILINE)
        except re.error as failure:
            raise TypeError(f"{pattern!r} is no regular expression: {failure}.") from None

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Search the text; ``^`` and ``$`` match at every line."""
        is_match = isinstance(actual, str) and self._expression.search(actual)
        return MatchResult() if is_match else mismatch(self.describe(context), actual)

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match."""
        return type_ is str

    def describe(self, context: MatchContext | None = None) -> str:
        """Return the expression."""
        return f"a string like /{self._expression.pattern}/"


class SerializedJsonMatcher(Matcher):
    """Matches a text that is JSON, and what the JSON says."""

    def __init__(self, pattern: Any) -> None:
        self._inner = matcher_for(pattern, partial=False)

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Read the text and compare what it says; paths of mismatches go into it."""
        try:
            value = json.loads(actual) if isinstance(actual, str) else MISSING
        except (ValueError, RecursionError):
            value = MISSING
        if value is MISSING:
            return mismatch(self.describe(context), actual, cost=self.size)
        return self._inner.match(value, context.inside())

    @property
    def size(self) -> int:
        """How many values the JSON is asked for."""
        return self._inner.size

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match."""
        return type_ is str

    def describe(self, context: MatchContext | None = None) -> str:
        """Return the pattern in one line."""
        return f"a string with JSON {self._inner.describe(context)}"


class TokenMatcher(Matcher):
    """Matches what a token becomes in the stack's JSON: ``"${huaweicloud_ims_image_metadata.base.id}"``."""

    def __init__(self, token: Any) -> None:
        self._token = token

    def match(self, actual: Any, context: MatchContext) -> MatchResult:
        """Resolve the token in the stack that is asserted on, and compare; a whole object may stand as its address."""
        resolved = context.resolve(self._token)
        if resolved == self._token:
            raise TypeError(f"{resolved!r} is no token, but a value that stands as it is. Leave Match.token_to out.")
        is_address = hasattr(self._token, "node") and isinstance(actual, str) and not actual.startswith("${")
        if is_address:  # as in depends_on and provider
            resolved = resolved.removeprefix("${").removesuffix("}")
        return matcher_for(resolved, partial=False).match(actual, context.inside())

    def takes(self, type_: type) -> bool:
        """Tell whether values of a type can match."""
        return type_ is not dict

    def describe(self, context: MatchContext | None = None) -> str:
        """Return what it becomes; without a context, the token as it stands in the test."""
        return f"the reference {self._token}" if context is None else describe(context.resolve(self._token))
