"""A stack of many images, and the promise that holds whatever befalls an apply of it: every image is there once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from constructs_ims.backend.sandbox import Sandbox

TERRAFORM_IMS = [sys.executable, "-c", "from constructs_ims.cli.terraform import main; raise SystemExit(main())"]


def write_images(stack: Path, number: int, **arguments: Any) -> Path:
    """Write a stack of so many images, named after its directory unless ``arguments`` say otherwise."""
    image = {
        "count": number,
        "name": f"{stack.name}-${{count.index}}",
        "__os_version": "Ubuntu 20.04 server 64bit",
        **arguments,
    }
    configuration = {
        "terraform": {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}},
        "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
        "resource": {"huaweicloud_ims_image_metadata": {"image": image}},
    }
    stack.mkdir(parents=True, exist_ok=True)
    (stack / "cdk.tf.json").write_text(json.dumps(configuration))
    return stack


def assert_every_image_once(sandbox: Sandbox, number: int, *stacks: Path) -> None:
    """Every image of the stacks is in the service once, and in the state as the current object of its address."""
    names = [f"{stack.name}-{position}" for stack in stacks for position in range(number)]
    images = sandbox.images()
    assert sorted(image["name"] for image in images) == sorted(names)
    assert_all_managed_once(sandbox, *stacks)


def assert_all_managed_once(sandbox: Sandbox, *stacks: Path) -> None:
    """Every image of the service is in one state of the stacks, once, as the current object of its address."""
    images = sandbox.images()
    known = [found for stack in stacks for found in sandbox.state(stack).objects()]
    assert sorted(obj.attributes["id"] for _, _, obj in known) == sorted(image["id"] for image in images)
    assert all(deposed is None for _, deposed, _ in known)
