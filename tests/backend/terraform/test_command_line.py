from __future__ import annotations

from pathlib import Path

import pytest

from constructs_ims.backend.terraform.command_line import ArgumentError, fit_arguments, read_command_line

STACK = Path("/project/cdktf.out/stacks/images")


def fitted(*arguments: str) -> list[str]:
    return fit_arguments(read_command_line(arguments, STACK))


FITTED = {
    "nothing to fit": (["plan", "-input=false", "-no-color"], ["plan", "-input=false", "-no-color"]),
    "a plan beside the configuration": (["plan", "-out", "plan"], ["plan", "-out=plan"]),
    "a plan in the user's own place": (["plan", "-out=../p"], ["plan", f"-out={STACK}/../p"]),
    "a plan to apply": (["apply", "plan"], ["apply", "plan"]),
    "a plan to apply from the user's own place": (["apply", "./p"], ["apply", f"{STACK}/p"]),
    "a plan somewhere else": (["show", "-json", "/tmp/p"], ["show", "-json", "/tmp/p"]),
    "variables": (["plan", "-var", "path=a/b"], ["plan", "-var", "path=a/b"]),
    "variables in a file": (["apply", "--var-file", "x/y.tfvars"], ["apply", f"-var-file={STACK}/x/y.tfvars"]),
    "a configuration written for the user": (
        ["plan", "-generate-config-out=g.tf"],
        ["plan", f"-generate-config-out={STACK}/g.tf"],
    ),
    "a backend that is not used": (["init", "-backend-config=k=v", "-backend-config", "f.hcl"], ["init"]),
    "a target": (["apply", "-target", "a.b/c"], ["apply", "-target", "a.b/c"]),
    "an address": (["import", "a.b", "x/y"], ["import", "a.b", "x/y"]),
}


@pytest.mark.parametrize(("given", "expected"), FITTED.values(), ids=FITTED)
def test_arguments_fit_the_copy(given, expected):
    assert fitted(*given) == expected


@pytest.mark.parametrize("flag", ["-state=x", "--state-out=x", "-backup=x"])
def test_a_state_elsewhere_is_refused(flag):
    with pytest.raises(ArgumentError, match="outside the sandbox"):
        fitted("apply", flag)


def test_the_directory_may_be_named():
    line = read_command_line(["-chdir=sub/folder", "plan"], Path("/project"))
    assert (line.directory, line.command, line.arguments) == (Path("/project/sub/folder"), ("plan",), ("plan",))


IN_PLACE = [["version", "-json"], ["-v"], ["-help"], [], ["fmt", "-check"]]


@pytest.mark.parametrize("arguments", IN_PLACE, ids=" ".join)
def test_commands_about_no_stack_work_in_place(arguments):
    assert read_command_line(arguments, STACK).works_in_place


@pytest.mark.parametrize("arguments", [["plan"], ["-chdir=x", "output", "-json"], ["state", "list"]], ids=" ".join)
def test_commands_about_a_stack_work_in_its_copy(arguments):
    assert not read_command_line(arguments, STACK).works_in_place
