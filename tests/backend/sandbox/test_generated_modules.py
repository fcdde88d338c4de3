"""Whole lives of stacks that call modules, generated: repeated or not, with files in reach or none."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_ims.backend.sandbox import Action, Sandbox

FORMS = {
    "text": ["{}", 'format("%s!", {})', "upper({})"],
    "number": ["{} + 1", "max({}, 3)"],
    "list": ["{}[1]", "element({}, 0)", "[for one in {} : one]", "length({})"],
    "object": ["{}.name", '"${{{}.name}}-${{{}.size}}"'],
    "map": ['{}["k"]', 'lookup({}, "k")'],
}
"""Ways to read an output, by what it is called and, by that, is."""
REPETITIONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "single": ({}, [""]),
    "count": ({"count": 2}, ["[0]", "[1]"]),
    "each": ({"for_each": {"a": 1, "b": 2}}, ['["a"]', '["b"]']),
}


@dataclass
class Life:
    """Module calls by name, whether their files are in reach, and expressions that read their outputs."""

    calls: dict[str, dict[str, Any]]
    has_files: bool
    reads: list[str]


@st.composite
def lives(draw: st.DrawFn) -> Life:
    calls: dict[str, dict[str, Any]] = {}
    expressions: list[str] = []
    for at in range(draw(st.integers(1, 3))):
        repetition, keys = REPETITIONS[draw(st.sampled_from(sorted(REPETITIONS)))]
        calls[f"m{at}"] = dict(repetition)
        if expressions and draw(st.booleans()):
            calls[f"m{at}"]["given"] = f"${{{draw(st.sampled_from(expressions))}}}"
        for name in draw(st.lists(st.sampled_from(sorted(FORMS)), min_size=1, max_size=3, unique=True)):
            forms = draw(st.lists(st.sampled_from(FORMS[name]), min_size=1, max_size=2, unique=True))
            reference = f"module.m{at}{draw(st.sampled_from(keys))}.{name}"
            expressions += (form.replace("{}", reference).replace("{{", "{").replace("}}", "}") for form in forms)
    return Life(calls, draw(st.booleans()), draw(st.lists(st.sampled_from(expressions), min_size=1, unique=True)))


def write(folder: Path, life: Life, expressions: list[str]) -> Path:
    stack = folder / "cdktf.out" / "stacks" / "s"
    (stack / "m").mkdir(parents=True, exist_ok=True)
    source = "./m" if life.has_files else "acme/m/shop"
    declared = {"variable": {"given": {"default": None}}, "output": {name: {"value": 1} for name in FORMS}}
    (stack / "m" / "cdk.tf.json").write_text(json.dumps(declared))
    content = {
        "module": {name: {"source": source, **call} for name, call in life.calls.items()},
        "resource": {"shop_thing": {"t": {"of": [f"${{{one}}}" for one in expressions]}}},
        "output": {f"x{life.reads.index(one)}": {"value": f"${{{one}}}"} for one in expressions},
    }
    (stack / "cdk.tf.json").write_text(json.dumps(content))
    return stack


def may_grow(expression: str, others: list[str]) -> bool:
    """Whether an expression reads a made-up list as a whole, which has to grow when another reads a later element."""
    is_whole = ".list :" in expression or expression.startswith("length(")
    return is_whole and any(".list[1]" in other for other in others)


@settings(max_examples=max(4, settings.default.max_examples // 3))  # each is a whole life
@given(lives(), st.data())
def test_outputs_stay_what_they_are(life: Life, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name, Sandbox(deterministic=True) as sandbox:
        folder = Path(name)
        some = data.draw(st.lists(st.sampled_from(life.reads), min_size=1, unique=True), label="read first")
        stack = write(folder, life, some)
        first = sandbox.apply(stack).outputs
        assert not sandbox.plan(stack).has_changes
        assert sandbox.apply(stack).outputs == first

        write(folder, life, life.reads)
        more = sandbox.apply(stack).outputs
        kept = {f"x{life.reads.index(one)}" for one in some if not may_grow(one, life.reads)}
        assert {name: more[name] for name in kept} == {name: first[name] for name in kept}
        assert not sandbox.plan(stack).has_changes

        write(folder, life, some)
        fewer = sandbox.apply(stack).outputs
        assert {name: fewer[name] for name in kept} == {name: first[name] for name in kept}
        sandbox.destroy(stack)
        assert sandbox.state(stack).is_empty
        assert sandbox.state(stack).modules == {}


@settings(max_examples=max(4, settings.default.max_examples // 3))
@given(lives())
def test_plan_foresees_each_change(life: Life) -> None:
    with tempfile.TemporaryDirectory() as name, Sandbox(deterministic=True) as sandbox:
        stack = write(Path(name), life, life.reads)

        plan = sandbox.plan(stack)

        assert plan.actions == {"shop_thing.t": Action.CREATE}
        assert {module["address"] for module in plan.to_json()["simulated_modules"]} == {
            f"module.{name}" for name in life.calls
        }
        assert sandbox.apply(plan).added == 1
