"""The Python interface: planning, applying, destroying and importing in a world of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox
from constructs_ims.backend.sandbox.remote_state import stack_behind
from constructs_ims.schema.values import Unknown

WriteStack = Callable[..., Path]
Image = dict[str, Any]
ADDRESS = "huaweicloud_ims_image_metadata.a"


def test_plan_says_what_an_apply_does(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    plan = sandbox.plan(write_stack(images={"a": ubuntu}))

    assert plan.actions == {ADDRESS: Action.CREATE}
    assert plan.has_changes
    assert plan.summary == "1 to add, 0 to change, 0 to destroy"
    assert sandbox.images() == []


def test_json_of_a_plan_is_terraforms(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    document = json.loads(json.dumps(sandbox.plan(write_stack(images={"a": ubuntu})).to_json()))

    assert document["format_version"] == "1.2"
    assert document["resource_changes"][0]["change"]["actions"] == ["create"]


def test_text_of_a_plan_is_terraforms(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    assert f"# {ADDRESS} will be created" in str(sandbox.plan(write_stack(images={"a": ubuntu})))


def test_apply_creates_and_a_second_plan_is_empty(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu}, output={"id": {"value": f"${{{ADDRESS}.id}}"}})

    applied = sandbox.apply(stack)

    (image,) = sandbox.images()
    assert (applied.added, applied.changed, applied.destroyed) == (1, 0, 0)
    assert applied.outputs == sandbox.outputs(stack) == {"id": image["id"]}
    assert not sandbox.plan(stack).has_changes


def test_plan_is_applied_as_it_stands(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    plan = sandbox.plan(write_stack(images={"a": ubuntu}))

    assert sandbox.apply(plan).added == 1


def test_stale_plan_is_refused(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    plan = sandbox.plan(stack)
    sandbox.apply(stack)

    with pytest.raises(OperationFailedError, match="Saved plan is stale"):
        sandbox.apply(plan)
    assert len(sandbox.images()) == 1


def test_destroy_leaves_nothing(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)

    assert sandbox.destroy(stack).destroyed == 1
    assert sandbox.images() == []
    assert sandbox.state(stack).is_empty


def test_import_takes_an_image_that_exists(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack("here", images={"a": ubuntu})
    id = sandbox.apply(write_stack("there", images={"a": ubuntu})).state.objects()
    first = next(iter(id))[2].attributes["id"]

    sandbox.import_(stack, ADDRESS, first)

    assert len(sandbox.images()) == 1
    assert not sandbox.plan(stack).has_changes


def test_import_needs_a_free_address(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)

    with pytest.raises(OperationFailedError, match=f"Address in use: The stack has an image at {ADDRESS} already."):
        sandbox.import_(stack, ADDRESS, "another")


def test_drift_is_seen(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    sandbox.apply(stack)
    image = sandbox.images()[0]

    sandbox.change_image(image["id"], {"min_disk": 80, "__platform": None})

    drift = sandbox.plan(stack).drift[ADDRESS]
    seen = [(values["min_disk"], values["__platform"]) for values in (drift.before, drift.after) if values]
    assert seen == [(0, "Ubuntu"), (80, "")]

    sandbox.remove_image(image["id"])

    assert sandbox.plan(stack).actions == {ADDRESS: Action.CREATE}


def test_drift_is_of_images_that_are_there(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    sandbox.apply(write_stack(images={"a": ubuntu}))
    id = sandbox.images()[0]["id"]

    for unknown in (lambda: sandbox.change_image("nobody", {"name": "x"}), lambda: sandbox.remove_image("nobody")):
        with pytest.raises(OperationFailedError, match='No such image: The service has no image with the id "nobody"'):
            unknown()
    with pytest.raises(OperationFailedError, match="Fixed property: id is what the image is found by"):
        sandbox.change_image(id, {"id": "another"})


def test_images_begin_with_id_and_name(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    sandbox.apply(write_stack(images={"a": ubuntu}))

    assert list(sandbox.images()[0])[:2] == ["id", "name"]


@pytest.mark.parametrize(
    ("read", "summary"),
    [
        ("{}", "Unsupported attribute"),
        ("try({0}, {0}.name)", "Error in function call"),
        ("[for one in [{}] : one]", "Unsupported attribute"),
    ],
)
def test_output_that_a_base_does_not_have_yet_is_told_of_plainly(
    sandbox: Sandbox, write_stack: WriteStack, tmp_path: Path, ubuntu: Image, read: str, summary: str
) -> None:
    name, output = "cross-stack-reference-input-base", "cross-stack-output-id"
    path = str(tmp_path / "terraform.base.tfstate")
    web = write_stack(
        data={"terraform_remote_state": {name: {"backend": "local", "config": {"path": path}}}},
        output={"id": {"value": f"${{{read.format(f'data.terraform_remote_state.{name}.outputs.{output}')}}}"}},
    )
    sandbox.apply(write_stack("base", images={"a": ubuntu}, output={"other": {"value": 1}}))

    with pytest.raises(OperationFailedError) as raised:
        sandbox.plan(web)

    assert str(raised.value) == (
        "Output of another stack missing: This stack reads an output that was not there yet when base was deployed. "
        "Deploy base again first."
    )
    assert raised.value.diagnostics[0].summary == summary


def test_stack_that_cannot_be_planned_any_more_is_destroyed_as_it_is_known(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image
) -> None:
    sandbox.apply(write_stack(images={"a": ubuntu}))
    broken = write_stack(images={"a": {**ubuntu, "name": "another"}})

    plan = sandbox.plan(broken, destroy=True)
    done = sandbox.destroy(broken)

    assert [(found.severity.value, found.summary) for found in plan.diagnostics] == [
        ("warning", "Destroyed without refresh")
    ]
    assert "name can't be updated, ubuntu -> another" in plan.diagnostics[0].detail
    assert done.destroyed == 1
    assert sandbox.images() == []


def test_stack_that_was_never_deployed_is_destroyed_without_a_word(sandbox: Sandbox, write_stack: WriteStack) -> None:
    never = write_stack(locals={"x": "${nope}"})

    assert sandbox.plan(never, destroy=True).diagnostics == ()
    assert sandbox.destroy(never).destroyed == 0


def test_stack_is_destroyed_from_its_state_where_it_cannot_be_planned(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image
) -> None:
    sandbox.apply(write_stack(images={"a": ubuntu}, output={"x": {"value": "1"}}))
    broken = write_stack(locals={"x": "${nope}"})

    plan = sandbox.plan(broken, destroy=True, refresh=False)
    done = sandbox.apply(plan)

    assert [found.summary for found in plan.diagnostics] == ["Destroyed without refresh"]
    assert "Invalid reference" in plan.diagnostics[0].detail
    assert done.destroyed == 1
    assert sandbox.state(broken).is_empty
    assert sandbox.images() == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (ADDRESS, []),
        (f"{ADDRESS}[0]", []),
        ("random_id.elsewhere", []),
        (
            "huaweicloud_ims_image_metdata.a",
            [
                'Nothing in the stack has the address "huaweicloud_ims_image_metdata.a", so nothing is done there. '
                f'Did you mean "{ADDRESS}"?'
            ],
        ),
    ],
)
def test_misspelt_target_is_doubted(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image, target: str, said: list[str]
) -> None:
    plan = sandbox.plan(write_stack(images={"a": ubuntu}), targets=[target])

    assert [found.detail for found in plan.diagnostics if found.summary == "Target not found"] == said


def test_objects_are_worked_on_one_at_a_time_or_more() -> None:
    with pytest.raises(ValueError, match=r"parallelism is 0\. Use 1 or more\."):
        Sandbox(parallelism=0)


def test_plan_is_carried_out_as_it_stands(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    plan = sandbox.plan(write_stack(images={"a": ubuntu}))

    with pytest.raises(TypeError, match="targets cannot be given with a plan"):
        sandbox.apply(plan, targets=[ADDRESS])


def test_variables_come_as_values(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": {**ubuntu, "name": "${var.name}"}}, variable={"name": {"type": "string"}})

    sandbox.apply(stack, variables={"name": "from-python"})

    assert sandbox.images()[0]["name"] == "from-python"


def test_variable_that_the_stack_does_not_have_is_an_error(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(variable={"min_disk": {"type": "number", "default": 40}})

    with pytest.raises(OperationFailedError) as raised:
        sandbox.plan(stack, variables={"min_dsk": 80})

    assert str(raised.value) == (
        'Value for undeclared variable: The stack declares no variable named "min_dsk". Did you mean "min_disk"?'
    )


def test_missing_variable_is_an_error_with_its_place(sandbox: Sandbox, write_stack: WriteStack) -> None:
    with pytest.raises(OperationFailedError) as raised:
        sandbox.plan(write_stack(variable={"name": {"type": "string"}}))

    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.summary == "No value for required variable"
    assert diagnostic.subject is not None


def test_errors_come_all_at_once(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    bad = {"a": {**ubuntu, "nonsense": 1}, "b": {**ubuntu, "folly": 1}}

    with pytest.raises(OperationFailedError) as raised:
        sandbox.plan(write_stack(images=bad))

    assert len([one for one in raised.value.diagnostics if one.is_error]) == 2


def test_values_go_from_stack_to_stack(
    sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image, tmp_path: Path
) -> None:
    base = write_stack("base", images={"a": ubuntu}, output={"id": {"value": f"${{{ADDRESS}.id}}"}})
    remote = {"base": {"backend": "local", "config": {"path": str(tmp_path / "terraform.base.tfstate")}}}
    web = write_stack(
        "web",
        data={"terraform_remote_state": remote},
        output={"id": {"value": "${data.terraform_remote_state.base.outputs.id}"}},
    )
    sandbox.apply(base)

    assert sandbox.apply(web).outputs == sandbox.outputs(base)
    assert list(tmp_path.glob("*.tfstate")) == []


def test_stack_is_planned_after_one_that_is_only_planned(
    sandbox: Sandbox, write_stack: WriteStack, tmp_path: Path, ubuntu: Image
) -> None:
    outputs = {"id": {"value": f"${{{ADDRESS}.id}}"}, "known": {"value": "at once"}}
    base = write_stack("base", images={"a": ubuntu}, output=outputs)
    remote = {"base": {"backend": "local", "config": {"path": str(tmp_path / "terraform.base.tfstate")}}}
    read = {name: {"value": f"${{data.terraform_remote_state.base.outputs.{name}}}"} for name in outputs}
    web = write_stack("web", data={"terraform_remote_state": remote}, output=read)

    first = sandbox.plan(base)
    second = sandbox.plan(web, after=[first])

    assert {name: one.value for name, one in second.foreseen_outputs.items()} == {"id": Unknown, "known": "at once"}
    sandbox.apply(first)
    assert sandbox.apply(second).outputs == sandbox.outputs(base)
    assert not sandbox.plan(web, after=[sandbox.plan(base)]).has_changes


def test_one_address_is_as_good_as_a_list_of_one(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu, "b": ubuntu})

    assert set(sandbox.plan(stack, targets=ADDRESS).actions) == {ADDRESS}


def test_stack_that_is_not_deployed_yet_is_named(sandbox: Sandbox, write_stack: WriteStack, tmp_path: Path) -> None:
    write_stack("base", output={"id": {"value": "x"}})
    remote = {"base": {"backend": "local", "config": {"path": str(tmp_path / "terraform.base.tfstate")}}}

    with pytest.raises(OperationFailedError, match='The stack "base" has no state in the sandbox yet'):
        sandbox.plan(write_stack("web", data={"terraform_remote_state": remote}, output={"x": {"value": "1"}}))


def test_state_of_somebody_else_is_not_read(write_stack: WriteStack, tmp_path: Path) -> None:
    (tmp_path / "real.tfstate").write_text("{}")
    remote = {"other": {"backend": "local", "config": {"path": str(tmp_path / "real.tfstate")}}}

    web = write_stack("web", data={"terraform_remote_state": remote})

    with Sandbox(simulate=False) as strict, pytest.raises(OperationFailedError, match="Remote state elsewhere"):
        strict.plan(web)


def test_deterministic_worlds_are_the_same(write_stack: WriteStack, ubuntu: Image) -> None:
    stack = write_stack(images={"a": ubuntu})
    images = []
    for _ in range(2):
        with Sandbox(deterministic=True) as sandbox:
            sandbox.apply(stack)
            images.append(sandbox.images())

    assert images[0] == images[1]


def test_refused_change_reads_well(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image) -> None:
    sandbox.apply(write_stack(images={"a": {**ubuntu, "min_disk": 40}}))

    with pytest.raises(OperationFailedError) as failed:
        sandbox.plan(write_stack(images={"a": {**ubuntu, "min_disk": 80}}))

    assert str(failed.value) == (
        f"{ADDRESS}: Image cannot be updated: min_disk can't be updated, 40 -> 80. The service cannot change an "
        "existing image. To replace it instead, set enable_force_new=True on the image or on the HuaweicloudProvider; "
        "else put back what was changed."
    )
    assert failed.value.diagnostics[0].summary == "1 error occurred:\n\t* min_disk can't be updated, 40 -> 80\n\n"


@pytest.mark.parametrize("source", ["nowhere", Path("nowhere"), 7, None])
def test_what_is_no_stack_is_refused(sandbox: Sandbox, source: Any) -> None:
    with pytest.raises(OperationFailedError, match="Not a stack"):
        sandbox.plan(source)


def test_broken_configuration_is_reported(sandbox: Sandbox, write_stack: WriteStack) -> None:
    stack = write_stack(output={"x": {"value": "1"}})
    (stack / "cdk.tf.json").write_text("{")

    with pytest.raises(OperationFailedError):
        sandbox.plan(stack)


def test_plan_that_asks_the_service_nothing_loads_neither_client_nor_server(
    write_stack: WriteStack, ubuntu: Image
) -> None:
    script = (
        "import sys; from constructs_ims import Sandbox\n"
        f"plan = Sandbox().plan({str(write_stack(images={'a': ubuntu}))!r})\n"
        "print(plan.summary, sorted({'requests', 'urllib3', 'falcon', 'importlib.metadata'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "1 to add, 0 to change, 0 to destroy []\n"


@pytest.mark.parametrize("name", ["../../x", "a/b", "..", ".", "\ud800", "a b"])
def test_workspace_that_leads_out_of_the_sandbox_is_refused(
    sandbox: Sandbox, write_stack: WriteStack, name: str
) -> None:
    with pytest.raises(OperationFailedError, match="Invalid workspace name"):
        sandbox.stack(write_stack(), workspace=name)


def test_remote_state_of_a_workspace_that_leads_out_of_the_sandbox_is_refused(
    sandbox: Sandbox, write_stack: WriteStack
) -> None:
    sandbox.apply(write_stack("base", output={"x": {"value": "1"}}))
    config = {"path": "terraform.base.tfstate"}
    state = {"backend": "local", "config": config, "workspace": "../../x"}
    reader = write_stack("web", data={"terraform_remote_state": {"base": state}})

    with pytest.raises(OperationFailedError, match="Invalid workspace name"):
        sandbox.plan(reader)


@pytest.mark.parametrize(
    ("backend", "own", "asked", "is_own"),
    [
        ("s3", {"bucket": "b", "key": "k"}, {"bucket": "b", "key": "k", "profile": "p", "role_arn": "r"}, True),
        ("s3", {"bucket": "b", "key": "k", "region": "x"}, {"bucket": "b", "key": "k"}, True),
        ("s3", {"bucket": "b", "key": "k"}, {"bucket": "b", "key": "other"}, False),
        ("s3", {"bucket": "b", "key": "k"}, {"bucket": "b"}, False),
        ("gcs", {"bucket": "b"}, {"bucket": "b", "credentials": "file"}, True),
        ("gcs", {"bucket": "b"}, {"bucket": "b", "prefix": "p"}, False),
        (
            "azurerm",
            {"storage_account_name": "a", "container_name": "c", "key": "k"},
            {"storage_account_name": "a", "container_name": "c", "key": "k", "resource_group_name": "g"},
            True,
        ),
        ("http", {"address": "https://a/x"}, {"address": "https://a/x", "username": "u"}, True),
        ("http", {"address": "https://a/x"}, {"address": "https://a/y"}, False),
        ("s3", {}, {}, False),
    ],
)
def test_settings_of_access_do_not_tell_states_apart(
    write_stack: WriteStack, backend: str, own: dict[str, Any], asked: dict[str, Any], is_own: bool
) -> None:
    write_stack("base", terraform={"backend": {backend: own}})

    assert stack_behind(backend, asked, write_stack("web")) == ("base" if is_own else None)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"path": "terraform.base.tfstate"}, "base"),
        ({"path": "/moved/terraform.base.tfstate", "workspace_dir": None}, "base"),
        ({"path": "elsewhere.tfstate"}, None),
        ({"path": ["terraform.base.tfstate"]}, None),
        ({"path": 5}, None),
        ({"path": None}, None),
        ({}, None),
    ],
)
def test_stack_behind_a_remote_state_is_the_one_that_it_names(
    write_stack: WriteStack, config: dict[str, Any], name: str | None
) -> None:
    write_stack("base")

    assert stack_behind("local", config, write_stack("web")) == name
