"""``ignore_changes``: what of a changed configuration gives way to the object that is there.

The answers are Terraform's; ``stories/ignored_paths.json`` asks it again.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.lang import parse_traversal
from constructs_ims.backend.engine.stack.evaluate.ignore_changes import with_ignored_changes
from constructs_ims.schema.attribute import Attribute, Block
from constructs_ims.schema.paths import AttributeStep, Path
from constructs_ims.schema.types import DYNAMIC, NUMBER, STRING, ListType, MapType, ObjectType

OBJECT, MAP = "${%s}", "${tomap(%s)}"
CASES = {
    "an attribute of an object": (["input.k"], OBJECT, "{k = 1}", "{k = 2}", "{k = 1}"),
    "an attribute that was not there": (["input.k"], OBJECT, "{j = 1}", "{j = 1, k = 2}", "{j = 1, k = 2}"),
    "a key on an object ignores all": (['input["k"]'], OBJECT, "{k = 1, j = 1}", "{k = 2, j = 2}", "{k = 1, j = 1}"),
    "a key of a map": (['input["k"]'], MAP, "{k = 1, j = 1}", "{k = 2, j = 2}", "{k = 1, j = 2}"),
    "a key that came to a map": (['input["k"]'], MAP, "{j = 1}", "{j = 2, k = 2}", "{j = 2}"),
    "a key that left a map": (['input["k"]'], MAP, "{k = 1, j = 1}", "{j = 2}", "{j = 2, k = 1}"),
    "an attribute on a map": (["input.k"], MAP, "{k = 1, j = 1}", "{k = 2, j = 1}", "{k = 2, j = 1}"),
    "an element of a tuple": (["input[0]"], OBJECT, "[1, 2]", "[3, 4]", "[1, 4]"),
    "an element beyond the end": (["input[5]"], OBJECT, "[1, 2]", "[3, 4]", "[3, 4]"),
    "a key inside objects": (['input["x"]["k"]'], OBJECT, "{x = {k = 1}}", "{x = {k = 2}}", "{x = {k = 2}}"),
    "an attribute inside attributes": (["input.x.k"], OBJECT, "{x = {k = 1}}", "{x = {k = 2}}", "{x = {k = 1}}"),
    "a key of a map in an object": (
        ['input.x["k"]'], OBJECT, "{x = tomap({k = 1})}", "{x = tomap({k = 2})}", "{x = tomap({k = 1})}"
    ),
    "all of it": (["input"], OBJECT, "{k = 1}", "[2]", "{k = 1}"),
    "all of it and a part": (["input.k", "input"], OBJECT, "{k = 1}", "{k = 2, j = 1}", "{k = 1}"),
}  # fmt: skip


def stack(ignored: list[str], value: str, expected: str) -> dict[str, Any]:
    objects = {"a": {"input": value, "lifecycle": {"ignore_changes": ignored}}, "b": {"input": expected}}
    return {"resource": {"terraform_data": objects}}


@pytest.mark.parametrize("name", CASES)
def test_changes_are_ignored_where_terraform_ignores_them(bench: Any, name: str) -> None:
    ignored, form, before, after, expected = CASES[name]
    bench.apply(stack(ignored, form % before, form % expected))
    bench.apply(stack(ignored, form % after, form % expected))

    found, wanted = (stored.attributes["input"] for _, _, stored in bench.state.objects())
    assert found == wanted
    assert not bench.plan().has_changes


LEAVES = st.none() | st.integers(0, 3) | st.text("ab", max_size=2)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("kj"), inner), max_leaves=5
)
PATHS = st.lists(st.sampled_from([".k", ".j", "[0]", "[1]", '["k"]', '["j"]']), max_size=3).map("".join)
BLOCK = Block(
    tuple(
        Attribute(name, type_, "A value.", "made up", optional=True)
        for name, type_ in {
            "any": DYNAMIC,
            "text": STRING,
            "texts": MapType(STRING),
            "numbers": ListType(NUMBER),
            "object": ObjectType({"k": STRING, "j": MapType(NUMBER)}),
        }.items()
    )
)


def path_of(text: str) -> Path:
    parsed: Any = parse_traversal(text)
    return (AttributeStep(parsed.root), *parsed.steps)


@given(before=VALUES, after=VALUES, paths=st.lists(PATHS, min_size=1, max_size=3))
def test_ignoring_is_settled_after_once(before: Any, after: Any, paths: list[str]) -> None:
    prior, config = ({**dict.fromkeys(BLOCK.by_name), "any": value} for value in (before, after))
    ignored = [path_of(f"any{path}") for path in paths]

    once = with_ignored_changes(BLOCK, prior, config, ignored)

    assert with_ignored_changes(BLOCK, prior, once, ignored) == once
    assert with_ignored_changes(BLOCK, prior, prior, ignored) == prior
    if path_of("any") in ignored:
        assert once == prior


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ('texts["k"]', {"k": "a"}, {"k": "b", "j": "c"}, {"k": "a", "j": "c"}),
        ('texts["k"]', None, {"k": "b"}, {}),
        ('texts["k"]', {"k": "a"}, None, {"k": "a"}),
        ("numbers[0]", [1, 2], [3, 4], [1, 4]),
        ('object.j["k"]', {"k": "a", "j": {"k": 1}}, {"k": "b", "j": {"k": 2}}, {"k": "b", "j": {"k": 1}}),
        ("object.k", {"k": "a", "j": None}, {"k": "b", "j": None}, {"k": "a", "j": None}),
        ("object.k", None, {"k": "b", "j": None}, {"k": "b", "j": None}),
        ("text", "a", "b", "a"),
        ("text", None, "b", None),
    ],
)
def test_declared_types_tell_maps_from_objects(path: str, before: Any, after: Any, expected: Any) -> None:
    name = path_of(path)[0].name  # type: ignore[union-attr]
    nothing = dict.fromkeys(BLOCK.by_name)

    found = with_ignored_changes(BLOCK, {**nothing, name: before}, {**nothing, name: after}, [path_of(path)])

    assert found == {**nothing, name: expected}
