"""``--ims-engine=terraform``: the bodies of tests under the built-in engine and under the real Terraform."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.e2e

STACK = """
import json
import pytest

IMAGE = "huaweicloud_ims_image_metadata"
BASE = f"{IMAGE}.base"


@pytest.fixture
def stack(tmp_path):
    def write(name="web", resource=None, data=None, outputs=None, base="base", **given):
        image = {"name": base, "__os_version": "CentOS 7.6 64bit", "min_disk": 40, **given}
        directory = tmp_path / "cdktf.out" / "stacks" / name
        directory.mkdir(parents=True, exist_ok=True)
        content = {
            "terraform": {
                "required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud", "version": "~> 1.73"}},
                "backend": {"local": {"path": f"terraform.{name}.tfstate"}},
            },
            "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
            "variable": {"label": {"type": "string", "default": "plain"}},
            "resource": {IMAGE: {"base": image}} if resource is None else resource,
            "data": data,
            "output": outputs or {"id": {"value": f"${{{BASE}.id}}"}} if resource is None else outputs,
        }
        (directory / "cdk.tf.json").write_text(json.dumps({key: value for key, value in content.items() if value}))
        return directory
    return write
"""

BODIES = """
import pytest
from constructs_ims import Action, OperationFailedError
from constructs_ims.testing import ApplyStep, ImportStep, PlanJsonExtension, RefusedStep, run_steps
from conftest import BASE, IMAGE


def test_life_in_steps(ims, stack):
    run_steps(
        ims,
        ApplyStep(lambda: stack(), creates=[BASE], images=[{"name": "base"}]),
        ImportStep(BASE),
        RefusedStep(lambda: stack(min_disk=80), BASE, because="min_disk"),
        ApplyStep(lambda: stack(min_disk=80, enable_force_new="true"), replaces={BASE: "min_disk"}),
    )


def test_plan_reads_alike(ims, stack, snapshot_tf):
    plan = ims.plan(stack(base="${var.label}"), variables={"label": "given"})
    assert plan.actions == {BASE: Action.CREATE}
    assert plan[BASE].before == {}
    assert (plan[BASE].after["name"], plan[BASE].after["min_disk"]) == ("given", 40)
    assert plan.summary == "1 to add, 0 to change, 0 to destroy"
    assert plan.output_changes["id"].action is Action.CREATE
    plan.assert_creates(BASE)
    applied = ims.apply(plan)
    assert applied.summary == "1 added, 0 changed, 0 destroyed"
    assert applied.outputs == {"id": ims.images()[0]["id"]} == ims.outputs(plan.stack)
    assert ims.plan(stack(base="given")).no_changes
    assert plan == snapshot_tf(name="text")
    assert plan == snapshot_tf(name="json").use_extension(PlanJsonExtension)


def test_stale_plans_are_refused(ims, stack):
    plan = ims.plan(stack())
    ims.apply(stack())
    with pytest.raises(OperationFailedError, match="Saved plan is stale"):
        ims.apply(plan)


def test_service_is_steered(ims, stack):
    ims.cloud.fail_next("create", status=403)
    with pytest.raises(OperationFailedError) as failure:
        ims.apply(stack())
    assert [fault.address for fault in failure.value.diagnostics if fault.is_error] == [BASE]
    assert ims.images() == []
    ims.apply(stack())
    assert "create" in {request.operation for request in ims.cloud.requests}
    ims.change_image(ims.images()[0]["id"], {"name": "other"})
    plan = ims.plan(stack(), allow_refused=True)
    assert BASE in plan.drift
    plan.assert_refused(BASE, because="name can't be updated, other -> base")
    with pytest.raises(OperationFailedError, match="Image cannot be updated"):
        ims.plan(stack())
    ims.remove_image(ims.images()[0]["id"])
    ims.plan(stack()).assert_creates(BASE)
    assert ims.plan(stack(), refresh=False).no_changes


def test_answers_are_lost(ims, stack):
    ims.cloud.fail_next("create", drop="before")
    with pytest.raises(OperationFailedError, match="may have been created all the same"):
        ims.apply(stack())
    assert ims.images() == []
    applied = ims.apply(stack())
    ims.cloud.fail_next("delete", drop="after")  # which is repeated, and finds the image gone
    assert ims.destroy(applied.stack).destroyed == 1
    assert ims.images() == []
    ims.apply(stack())
    ims.cloud.fail_next("delete", status=500)
    with pytest.raises(OperationFailedError, match="error deleting"):
        ims.destroy(stack())
    assert len(ims.images()) == len(ims.state(stack()).resources) == 1


TEAM = {"terraform_remote_state": {"team": {"backend": "http", "config": {"address": "http://127.0.0.1:9/x"}}}}


def test_defaults_of_a_state_of_others_count(ims, stack):
    TEAM["terraform_remote_state"]["team"]["defaults"] = {"vpc": "vpc-1"}
    read = {"vpc": {"value": "${data.terraform_remote_state.team.outputs.vpc}"}}
    written = stack(data=TEAM, outputs=read, resource={"terraform_data": {"a": {}}})
    assert ims.apply(written).outputs == {"vpc": "vpc-1"}
    assert ims.plan(written).no_changes


