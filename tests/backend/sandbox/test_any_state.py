"""Runs on states with anything at all in them end well, or in an error that says why."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.backend.sandbox.directory import SandboxError
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError

from ...generated import altered

STACK = {
    "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
    "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
    "resource": {
        "huaweicloud_ims_image_metadata": {"a": {"name": "n", "tags": ["a=b"], "min_disk": 40}},
        "terraform_data": {"b": {"input": [1, {"c": True}]}},
        "other_thing": {"d": {"size": 1}},
    },
    "output": {"id": {"value": "${huaweicloud_ims_image_metadata.a.id}"}},
}


def stack(directory: Path) -> Path:
    place = directory / "web"
    place.mkdir()
    (place / "cdk.tf.json").write_text(json.dumps(STACK))
    return place


@cache
def applied_state() -> Any:
    with TemporaryDirectory() as name, Sandbox(Path(name) / ".constructs-ims") as sandbox:
        place = stack(Path(name))
        sandbox.apply(sandbox.plan(place))
        return json.loads(next(Path(name).rglob("terraform.tfstate")).read_text())


def with_value(resource: str, name: str, value: Any) -> Any:
    state = json.loads(json.dumps(applied_state()))
    of_type = next(entry for entry in state["resources"] if entry["type"] == resource)
    of_type["instances"][0]["attributes"][name] = value
    return state


@given(state=st.deferred(lambda: altered(applied_state())))
@example(state=with_value("terraform_data", "input", {"value": "a", "type": ["tuple", ["string"]]}))
@example(state=with_value("terraform_data", "input", {"value": "a", "type": ["tuple", 'provider["a"]']}))
@example(state=with_value("huaweicloud_ims_image_metadata", "id", ["a"]))
@example(state=with_value("other_thing", "id", {"a": ["b"]}))
def test_any_state(state: Any) -> None:
    with TemporaryDirectory() as name, Sandbox(Path(name) / ".constructs-ims") as sandbox:
        place = stack(Path(name))
        sandbox.apply(sandbox.plan(place))
        path = next(Path(name).rglob("terraform.tfstate"))
        path.write_text(json.dumps(state))
        for run in (lambda: sandbox.state(place), lambda: sandbox.apply(sandbox.plan(place))):
            try:
                run()
            except (OperationFailedError, SandboxError) as failure:
                assert str(failure)  # noqa: PT017 - either outcome is right, and a refusal says why


@pytest.mark.parametrize("path", ["x" * 300, "/".join(["y" * 200] * 30), "a\0b", "\ud800"], ids=ascii)
def test_any_path(tmp_path: Path, path: str) -> None:
    place = stack(tmp_path)
    with Sandbox() as sandbox, pytest.raises(OperationFailedError, match="There is no directory"):
        sandbox.plan(path)
    with pytest.raises((OperationFailedError, SandboxError)), Sandbox(tmp_path / path) as sandbox:
        sandbox.apply(sandbox.plan(place))
