"""``graph`` draws what Terraform draws; ``tests/e2e/test_terraform.py`` holds the drawings to it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

GRAPH = Path(__file__).parents[2] / "testdata" / "graph"


@pytest.mark.parametrize(
    ("arguments", "drawing"),
    [
        ([], "objects"),
        (["-type=plan"], "plan"),
        (["-type=plan-refresh-only"], "plan"),
        (["-type=apply"], "apply"),
    ],
)
def test_graph_is_drawn(tf: Any, arguments: list[str], drawing: str) -> None:
    shutil.copy(GRAPH / "cdk.tf.json", tf.stack)

    assert tf("graph", *arguments).out == (GRAPH / f"{drawing}.dot").read_text()


@pytest.mark.parametrize(
    ("argument", "summary"),
    [
        ("-type=validate", "Graph type no longer available"),
        ("-type=round", "Unsupported graph type"),
        ("-type=plan-destroy", "Graph not available"),
        ("-plan=kept", "Graph not available"),
    ],
)
def test_other_graphs_are_refused(tf: Any, argument: str, summary: str) -> None:
    ran = tf("graph", argument)

    assert (ran.status, ran.out) == (1, "")
    assert f"Error: {summary}" in ran.err
