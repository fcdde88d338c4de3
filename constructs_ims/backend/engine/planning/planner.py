"""Makes a plan: walks the graph, deciding for every object what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from constructs_ims.backend.engine.configuration import Repetition, Resource
from constructs_ims.backend.engine.graph.graph import Node, ancestors
from constructs_ims.backend.engine.graph.traversal import Job, walk
from constructs_ims.backend.engine.lang import Value
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, Key, ResourceAddress, sort_key
from constructs_ims.backend.engine.planning.data import DataPlanner
from constructs_ims.backend.engine.planning.imports import check_import_targets, find_imports
from constructs_ims.backend.engine.planning.instance import InstancePlanner
from constructs_ims.backend.engine.planning.module_calls import plan_module
from constructs_ims.backend.engine.planning.moves import endpoint, still_exists
from constructs_ims.backend.engine.planning.orphans import plan_end
from constructs_ims.backend.engine.plans.changes import Action, OutputChange, ResourceChange
from constructs_ims.backend.engine.plans.object_change import same
from constructs_ims.backend.engine.stack.evaluate.stack_values import KnownObject
from constructs_ims.backend.engine.stack.run.cancellation import halted
from constructs_ims.backend.engine.stack.run.expansion import expand, replaced_without_key
from constructs_ims.backend.engine.stack.run.nodes import (
    EvaluatedOutput,
    configure_provider,
    evaluate_check,
    evaluate_local,
    evaluate_output,
    evaluate_variable,
)
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.backend.engine.stack.stack import created_first, provider_node
from constructs_ims.backend.engine.state.model import OutputState
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.values import is_wholly_known


@dataclass
class Planner:
    """Walks a stack, or what is to be destroyed of it."""

    run: PlanRun
    providers: dict[str, Node] = field(default_factory=dict)
    """The node of each provider that the state names."""

    def walk(self, parallelism: int) -> None:
        """Visit every node, and note all that is decided in the run."""
        if self.run.options.mode == "destroy":
            self._load_state_values()
            graph = self._destroy_graph()
        else:
            check_import_targets(self.run)
            graph = self._graph()
            self.run = replace(self.run, created_first=self._created_first(graph))
        walk(graph, self._visit, parallelism=parallelism)
        self._drop_outputs()
        if self.run.results.halted:
            self.run.report([halted()])

    def _created_first(self, graph: Mapping[Node, Iterable[Node]]) -> frozenset[ResourceAddress]:
        if not self.run.targets:
            return self.run.stack.created_first
        order = [node for node in self.run.stack.order if node in graph]
        return created_first(order, graph, self.run.configuration)

    def configure_providers(self, addresses: Iterable[str], parallelism: int) -> None:
        """Configure the providers at these addresses, by what the state knows of the objects that their blocks need."""
        self._load_state_values()
        nodes = [self._node_of_provider(address) for address in addresses]
        graph: dict[Node, Iterable[Node]] = {**dict.fromkeys(nodes, ()), **self.run.stack.graph}
        walk(_without_resources(graph, nodes), self._visit, parallelism=parallelism)

    def _graph(self) -> dict[Node, Iterable[Node]]:
        graph: dict[Node, Iterable[Node]] = {**self.run.stack.graph, **self._orphans()}
        return self._targeted(graph) if self.run.targets else graph

    def _orphans(self) -> dict[Node, list[Node]]:
        """Return nodes for the resources that only the state has, and for providers that only those need."""
        graph: dict[Node, list[Node]] = {}
        for address in self.run.results.state.resources:
            node = Node("resource", address)
            if node not in self.run.stack.graph and not self._is_inside_call(address):
                provider = self._provider_node(address)
                graph[node] = [provider]
                if provider not in self.run.stack.graph:
                    graph.setdefault(provider, [])
        return graph

    def _is_inside_call(self, address: ResourceAddress) -> bool:
        """Whether an object belongs to a module call, which is simulated and leaves it to the real Terraform."""
        name = address.module.removeprefix("module.").partition(".")[0].partition("[")[0]
        return self.run.options.mode != "destroy" and name in self.run.configuration.modules

    def _provider_node(self, address: ResourceAddress) -> Node:
        return self._node_of_provider(self.run.results.state.resources[address].provider)

    def _node_of_provider(self, text: str) -> Node:
        if text not in self.providers:
            self.providers[text] = provider_node(self.run.stack, text)
        return self.providers[text]

    def _targeted(self, graph: Mapping[Node, Iterable[Node]]) -> dict[Node, Iterable[Node]]:
        """Return the part of the graph that the targets need, and the outputs that need no other resources."""
        starts = [_target_node(target.resource) for target in self.run.targets]
        kept = ancestors(graph, [node for node in starts if node in graph])
        for node in graph:
            if node.kind == "output":
                needed = ancestors(graph, [node])
                resources = {one for one in needed if one.kind in ("resource", "module")}
                if resources and resources <= kept:
                    kept |= needed
        return {node: needed for node, needed in graph.items() if node in kept}

    def _destroy_graph(self) -> dict[Node, Iterable[Node]]:
        """Return the providers with what configures them, and every resource of the state behind its provider."""
        graph = {**self.run.stack.graph, **self._orphans()}
        resources = {
            Node("resource", address): [self._provider_node(address)] for address in self.run.results.state.resources
        }
        if self.run.targets:
            resources = self._destroy_targets(resources)
        needed = [provider for providers in resources.values() for provider in providers]
        return {**_without_resources(graph, needed), **resources}

    def _destroy_targets(self, resources: dict[Node, list[Node]]) -> dict[Node, list[Node]]:
        """Return the targeted resources and all that were made from them, as the state tells."""
        present = (target for target in self.run.targets if self._is_present(target))
        kept = {str(target.resource) for target in present}
        made_from = {str(node.name): self._stored_dependencies(node.name) for node in resources}
        while more := {name for name, needed in made_from.items() if name not in kept and needed & kept}:
            kept |= more
        return {node: providers for node, providers in resources.items() if str(node.name) in kept}

    def _is_present(self, target: InstanceAddress) -> bool:
        instances = self.run.results.state.instances_of(target.resource)
        return target.key in instances if target.key is not None else bool(instances)

    def _stored_dependencies(self, address: ResourceAddress) -> set[str]:
        instances = self.run.results.state.instances_of(address).values()
        return {name for instance in instances if instance.current for name in instance.current.dependencies}

    def _load_state_values(self) -> None:
        for address, _, instance in self.run.results.state.instances():
            schema = self.run.schema(address.resource)
            if instance.current is None or schema is None:
                continue
            known = KnownObject.of_state(schema, instance.current)
            self.run.values.objects.setdefault(address.resource, {})[address.key] = known
            self.run.values.repetition[address.resource] = _repetition_of(address.key)

    def _visit(self, node: Node) -> bool | Sequence[Job]:
        run = self.run
        match node.kind:
            case "var":
                return evaluate_variable(run, node.name)
            case "local":
                return evaluate_local(run, node.name)
            case "provider":
                return configure_provider(run, node.name)
            case "output":
                return self._plan_output(node.name)
            case "check":
                return evaluate_check(run, node.name)
            case "module":
                return plan_module(run, node.name)
            case _:
                return self._visit_resource(node.name)

    def _visit_resource(self, address: ResourceAddress) -> bool | Sequence[Job]:
        jobs = self._resource_jobs(address)
        return jobs if isinstance(jobs, bool) else [partial(self._work, job) for job in jobs]

    def _work(self, job: Job) -> bool:
        return self.run.may_begin() and job()

    def _resource_jobs(self, address: ResourceAddress) -> bool | Sequence[Job]:
        resource = self.run.configuration.resources.get(address)
        if resource is None or self.run.options.mode == "destroy":
            return self._end_jobs(address, list(self.run.results.state.instances_of(address)))
        schema, body = self.run.stack.schemas.get(address), self.run.stack.bodies.get(address)
        if schema is None or body is None:
            return False
        scope = self.run.values.scope()
        expansion = expand(resource, scope, self.run.configuration)
        self.run.report(expansion.diagnostics)
        if expansion.instances is None:
            return False
        if address.instance() in self.run.replace and None not in expansion.instances:
            self.run.report([replaced_without_key(address, expansion.instances)])
        with self.run.results.lock:
            self.run.results.instances[address] = frozenset(map(address.instance, expansion.instances))
            self.run.values.repetition[address] = expansion.repetition
            self.run.values.objects[address] = self._left_out(address, schema)
            gone = [key for key in self.run.results.state.instances_of(address) if key not in expansion.instances]
        imports, went_well = find_imports(self.run, address, expansion.instances)
        if not self._check_moves(address, expansion.instances) or not went_well:
            return False
        return [
            *self._end_jobs(address, gone),
            *self._deposed_jobs(address, expansion.instances),
            *self._instance_jobs(resource, expansion.instances, imports),
        ]

    def _left_out(self, address: ResourceAddress, schema: Schema) -> dict[Key, KnownObject]:
        """Return the objects that the targets leave as they are, which expressions go on to read."""
        return {
            key: KnownObject.of_state(schema, instance.current)
            for key, instance in self.run.results.state.instances_of(address).items()
            if instance.current is not None and not self.run.is_targeted(address.instance(key))
        }

    def _check_moves(self, address: ResourceAddress, instances: Mapping[Key, Value]) -> bool:
        """Note every move away from an instance that is still there."""
        went_well = True
        for block in self.run.configuration.moved:
            source, target = endpoint(block.source), endpoint(block.target)
            if source and target and source.resource == address and source.key is not None and source.key in instances:
                fault = still_exists(self.run.configuration, source, target)
                went_well &= self.run.report([fault], block.place)
        return went_well

    def _instance_jobs(
        self, resource: Resource, instances: Mapping[Key, Value], imports: Mapping[Key, str]
    ) -> list[Job]:
        address, scope = resource.address, self.run.values.scope()
        schema, body = self.run.stack.schemas[address], self.run.stack.bodies[address]
        wanted = [key for key in instances if self.run.is_targeted(address.instance(key))]
        if address.mode == "data":
            data = DataPlanner(self.run, resource, schema, body)
            return [partial(data.plan, address.instance(key), scope.of_instance(key, instances[key])) for key in wanted]
        planner = InstancePlanner(self.run, resource, schema, body)
        return [
            partial(planner.plan, address.instance(key), scope.of_instance(key, instances[key]), imports.get(key))
            for key in wanted
        ]

    def _end_jobs(self, address: ResourceAddress, keys: Iterable[Key]) -> list[Job]:
        jobs: list[Job] = []
        for instance in map(address.instance, keys):
            if not self.run.is_targeted(instance):
                continue
            if address.mode == "data":
                if self.run.options.mode != "destroy":
                    jobs.append(partial(self._drop_data, instance))
                continue
            if self.run.results.state.current(instance) is not None:
                jobs.append(partial(plan_end, self.run, instance))
            jobs += (partial(plan_end, self.run, instance, key) for key in self.run.results.state.deposed(instance))
        return jobs

    def _deposed_jobs(self, address: ResourceAddress, keys: Iterable[Key]) -> list[Job]:
        instances = map(address.instance, keys)
        return [
            partial(plan_end, self.run, instance, key)
            for instance in instances
            for key in self.run.results.state.deposed(instance)
        ]

    def _drop_data(self, address: InstanceAddress) -> bool:
        with self.run.results.lock:
            self.run.results.state.remove_instance(address)
        return True

    def _plan_output(self, name: str) -> bool:
        output = self.run.configuration.outputs[name]
        found = evaluate_output(self.run, output)
        if found is None:
            return False
        with self.run.results.lock:
            before = self.run.previous.outputs.get(name)
            self.run.results.outputs[name] = output_change(name, before, found, sensitive=output.sensitive)
            if found.value is None:
                self.run.results.state.outputs.pop(name, None)
            elif is_wholly_known(found.value):
                self.run.results.state.outputs[name] = OutputState(found.value, found.type, output.sensitive)
        return True

    def _drop_outputs(self) -> None:
        """Plan the end of every output that the configuration no longer has, or of all in a destroy."""
        keep = () if self.run.options.mode == "destroy" else self.run.configuration.outputs
        for name, before in self.run.previous.outputs.items():
            if name not in keep and not self.run.targets:
                action = Action.NO_OP if before.value is None else Action.DELETE
                self.run.results.outputs[name] = OutputChange(
                    name, action, before.value, None, before.sensitive, before.sensitive
                )


def _target_node(address: ResourceAddress) -> Node:
    is_module = address.type == "module" and not address.module
    return Node("module", address.name) if is_module else Node("resource", address)


def _repetition_of(key: Key) -> Repetition:
    return "single" if key is None else "count" if isinstance(key, int) else "each"


def _without_resources(graph: Mapping[Node, Iterable[Node]], starts: Iterable[Node]) -> dict[Node, Iterable[Node]]:
    """Return the part of the graph that ``starts`` need, as far as no resources have to be visited for it."""
    kept = {node for node in ancestors(graph, starts) if node.kind != "resource"}
    return {node: [one for one in graph[node] if one in kept] for node in kept}


def output_change(name: str, before: OutputState | None, found: EvaluatedOutput, *, sensitive: bool) -> OutputChange:
    """Say what becomes of an output."""
    value = found.value
    old = before.value if before else None
    was_sensitive = before.sensitive if before else False
    if value is None and old is None:
        action = Action.NO_OP
    elif before is None:
        action = Action.CREATE
    elif is_wholly_known(value) and sensitive == was_sensitive and same(value, old) and found.type == before.type:
        action = Action.NO_OP
    else:
        action = Action.UPDATE
    return OutputChange(name, action, old, value, was_sensitive, sensitive, found.type)


def sorted_changes(changes: Mapping[ResourceAddress, Iterable[ResourceChange]]) -> list[ResourceChange]:
    """Return changes in Terraform's order: by address, the current object before deposed ones."""
    found = (change for group in changes.values() for change in group)
    return sorted(found, key=lambda change: (sort_key(change.address), change.deposed or ""))
