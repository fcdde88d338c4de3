from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims import ImsImageMetadata  # before cdktf, so that it may choose Node

# isort: split
import jsii
from cdktf import App, TerraformElement, TerraformStack, Testing


@pytest.fixture
def app(tmp_path: Path) -> App:
    return Testing.app(outdir=str(tmp_path / "cdktf.out"))


@pytest.fixture
def stack(app: App) -> TerraformStack:
    return TerraformStack(app, "stack")


@pytest.fixture
def kernel_calls(app: App, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of the messages that go to jsii's kernel from now on; what the first image loads is left out."""
    ImsImageMetadata(TerraformStack(app, "before"), "image")
    calls: list[str] = []
    process = jsii.kernel.provider._process
    send = process.send

    def record(request: Any, response_type: Any) -> Any:
        calls.append(type(request).__name__)
        return send(request, response_type)

    monkeypatch.setattr(process, "send", record)
    return calls


@pytest.fixture
def warnings_of() -> Callable[[TerraformElement], list[str]]:
    def read(element: TerraformElement) -> list[str]:
        return [entry.data for entry in element.node.metadata if entry.type == "@cdktf/warn"]

    return read


def synthesized(stack: TerraformStack) -> dict[str, Any]:
    return json.loads(Testing.synth(stack))


def image_blocks(stack: TerraformStack) -> dict[str, Any]:
    return synthesized(stack)["resource"]["huaweicloud_ims_image_metadata"]


@pytest.fixture
def synth() -> Callable[[TerraformStack], dict[str, Any]]:
    """The synthesized stack."""
    return synthesized


@pytest.fixture
def images() -> Callable[[TerraformStack], dict[str, Any]]:
    """The images of the synthesized stack, by id."""
    return image_blocks
