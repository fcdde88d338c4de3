"""Blocks of providers that are not here are held to the app's bindings, in Terraform's words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims import OperationFailedError, Sandbox

SOURCES = {"docker": "kreuzwerker/docker", "github": "integrations/github", "tls": "hashicorp/tls", "shop": "acme/shop"}
RESOURCES = {
    "docker": {"docker_network": {"n": {"name": "x"}}},
    "github": {"github_team": {"t": {"name": "x"}}},
    "tls": {"tls_private_key": {"k": {"algorithm": "RSA"}}},
    "shop": {"shop_thing": {"t": {"name": "x"}}},
}


def write(folder: Path, name: str, block: dict[str, Any]) -> Path:
    stack = folder / "cdktf.out" / "stacks" / "web"
    stack.mkdir(parents=True)
    (folder / "cdktf.json").write_text('{"app": "python main.py"}')
    content = {
        "terraform": {"required_providers": {name: {"source": SOURCES[name]}}},
        "variable": {"host": {"default": "tcp://x"}},
        "provider": {name: [block]},
        "resource": RESOURCES[name],
    }
    (stack / "cdk.tf.json").write_text(json.dumps(content))
    return stack


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("docker", {"host": "${var.host}", "registry_auth": [{"address": "a", "username": "u"}]}),
        ("docker", {"ssh_opts": ["-o"], "registry_auth": {"address": "a"}, "disable_docker_daemon_check": True}),
        ("github", {"token": "planted", "max_retries": 3, "app_auth": [{"id": "1", "pem_file": "x"}]}),
        ("tls", {"proxy": [{"url": "http://x", "from_env": False}]}),
        ("tls", {}),
        ("shop", {"anything": 1, "nested": {"more": [True]}}),
    ],
)
def test_sound_block_is_planned_and_applied(tmp_path: Path, name: str, block: dict[str, Any]) -> None:
    stack = write(tmp_path, name, block)

    with Sandbox(deterministic=True) as sandbox:
        assert sandbox.apply(stack).added == 1
        assert sandbox.plan(stack).no_changes


@pytest.mark.parametrize(
    ("name", "block", "fault"),
    [
        ("docker", {"hots": "tcp://x"}, 'No argument or block type is named "hots". Did you mean "host"?'),
        ("docker", {"disable_docker_daemon_check": "no idea"}, "a bool is required"),
        ("docker", {"registry_auth": [{"adress": "a"}]}, 'Did you mean "address"?'),
        ("github", {"max_retries": "three"}, "a number is required"),
        ("tls", {"proxi": [{}]}, 'Did you mean "proxy"?'),
    ],
)
def test_faulty_block_is_refused(tmp_path: Path, name: str, block: dict[str, Any], fault: str) -> None:
    stack = write(tmp_path, name, block)

    with Sandbox(deterministic=True) as sandbox, pytest.raises(OperationFailedError) as failure:
        sandbox.plan(stack)

    assert fault in str(failure.value)
