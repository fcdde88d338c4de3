"""The graph of a stack, built from references and from nothing else, and questions asked of it. Linear in its size."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, TypeVar

from constructs_ims.backend.engine.lang import Traversal
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.schema.paths import AttributeStep, Path

NodeKind: TypeAlias = Literal["var", "local", "provider", "resource", "output", "check", "import", "module"]
N = TypeVar("N", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of a configuration that is evaluated: ``name`` is a name, a provider key or a resource address."""

    kind: NodeKind
    name: Any

    def __str__(self) -> str:
        match self.kind:
            case "resource":
                return str(self.name)
            case "provider":
                local_name, alias = self.name
                return f"provider.{local_name}.{alias}" if alias else f"provider.{local_name}"
            case _:
                return f"{self.kind}.{self.name}"


Graph: TypeAlias = Mapping[N, Iterable[N]]
"""Each node with those it depends on."""

_NAMED: Final[Mapping[str, NodeKind]] = {"var": "var", "local": "local", "module": "module"}
"""Roots of references that are followed by the name of what they lead to."""
_NO_NODE: Final = frozenset({"each", "count", "self", "path", "terraform", "module", "ephemeral"})


def resource_of(traversal: Traversal) -> ResourceAddress | None:
    """Return the resource that a reference leads to, None when it leads elsewhere or stops short of a name."""
    names = [step.name for step in traversal.steps[:2] if isinstance(step, AttributeStep)]
    if traversal.root == "data":
        return ResourceAddress("data", names[0], names[1]) if len(names) == 2 else None
    if traversal.root == "resource":
        return ResourceAddress("managed", names[0], names[1]) if len(names) == 2 else None
    if traversal.root in _NO_NODE or traversal.root in ("var", "local") or not names:
        return None
    return ResourceAddress("managed", traversal.root, names[0])


def name_length(traversal: Traversal) -> int:
    """Return how many steps of a reference to a resource name it, beside the root."""
    return 2 if traversal.root in ("data", "resource") else 1


def behind_name(traversal: Traversal) -> Path:
    """Return the steps of a reference to a resource behind its name: an instance key, if any, and a path inside."""
    return traversal.steps[name_length(traversal) :]


def node_of(traversal: Traversal) -> Node | None:
    """Return the node that a reference leads to, None when it needs none."""
    kind = _NAMED.get(traversal.root)
    if kind is not None:
        first = traversal.steps[0] if traversal.steps else None
        return Node(kind, first.name) if isinstance(first, AttributeStep) else None
    address = resource_of(traversal)
    return Node("resource", address) if address else None


def ancestors(graph: Mapping[N, Iterable[N]], starts: Iterable[N]) -> set[N]:
    """Return all that ``starts`` depend on, directly or through others, themselves included."""
    found: set[N] = set()
    stack = list(starts)
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack += graph.get(node, ())
    return found


def reversed_graph(graph: Mapping[N, Iterable[N]]) -> dict[N, list[N]]:
    """Return each node with those that depend on it."""
    turned: dict[N, list[N]] = {node: [] for node in graph}
    for node, needed in graph.items():
        for one in needed:
            if one in turned:
                turned[one].append(node)
    return turned


def topological(graph: Mapping[N, Iterable[N]]) -> list[N]:
    """Return the nodes, each after those it depends on; nodes on a cycle, and behind one, are left out."""
    dependents = reversed_graph(graph)
    waiting = {node: len({one for one in needed if one in graph}) for node, needed in graph.items()}
    ready = [node for node, number in waiting.items() if not number]
    for node in ready:
        for dependent in dict.fromkeys(dependents[node]):
            waiting[dependent] -= 1
            if not waiting[dependent]:
                ready.append(dependent)
    return ready


def cycles(graph: Mapping[N, Iterable[N]]) -> Iterator[list[N]]:
    """Yield the groups of nodes that depend on each other in a circle, a node on itself left out (Tarjan)."""
    order = set(topological(graph))
    rest = {node: [one for one in needed if one not in order] for node, needed in graph.items() if node not in order}
    index: dict[N, int] = {}
    low: dict[N, int] = {}
    path: list[N] = []
    on_path: set[N] = set()
    for root in rest:
        if root not in index:
            yield from _components(root, rest, index, low, path, on_path)


def _components(
    root: N,
    graph: Mapping[N, list[N]],
    index: dict[N, int],
    low: dict[N, int],
    path: list[N],
    on_path: set[N],
) -> Iterator[list[N]]:
    stack: list[tuple[N, Iterator[N]]] = [(root, iter(graph[root]))]
    index[root] = low[root] = len(index)
    path.append(root)
    on_path.add(root)
    while stack:
        node, needed = stack[-1]
        child = next((one for one in needed if one in graph and (one not in index or one in on_path)), None)
        if child is not None and child not in index:
            index[child] = low[child] = len(index)
            path.append(child)
            on_path.add(child)
            stack.append((child, iter(graph[child])))
        elif child is not None:
            low[node] = min(low[node], index[child])
        else:
            stack.pop()
            if stack:
                low[stack[-1][0]] = min(low[stack[-1][0]], low[node])
            if low[node] == index[node]:
                at = path.index(node)
                group = path[at:]
                del path[at:]
                on_path.difference_update(group)
                if len(group) > 1:
                    yield group
