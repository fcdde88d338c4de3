"""A stack's graph in the language of Graphviz: its objects alone, or all that a plan or an apply walks through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from constructs_ims.backend.engine.configuration import Configuration, ProviderKey
from constructs_ims.backend.engine.graph.graph import Node, topological
from constructs_ims.backend.engine.stack.providers.pool import address_of
from constructs_ims.backend.engine.stack.stack import Stack

Names: TypeAlias = dict[str, set[str]]
"""Each step of a walk with those that come before it, by the names that Terraform draws them under."""

_ROOT: Final = "root"


def objects_dot(stack: Stack) -> str:
    """Draw resources and data sources, and what each is made from, through locals and other go-betweens too."""
    nodes = sorted((node for node in stack.graph if node.kind == "resource"), key=str)
    lines = ["digraph G {", '  rankdir = "RL";', '  node [shape = rect, fontname = "sans-serif"];']
    lines += (f"  {_quoted(str(node))} [label={_quoted(str(node))}];" for node in nodes)
    needs = _reduced({str(node): set(map(str, _resources_below(stack.graph, node))) for node in nodes})
    lines += (f"  {_quoted(node)} -> {_quoted(needed)};" for node in needs for needed in sorted(needs[node]))
    return "\n".join([*lines, "}"])


def walk_dot(stack: Stack, *, is_apply: bool = False) -> str:
    """Draw every step of a plan, or of an apply of the configuration alone."""
    needs = _steps(stack, is_apply=is_apply)
    needs[_ROOT] = set(needs)
    boxes = {f"{_step(name)} [label = {_quoted(label)}, shape = {shape}]" for name, label, shape in _boxes(stack)}
    edges = sorted(f"{_step(name)} -> {_step(needed)}" for name, found in _reduced(needs).items() for needed in found)
    body = "".join(f"\t\t{line}\n" for line in (*sorted(boxes), *edges))
    return f'digraph {{\n\tcompound = "true"\n\tnewrank = "true"\n\tsubgraph "root" {{\n{body}\t}}\n}}'


def _steps(stack: Stack, *, is_apply: bool) -> Names:
    configuration = stack.configuration
    used = {resource.provider for resource in configuration.resources.values()}
    needs: Names = {}
    for node, found in stack.graph.items():
        if node.kind != "provider" or node.name in used:
            needs[_name(node, configuration)] = {_name(one, configuration) for one in found}
    for name, variable in configuration.variables.items():
        if variable.validations:
            needs[f"var.{name} (validation)"].add(f"var.{name}")
            needs[f"var.{name}"] = set()
    for address, resource in configuration.resources.items():
        closing = f"{_provider(resource.provider, configuration)} (close)"
        needs.setdefault(closing, set()).add(f"{address} (expand)")
        if resource.check is not None and not is_apply:
            needs[f"{address} (expand)"].add(f"check.{resource.check} (report)")
    for name in configuration.checks:
        if not is_apply:
            needs[f"check.{name} (report)"] = set()
            needs[f"check.{name} (expand)"].add(f"check.{name} (report)")
    return needs


def _name(node: Node, configuration: Configuration) -> str:
    match node.kind:
        case "provider":
            return _provider(node.name, configuration)
        case "var":
            checked = configuration.variables[node.name].validations
            return f"var.{node.name} (validation)" if checked else f"var.{node.name}"
        case _:
            return f"{node} (expand)"


def _provider(key: ProviderKey, configuration: Configuration) -> str:
    return str(address_of(configuration, key))


def _boxes(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Yield name, label and shape of the steps that are more than a point between others."""
    configuration = stack.configuration
    for address, resource in configuration.resources.items():
        provider = _provider(resource.provider, configuration)
        yield f"{address} (expand)", str(address), '"box"'
        yield provider, provider, '"diamond"'
    for name in configuration.variables:
        yield f"var.{name}", f"var.{name}", '"note"'


def _reduced(needs: Mapping[str, set[str]]) -> Names:
    """Leave out every need that follows from the others (a transitive reduction)."""
    order = topological(needs)
    bits = {name: 1 << position for position, name in enumerate(order)}
    below: dict[str, int] = {}
    kept: Names = {}
    for name in order:
        found = [one for one in needs[name] if one in bits]
        behind = 0
        for one in found:
            behind |= below[one]
        kept[name] = {one for one in found if not behind & bits[one]}
        below[name] = behind | sum(bits[one] for one in found)
    return kept


def _resources_below(graph: Mapping[Node, Iterable[Node]], node: Node) -> set[Node]:
    """Return the resources that a node refers to, through go-betweens too."""
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


def _step(name: str) -> str:
    return _quoted(f"[root] {name}")


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))
