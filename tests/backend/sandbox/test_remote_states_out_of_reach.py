"""Remote states that no stack of the app keeps: simulated by defaults, said values, and what the stack reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import Sandbox

WriteStack = Callable[..., Path]
ADDRESS = "data.terraform_remote_state.net"
BACKENDS: dict[str, dict[str, Any]] = {
    "s3": {"bucket": "team", "key": "net.tfstate"},
    "remote": {"organization": "team", "workspaces": {"name": "net"}},
    "http": {"address": "https://state.example.com/net"},
    "pg": {},
    "local": {"path": "/nowhere/net.tfstate"},
}


def remote(backend: str = "s3", **more: Any) -> dict[str, Any]:
    return {"terraform_remote_state": {"net": {"backend": backend, "config": BACKENDS[backend], **more}}}


def outputs(**expressions: str) -> dict[str, Any]:
    return {name: {"value": f"${{{ADDRESS}.outputs.{expression}}}"} for name, expression in expressions.items()}


@pytest.mark.parametrize("backend", BACKENDS)
def test_outputs_are_made_up_for_the_places_that_read_them(
    sandbox: Sandbox, write_stack: WriteStack, backend: str
) -> None:
    read = outputs(vpc="vpc_id", second="subnets[1]", port="port + 1", name="cluster.name")
    stack = write_stack(data=remote(backend), output=read)

    plan = sandbox.plan(stack)
    made = sandbox.apply(plan).outputs

    assert [type(made[name]) for name in ("vpc", "second", "port", "name")] == [str, str, int, str]
    assert not sandbox.plan(stack).has_changes
    [said] = [one for one in plan.diagnostics if one.summary == "Remote state simulated"]
    assert f'"{backend}" backend that {ADDRESS} reads' in said.detail
    assert "made up: cluster, port, subnets, vpc_id." in said.detail
    assert sandbox.destroy(stack).diagnostics == ()


def test_said_values_count_before_defaults_and_these_before_made_up_ones(
    sandbox: Sandbox, write_stack: WriteStack
) -> None:
    sandbox.override_data(ADDRESS, {"outputs": {"said": "by the user"}})
    defaults = {"said": "no", "usual": "by default"}
    stack = write_stack(data=remote(defaults=defaults), output=outputs(a="said", b="usual", c="other"))

    made = sandbox.apply(stack).outputs

    assert (made["a"], made["b"]) == ("by the user", "by default")
    assert made["c"].startswith("simulated-")
    assert not sandbox.plan(stack).has_changes


def test_nothing_is_told_where_all_that_is_read_is_given(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(data=remote(defaults={"vpc_id": "vpc-1"}), output=outputs(a="vpc_id"))

    assert sandbox.plan(stack).diagnostics == ()
    assert sandbox.apply(stack).outputs == {"a": "vpc-1"}


def test_what_is_read_later_changes_nothing_that_was_read_before(sandbox: Sandbox, write_stack: WriteStack) -> None:
    first = sandbox.apply(write_stack(data=remote(), output=outputs(a="size"))).outputs
    stack = write_stack(data=remote(), output={**outputs(a="size"), **outputs(b="more[2]")})

    plan = sandbox.plan(stack)

    assert [name for name, change in plan.output_changes.items() if change.before != change.after] == ["b"]
    assert sandbox.apply(plan).outputs["a"] == first["a"]


def test_two_stacks_read_the_same_of_one_state(sandbox: Sandbox, write_stack: WriteStack) -> None:
    read = outputs(a="vpc_id")
    made = [sandbox.apply(write_stack(name, data=remote(), output=read)).outputs for name in ("one", "two")]
    other = sandbox.apply(write_stack("three", data=remote("remote"), output=read)).outputs

    assert made[0] == made[1] != other
