"""The constructs of a stack's tree, by their paths."""

from __future__ import annotations

from typing import Any

from constructs_ims.schema.diagnostics import did_you_mean


def construct_at(stack: Any, path: str) -> Any:
    """Return the construct of a stack at a path; raise ``AssertionError`` where none is, and nothing could be found."""
    own = str(stack.node.path)
    inside = f"{own}/"
    construct = stack if path == own else None
    if path.startswith(inside):
        construct = _inside(stack, path.removeprefix(inside))
    if construct is None:
        paths = [str(each.node.path) for each in stack.node.find_all()]
        raise AssertionError(f"{path} is not a construct of stack {own}.{did_you_mean(path, paths)}")
    return construct


def _inside(construct: Any, path: str) -> Any:
    for id in path.split("/"):
        construct = construct.node.try_find_child(id)
        if construct is None:
            return None
    return construct
