"""A configuration made ready: what a walk needs to know of it beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from constructs_ims.backend.engine.configuration import Configuration, ProviderKey
from constructs_ims.backend.engine.configuration.module_interface import ModuleInterface
from constructs_ims.backend.engine.graph.graph import Graph, Node, ancestors
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.backend.engine.lang.provider_addresses import ProviderAddress, parse_provider_address
from constructs_ims.backend.engine.stack.evaluate.bodies import CompiledBody, Evaluated
from constructs_ims.backend.engine.stack.modules.outputs import OutputSource
from constructs_ims.backend.engine.stack.providers.pool import (
    ProviderPool,
    address_of,
)
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class CompiledProvisioner:
    """The bodies of a provisioner beside their declarations: its own, and that of its connection."""

    type: str
    body: CompiledBody
    connection: CompiledBody | None


@dataclass
class PreparedStack:
    """A configuration with all that a walk needs to know of it beforehand."""

    configuration: Configuration
    pool: ProviderPool
    providers: dict[ResourceAddress, ProviderAddress] = field(default_factory=dict)
    schemas: dict[ResourceAddress, Schema] = field(default_factory=dict)
    bodies: dict[ResourceAddress, CompiledBody] = field(default_factory=dict)
    provider_bodies: dict[ProviderKey, CompiledBody] = field(default_factory=dict)
    graph: dict[Node, list[Node]] = field(default_factory=dict)
    order: list[Node] = field(default_factory=list)
    """The graph's nodes, each after those it depends on."""
    created_first: frozenset[ResourceAddress] = frozenset()
    """Resources whose replacements are made before the old objects go: by choice, or because a dependent's are."""
    provisioners: dict[ResourceAddress, list[CompiledProvisioner]] = field(default_factory=dict)
    plan_faults: list[Diagnostic] = field(default_factory=list)
    """What is wrong only where a plan is made: Terraform's validation passes over it."""
    settled: dict[ResourceAddress, Evaluated] = field(default_factory=dict)
    """Bodies without expressions, as a validation found them to be sound; there is no more to find out about those."""
    interfaces: dict[str, ModuleInterface] = field(default_factory=dict)
    """What the files of each called module declare."""
    module_outputs: dict[str, OutputSource] = field(default_factory=dict)
    """Where the outputs of each module call come from."""
    _dependencies: dict[ResourceAddress, tuple[str, ...]] = field(default_factory=dict)

    def dependencies(self, address: ResourceAddress) -> tuple[str, ...]:
        """Return the resources that one is made from, directly or through others, as the state stores them."""
        found = self._dependencies.get(address)
        if found is None:
            node = Node("resource", address)
            nodes = ancestors(self.graph, self.graph.get(node, ()))
            found = tuple(sorted(str(one.name) for one in nodes if one.kind == "resource" and one != node))
            self._dependencies[address] = found
        return found


def provider_keys(stack: PreparedStack) -> list[ProviderKey]:
    """Return every provider configuration that the stack declares or its resources imply."""
    used = (resource.provider for resource in stack.configuration.resources.values())
    return list(dict.fromkeys((*stack.configuration.providers, *used)))


def provider_node(stack: PreparedStack, address: str) -> Node:
    """Return the node of a provider that a state names, which the configuration may not have any more."""
    wanted = parse_provider_address(address)
    keys = (key for key in provider_keys(stack) if address_of(stack.configuration, key) == wanted)
    return Node("provider", next(keys, wanted))


def created_first(
    order: Sequence[Node], graph: Graph[Node], configuration: Configuration
) -> frozenset[ResourceAddress]:
    """Return who replaces by creating first: those that say so, and all that they depend on within the graph.

    ``order`` has each node after those it depends on.
    """
    resources = configuration.resources
    chosen: set[Node] = set()
    for node in reversed(order):
        resource = resources.get(node.name) if node.kind == "resource" else None
        if node in chosen or (resource is not None and resource.lifecycle.create_before_destroy):
            chosen.add(node)
            chosen.update(graph[node])
    return frozenset(node.name for node in chosen if node.kind == "resource" and node.name.mode == "managed")
