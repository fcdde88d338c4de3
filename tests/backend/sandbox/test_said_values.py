"""Values that a user says in place of made-up ones, under the names of ``terraform test``."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.lang.addresses import parse_address
from constructs_ims.backend.engine.stack.providers.said import SaidValues
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.types import NUMBER, STRING, ListType, MapType, ObjectType
from tests.bindings_text import files, write_archive

WriteStack = Callable[..., Path]
INNER = Block((Attribute("name", STRING, "", "", optional=True), Attribute("uid", STRING, "", "", computed=True)))
THING = Schema(
    "shop_thing",
    Block(
        (
            Attribute("name", STRING, "", "", required=True),
            Attribute("arn", STRING, "", "", computed=True),
            Attribute("id", STRING, "", "", computed=True),
            Attribute("size", NUMBER, "", "", computed=True),
            Attribute("zones", ListType(STRING), "", "", optional=True, computed=True),
        ),
        (
            NestedBlock("part", Nesting.LIST, INNER, "", ""),
            NestedBlock(
                "timeouts", Nesting.SINGLE, Block((Attribute("create", STRING, "", "", optional=True),)), "", ""
            ),
        ),
    ),
)


@pytest.fixture(params=["types from bindings", "types from use"])
def stack(request: pytest.FixtureRequest, tmp_path: Path, write_stack: WriteStack) -> Path:
    """A thing, a counted one and a data source, whose types are known or not."""
    (tmp_path / "cdktf.json").write_text('{"app": "python main.py"}')
    if request.param == "types from bindings":
        content = files("acme/shop", {("managed", "shop_thing"): THING}, "providers/shop")
        write_archive(tmp_path / "imports/shop/_jsii/shop@0.0.0.jsii.tgz", content)
    thing = "shop_thing.t"
    return write_stack(
        terraform={"required_providers": {"shop": {"source": "acme/shop"}}},
        resource={
            "shop_thing": {
                "t": {"name": "t", "part": [{"name": "a"}, {"name": "b"}]},
                "many": {"count": 2, "name": "many"},
            }
        },
        data={"shop_secret": {"s": {"key": "k"}}},
        output={
            "arn": {"value": f"${{{thing}.arn}}"},
            "size": {"value": f"${{{thing}.size + 1}}"},
            "zone": {"value": f"${{element({thing}.zones, 1)}}"},
            "uids": {"value": f"${{[{thing}.part[0].uid, {thing}.part[1].uid]}}"},
            "many": {"value": "${[for one in shop_thing.many : one.arn]}"},
            "secret": {"value": "${jsondecode(data.shop_secret.s.text).user}"},
        },
    )


SAID = {
    "mock_resource": {"shop_thing": {"arn": "arn:of:type", "size": 7}},
    "override_resource": {
        "shop_thing.t": {"arn": "arn:of:t", "zones": ["north", "south"], "part": {"uid": "of all"}},
        "shop_thing.many[1]": {"arn": "arn:of:one"},
    },
    "override_data": {"data.shop_secret.s": {"text": '{"user": "root"}'}},
}
EXPECTED = {
    "arn": "arn:of:t",
    "size": 8,
    "zone": "south",
    "uids": ["of all", "of all"],
    "many": ["arn:of:type", "arn:of:one"],
    "secret": "root",
}


def say_in_python(sandbox: Sandbox, stack: Path) -> Sandbox:
    for name, values in SAID.items():
        for target, said in values.items():
            getattr(sandbox, name)(target, said)
    return sandbox


def say_in_project(sandbox: Sandbox, stack: Path) -> Sandbox:
    settings = {"app": "python main.py", "context": {"constructsIms": SAID}}
    (stack.parents[2] / "cdktf.json").write_text(json.dumps(settings))
    return Sandbox(deterministic=True)


def say_at_the_start(sandbox: Sandbox, stack: Path) -> Sandbox:
    return Sandbox(deterministic=True, simulated=SAID)


@pytest.mark.parametrize("say", [say_in_python, say_in_project, say_at_the_start])
def test_said_values_take_the_place_of_made_up_ones(
    sandbox: Sandbox, stack: Path, say: Callable[[Sandbox, Path], Sandbox]
) -> None:
    said = say(sandbox, stack)

    assert said.apply(stack).outputs == EXPECTED
    assert not said.plan(stack).has_changes
    assert said.destroy(stack).destroyed == 3


def test_what_is_said_later_is_filled_in_and_shown_where_it_is_read(sandbox: Sandbox, stack: Path) -> None:
    sandbox.apply(stack)
    say_in_python(sandbox, stack)

    plan = sandbox.plan(stack)

    assert plan.summary == "0 to add, 0 to change, 0 to destroy"
    assert sandbox.apply(plan).outputs == EXPECTED


def test_one_block_is_said_by_its_path(sandbox: Sandbox, stack: Path) -> None:
    sandbox.override_resource("shop_thing.t", {"part[1].uid": "second"})

    assert sandbox.apply(stack).outputs["uids"][1] == "second"


BY_CONFIGURATION = "set by the configuration alone"
UNFIT = {
    "of another type": ({"size": "big"}, "must be number"),
    "of nothing": ({"sise": "x"}, 'Did you mean "size"?'),
    "of an argument": ({"name": "x"}, BY_CONFIGURATION),
    "into a list": ({"zones[0]": "north"}, 'which is said as a whole. Say "zones".'),
    "of nothing in a block": ({"part": {"uids": "x"}}, 'Did you mean "uid"?'),
    "of a block that is not there": ({"part[2].uid": "x"}, "the configuration has 2 of them"),
    "of an argument in a block": ({"timeouts.create": "5m"}, BY_CONFIGURATION),
    "of an argument in an object for a block": ({"timeouts": {"create": "5m"}}, BY_CONFIGURATION),
    "of one block by position": ({"timeouts[0].create": "5m"}, 'write "timeouts.create"'),
}


@pytest.mark.parametrize(("values", "named"), UNFIT.values(), ids=UNFIT)
@pytest.mark.parametrize("stack", ["types from bindings"], indirect=True)
def test_values_that_do_not_fit_the_types_are_refused(
    sandbox: Sandbox, stack: Path, values: dict[str, Any], named: str
) -> None:
    sandbox.override_resource("shop_thing.t", values)

    with pytest.raises(OperationFailedError) as failed:
        sandbox.plan(stack)

    [fault] = [diagnostic for diagnostic in failed.value.diagnostics if diagnostic.is_error]
    assert "shop_thing.t" in fault.detail
    assert named in fault.detail


@pytest.mark.parametrize("path", ["status.host", "zones[1]", "parts[0].uid"])
def test_path_into_what_types_follow_from_use_is_refused(sandbox: Sandbox, write_stack: WriteStack, path: str) -> None:
    stack = write_stack(resource={"shop_thing": {"t": {}}}, output={"x": {"value": f"${{shop_thing.t.{path}}}"}})
    sandbox.override_resource("shop_thing.t", {path: "x"})

    with pytest.raises(OperationFailedError, match=f'which is said as a whole. Say "{path[:5]}'):
        sandbox.plan(stack)


WRONG = {
    "resource": ("override_resource", "shop_thing.t", {"size": "big"}, "${shop_thing.t.size + 1}"),
    "type": ("mock_resource", "shop_thing", {"doc": "{"}, "${jsondecode(shop_thing.t.doc).a}"),
    "data source": ("override_data", "data.shop_secret.s", {"at": {}}, "${data.shop_secret.s.at.host}"),
    "module": ("override_module", "module.m", {"out": "x"}, "${module.m.out.host}"),
    "state": (
        "override_data",
        "data.terraform_remote_state.net",
        {"outputs": {"vpc": "x"}},
        "${data.terraform_remote_state.net.outputs.vpc.id}",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_error_about_a_said_value_names_what_says_it(sandbox: Sandbox, write_stack: WriteStack, kind: str) -> None:
    name, target, values, read = WRONG[kind]
    stack = write_stack(
        resource={"shop_thing": {"t": {}}},
        data={
            "shop_secret": {"s": {}},
            "terraform_remote_state": {"net": {"backend": "s3", "config": {"bucket": "b"}}},
        },
        module={"m": {"source": "acme/m/shop"}},
        output={"x": {"value": read}},
    )
    getattr(sandbox, name)(target, values)

    with pytest.raises(OperationFailedError) as failed:
        sandbox.apply(stack)

    detail = failed.value.diagnostics[-1].detail
    assert f"is what {name} of {target} says. Say one that fits there." in detail
    assert "made up" not in detail


def test_error_about_a_made_up_output_of_a_state_says_so(sandbox: Sandbox, write_stack: WriteStack) -> None:
    state = {"terraform_remote_state": {"net": {"backend": "s3", "config": {"bucket": "b"}}}}
    read = '${index(["a"], data.terraform_remote_state.net.outputs.vpc)}'

    with pytest.raises(OperationFailedError) as failed:
        sandbox.plan(write_stack(data=state, output={"v": {"value": read}}))

    call = 'sandbox.override_data("data.terraform_remote_state.net", {"outputs": {"vpc": ...}})'
    assert f'its output "vpc" is made up. To give a value, say it: {call}' in failed.value.diagnostics[-1].detail


@pytest.mark.parametrize("repetition", [{"count": "${shop_thing.t.size}"}, {"for_each": "${toset(local.zones)}"}])
def test_unknown_repetition_names_what_is_to_be_applied_first(
    sandbox: Sandbox, write_stack: WriteStack, repetition: dict[str, Any]
) -> None:
    stack = write_stack(
        resource={"shop_thing": {"t": {}}, "shop_other": {"o": repetition}},
        locals={"zones": "${shop_thing.t.zones}"},
    )
    sandbox.override_resource("shop_thing.t", {"size": 2, "zones": ["a", "b"]})

    with pytest.raises(OperationFailedError, match=r'apply it first: sandbox.apply\(stack, targets=\["shop_thing.t"\]'):
        sandbox.plan(stack)

    sandbox.apply(stack, targets=["shop_thing.t"])
    assert sandbox.apply(stack).added == 2


@pytest.mark.parametrize("stack", ["types from bindings"], indirect=True)
def test_arguments_that_are_not_set_are_not_called_made_up(sandbox: Sandbox, stack: Path) -> None:
    content = json.loads((stack / "cdk.tf.json").read_text())
    content["output"] = {"x": {"value": "${shop_thing.t.timeouts.create}"}}
    (stack / "cdk.tf.json").write_text(json.dumps(content))

    with pytest.raises(OperationFailedError) as failed:
        sandbox.apply(stack)

    assert failed.value.diagnostics[-1].detail == "This value is null, so it does not have any attributes."


NOWHERE = {
    "set by the configuration": ("override_resource", "shop_thing.t", {"size": 3}, "The configuration sets it."),
    "read by nothing": ("override_resource", "shop_thing.t", {"arnn": "x"}, 'Did you mean "arn"?'),
    "output read by nothing": ("override_module", "module.m", {"subnet": []}, 'Did you mean "subnets"?'),
    "output of a state": (
        "override_data",
        "data.terraform_remote_state.net",
        {"outputs": {"vpc_idd": "x"}},
        'Did you mean "vpc_id"?',
    ),
    "instance of a module": ("override_module", "module.m[1]", {"subnets": []}, 'Did you mean "module.m"?'),
}


@pytest.mark.parametrize("kind", NOWHERE)
def test_values_that_count_nowhere_are_told(sandbox: Sandbox, write_stack: WriteStack, kind: str) -> None:
    name, target, values, hint = NOWHERE[kind]
    stack = write_stack(
        resource={"shop_thing": {"t": {"size": 2}}},
        data={"terraform_remote_state": {"net": {"backend": "s3", "config": {"bucket": "b"}}}},
        module={"m": {"source": "acme/m/shop"}},
        output={
            "arn": {"value": "${shop_thing.t.arn}${shop_thing.t.size}"},
            "vpc": {"value": "${data.terraform_remote_state.net.outputs.vpc_id}"},
            "subnets": {"value": "${module.m.subnets}"},
        },
    )
    getattr(sandbox, name)(target, values)

    [warning] = [one for one in sandbox.apply(stack).diagnostics if one.summary == "Values for nothing"]
    assert hint in warning.detail


def test_null_that_is_said_stays(sandbox: Sandbox, stack: Path) -> None:
    sandbox.override_resource("shop_thing.t", {"arn": None})

    assert sandbox.apply(stack).outputs.get("arn") is None
    assert not sandbox.plan(stack).has_changes


@pytest.mark.parametrize(
    ("name", "target", "hint"),
    [
        ("override_resource", "shop_thing.many[7]", 'Did you mean "shop_thing.many[1]"?'),
        ("override_resource", 'shop_thing.many["0"]', 'Did you mean "shop_thing.many[0]"?'),
        ("override_resource", "shop_thing.t[0]", 'Did you mean "shop_thing.t"?'),
        ("override_data", 'data.shop_secret.s["a"]', 'Did you mean "data.shop_secret.s"?'),
        ("override_resource", "shop_thing.u", '"shop_thing.u"'),
        ("override_data", "data.shop_secret.t", 'Did you mean "data.shop_secret.s"?'),
        ("mock_resource", "shop_think", 'Did you mean "shop_thing"?'),
        ("mock_data", "shop_other", '"shop_other"'),
    ],
)
def test_values_for_nothing_are_told(sandbox: Sandbox, stack: Path, name: str, target: str, hint: str) -> None:
    getattr(sandbox, name)(target, {"arn": "x"})

    [warning] = [one for one in sandbox.plan(stack).diagnostics if one.summary == "Values for nothing"]
    assert hint in warning.detail


def test_values_for_another_stack_of_the_app_are_not_for_nothing(
    sandbox: Sandbox, stack: Path, write_stack: WriteStack
) -> None:
    write_stack("other", resource={"shop_other": {"o": {}}})
    sandbox.override_resource("shop_other.o", {"arn": "x"})

    assert [one.summary for one in sandbox.plan(stack).diagnostics if "nothing" in one.summary] == []


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("override_resource", "no address"),
        ("override_resource", "data.shop_secret.s"),
        ("override_data", "shop_thing.t"),
        ("override_module", "shop_thing.t"),
    ],
)
def test_targets_that_are_none_are_refused_at_once(sandbox: Sandbox, name: str, target: str) -> None:
    with pytest.raises(ValueError, match=r"Write|Use|no"):
        getattr(sandbox, name)(target, {})


@pytest.mark.parametrize(
    ("name", "target", "values"),
    [
        *(
            ("override_resource", "shop_thing.t", {path: 1})
            for path in ("", "a]", ".a", "a[", "//", "a[0][1].b", "a[*]")
        ),
        ("mock_data", "shop_secret", {"a b": 1}),
        ("override_module", "module.m", {"subnets[0]": "x"}),
        ("override_data", "data.terraform_remote_state.net", {"outputs.vpc.id": "x"}),
        ("override_data", "data.terraform_remote_state.net", {"outputs": {"vpc.id": "x"}}),
    ],
)
def test_paths_that_are_none_are_refused_at_once(
    sandbox: Sandbox, name: str, target: str, values: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"is no (path to a value|output)"):
        getattr(sandbox, name)(target, values)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (7, "must be an object"),
        ({"override_resorce": {}}, 'Did you mean "override_resource"?'),
        ({"mock_resource": []}, "mock_resource"),
        ({"mock_resource": {"shop_thing": 7}}, "shop_thing"),
        ({"override_resource": {"no address": {}}}, "no address"),
        ({"schemas": "missing.json"}, "missing.json"),
        ({"schemas": 5}, "must be the name of a file"),
        ({"schemas": ["a.json", 5]}, "must be the name of a file"),
        ({"override_data": {"data.terraform_remote_state.net": {"output": {}}}}, 'Did you mean "outputs"?'),
        ({"override_data": {"data.terraform_remote_state.net": {"outputs": ["me"]}}}, "must be an object"),
        ({"mock_data": {"terraform_remote_state": {"vpc": 1}}}, "a remote state has outputs alone"),
    ],
)
def test_settings_that_make_no_sense_are_refused(sandbox: Sandbox, stack: Path, settings: Any, named: str) -> None:
    content = {"app": "python main.py", "context": {"constructsIms": settings}}
    (stack.parents[2] / "cdktf.json").write_text(json.dumps(content))

    with pytest.raises(OperationFailedError) as failed:
        sandbox.plan(stack)

    assert named in failed.value.diagnostics[0].detail


@pytest.mark.parametrize("said", [{"outputs": {"vpc": "vpc-7"}}, {"outputs.vpc": "vpc-7"}], ids=str)
def test_outputs_of_a_remote_state_are_said(sandbox: Sandbox, write_stack: WriteStack, said: dict[str, Any]) -> None:
    state = {"terraform_remote_state": {"net": {"backend": "s3", "config": {"bucket": "b"}}}}
    stack = write_stack(data=state, output={"v": {"value": "${data.terraform_remote_state.net.outputs.vpc}"}})
    sandbox.override_data("data.terraform_remote_state.net", said)

    assert sandbox.apply(stack).outputs == {"v": "vpc-7"}
    assert not sandbox.plan(stack).has_changes


def test_errors_about_made_up_values_say_so(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(
        resource={"shop_thing": {"t": {"name": "t"}}},
        output={"x": {"value": '${index(["123"], shop_thing.t.code)}'}},
    )

    with pytest.raises(OperationFailedError) as failed:
        sandbox.apply(stack)

    detail = failed.value.diagnostics[0].detail
    assert "shop_thing.t is simulated" in detail
    assert 'sandbox.override_resource("shop_thing.t", {"code": ...})' in detail
    assert "No bindings of hashicorp/shop" in detail
    sandbox.override_resource("shop_thing.t", {"code": "123"})
    assert sandbox.apply(stack).outputs == {"x": 0}


def test_names_inside_a_said_value_are_those_of_its_type() -> None:
    tags = MapType(ObjectType({"key": STRING}, frozenset({"key"})))
    network = ListType(ObjectType({"ip_address": STRING, "tags": tags}, frozenset({"ip_address", "tags"})))
    block = Block((Attribute("network", network, "", "", computed=True),))
    said = SaidValues()
    said.say("mock_resource", "shop_thing", {"network": [{"ip_addres": "x"}, {"tags": {"a": {"kee": "x"}}}]})

    details = [fault.detail for fault in said.faults(parse_address("shop_thing.t").resource, block, {})]

    assert ['Did you mean "ip_address"?' in details[0], 'named "kee"' in details[1]] == [True, True]
    assert len(details) == 2


def test_warnings_of_a_plan_are_those_of_an_apply_that_makes_it(sandbox: Sandbox, stack: Path) -> None:
    sandbox.override_resource("shop_thing.u", {"arn": "x"})

    plan = sandbox.plan(stack)
    assert [one.summary for one in sandbox.apply(stack).diagnostics].count("Values for nothing") == 1
    assert [one.summary for one in plan.diagnostics].count("Values for nothing") == 1
    assert "Values for nothing" not in [one.summary for one in sandbox.destroy(stack).diagnostics]


def test_hint_about_an_instance_is_python(sandbox: Sandbox, write_stack: WriteStack) -> None:
    state = {"terraform_remote_state": {"net": {"for_each": {"b": 1}, "backend": "s3", "config": {"bucket": "b"}}}}
    read = '${data.terraform_remote_state.net["b"].outputs.vpc}'
    plan = sandbox.plan(write_stack(data=state, output={"v": {"value": read}}))

    [warning] = [one for one in plan.diagnostics if one.summary == "Remote state simulated"]
    [call] = re.findall(r"sandbox\.override_data\(.*?\}\}\)", warning.detail)
    ast.parse(call)
