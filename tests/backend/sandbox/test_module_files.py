"""What the files of called modules declare, in JSON and in Terraform's own syntax, and what is wrong with a call."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import OperationFailedError, Sandbox

WriteStack = Callable[..., Path]
HCL = """
# A module as people write them.
variable "name" {
  type        = string
  nullable    = false
  description = "With \\"quotes\\" and ${not} evaluated"
}
variable "size" {
  type     = number
  default  = 1
  nullable = false
  validation {
    condition     = var.size < 10 && var.name != "none"
    error_message = "A size of ${var.size} is too large."
  }
  validation {
    condition     = var.size != local.unread
    error_message = "This reads what is inside."
  }
}
variable zones {
  type = list(object({
    id   = string
    tags = optional(map(string), { a = "b" }) // the default
  }))
  default = [
    { id = "a" },
  ]
  validation {
    condition     = alltrue([for zone in var.zones : zone.id != ""])
    error_message = "No: ${var.zones[0].id}"
  }
}
resource "x" "variable" { output = <<-EOT
  variable "fake" {}
  EOT
}
output "id" {
  value = x.variable.id
}
output "subnets" {
  sensitive = true
  value     = [for one in x.variable[*] : one.id if one.id != null]
}
"""
JSON = {
    "variable": {
        "name": {"type": "string", "nullable": False},
        "size": {
            "type": "number",
            "default": 1,
            "nullable": False,
            "validation": [
                {
                    "condition": '${var.size < 10 && var.name != "none"}',
                    "error_message": "A size of ${var.size} is too large.",
                },
                {"condition": "${var.size != local.unread}", "error_message": "This reads what is inside."},
            ],
        },
        "zones": {"type": 'list(object({id = string, tags = optional(map(string), { a = "b" })}))', "default": []},
    },
    "output": {"id": {"value": "${x.y.id}"}, "subnets": {"value": []}},
}
PLACES = {"variables.tf": ("net/variables.tf:8,1-16", HCL), "cdk.tf.json": ("net/cdk.tf.json:1", json.dumps(JSON))}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    """The name of the module's file."""
    return str(request.param)


@pytest.fixture
def call(write_stack: WriteStack, place: str) -> Callable[..., Path]:
    """Write a stack that calls the module with arguments, and its outputs."""

    def write(output: dict[str, Any] | None = None, **arguments: Any) -> Path:
        stack = write_stack(module={"net": {"source": "./net", **arguments}}, output=output or {})
        (stack / "net").mkdir(exist_ok=True)
        (stack / "net" / place).write_text(PLACES[place][1])
        return stack

    return write


def failure(sandbox: Sandbox, stack: Path) -> str:
    with pytest.raises(OperationFailedError) as failed:
        sandbox.plan(stack)
    return "\n".join(f"{one.summary}: {one.detail}" for one in failed.value.diagnostics)


def test_sound_call_is_planned_and_applied(sandbox: Sandbox, call: Callable[..., Path]) -> None:
    stack = call({"o": {"value": "${element(module.net.subnets, 1)}"}}, name="n", zones=[{"id": "z"}], size=None)

    plan = sandbox.plan(stack)

    assert "  # module.net is simulated: ./net\n" in str(plan)
    assert sandbox.apply(plan).outputs["o"].startswith("simulated-")
    assert not sandbox.plan(stack).has_changes


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a missing input": ({}, 'Missing required argument: The argument "name" is required, but no definition was found.'),
    "an input that is none": (
        {"name": "n", "sizes": 1},
        'Extraneous JSON object property: No argument or block type is named "sizes". Did you mean "size"?',
    ),
    "a value of another type": (
        {"name": "n", "size": "big"},
        "Invalid value for input variable: The given value is not suitable for module.net.var.size declared at ",
    ),
    "null for what is required": (
        {"name": None},
        "Required variable not set: The given value is not suitable for module.net.var.name defined at ",
    ),
    "a broken rule": (
        {"name": "n", "size": 12},
        "Invalid value for variable: A size of 12 is too large.\n\nThis was checked by the validation rule at net/",
    ),
    "a rule that is broken through another input": ({"name": "none"}, "A size of 1 is too large."),
    "an object that lacks an attribute": (
        {"name": "n", "zones": [{"tags": {}}]},
        "Invalid value for input variable: The given value is not suitable for module.net.var.zones declared at ",
    ),
}


