"""Which elements of two collections belong together: by place, by value, or along what their order has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from constructs_ims.backend.engine.render.change import RenderedChange, same, sequence


def paired_by_place(change: RenderedChange) -> list[tuple[int, int]]:
    """Pair what stands at the same place."""
    longest = max(len(sequence(change.before)), len(sequence(change.after)))
    return [(index, index) for index in range(longest)]


def paired_by_value(change: RenderedChange) -> list[tuple[int, int]]:
    """Pair the equal elements of two sets; an element without a partner is paired with nothing."""
    befores, afters = sequence(change.before), sequence(change.after)
    free = list(range(len(afters)))
    pairs = []
    for index in range(len(befores)):
        partner = next((other for other in free if _is_equal_element(change.element(index, other))), None)
        pairs.append((index, len(afters) if partner is None else partner))
        if partner is not None:
            free.remove(partner)
    return pairs + [(len(befores), other) for other in free]


def _is_equal_element(change: RenderedChange) -> bool:
    before, after = change.sensitivity
    return before == after and change.unknown is not True and same(change.before, change.after)


def paired_in_order(change: RenderedChange, is_object: Callable[[Any], bool]) -> list[tuple[int, int]]:
    """Pair the elements of two lists along their longest common subsequence; objects between are paired up, too."""
    return pair_in_order(sequence(change.before), sequence(change.after), is_object)


def pair_in_order(
    befores: Sequence[Any], afters: Sequence[Any], is_object: Callable[[Any], bool]
) -> list[tuple[int, int]]:
    """Pair positions of two sequences; a position behind the end stands for nothing.

    Sequences of one length are compared place by place, unless the second looks like the first in another order.
    """
    if len(befores) == len(afters) and not all(any(same(one, other) for other in afters) for one in befores):
        return [(index, index) for index in range(len(befores))]
    pairs: list[tuple[int, int]] = []
    before = after = 0
    for common in [*_common(befores, afters), _END]:
        while before < len(befores) and not same(befores[before], common):
            is_free = after < len(afters) and not same(afters[after], common)
            is_pair = is_free and is_object(befores[before]) and is_object(afters[after])
            pairs.append((before, after if is_pair else len(afters)))
            before, after = before + 1, after + is_pair
        while after < len(afters) and not same(afters[after], common):
            pairs.append((len(befores), after))
            after += 1
        if common is not _END:
            pairs.append((before, after))
            before, after = before + 1, after + 1
    return pairs


_END: Final = object()
"""Stands behind the last common element; equal to none."""


def _common(befores: Sequence[Any], afters: Sequence[Any]) -> list[Any]:
    """Return a longest common subsequence."""
    lengths = [[0] * (len(befores) + 1) for _ in range(len(afters) + 1)]
    equal = [[same(before, after) for before in befores] for after in afters]
    for y, row in enumerate(equal):
        for x, is_equal in enumerate(row):
            lengths[y + 1][x + 1] = lengths[y][x] + 1 if is_equal else max(lengths[y + 1][x], lengths[y][x + 1])
    found, x, y = [], len(befores) - 1, len(afters) - 1
    while x >= 0 and y >= 0:
        if equal[y][x]:
            found.append(befores[x])
            x, y = x - 1, y - 1
        elif lengths[y + 1][x] > lengths[y][x + 1]:
            x -= 1
        else:
            y -= 1
    return found[::-1]
