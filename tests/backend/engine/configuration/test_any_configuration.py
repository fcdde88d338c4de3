"""Configurations of any shape are read, validated and planned with diagnostics, never with an exception."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.provider.provider import ImageProvider
from tests.generated import altered, file_of

from .judged import groups

IMAGE = {
    "provider": {"huaweicloud": {"region": "cn-north-4"}},
    "resource": {
        "huaweicloud_ims_image_metadata": {
            "a": {
                "name": "a",
                "min_disk": 40,
                "tags": ["a=b"],
                "timeouts": {"delete": "1m"},
                "lifecycle": {"ignore_changes": ["tags"]},
            }
        }
    },
}


def sound(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {}


JUDGED = [sound(one["stack"]) for group in groups().values() for one in group.values()]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


@given(document=st.sampled_from([IMAGE, *JUDGED]).flatmap(lambda one: altered(one, [IMAGE])))
def test_any_configuration_is_answered(directory: Path, document: Any) -> None:
    (directory / "cdk.tf.json").write_bytes(file_of(document))
    engine = Engine(lambda source: ImageProvider(environment={}) if "huaweicloud" in source else None)

    assert engine.validate(directory).diagnostics is not None
    assert engine.plan(directory, State()).timestamp


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1e-400", "1" + "0" * 400, "1.5", "-1", "1e18"])
@pytest.mark.parametrize("argument", ["min_disk", "min_ram", "tags", "name"])
def test_number_beyond_measure_is_refused_or_taken(directory: Path, number: str, argument: str) -> None:
    text = json.dumps({"resource": {"huaweicloud_ims_image_metadata": {"a": {"name": "a", argument: "@"}}}})
    (directory / "cdk.tf.json").write_text(text.replace('"@"', number))
    engine = Engine(lambda source: ImageProvider(environment={}))

    plan = engine.plan(directory, State())

    assert plan.errored or argument == "name" or number in ("1e-400", "1e18")
