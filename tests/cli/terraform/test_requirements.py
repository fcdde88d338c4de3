"""What a stack requires of Terraform and of providers, where ``test_faulty_stacks.py`` has no recording."""

from __future__ import annotations

import json
from typing import Any

import pytest

SOURCE = "huaweicloud/huaweicloud"


def write(tf: Any, name: str, value: object) -> None:
    (tf.stack / name).write_text(json.dumps({"terraform": {"required_providers": {"huaweicloud": value}}}))


@pytest.mark.parametrize("value", ["> 1.0, ~> 1.73.2.1", {"source": SOURCE, "version": "> 1.0, ~> 1.73.2.1"}])
def test_provider_versions_have_three_numbers_at_most(tf: Any, value: object) -> None:
    write(tf, "cdk.tf.json", value)

    ended = tf("validate", "-json")

    assert ended.status == 1
    (found,) = ended.json()["diagnostics"]
    assert found["summary"] == "Invalid version constraint"
    assert 'invalid specification "~> 1.73.2.1": too many numbered portions' in found["detail"]


@pytest.mark.parametrize("name", ["override.tf.json", "names_override.tf.json"])
@pytest.mark.parametrize("command", ["validate", "plan"])
def test_override_files_need_terraform(tf: Any, name: str, command: str) -> None:
    write(tf, "cdk.tf.json", {"source": SOURCE, "version": ">= 1.73.2"})
    write(tf, name, {"source": SOURCE, "version": ">= 1.74.0"})

    ended = tf(command)

    assert ended.status == 1
    assert "Needs Terraform" in ended.err
    assert f"{name} overrides what other files say." in " ".join(ended.err.split())
    assert "CONSTRUCTS_IMS_ENGINE=terraform" in ended.err


def test_source_in_capitals_is_the_same_provider(tf: Any) -> None:
    write(tf, "cdk.tf.json", {"source": "HuaweiCloud/HuaweiCloud"})

    assert "provider[registry.terraform.io/huaweicloud/huaweicloud]" in tf("providers").out


@pytest.mark.parametrize("words", [("init", "-json"), ("modules", "-json"), ("providers", "schema", "-json")])
def test_warnings_leave_json_readable(tf: Any, words: tuple[str, ...]) -> None:
    (tf.stack / "cdk.tf.json").write_text(json.dumps({"provider": {"huaweicloud": {"version": ">= 1.73"}}}))

    ended = tf(*words)

    assert ended.status == 0
    assert "Version constraints inside provider configuration blocks are deprecated" in tf("providers").out
    assert all(isinstance(line, dict) for line in ended.events())


def test_providers_are_told_by_configuration_and_state(tf: Any) -> None:
    write(tf, "cdk.tf.json", {"source": SOURCE, "version": ">= 1.74.0"})

    assert tf("providers").out == (
        "\nProviders required by configuration:\n.\n"
        "└── provider[registry.terraform.io/huaweicloud/huaweicloud] >= 1.74.0\n\n"
    )
