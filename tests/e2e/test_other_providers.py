"""Stacks with other providers' objects: both engines plan, make and keep them alike.

``CONSTRUCTS_IMS_SEEDS=20`` plays so many generated stacks, and larger ones than the one that is played without it.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import OperationFailedError, Sandbox, SandboxPlan
from constructs_ims.backend.terraform.engine.installation import TerraformInstallation
from constructs_ims.backend.terraform.engine.sandbox import TerraformSandbox

pytestmark = pytest.mark.e2e

SEEDS = int(os.environ.get("CONSTRUCTS_IMS_SEEDS", "1"))
IMAGE = "huaweicloud_ims_image_metadata"
REQUIRED = {
    "huaweicloud": {"source": "huaweicloud/huaweicloud"},
    "random": {"source": "hashicorp/random", "version": "~> 3.5"},
    "null": {"source": "hashicorp/null", "version": ">= 3.2.1"},
    "local": {"source": "hashicorp/local", "version": "~> 2.0"},
    "time": {"source": "hashicorp/time"},
    "tls": {"source": "hashicorp/tls", "version": ">= 4.0, < 5.0"},
}
_MADE_UP = re.compile(r"simulated-[0-9a-f]{12}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def engines(terraform_program: str, tmp_path: Path) -> Iterator[tuple[Sandbox, Sandbox]]:
    installation = TerraformInstallation(Path(terraform_program), tmp_path / "installation")
    with (
        Sandbox(deterministic=True, environment={}) as built_in,
        TerraformSandbox(installation, deterministic=True, environment={}) as real,
    ):
        yield built_in, real


def arguments(draw: random.Random, type_name: str) -> dict[str, Any]:
    match type_name:
        case "random_pet":
            return draw.choice([{}, {"length": draw.randint(1, 4)}, {"prefix": "a", "keepers": {"k": "v"}}])
        case "random_string" | "random_password":
            return {"length": draw.randint(8, 20), **draw.choice([{}, {"special": False}])}
        case "local_file":
            return {"filename": "a.txt", "content": draw.choice(["a", "b"]), **draw.choice([{}, {"count": 2}])}
        case "time_rotating":
            return {"rotation_days": draw.randint(1, 9)}
        case "tls_private_key":
            return draw.choice([{"algorithm": "ED25519"}, {"algorithm": "RSA", "rsa_bits": 2048}])
        case "random_integer":
            return {"min": 1, "max": draw.randint(2, 9), **draw.choice([{}, {"count": 2}])}
        case _:
            return draw.choice([{}, {"triggers": {"a": "b"}}])


def generated(draw: random.Random) -> dict[str, Any]:
    """Resources of other providers, an image and outputs that refer to them."""
    types = [
        *("random_pet", "random_string", "random_password", "random_integer", "null_resource"),
        *("local_file", "time_rotating", "tls_private_key"),
    ]
    chosen = [(draw.choice(types), f"r{at}") for at in range(draw.randint(2, 5 if SEEDS > 1 else 2))]
    resources: dict[str, Any] = {}
    for type_name, name in chosen:
        resources.setdefault(type_name, {})[name] = arguments(draw, type_name)
    type_name, name = chosen[0]
    first = f"{type_name}.{name}[0].id" if "count" in resources[type_name][name] else f"{type_name}.{name}.id"
    resources.setdefault("null_resource", {})["last"] = {"triggers": {"first": f"${{{first}}}"}}
    resources[IMAGE] = {"base": {"name": f"base-${{{first}}}", "__os_version": "CentOS 7.6 64bit"}}
    outputs = {"first": {"value": f"${{{first}}}"}, "last": {"value": "${null_resource.last.triggers}"}}
    return {"resource": resources, "output": outputs}


def write(directory: Path, content: dict[str, Any]) -> Path:
    directory.mkdir(exist_ok=True)
    blocks = (block for section in ("resource", "data") for block in content.get(section, ()))
    used = {name.partition("_")[0] for name in blocks} | {"huaweicloud"}
    providers = {name: [{"region": "cn-north-4"}] if name == "huaweicloud" else [{}] for name in sorted(used)}
    required = {name: REQUIRED[name] for name in providers}
    whole = {"terraform": {"required_providers": required}, "provider": providers, **content}
    (directory / "cdk.tf.json").write_text(json.dumps(whole))
    return directory


def alike(found: Any) -> Any:
    """What both engines must have in common: not what is made up, and is therefore another value in each."""
    return re.sub(r"\b\d\d\b", "NN", _MADE_UP.sub("made up", json.dumps(found, sort_keys=True, default=repr, indent=1)))


def changes(plan: SandboxPlan) -> Any:
    objects = {
        str(one.address): [one.action, one.before, one.after, one.simulated, one.replace_paths]
        for one in plan.resource_changes
    }
    outputs = {name: [one.action, one.after] for name, one in plan.output_changes.items()}
    lines = [line for line in plan.text(automated=True).strip().splitlines() if "# (simulated:" not in line]
    return alike([objects, outputs, lines])


def state(sandbox: Sandbox, stack: Path) -> Any:
    objects = {str(address): dict(obj.attributes) for address, _, obj in sandbox.state(stack).objects()}
    return alike([objects, sandbox.outputs(stack), len(sandbox.images())])


@pytest.mark.parametrize("seed", range(SEEDS))
def test_generated_stacks_live_alike(engines: tuple[Sandbox, Sandbox], tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    content = generated(draw)
    stack = write(tmp_path / "stack", content)
    built_in, real = engines

    plans = [sandbox.plan(stack) for sandbox in engines]
    assert changes(plans[0]) == changes(plans[1])
    for sandbox, plan in zip(engines, plans, strict=True):
        sandbox.apply(plan)
        sandbox.plan(stack).assert_no_changes()
    assert state(built_in, stack) == state(real, stack)

    content["resource"].setdefault("null_resource", {})["more"] = {"triggers": {"more": "1"}}
    write(stack, content)
    assert changes(built_in.plan(stack)) == changes(real.plan(stack))
    assert changes(built_in.plan(stack, destroy=True)) == changes(real.plan(stack, destroy=True))
    for sandbox in engines:
        sandbox.destroy(stack)
        assert (sandbox.state(stack).resources, sandbox.images()) == ({}, [])


def test_objects_of_local_modules_alone_live_under_terraform(engines: tuple[Sandbox, Sandbox], tmp_path: Path) -> None:
    stack = write(
        tmp_path / "stack",
        {"module": {"own": {"source": "./own"}}, "output": {"name": {"value": "${module.own.name}"}}},
    )
    (stack / "own").mkdir()
    (stack / "own" / "main.tf").write_text(
        'resource "random_pet" "own" {}\noutput "name" {\n  value = random_pet.own.id\n}\n'
    )
    real = engines[1]

    assert real.apply(stack).outputs["name"].startswith("simulated-")
    real.plan(stack).assert_no_changes()
    assert real.destroy(stack).destroyed == 1


def test_what_is_said_of_a_type_counts_under_both_engines(engines: tuple[Sandbox, Sandbox], tmp_path: Path) -> None:
    stack = write(
        tmp_path / "stack",
        {
            "resource": {"random_pet": {"a": {}, "b": {"length": 3}}, "random_string": {"s": {"length": 8}}},
            "data": {"null_data_source": {"d": {"inputs": {"k": "v"}}}},
            "output": {
                "pets": {"value": "${[random_pet.a.id, random_pet.b.id, random_pet.b.length]}"},
                "text": {"value": "${random_string.s.result}"},
                "data": {"value": "${data.null_data_source.d.random}"},
            },
        },
    )
    for sandbox in engines:
        sandbox.mock_resource("random_pet", {"id": "rex"})
        sandbox.mock_resource("random_string", {"result": "abcdefgh"})
        sandbox.mock_data("null_data_source", {"random": "42"})
        sandbox.apply(stack)

        assert sandbox.outputs(stack) == {"pets": ["rex", "rex", 3], "text": "abcdefgh", "data": "42"}
        sandbox.plan(stack).assert_no_changes()


def test_what_is_said_of_one_object_stops_the_real_terraform(engines: tuple[Sandbox, Sandbox], tmp_path: Path) -> None:
    _, real = engines
    stack = write(tmp_path / "stack", {"resource": {"random_pet": {"a": {}}}})
    real.override_resource("random_pet.a", {"id": "rex"})

    with pytest.raises(OperationFailedError, match=r"Values are said of random_pet\.a, and Terraform tells"):
        real.plan(stack)
