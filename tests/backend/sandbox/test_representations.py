"""What a failing test shows of a sandbox and its results: few words, and those that matter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import OperationFailedError, Sandbox

WriteStack = Callable[..., Path]
Image = dict[str, Any]

BASE = "huaweicloud_ims_image_metadata.base"
ID = {"id": {"value": f"${{{BASE}.id}}"}}


@pytest.fixture
def base(write_stack: WriteStack, ubuntu: Image) -> Callable[..., Path]:
    """The stack with one image that can be replaced, some of its arguments given."""
    return lambda **given: write_stack(images={"base": {**ubuntu, "enable_force_new": "true", **given}})


def test_plan_names_what_is_created(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    plan = sandbox.plan(write_stack(images={"base": ubuntu}, output=ID))

    assert repr(plan) == f"SandboxPlan(+ {BASE}, + output.id)"
    assert repr(plan.changes) == f"{{{BASE!r}: ResourceChange(+ {BASE})}}"


def test_plan_says_when_nothing_changes(sandbox: Sandbox, base: Callable[..., Path]) -> None:
    stack = base()
    sandbox.apply(stack)

    assert repr(sandbox.plan(stack)) == "SandboxPlan(no changes)"
    assert repr(sandbox.plan(stack, destroy=True)) == f"SandboxPlan(- {BASE})"


def test_plan_tells_why_an_object_is_replaced(sandbox: Sandbox, base: Callable[..., Path]) -> None:
    sandbox.apply(base(min_disk=10, tags=["a=b"]))

    plan = sandbox.plan(base(min_disk=40, tags=["a=" + "c" * 100]))

    tags = '["a=b"] -> ["a=' + "c" * 33 + "..."
    assert repr(plan) == f"SandboxPlan(-/+ {BASE} (min_disk: 10 -> 40, tags: {tags}))"


def test_plan_names_objects_that_only_move(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    sandbox.apply(write_stack(images={"base": ubuntu}))
    moved = [{"from": BASE, "to": f"{BASE}2"}]

    plan = sandbox.plan(write_stack(images={"base2": ubuntu}, moved=moved))

    assert repr(plan) == f"SandboxPlan({BASE}2 (moved from {BASE}))"


def test_plan_names_imports(sandbox: Sandbox, base: Callable[..., Path]) -> None:
    stack = base()
    (_, _, stored), *_ = sandbox.apply(stack).state.objects()
    id = stored.attributes["id"]

    with Sandbox() as empty:
        empty.world.store.close()
        empty.world.store = sandbox.world.store
        assert f"(import of {id}" in repr(empty.plan(stack, imports={BASE: id}))


def test_many_changes_are_counted(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    plan = sandbox.plan(write_stack(images={f"i{number}": ubuntu for number in range(9)}))

    assert repr(plan).endswith("i4, and 4 more)")


def test_hidden_values_stay_hidden(sandbox: Sandbox, write_stack: WriteStack) -> None:
    def stack(secret: str) -> Path:
        return write_stack(
            variable={"secret": {"default": secret, "sensitive": True}},
            resource={"terraform_data": {"x": {"input": "${var.secret}"}}},
        )

    sandbox.apply(stack("hush"))
    plan = sandbox.plan(stack("shh"))

    assert "input: (sensitive)" in repr(plan)
    assert "hush" not in repr(plan)
    assert "shh" not in repr(plan)


def test_apply_and_state(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    applied = sandbox.apply(write_stack(images={"base": ubuntu}, output=ID))

    assert repr(applied) == "SandboxApply(1 added, 0 changed, 0 destroyed)"
    assert repr(applied.state) == f"State(serial 1; {BASE}; outputs: id)"


def test_stack_without_state(sandbox: Sandbox, base: Callable[..., Path]) -> None:
    assert repr(sandbox.state(base())) == "State(serial 0; no objects)"
    assert repr(sandbox.stack(base())) == "SandboxStack('web')"
    assert repr(sandbox.stack(base(), workspace="blue")) == "SandboxStack('web', workspace 'blue')"


def test_sandbox_says_where_it_is(tmp_path: Path) -> None:
    with Sandbox() as memory, Sandbox(tmp_path) as directory:
        assert repr(memory) == "Sandbox(in memory)"
        assert repr(directory) == f"Sandbox('{tmp_path}')"

    assert repr(memory) == "Sandbox(in memory, closed)"


OPERATIONS: dict[str, Callable[[Sandbox, Path], object]] = {
    "plan": lambda sandbox, stack: sandbox.plan(stack),
    "apply": lambda sandbox, stack: sandbox.apply(stack),
    "destroy": lambda sandbox, stack: sandbox.destroy(stack),
    "import": lambda sandbox, stack: sandbox.import_(stack, BASE, "1"),
    "state": lambda sandbox, stack: sandbox.state(stack),
    "outputs": lambda sandbox, stack: sandbox.outputs(stack),
    "images": lambda sandbox, _: sandbox.images(),
    "reset": lambda sandbox, _: sandbox.reset(),
    "save": lambda sandbox, _: sandbox.save("x"),
    "load": lambda sandbox, _: sandbox.load("x"),
    "snapshots": lambda sandbox, _: sandbox.snapshots(),
    "enter": lambda sandbox, _: sandbox.__enter__(),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("place", "mend"), [(None, "inside of its with block"), ("box", "Open it anew")])
def test_closed_sandbox_refuses(
    tmp_path: Path, base: Callable[..., Path], operation: str, place: str | None, mend: str
) -> None:
    with Sandbox(tmp_path / place if place else None) as sandbox:
        sandbox.apply(base())
        sandbox.save("x")

    with pytest.raises(OperationFailedError, match=f"Sandbox closed: .*{mend}"):
        OPERATIONS[operation](sandbox, base())
    sandbox.close()


def test_plan_of_a_closed_sandbox_is_not_applied(write_stack: WriteStack) -> None:
    """Not even one that the service has no part in."""
    with Sandbox() as sandbox:
        plan = sandbox.plan(write_stack(provider={}, resource={"terraform_data": {"x": {}}}))

    with pytest.raises(OperationFailedError, match="Sandbox closed"):
        sandbox.apply(plan)