@pytest.mark.parametrize(("arguments", "expected"), WRONG.values(), ids=WRONG)
def test_wrong_call_is_told_as_terraform_does(
    sandbox: Sandbox, call: Callable[..., Path], arguments: dict[str, Any], expected: str
) -> None:
    assert expected in failure(sandbox, call(**arguments))


def test_place_of_a_declaration_is_named(sandbox: Sandbox, call: Callable[..., Path], place: str) -> None:
    assert f"declared at {PLACES[place][0]}" in failure(sandbox, call(name="n", size="big"))


def test_output_that_is_none_is_told(sandbox: Sandbox, call: Callable[..., Path]) -> None:
    stack = call({"o": {"value": "${module.net.subnet}"}}, name="n")

    assert 'Unsupported attribute: This object does not have an attribute named "subnet".' in failure(sandbox, stack)


def test_said_output_that_is_none_is_told(sandbox: Sandbox, call: Callable[..., Path]) -> None:
    sandbox.override_module("module.net", {"subnet": []})

    said = failure(sandbox, call(name="n"))

    assert (
        'What is said of module.net cannot be used. There is no output named "subnet". Did you mean "subnets"?' in said
    )


@pytest.mark.parametrize("content", [b"variable {", b'output "x" {', b"\xff", b'variable "x" = 1\n'])
def test_module_that_cannot_be_read_is_told_and_simulated(
    sandbox: Sandbox, write_stack: WriteStack, content: bytes
) -> None:
    stack = write_stack(module={"net": {"source": "./net", "any": 1}}, output={"o": {"value": "${module.net.any}"}})
    (stack / "net").mkdir()
    (stack / "net/main.tf").write_bytes(content)

    plan = sandbox.plan(stack)

    assert [one.summary for one in plan.diagnostics] == ["Module not read"]
    assert isinstance(sandbox.apply(plan).outputs["o"], str)


@pytest.mark.parametrize(
    ("source", "counted"), [("../gone", "../gone, counted from"), ("/not/there", "/not/there. Cor")]
)
def test_directory_that_is_not_there_is_refused(
    sandbox: Sandbox, write_stack: WriteStack, source: str, counted: str
) -> None:
    told = failure(sandbox, write_stack(module={"net": {"source": source}}))

    assert f"The source of module.net is {source}, and there is no directory {counted}" in told


def test_stack_whose_module_is_gone_is_destroyed(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(
        module={"net": {"source": "./net"}}, resource={"shop_thing": {"t": {"name": "${module.net.name}"}}}
    )
    (stack / "net").mkdir()
    (stack / "net/main.tf").write_text('output "name" { value = "n" }\n')
    sandbox.apply(stack)
    (stack / "net/main.tf").unlink()
    (stack / "net").rmdir()

    assert "Unreadable module directory" in failure(sandbox, stack)
    assert sandbox.destroy(stack).destroyed == 1


def test_import_into_a_module_says_what_runs_it(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(
        module={"net": {"source": "acme/net/aws"}}, **{"import": [{"to": "module.net.aws_vpc.a", "id": "vpc-1"}]}
    )

    assert "What stands inside modules is not executed here" in failure(sandbox, stack)


def test_modules_that_terraform_has_installed_are_read(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(module={"net": {"source": "acme/net/aws", "version": "1.0.0"}})
    folder = stack / ".terraform/modules"
    (folder / "net").mkdir(parents=True)
    (folder / "net/main.tf").write_text(HCL)
    entry = {"Key": "net", "Source": "registry.terraform.io/acme/net/aws", "Dir": ".terraform/modules/net"}
    (folder / "modules.json").write_text(json.dumps({"Modules": [entry]}))

    assert "Missing required argument" in failure(sandbox, stack)
    (folder / "modules.json").write_text("[]")
    assert sandbox.plan(stack).diagnostics == ()
