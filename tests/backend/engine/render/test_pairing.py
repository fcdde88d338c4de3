"""Lists are compared along a longest common subsequence, with every element once and in order."""

from __future__ import annotations

from functools import cache

from hypothesis import assume, given
from hypothesis import strategies as st

from constructs_ims.backend.engine.render.pairing import pair_in_order

LISTS = st.lists(st.sampled_from("abcd"), max_size=8)


def longest_common(befores: list[str], afters: list[str]) -> int:
    @cache
    def length(x: int, y: int) -> int:
        if x == len(befores) or y == len(afters):
            return 0
        if befores[x] == afters[y]:
            return 1 + length(x + 1, y + 1)
        return max(length(x + 1, y), length(x, y + 1))

    return length(0, 0)


@given(LISTS, LISTS)
def test_as_much_as_possible_stays(befores: list[str], afters: list[str]) -> None:
    assume(len(befores) != len(afters))

    pairs = pair_in_order(befores, afters, lambda _: False)

    kept = [(x, y) for x, y in pairs if x < len(befores) and y < len(afters)]
    assert all(befores[x] == afters[y] for x, y in kept)
    assert len(kept) == longest_common(befores, afters)
    assert [x for x, _ in pairs if x < len(befores)] == list(range(len(befores)))
    assert [y for _, y in pairs if y < len(afters)] == list(range(len(afters)))
