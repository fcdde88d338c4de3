"""Plans read from the document of ``terraform show -json``: the built-in engine's own come back as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.configuration import read_configuration
from constructs_ims.backend.engine.lang.json_text import from_json, to_compact
from constructs_ims.backend.engine.plans.options import PlanOptions
from constructs_ims.backend.engine.render.masks import known_part, unknown_mask
from constructs_ims.backend.sandbox import Sandbox, SandboxPlan
from constructs_ims.backend.terraform.engine.command import TerraformCommand
from constructs_ims.backend.terraform.engine.plan_document import Grounds, TerraformPlan, _with_unknown, read_plan
from constructs_ims.schema.values import Unknown

IMAGE = "huaweicloud_ims_image_metadata"
VARIABLES = {"secret": {"type": "string", "sensitive": True, "default": "hush"}}


def stack(directory: Path, resources: dict[str, Any], outputs: dict[str, Any] | None = None, **blocks: Any) -> Path:
    content = {
        "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
        "provider": {"huaweicloud": [{"region": "cn-north-4", "enable_force_new": True}]},
        "variable": VARIABLES,
        "resource": resources,
        "output": {name: {"value": value, "sensitive": "var" in value} for name, value in (outputs or {}).items()},
        **blocks,
    }
    (directory / "cdk.tf.json").write_text(json.dumps({name: block for name, block in content.items() if block}))
    return directory


def reread(sandbox: Sandbox, plan: SandboxPlan) -> TerraformPlan:
    """What is read of the document of a plan that the built-in engine made."""
    configuration, _ = read_configuration(plan.stack.directory)
    schemas = plan.stack.engine().schemas(configuration, plan.plan.prior_state)
    command = TerraformCommand(Path("terraform"), plan.stack.directory, {})
    return read_plan(
        from_json(to_compact(plan.to_json())),
        Grounds(configuration, plan.plan.prior_state, PlanOptions(), schemas, command, tuple(plan.diagnostics)),
    )


def fields(change: Any) -> dict[str, Any]:
    names = ("address", "action", "before", "after", "deposed", "reason", "replace_paths", "importing", "schema")
    return {name: getattr(change, name) for name in names} | {
        "sensitive": [set(change.before_sensitive), set(change.after_sensitive)],
        "moved": change.was_moved and str(change.previous_address),
    }


def image(**given: Any) -> dict[str, Any]:
    return {"name": "base", "__os_version": "CentOS 7.6 64bit", **given}


LIVES: dict[str, list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]] = {
    "create": [({IMAGE: {"base": image(min_disk=40)}}, {"id": f"${{{IMAGE}.base.id}}"}, {})],
    "stay": [({IMAGE: {"base": image()}}, {}, {})] * 2,
    "replace": [({IMAGE: {"base": image(min_disk=40)}}, {}, {}), ({IMAGE: {"base": image(min_disk=80)}}, {}, {})],
    "destroy": [({IMAGE: {"base": image()}}, {"id": f"${{{IMAGE}.base.id}}"}, {}), ({}, {}, {})],
    "sensitive": [({IMAGE: {"base": {**image(), "name": "${var.secret}"}}}, {"said": "${var.secret}"}, {})],
    "any type": [({"terraform_data": {"all": {"input": {"a": [1, "b", None], "c": 1.5, "d": True}}}}, {}, {})],
    "unknown parts": [
        ({"terraform_data": {"one": {}, "all": {"input": {"a": ["${terraform_data.one.id}", 1]}}}}, {}, {}),
    ],
    "moved": [
        ({IMAGE: {"base": image()}}, {}, {}),
        ({IMAGE: {"new": image()}}, {}, {"moved": [{"from": f"{IMAGE}.base", "to": f"{IMAGE}.new"}]}),
    ],
    "instances": [({IMAGE: {"base": image(for_each='${toset(["a", "b.c"])}')}}, {}, {})],
}


@pytest.mark.parametrize("life", LIVES)
def test_a_plan_comes_back_as_it_was(tmp_path: Path, life: str) -> None:
    *before, last = LIVES[life]
    with Sandbox(deterministic=True, environment={}) as sandbox:
        for resources, outputs, blocks in before:
            sandbox.apply(stack(tmp_path, resources, outputs, **blocks))
        resources, outputs, blocks = last
        plan = sandbox.plan(stack(tmp_path, resources, outputs, **blocks))
        read = reread(sandbox, plan)

    assert list(map(fields, read.resource_changes)) == list(map(fields, plan.resource_changes))
    assert {name: (one.action, one.before, one.after, one.sensitive) for name, one in read.output_changes.items()} == {
        name: (one.action, one.before, one.after, one.sensitive) for name, one in plan.output_changes.items()
    }
    assert read.has_changes == plan.has_changes
    assert read.diagnostics == tuple(plan.diagnostics)


def test_drift_comes_back(tmp_path: Path) -> None:
    with Sandbox(deterministic=True, environment={}) as sandbox:
        sandbox.apply(stack(tmp_path, {IMAGE: {"base": image(min_disk=40)}}))
        sandbox.change_image(sandbox.images()[0]["id"], {"min_disk": 80})
        plan = sandbox.plan(tmp_path)
        read = reread(sandbox, plan)

    assert [fields(one) for one in read.drift] == [fields(one) for one in plan.plan.drift]
    assert read.drift


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just(Unknown),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), PARTS))
def test_unknown_parts_come_back(value: dict[str, Any]) -> None:
    assert _with_unknown(known_part(value), unknown_mask(value)) == value


def test_a_plan_that_could_not_be_begun_has_nothing(tmp_path: Path) -> None:
    with Sandbox(environment={}) as sandbox:
        plan = sandbox.plan(stack(tmp_path, {}))
        configuration, _ = read_configuration(tmp_path)
        command = TerraformCommand(Path("terraform"), tmp_path, {})
        schemas = plan.stack.engine().schemas(configuration, plan.plan.prior_state)
        read = read_plan({}, Grounds(configuration, plan.plan.prior_state, PlanOptions(), schemas, command))

    assert (list(read.resource_changes), read.has_changes, read.command) == ([], False, None)
