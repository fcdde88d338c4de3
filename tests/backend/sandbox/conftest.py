"""Stacks as directories: their JSON made from a few lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import Sandbox

IMAGE = "huaweicloud_ims_image_metadata"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(deterministic=True) as made:
        yield made


@pytest.fixture
def write_stack(tmp_path: Path) -> Callable[..., Path]:
    """Write a stack: ``write_stack("web", images={"a": {...}}, output={...})`` returns its directory.

    Stacks lie side by side under ``cdktf.out/stacks`` with a manifest, as an app's do.
    """

    def write(name: str = "web", *, images: dict[str, dict[str, Any]] | None = None, **blocks: Any) -> Path:
        directory = tmp_path / "cdktf.out" / "stacks" / name
        directory.mkdir(parents=True, exist_ok=True)
        (tmp_path / "cdktf.out" / "manifest.json").write_text("{}")
        content = {
            "terraform": {
                "required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}},
                "backend": {"local": {"path": str(tmp_path / f"terraform.{name}.tfstate")}},
            },
            "provider": {"huaweicloud": [{"region": "cn-north-4"}]},
            "resource": {IMAGE: images} if images else {},
            **blocks,
        }
        (directory / "cdk.tf.json").write_text(json.dumps({key: value for key, value in content.items() if value}))
        return directory

    return write


@pytest.fixture
def ubuntu() -> dict[str, Any]:
    """A sound image."""
    return {"name": "ubuntu", "__os_version": "Ubuntu 20.04 server 64bit"}