def test_worlds_are_kept(ims, stack):
    ims.apply(stack())
    ims.save("deployed")
    ims.destroy(stack())
    assert (ims.images(), ims.state(stack()).resources) == ([], {})
    ims.load("deployed")
    assert ims.plan(stack()).no_changes
    assert ims.state(stack())[BASE]["name"] == "base"


def test_existing_image_is_imported(ims, stack):
    ims.apply(stack())
    applied = ims.import_(stack("another"), BASE, ims.images()[0]["id"])
    assert (applied.imported, applied.added, len(ims.images())) == (1, 0, 1)


def test_options_of_plans(ims, stack):
    two = {"terraform_data": {"a": {"input": 1}, "b": {"input": 2}}}
    assert set(ims.plan(stack(resource=two), targets=["terraform_data.a"]).creates) == {"terraform_data.a"}
    ims.apply(stack(resource=two))
    assert set(ims.plan(stack(resource=two), replace=["terraform_data.b"]).replaces) == {"terraform_data.b"}
    assert set(ims.plan(stack(resource=two), destroy=True).destroys) == {"terraform_data.a", "terraform_data.b"}
    assert ims.plan(stack(resource=two), refresh_only=True).no_changes
    with pytest.raises(OperationFailedError, match='no variable named "labl"'):
        ims.plan(stack(resource=two), variables={"labl": 1})
    assert ims.state(ims.stack(stack(resource=two), workspace="other")).is_empty


def test_stacks_read_each_other(ims, stack):
    state = {"terraform_remote_state": {"web": {"backend": "local", "config": {"path": "terraform.web.tfstate"}}}}
    reader = stack(
        "reader",
        resource={"terraform_data": {"id": {"input": "${data.terraform_remote_state.web.outputs.id}"}}},
        outputs={"seen": {"value": "${terraform_data.id.output}"}},
        data=state,
    )
    web = stack()
    with pytest.raises(OperationFailedError, match="Unable to find remote state"):
        ims.plan(reader)
    ims.apply(web)
    ims.apply(reader)
    assert ims.outputs(reader) == {"seen": ims.images()[0]["id"]}


class TestWithVariables:
    @pytest.fixture
    def ims_environment(self):
        return {"TF_VAR_label": "of the test", "HW_REGION_NAME": "ap-southeast-1"}

    def test_sees_them(self, ims, stack):
        ims.apply(stack(base="${var.label}"))
        assert ims.state(stack())[BASE]["name"] == "of the test"
"""


@pytest.fixture
def bodies(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(STACK)
    pytester.makepyfile(BODIES)
    return pytester


@pytest.mark.parametrize("engine", ["builtin", "terraform"])
def test_bodies_pass_under_both_engines(
    bodies: pytest.Pytester, terraform_program: str, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    for name, value in {"TF_WORKSPACE": "other", "TF_VAR_label": "of the developer", "AWS_PROFILE": "prod"}.items():
        monkeypatch.setenv(name, value)
    bodies.runpytest_subprocess("--snapshot-update", "-q", "-k", "reads_alike").assert_outcomes(passed=1)
    run = bodies.runpytest_subprocess("-n", "2", f"--ims-engine={engine}", "--basetemp=shared", timeout=580)

    run.assert_outcomes(passed=BODIES.count("def test_"))
    prepared = list(Path(bodies.path).glob("shared/constructs-ims-terraform/prepared/*/complete"))
    assert len(prepared) == (2 if engine == "terraform" else 0)


def test_tests_are_skipped_without_terraform(bodies: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert shutil.which("terraform") is None
    bodies.makeini("[pytest]\nims_engine = terraform\n")
    run = bodies.runpytest_subprocess("-rs")

    run.assert_outcomes(skipped=BODIES.count("def test_"))
    run.stdout.fnmatch_lines(
        ["SKIPPED*there is no terraform on PATH. Install it, or name it in CONSTRUCTS_IMS_TERRAFORM*"]
    )


def test_steps_of_this_repository_run_under_terraform(pytester: pytest.Pytester, terraform_program: str) -> None:
    shutil.copy(ROOT / "tests" / "testing" / "test_steps.py", pytester.path)
    chosen = "functions_get_an_app or stack_that_is_refused or second_plan_with_changes"
    run = pytester.runpytest_subprocess("-n", "2", "--ims-engine=terraform", "-k", chosen, timeout=580)

    run.assert_outcomes(passed=4)


def test_readme_runs_under_terraform(pytester: pytest.Pytester, terraform_program: str) -> None:
    from tests.architecture.test_documentation import blocks_of

    for number, block in enumerate(blocks_of(ROOT / "README.md", "python")):
        if "def test_" in block and "ims: Sandbox" in block:
            (pytester.path / f"test_images_{number}.py").write_text(block)
    run = pytester.runpytest_subprocess("-n", "2", "--ims-engine=terraform", "--snapshot-update", timeout=580)

    outcomes = run.parseoutcomes()
    assert set(outcomes) <= {"passed", "skipped", "warnings"}
    assert outcomes["passed"] >= 3
