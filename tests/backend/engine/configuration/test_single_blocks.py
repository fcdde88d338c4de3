"""A block of which there is one at most, given twice: as two objects, and by a dynamic block."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.provider.provider import ImageProvider

TWICE = {
    "as a list": {"timeouts": [{"delete": "1m"}, {"delete": "2m"}]},
    "static and dynamic": {
        "timeouts": {"delete": "1m"},
        "dynamic": {"timeouts": {"for_each": [1], "content": {"delete": "2m"}}},
    },
    "dynamic": {"dynamic": {"timeouts": {"for_each": [1, 2], "content": {"delete": "2m"}}}},
}


def faults(directory: Path, body: dict[str, Any]) -> list[tuple[str, str]]:
    stack = {"resource": {"huaweicloud_ims_image_metadata": {"a": {"name": "a", **body}}}}
    (directory / "cdk.tf.json").write_text(json.dumps(stack))
    found = Engine(lambda source: ImageProvider(environment={})).validate(directory).diagnostics
    return [(one.summary, one.detail) for one in found]


@pytest.mark.parametrize("form", TWICE)
def test_second_single_block_is_refused(tmp_path: Path, form: str) -> None:
    [(summary, detail)] = faults(tmp_path, TWICE[form])

    assert summary == "Duplicate timeouts block"
    assert detail.startswith('Only one block of type "timeouts" is allowed. Previous definition was at cdk.tf.json:1,')


def test_one_single_block_is_taken(tmp_path: Path) -> None:
    assert faults(tmp_path, {"timeouts": {"delete": "1m"}}) == []
    assert faults(tmp_path, {"dynamic": {"timeouts": {"for_each": [1], "content": {"delete": "1m"}}}}) == []
    assert faults(tmp_path, {"dynamic": {"timeouts": {"for_each": [], "content": {"delete": "1m"}}}}) == []
