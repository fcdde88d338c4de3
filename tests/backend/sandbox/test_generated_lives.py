"""Whole lives of stacks of other providers' objects, generated: with types that bindings tell, and with none."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.schema.attribute import Attribute, Block, Nesting, Schema
from constructs_ims.schema.types import BOOL, NUMBER, STRING, ListType, MapType, ObjectType, SetType, Type
from tests.bindings_text import blocks, files, write_archive

NAMES = ("shop_a", "shop_b")
_PATH = re.compile(r"shop_\w\.o\d[\w.\[\]]*")
_TEXT = st.text("abcxyz", min_size=1, max_size=4)
_VALUES: dict[Type, st.SearchStrategy[Any]] = {STRING: _TEXT, NUMBER: st.integers(0, 9), BOOL: st.booleans()}


@dataclass
class Life:
    """A stack: the schemas of its types, its objects, and expressions that read them."""

    schemas: dict[str, Schema]
    resources: dict[str, dict[str, Any]]
    reads: list[str]


def value(type_: Type) -> st.SearchStrategy[Any]:
    match type_:
        case ListType(element) | SetType(element):
            return st.lists(_VALUES[element], min_size=1, max_size=2, unique=True)
        case MapType(element):
            return st.dictionaries(_TEXT, _VALUES[element], min_size=1, max_size=2)
        case _:
            return _VALUES[type_]


@st.composite
def body(draw: st.DrawFn, block: Block) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for attribute in block.attributes:
        if attribute.required or (attribute.optional and draw(st.booleans())):
            made[attribute.name] = draw(value(attribute.type))
    for nested in block.blocks:
        most = 1 if nested.max_items == 1 or nested.nesting is Nesting.SINGLE else 2
        inner = [draw(body(nested.block)) for _ in range(draw(st.integers(0, most)))]
        if inner:
            made[nested.name] = inner[0] if most == 1 else inner
    return made


def reads(at: str, block: Block, given: dict[str, Any]) -> Iterator[str]:
    """Yield expressions that read what is there, and what only the provider sets."""
    for attribute in block.attributes:
        yield f"${{{at}.{attribute.name}}}"
        match attribute.type:
            case ListType(ObjectType(attributes)) | SetType(ObjectType(attributes)):
                yield from (f"${{element(tolist({at}.{attribute.name}), 0).{name}}}" for name in attributes)
            case ListType() | SetType():
                yield f"${{[for one in {at}.{attribute.name} : one]}}"
            case MapType() if attribute.name in given or attribute.computed:
                yield f"${{keys({at}.{attribute.name})}}"
            case _:
                continue
    for nested in block.blocks:
        inside = given.get(nested.name)
        if inside is not None and nested.nesting is not Nesting.SET:
            step = "" if nested.nesting is Nesting.SINGLE else "[0]"
            first = inside[0] if isinstance(inside, list) else inside
            yield from reads(f"{at}.{nested.name}{step}", nested.block, first)


def consistent(expressions: list[str]) -> list[str]:
    """Leave out what reads an attribute as another kind than the first, be it of another object of the type.

    A text that turns out to be a map has to change.
    """
    kinds: dict[str, str] = {}
    kept = []
    for expression in expressions:
        place = _PATH.findall(expression)[0]
        kind = re.sub(r"\.\w+}$", "}", expression.replace(place, ""))
        path = re.sub(r"\.o\d", "", place)
        if kinds.setdefault(path, kind) == kind:
            kept.append(expression)
    return kept


@st.composite
def lives(draw: st.DrawFn) -> Life:
    schemas = {}
    for name in NAMES:
        drawn = draw(blocks())
        identity = Attribute("id", STRING, "", "", computed=True)
        schemas[name] = Schema(name, Block((*drawn.attributes, identity), drawn.blocks))
    resources: dict[str, dict[str, Any]] = {name: {} for name in NAMES}
    expressions: list[str] = []
    for position in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(NAMES))
        made = draw(body(schemas[name].block))
        for attribute in schemas[name].block.attributes:
            if attribute.type == STRING and attribute.name in made and expressions and draw(st.booleans()):
                made[attribute.name] = f"${{{draw(st.sampled_from(list(_owners(resources))))}.id}}"
        resources[name][f"o{position}"] = made
        expressions += reads(f"{name}.o{position}", schemas[name].block, made)
    return Life(schemas, resources, draw(st.lists(st.sampled_from(expressions), min_size=1, max_size=6, unique=True)))


def _owners(resources: dict[str, dict[str, Any]]) -> Iterator[str]:
    return (f"{name}.{label}" for name, labels in resources.items() for label in labels)


def write(folder: Path, life: Life, expressions: list[str]) -> Path:
    stack = folder / "cdktf.out" / "stacks" / "s"
    stack.mkdir(parents=True, exist_ok=True)
    content = {
        "terraform": {"required_providers": {"shop": {"source": "acme/shop"}}},
        "resource": {name: labels for name, labels in life.resources.items() if labels},
        "output": {f"x{life.reads.index(one)}": {"value": f"${{try({one[2:-1]}, null)}}"} for one in expressions},
    }
    (stack / "cdk.tf.json").write_text(json.dumps({name: part for name, part in content.items() if part}))
    return stack


def unchanged(sandbox: Sandbox, stack: Path) -> bool:
    return all(action is Action.NO_OP for action in sandbox.plan(stack).actions.values())


@pytest.mark.parametrize("known", [True, False], ids=["types from bindings", "types from use"])
@settings(max_examples=max(2, settings.default.max_examples // 10))  # each is a whole life
@given(lives(), st.data())
def test_nothing_changes_that_nobody_changed(known: bool, life: Life, data: st.DataObject) -> None:
    life.reads = life.reads if known else consistent(life.reads)
    with tempfile.TemporaryDirectory() as name, Sandbox(deterministic=True) as sandbox:
        folder = Path(name)
        (folder / "cdktf.json").write_text('{"app": "python main.py"}')
        if known:
            schemas = {("managed", name): schema for name, schema in life.schemas.items()}
            write_archive(
                folder / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", files("acme/shop", schemas, "providers/shop")
            )
        some = data.draw(st.lists(st.sampled_from(life.reads), unique=True), label="read first")
        stack = write(folder, life, some)
        first = sandbox.apply(stack).outputs
        assert not sandbox.plan(stack).has_changes
        assert sandbox.apply(stack).outputs == first

        write(folder, life, life.reads)
        assert unchanged(sandbox, stack)
        more = sandbox.apply(stack).outputs
        assert {name: more[name] for name in first} == first
        assert not sandbox.plan(stack).has_changes

        write(folder, life, some[:1])
        assert unchanged(sandbox, stack)
        sandbox.apply(stack)
        assert not sandbox.plan(stack).has_changes
        sandbox.destroy(stack)
        assert sandbox.state(stack).is_empty
