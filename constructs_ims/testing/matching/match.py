"""``Match``: what can stand in a pattern besides plain values. Names and meaning are those of AWS CDK's assertions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from constructs_ims.testing.matching.matchers import (
    AbsentMatcher,
    AnyMatcher,
    ArrayMatcher,
    Matcher,
    NotMatcher,
    ObjectMatcher,
    RegexpMatcher,
    SerializedJsonMatcher,
    SubsequenceMatcher,
    TokenMatcher,
    matcher_for,
)


class Match:
    """Matchers for patterns: ``{"name": Match.string_like_regexp("^ubuntu"), "min_ram": Match.absent()}``.

    A plain mapping at the top of a pattern, or nested in one, may have more keys than are asked for; a plain list has
    exactly the elements that are asked for; a text, number or truth value is compared with its type. ``None`` is a null
    that stands there, and no argument that is left out: that is ``absent()``.
    """

    @staticmethod
    def any_value() -> Matcher:
        """Match every value but null."""
        return AnyMatcher()

    @staticmethod
    def absent() -> Matcher:
        """Match an argument that is left out. Null counts as left out, as it does for Terraform."""
        return AbsentMatcher()

    @staticmethod
    def exact(pattern: Any) -> Matcher:
        """Match a value that is the pattern, no key more and none less, at every depth.

        Raises ``TypeError`` for a pattern that is itself a matcher; inside of it they are taken.
        """
        if isinstance(pattern, Matcher):
            raise TypeError("Match.exact takes a value, and this is a matcher. Use it without Match.exact.")
        return matcher_for(pattern, partial=False)

    @staticmethod
    def object_like(pattern: Mapping[str, Any]) -> Matcher:
        """Match an object that has at least these keys with these values, and so the mappings nested in it."""
        return ObjectMatcher(pattern, partial=True)

    @staticmethod
    def object_equals(pattern: Mapping[str, Any]) -> Matcher:
        """Match an object that has exactly these keys with these values, at every depth."""
        return ObjectMatcher(pattern, partial=False)

    @staticmethod
    def array_with(pattern: Sequence[Any]) -> Matcher:
        """Match an array that has these elements in this order, with others before, between and after them.

        Objects in it are matched in full; write ``object_like`` around one to match a part of it. The order counts
        also where Terraform has a set, for JSON has them in the order in which the app gave them.
        """
        return SubsequenceMatcher(pattern)

    @staticmethod
    def array_equals(pattern: Sequence[Any]) -> Matcher:
        """Match an array that has exactly these elements, in this order."""
        return ArrayMatcher(pattern, partial=False)

    @staticmethod
    def string_like_regexp(pattern: str) -> Matcher:
        """Match a text in which a regular expression (Python's) is found; ``^`` and ``$`` match at every line."""
        return RegexpMatcher(pattern)

    @staticmethod
    def serialized_json(pattern: Any) -> Matcher:
        """Match a text that is JSON and says exactly this; write ``object_like`` around it to match a part.

        What ``Fn.jsonencode`` makes is an expression, not JSON: that is matched as text.
        """
        return SerializedJsonMatcher(pattern)

    @staticmethod
    def not_(pattern: Any) -> Matcher:
        """Match what the pattern does not, and also where nothing stands.

        A plain mapping in it is compared in full, so that one key more is another value; write ``object_like`` around
        it to refuse every object that has these keys.
        """
        return NotMatcher(pattern)

    @staticmethod
    def token_to(token: Any) -> Matcher:
        """Match the reference that a token becomes: ``token_to(image.id)``, or ``token_to(image)`` for the whole.

        The token is resolved in the stack that is asserted on: an attribute of another stack's resource is the remote
        state's output there. A text with tokens in it and ``Fn`` work too. AWS CDK has no such matcher.
        """
        return TokenMatcher(token)
