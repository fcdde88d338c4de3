"""Objects of whose types nothing is known: what other stacks read of a stack's outputs says what they have too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import OperationFailedError, Sandbox

WriteStack = Callable[..., Path]
READ = "data.terraform_remote_state.source.outputs"
ASKED = {
    "sum": (f"${{sum([{READ}.made, {READ}.made]) > 0}}", True),
    "format": (f'${{length(format("%03d", {READ}.made))}}', 3),
    "key": (f'${{{READ}["made"] + 0 > 0}}', True),
    "loop": (f"${{[for one in {READ}.made : one.weight + 0 > 0]}}", [True]),
    "splat": (f"${{length({READ}.made[*].label)}}", 1),
    "element of a list": (f"${{length(element({READ}.made, 1)) > 0}}", True),
    "key of a map": (f'${{length({READ}.made["color"]) > 0}}', True),
    "network": (f"${{cidrhost(cidrsubnet({READ}.made, 8, 2), 4) != null}}", True),
    "JSON": (f"${{length(jsondecode({READ}.made).user) > 0}}", True),
    "through a local": ("${local.weight + 0 > 0}", True),
}


@pytest.fixture
def write_reader(tmp_path: Path, write_stack: WriteStack) -> WriteStack:
    """Write a stack that reads another's state: ``write_reader("sink", "source", output={...})``."""

    def write(name: str, source: str, **blocks: Any) -> Path:
        backend = {"backend": "local", "config": {"path": str(tmp_path / f"terraform.{source}.tfstate")}}
        return write_stack(name, data={"terraform_remote_state": {source: backend}}, **blocks)

    return write


@pytest.fixture
def source(write_stack: WriteStack) -> Path:
    box = {"depot_box": {"x": {"name": "box"}}}
    return write_stack("source", resource=box, output={"made": {"value": "${depot_box.x.content}", "sensitive": True}})


@pytest.mark.parametrize(("expression", "expected"), ASKED.values(), ids=[name.replace(" ", "_") for name in ASKED])
def test_readers_expression_tells_the_type(
    expression: str, expected: Any, sandbox: Sandbox, source: Path, write_reader: WriteStack
) -> None:
    sink = write_reader(
        "sink",
        "source",
        locals={"weight": f"${{{READ}.made}}"} if "local." in expression else {},
        output={"read": {"value": f"${{nonsensitive({expression[2:-1]})}}"}},
    )
    sandbox.apply(source)
    assert not sandbox.plan(source).has_changes
    assert sandbox.apply(sink).outputs["read"] == expected
    assert not sandbox.plan(sink).has_changes


def test_argument_of_a_known_type_tells_the_type(sandbox: Sandbox, source: Path, write_reader: WriteStack) -> None:
    image = {"name": "ubuntu", "__os_version": "Ubuntu 20.04 server 64bit", "min_ram": f"${{{READ}.made}}"}
    sink = write_reader("sink", "source", images={"a": image})
    made = sandbox.apply(source).outputs["made"]
    assert isinstance(made, int)
    assert sandbox.apply(sink).state.resources
    assert not sandbox.plan(sink).has_changes


def test_type_is_handed_on_through_the_outputs_of_a_stack_between(
    sandbox: Sandbox, source: Path, write_reader: WriteStack
) -> None:
    between = write_reader("between", "source", output={"on": {"value": f"${{{READ}.made}}", "sensitive": True}})
    on = "data.terraform_remote_state.between.outputs.on"
    sink = write_reader("sink", "between", output={"read": {"value": f"${{nonsensitive({on} * 2 > 0)}}"}})
    for directory in (source, between):
        sandbox.apply(directory)
    assert sandbox.apply(sink).outputs["read"] is True
    assert not any(sandbox.plan(directory).has_changes for directory in (source, between, sink))


def test_reader_that_comes_later_is_served_by_the_next_deployment(
    sandbox: Sandbox, source: Path, write_reader: WriteStack
) -> None:
    assert isinstance(sandbox.apply(source).outputs["made"], str)
    sink = write_reader("sink", "source", output={"read": {"value": f"${{nonsensitive({READ}.made * 2 > 0)}}"}})
    assert isinstance(sandbox.apply(source).outputs["made"], int)
    assert not sandbox.plan(source).has_changes
    assert sandbox.apply(sink).outputs["read"] is True


def test_stacks_that_read_each_other_are_told_the_same_as_before(sandbox: Sandbox, write_reader: WriteStack) -> None:
    box = {"depot_box": {"x": {"name": "box"}}}
    output = {"made": {"value": "${depot_box.x.content}"}}
    first = write_reader("source", "sink", resource=box, output=output)
    write_reader("sink", "source", output={"read": {"value": f"${{{READ}.made + 1}}"}})
    with pytest.raises(OperationFailedError, match="Unable to find remote state"):
        sandbox.plan(first)


def test_neighbour_that_is_no_sound_stack_asks_for_nothing(sandbox: Sandbox, source: Path) -> None:
    for name, text in (("broken", '{"data": {"terraform_remote_state"'), ("list", '["terraform_remote_state"]')):
        (source.parent / name).mkdir()
        (source.parent / name / "cdk.tf.json").write_text(text)
    assert isinstance(sandbox.apply(source).outputs["made"], str)


def test_what_was_made_up_before_anything_read_it_is_told_with_the_stack_to_apply(
    sandbox: Sandbox, write_stack: WriteStack, write_reader: WriteStack
) -> None:
    box = {"depot_box": {"x": {"name": "box"}}}
    source = write_stack("source", resource=box, output={"made": {"value": "${depot_box.x.content}"}})
    sandbox.apply(source)
    sink = write_reader("sink", "source", output={"read": {"value": f"${{{READ}.made.host}}"}})

    with pytest.raises(OperationFailedError, match="Apply that stack again"):
        sandbox.plan(sink)

    sandbox.apply(source)
    assert sandbox.apply(sink).outputs["read"].startswith("simulated-")
