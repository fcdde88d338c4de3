"""``graph``: the stack's objects and what each is made from, in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from constructs_ims.cli.terraform.session import CommandFailedError
from constructs_ims.schema.diagnostics import error, has_errors

if TYPE_CHECKING:
    from constructs_ims.backend.engine.graph import Node
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import Session


def graph(parsed: Parsed, session: Session) -> int:
    """Print the graph."""
    from constructs_ims.backend.sandbox.console import prepared

    if parsed["type"] or parsed["plan"]:
        detail = "Only the graph of objects is drawn here. Set CONSTRUCTS_IMS_ENGINE=terraform for the others."
        raise CommandFailedError(error("Graph not available", detail))
    stack, diagnostics = prepared(session.stack, session.read_state())
    if has_errors(diagnostics):
        raise CommandFailedError(*diagnostics)
    nodes = sorted((node for node in stack.graph if node.kind == "resource"), key=str)
    session.terminal.say('digraph G {\n  rankdir = "RL";\n  node [shape = rect, fontname = "sans-serif"];')
    for node in nodes:
        session.terminal.say(f"  {_quoted(node)} [label={_quoted(node)}];")
    for node in nodes:
        for needed in sorted(_resources_below(stack.graph, node), key=str):
            session.terminal.say(f"  {_quoted(node)} -> {_quoted(needed)};")
    session.terminal.say("}")
    return 0


def _quoted(node: Node) -> str:
    return '"{}"'.format(str(node).replace("\\", "\\\\").replace('"', '\\"'))


def _resources_below(graph: Mapping[Node, Iterable[Node]], node: Node) -> set[Node]:
    """Return the resources that a node refers to, through locals and other go-betweens too."""
    found: set[Node] = set()
    seen: set[Node] = {node}
    ahead = list(graph[node])
    while ahead:
        below = ahead.pop()
        if below in seen:
            continue
        seen.add(below)
        if below.kind == "resource":
            found.add(below)
        else:
            ahead += graph.get(below, ())
    return found
