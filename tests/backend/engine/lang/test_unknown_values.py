"""What is said while a value is unknown stays true once it is known: the one rule of all operators and functions."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang import (
    ConversionError,
    MappingScope,
    Result,
    TfSet,
    Value,
    convert,
    evaluate_typed,
    is_null,
    is_unknown,
    parse_expression,
    type_of,
    unknown,
)
from constructs_ims.schema.types import STRING, BoolType, DynamicType, NumberType
from constructs_ims.schema.values import Unknown

from .expressions import LEAVES, PRODUCTIONS, expression

LATE = ["late", '"a-${late}"', "[late]", '["a", late]', "{a = late}", 'split(",", late)', "decoded"]
LATE_LEAVES = {kind: [*leaves, *LATE] for kind, leaves in LEAVES.items()}
WITHOUT_SETS = {
    kind: [pattern for pattern in patterns if not re.search(r"\b(to)?set", pattern)]
    for kind, patterns in PRODUCTIONS.items()
}
"""Terraform goes through the elements of a set before it knows which of them are the same."""
EQUALITIES = {
    "any": [
        "<any> == <any>", "[<any>, <any>] == [<any>, <any>]", "toset([<any>]) == toset([<any>])", "can(<any>)",
        "try(<any>, <any>)", "[for item in <any> : item]", "<any> ? <any> : <any>", "tolist([<any>, <any>])",
        "contains([<any>, <any>], <any>)", "index([<any>, <any>], <any>)", "one(toset([<any>, <any>]))",
        "(<any>)[<any>]", "<any>[*]", "tomap({a = <any>, b = <any>})", "{(<any>) = <any>}", '"${<any>}-${<any>}"',
    ],
}  # fmt: skip


def evaluated(text: str, late: Value, decoded: Value) -> Result:
    return evaluate_typed(parse_expression(text), MappingScope({"late": late, "decoded": decoded}))


def agrees(before: Value, after: Value) -> bool:
    """Tell whether what is known ``before`` is so ``after``."""
    if is_unknown(before):
        return isinstance(type_of(before), DynamicType) or is_null(after) or may_be(type_of(before), type_of(after))
    if isinstance(before, TfSet):
        return len(after) <= len(before)
    if isinstance(before, list):
        return len(before) == len(after) and all(map(agrees, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(agrees(before[name], after[name]) for name in before)
    return bool(before == after) or (is_null(before) and is_null(after)) or as_text(before) == after


def as_text(value: Value) -> Value:
    """Return the text that a number or a truth value becomes: a value of no known type may ask for it yet."""
    try:
        return convert(value, STRING)
    except ConversionError:
        return None


def may_be(before: Any, after: Any) -> bool:
    return isinstance(before, DynamicType | NumberType | BoolType) or type(before) is type(after)


@pytest.mark.parametrize("productions", [EQUALITIES, WITHOUT_SETS], ids=["collections", "functions"])
@given(random=st.randoms(use_true_random=False), late=st.sampled_from(["a", "", "1", "true", "a,b"]))
def test_knowing_more_contradicts_nothing(productions: Any, random: Random, late: str) -> None:
    kind = random.choice(sorted(productions))
    text = expression(random, kind, 2, LATE_LEAVES, {**WITHOUT_SETS, **productions})
    decoded = random.choice([late, 1, True, [late], {"a": late}, None])
    before = evaluated(text, unknown(STRING, not_null=True), Unknown)
    after = evaluated(text, late, decoded)

    if after.ok:
        assert not before.ok or agrees(before.value, after.value), (text, before.value, after.value)
