"""Assertions on a selection of blocks: some, all, none, a number of them, or exactly one match a pattern."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_ims.schema.diagnostics import did_you_mean
from constructs_ims.testing.matching.matchers import (
    AbsentMatcher,
    MatchContext,
    Matcher,
    matcher_for,
    matcher_for_object,
)
from constructs_ims.testing.matching.result import MISSING, MatchResult
from constructs_ims.testing.template.blocks import META_ARGUMENTS, Kind, TemplateBlock, known_names
from constructs_ims.testing.template.explanation import explain, without_secret
from constructs_ims.testing.template.subjects import Selector

__tracebackhide__ = True
__unittest = True

_MOST_LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Attempt:
    """One block, what of it was compared, and what came of that."""

    block: TemplateBlock
    value: Any
    result: MatchResult

    @property
    def title(self) -> str:
        """The block's address, and its construct where that is known."""
        return f"{self.block.address} ({self.block.path})" if self.block.path else self.block.address


@dataclass(frozen=True, slots=True)
class Selection:
    """The blocks that an assertion is about, among ``all_blocks`` of their kind.

    ``owner`` is what messages call the template; ``whole`` compares meta-arguments too.
    """

    owner: str
    kind: Kind
    selector: Selector
    all_blocks: Sequence[TemplateBlock]
    context: MatchContext
    whole: bool = True

    @property
    def blocks(self) -> list[TemplateBlock]:
        """The blocks that were selected."""
        return [block for block in self.all_blocks if self.selector.selects(block)]

    def attempts(self, pattern: Any) -> list[Attempt]:
        """Compare every selected block with the pattern; raise ``TypeError`` for one that no block can match."""
        if pattern is None and self.kind is not Kind.LOCAL:
            raise TypeError(
                f"None is the pattern of a local that is null, and no {self.kind.value} is null. Leave the pattern out "
                "for whatever stands there, or give a mapping or a matcher."
            )
        is_any = self.kind is Kind.LOCAL
        matcher = matcher_for(pattern, partial=True) if is_any else matcher_for_object(pattern, self.kind.value)
        blocks = self.blocks
        self._check_names(matcher.keys, blocks)
        return [self._attempt(block, matcher) for block in blocks]

    def _check_names(self, names: Collection[str], blocks: Sequence[TemplateBlock]) -> None:
        """Raise ``TypeError`` for a name that what is compared can never have; its absence would say nothing."""
        if not self.whole:
            for name in META_ARGUMENTS.get(self.kind, frozenset()).intersection(names):
                raise TypeError(
                    f'"{name}" is a meta-argument, and this looks at arguments alone. Use the method for whole blocks, '
                    'without "_properties" in its name.'
                )
        known: set[str] = set()
        types = {block.type for block in blocks} or {self.selector.name}
        for type_ in types:
            if (own := known_names(self.kind, type_)) is None:
                return
            known |= own
        for name in names:
            if name not in known and not any(name in block.body for block in blocks):
                raise TypeError(f'{" and ".join(sorted(types))} has no argument "{name}".{did_you_mean(name, known)}')

    def _attempt(self, block: TemplateBlock, matcher: Matcher) -> Attempt:
        value = block.body if self.whole else block.arguments
        is_nothing = isinstance(matcher, AbsentMatcher) and value == {}
        context = MatchContext(self.context.resolve, block.names)
        return Attempt(block, value, matcher.match(MISSING if is_nothing else value, context))

    def matching(self, pattern: Any) -> dict[str, Any]:
        """Return the bodies of the blocks that match, by address."""
        matched = _matched(self.attempts(pattern))
        _commit(matched)
        return {attempt.block.address: copy.deepcopy(attempt.block.body) for attempt in matched}

    def require_some(self, pattern: Any) -> None:
        """Demand that at least one block matches."""
        attempts = self.attempts(pattern)
        if not (matched := _matched(attempts)):
            raise AssertionError(self._no_match(attempts))
        _commit(matched)

    def require_all(self, pattern: Any) -> None:
        """Demand that there are blocks and that each of them matches."""
        attempts = self.attempts(pattern)
        failed = [attempt for attempt in attempts if not attempt.result.is_success]
        if not attempts:
            raise AssertionError(self._no_blocks())
        if failed:
            matched = len(attempts) - len(failed)
            count = f"only {matched} {'matches' if matched == 1 else 'match'}" if matched else "none matches"
            others = [f"{attempt.title} does not match either." for attempt in _nearest(failed)[1:_MOST_LISTED]]
            if (left := len(failed) - _MOST_LISTED) > 0:
                others.append(f"Nor {'does' if left == 1 else 'do'} {left} more.")
            raise AssertionError("\n".join([f"{self._count(len(attempts))}, but {count}.", _closest(failed), *others]))
        _commit(attempts)

    def require_none(self, pattern: Any) -> None:
        """Demand that no block matches."""
        if matched := _matched(self.attempts(pattern)):
            raise AssertionError(f"{self._count(len(matched))} that should not be there:\n{_listed(matched)}")

    def require_count(self, pattern: Any, count: int) -> None:
        """Demand a number of blocks that match; raise ``TypeError`` for what is no number of blocks."""
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise TypeError(f"{count!r} is no number of {self.kind.value}s. Use 0 or more.")
        attempts = self.attempts(pattern)
        matched = _matched(attempts)
        if len(matched) == count:
            _commit(matched)
            return
        of = f" among {len(attempts)}" if len(matched) < len(attempts) else ""
        lines = [f"Expected {self._named(count)}, found {len(matched)}{of}.", _listed(matched)]
        if len(matched) < min(count, len(attempts)):
            lines.append(_closest([attempt for attempt in attempts if not attempt.result.is_success]))
        if not attempts:
            lines.append(self._known().strip())
        raise AssertionError("\n".join(filter(None, lines)))

    def require_one(self, pattern: Any) -> str:
        """Demand that exactly one block matches, and return its address."""
        attempts = self.attempts(pattern)
        matched = _matched(attempts)
        if not matched:
            raise AssertionError(self._no_match(attempts))
        if len(matched) > 1:
            raise AssertionError(f"{self._count(len(matched))} that match, expected one.\n{_listed(matched)}")
        _commit(matched)
        return matched[0].block.address

    def _no_match(self, attempts: Sequence[Attempt]) -> str:
        if not attempts:
            return self._no_blocks()
        return f"{self._count(len(attempts))}, but none matches.\n{_closest(attempts)}"

    def _no_blocks(self) -> str:
        return f"{self.owner} has no {self.kind.value}{self.selector.phrase}.{self._known()}"

    def _count(self, count: int) -> str:
        return f"{self.owner} has {self._named(count)}"

    def _named(self, count: int) -> str:
        return f"{count} {self.kind.value}{'' if count == 1 else 's'}{self.selector.phrase}"

    def _known(self) -> str:
        """Say what blocks of the kind there are, and which may have been meant."""
        if not self.all_blocks:
            return f" It has no {self.kind.value} at all."
        names = Counter(block.type if self.kind.is_typed else block.name for block in self.all_blocks)
        shown = [f"{name} ({count})" if count > 1 else name for name, count in names.most_common(_MOST_LISTED)]
        alike = [*names, *(block.address for block in self.all_blocks), *(block.path for block in self.all_blocks)]
        hint = did_you_mean(self.selector.name, filter(None, alike)) if self.selector.name else ""
        return f" It has {', '.join(shown)}{', ...' if len(names) > _MOST_LISTED else ''}.{hint}"


def _matched(attempts: Sequence[Attempt]) -> list[Attempt]:
    return [attempt for attempt in attempts if attempt.result.is_success]


def _commit(attempts: Sequence[Attempt]) -> None:
    for attempt in attempts:
        attempt.result.commit()


def _nearest(attempts: Sequence[Attempt]) -> list[Attempt]:
    return sorted(attempts, key=lambda attempt: attempt.result.cost)


def _closest(attempts: Sequence[Attempt]) -> str:
    """Show the block with the fewest mismatches."""
    attempt = _nearest(attempts)[0]
    count = len(attempt.result.mismatches)
    value = attempt.block.without_secrets(attempt.value)
    mismatches = [without_secret(each, value) for each in attempt.result.mismatches]
    heading = f"The closest is {attempt.title}, with {count} mismatch{'' if count == 1 else 'es'}:"
    return f"{heading}\n{explain(value, mismatches)}"


def _listed(attempts: Sequence[Attempt]) -> str:
    left = len(attempts) - _MOST_LISTED
    lines = [f"   {attempt.title}" for attempt in attempts[:_MOST_LISTED]]
    return "\n".join([*lines, f"   and {left} more"] if left > 0 else lines)
