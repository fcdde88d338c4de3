"""The walk over a graph, where something goes wrong that nobody foresaw."""

from __future__ import annotations

import threading
import time

import pytest

from constructs_ims.backend.engine.graph.traversal import walk


def test_crash_ends_the_walk_although_others_are_still_at_work() -> None:
    crashed, visited = threading.Event(), []

    def visit(node: str) -> bool:
        visited.append(node)
        if node == "crash":
            crashed.set()
            raise RuntimeError("a mistake of ours")
        crashed.wait(5)
        time.sleep(0.05)
        return True

    with pytest.raises(RuntimeError, match="a mistake of ours"):
        walk({"slow": [], "crash": [], "after": ["slow"]}, visit, parallelism=2)

    assert "after" not in visited
