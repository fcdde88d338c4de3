"""Plans that were kept in files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import OperationFailedError, Sandbox
from constructs_ims.backend.sandbox.planfile import read_plan, read_plan_document, write_plan

WriteStack = Callable[..., Path]
Image = dict[str, Any]


@pytest.fixture
def kept(sandbox: Sandbox, write_stack: WriteStack, ubuntu: Image, tmp_path: Path) -> Path:
    stack = write_stack(images={"a": {**ubuntu, "name": "${var.name}"}}, variable={"name": {"type": "string"}})
    path = tmp_path / "plan"
    write_plan(path, sandbox.plan(stack, variables={"name": "kept"}).plan, stack)
    return path


def test_kept_plan_is_carried_out_as_it_was_made(sandbox: Sandbox, kept: Path, write_stack: WriteStack) -> None:
    stack = sandbox.stack(write_stack(output={"changed": {"value": "since"}}))

    plan = read_plan(kept, stack)
    stack.apply(plan)

    assert [image["name"] for image in sandbox.images()] == ["kept"]


def test_document_is_that_of_the_plan(kept: Path) -> None:
    assert read_plan_document(kept)["resource_changes"][0]["change"]["after"]["name"] == "kept"


def test_only_the_owner_reads_a_plan(kept: Path) -> None:
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_plan_is_refused(sandbox: Sandbox, write_stack: WriteStack, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "plan").write_bytes(content)

    with pytest.raises(OperationFailedError, match="Not a plan file"):
        read_plan(tmp_path / "plan", sandbox.stack(write_stack()))


def test_missing_plan_is_named(sandbox: Sandbox, write_stack: WriteStack, tmp_path: Path) -> None:
    with pytest.raises(OperationFailedError, match="There is no plan at"):
        read_plan(tmp_path / "plan", sandbox.stack(write_stack()))


def test_plan_that_was_tampered_with_is_refused(sandbox: Sandbox, write_stack: WriteStack, kept: Path) -> None:
    document = json.loads(kept.read_text())
    document["plan"]["resource_changes"][0]["change"]["after"]["name"] = "other"
    kept.write_text(json.dumps(document))

    with pytest.raises(OperationFailedError, match="Saved plan is stale"):
        read_plan(kept, sandbox.stack(write_stack()))
