"""``Annotations``: what a stack's constructs have to say, and the assertions on it. Modelled on AWS CDK's class."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from constructs_ims.testing.matching.matchers import MatchContext, Matcher, matcher_for
from constructs_ims.testing.template.places import construct_at
from constructs_ims.testing.template.subjects import EVERY, Subject
from constructs_ims.testing.template.synthesis import run_aspects

__tracebackhide__ = True
__unittest = True

_TYPE: Final = re.compile(r"@cdkt[a-z]/(info|warn|error)")
_LEVELS: Final = {"info": "info", "warn": "warning", "error": "error"}
_MOST_LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Annotation:
    """Something that a construct has to say; ``level`` is ``info``, ``warning`` or ``error``."""

    construct_path: str
    level: str
    message: str

    def __str__(self) -> str:
        return f"{self.construct_path}: {self.message}"


class Annotations:
    """The infos, warnings and errors of one stack's constructs, those that Aspects add included.

    ``construct`` is a construct, its path, or ``"*"`` for all of the stack. ``message`` is the whole text or a matcher,
    such as ``Match.string_like_regexp("min_disk")``.
    """

    def __init__(self, annotations: Sequence[Annotation], stack: Any) -> None:
        self._annotations = tuple(annotations)
        self._stack = stack
        self._owner = f"Stack {stack.node.id}"

    @classmethod
    def from_stack(cls, stack: Any) -> Self:
        """Synthesize a stack and collect what its constructs say; an annotated error does not stop it."""
        run_aspects(stack)
        return cls(_annotations_of(stack), stack)

    def has_info(self, construct: Subject, message: Any) -> None:
        """Demand an info."""
        self._require("info", construct, message)

    def has_no_info(self, construct: Subject, message: Any) -> None:
        """Demand that there is no such info."""
        self._require_none("info", construct, message)

    def find_info(self, construct: Subject, message: Any) -> list[Annotation]:
        """Return the infos that match."""
        return self._matching("info", construct, message)

    def has_warning(self, construct: Subject, message: Any) -> None:
        """Demand a warning."""
        self._require("warning", construct, message)

    def has_no_warning(self, construct: Subject, message: Any) -> None:
        """Demand that there is no such warning."""
        self._require_none("warning", construct, message)

    def find_warning(self, construct: Subject, message: Any) -> list[Annotation]:
        """Return the warnings that match."""
        return self._matching("warning", construct, message)

    def has_error(self, construct: Subject, message: Any) -> None:
        """Demand an error."""
        self._require("error", construct, message)

    def has_no_error(self, construct: Subject, message: Any) -> None:
        """Demand that there is no such error."""
        self._require_none("error", construct, message)

    def find_error(self, construct: Subject, message: Any) -> list[Annotation]:
        """Return the errors that match."""
        return self._matching("error", construct, message)

    def _require(self, level: str, construct: Subject, message: Any) -> None:
        candidates = self._candidates(level, construct)
        if matched := _matched(candidates, matcher := _matcher_for(message)):
            _commit(matched, matcher)
            return
        count = f"{len(candidates)} {level}{'' if len(candidates) == 1 else 's'}" if candidates else f"no {level}"
        place = "" if construct == EVERY else f" at {_path_of(construct)}"
        verdict = f", but none is {matcher.describe()}:" if candidates else f", expected {matcher.describe()}."
        shown = candidates or self._annotations
        known = [] if candidates or not shown else ["It has:"]
        raise AssertionError("\n".join([f"{self._owner} has {count}{place}{verdict}", *known, *_listed(shown)]))

    def _require_none(self, level: str, construct: Subject, message: Any) -> None:
        if matched := self._matching(level, construct, message):
            count = f"{len(matched)} {level}{'' if len(matched) == 1 else 's'}"
            raise AssertionError("\n".join([f"{self._owner} has {count} that should not be there:", *_listed(matched)]))

    def _matching(self, level: str, construct: Subject, message: Any) -> list[Annotation]:
        return _matched(self._candidates(level, construct), _matcher_for(message))

    def _candidates(self, level: str, construct: Subject) -> list[Annotation]:
        path = _path_of(construct)
        self._check_place(path)
        return [each for each in self._annotations if each.level == level and path in (EVERY, each.construct_path)]

    def _check_place(self, path: str) -> None:
        """Refuse a path that leads to no construct of the stack, which nothing could be found at."""
        if path != EVERY:
            construct_at(self._stack, path)

    def __repr__(self) -> str:
        return f"Annotations({', '.join(f'{each.level} {each}' for each in self._annotations)})"


def _annotations_of(stack: Any) -> list[Annotation]:
    return [
        Annotation(str(construct.node.path), _LEVELS[level[1]], str(entry.data))
        for construct in stack.node.find_all()
        for entry in construct.node.metadata
        if (level := _TYPE.fullmatch(entry.type))
    ]


def _matcher_for(message: Any) -> Matcher:
    """Return the matcher of a message; raise ``TypeError`` for a pattern that no text can match."""
    matcher = matcher_for(message, partial=True)
    if not matcher.takes(str):
        raise TypeError(f"{matcher.describe()} matches no message. Give its text, or what Match has for texts.")
    return matcher


def _path_of(construct: Subject) -> str:
    if isinstance(construct, str):
        return construct.removeprefix("/")
    if isinstance(construct, type) or not hasattr(construct, "node"):
        raise TypeError(
            f"{construct!r} is no construct that could have an annotation. Give a construct, its path, or "
            f'"{EVERY}" for every one.'
        )
    return str(construct.node.path)


def _matched(candidates: Sequence[Annotation], matcher: Matcher) -> list[Annotation]:
    return [each for each in candidates if matcher.match(each.message, MatchContext()).is_success]


def _commit(annotations: Sequence[Annotation], matcher: Matcher) -> None:
    for annotation in annotations:
        matcher.match(annotation.message, MatchContext()).commit()


def _listed(annotations: Sequence[Annotation]) -> list[str]:
    left = len(annotations) - _MOST_LISTED
    lines = [f"   {each.level} {each}" for each in annotations[:_MOST_LISTED]]
    return [*lines, f"   and {left} more"] if left > 0 else lines
