"""The order of an apply: creating waits for what an object is made from, destroying for what was made from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from constructs_ims.backend.engine.graph.graph import Node, ancestors, cycles
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress, parse_address
from constructs_ims.backend.engine.plans.changes import Action, Plan, ResourceChange
from constructs_ims.backend.engine.stack.stack import PreparedStack, provider_node
from constructs_ims.schema.diagnostics import Diagnostic, error


@dataclass(frozen=True, slots=True)
class OrderedStep:
    """A piece of work on one object.

    ``make`` creates, updates or reads it, ``end`` destroys or forgets it, ``judge`` holds one that stays as it is to
    its conditions.
    """

    kind: Literal["make", "end", "judge"]
    address: InstanceAddress
    deposed: str | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A point that others wait for.

    A resource's instances are known; all its objects that were to go are gone; or those that go before what depends on
    them is made.
    """

    kind: Literal["expanded", "ended", "ended in turn"]
    resource: ResourceAddress


Task: TypeAlias = Node | OrderedStep | Milestone

_MAKING = (Action.CREATE, Action.UPDATE, Action.READ, Action.DELETE_THEN_CREATE, Action.CREATE_THEN_DELETE)
_ENDING = (Action.DELETE, Action.FORGET, Action.DELETE_THEN_CREATE, Action.CREATE_THEN_DELETE)


@dataclass
class Order:
    """The tasks of an apply with what each waits for, and the change behind each step."""

    tasks: dict[Task, list[Task]]
    changes: dict[OrderedStep, ResourceChange]

    def faults(self) -> list[Diagnostic]:
        """Return an error for every circle of tasks that wait for each other."""
        if not ends_anything(self.changes.values()):
            return []
        circles = (sorted(filter(None, map(_task_name, group))) for group in cycles(self.tasks))
        return [error(f"Cycle: {', '.join(names)}") for names in circles]


def _task_name(task: Task) -> str | None:
    """Return the name that Terraform has for a task, None for a point that others wait for."""
    match task:
        case OrderedStep("end", address, deposed):
            return f"{address} (destroy{f' deposed {deposed}' if deposed else ''})"
        case OrderedStep(address=address):
            return str(address)
        case Milestone("expanded", resource):
            return f"{resource} (expand)"
        case Milestone() | Node("resource"):
            return None
        case _:
            return str(task)


def ends_anything(changes: Iterable[ResourceChange]) -> bool:
    """Tell whether any object comes to an end, without which no tasks can wait for each other in a circle."""
    return any(change.action in _ENDING for change in changes)


def order_of(stack: PreparedStack, plan: Plan) -> Order:
    """Build the graph of an apply."""
    builder = _Builder(stack, plan)
    builder.build()
    return Order(builder.tasks, builder.changes)


class _Builder:
    def __init__(self, stack: PreparedStack, plan: Plan) -> None:
        self.stack = stack
        self.plan = plan
        self.tasks: dict[Task, list[Task]] = {}
        self.changes: dict[OrderedStep, ResourceChange] = {}
        self.makes: dict[ResourceAddress, list[OrderedStep]] = defaultdict(list)
        self.judges: dict[ResourceAddress, list[OrderedStep]] = defaultdict(list)
        self.ends: dict[ResourceAddress, list[OrderedStep]] = defaultdict(list)
        self.providers: dict[str, Node] = {}
        self.resources: dict[str, ResourceAddress] = {}

    def build(self) -> None:
        """Fill in the tasks."""
        for node, needed in self.stack.graph.items():
            if self.plan.mode != "destroy" or node.kind in ("var", "local", "provider", "module"):
                self.tasks[node] = list(needed)
        for change in self.plan.resource_changes:
            self._add_change(change)
        for address in {**self.makes, **self.judges}:
            self._order_makes(address, [*self.makes.get(address, ()), *self.judges.get(address, ())])
        for address, steps in self.ends.items():
            self._order_ends(address, steps)
        if self.plan.targets:
            self._leave_out(self._ends_beyond_targets())

    def _ends_beyond_targets(self) -> set[Task]:
        """Return the ends that no target waits for; Terraform leaves those objects deposed, for the next plan."""
        targets = [parse_address(text) for text in self.plan.targets]
        wanted: list[Task] = [step for step in self.changes if any(one.covers(step.address) for one in targets)]
        needed = ancestors(self.tasks, [*wanted, *(Node("resource", one.resource) for one in targets)])
        return {step for step in self.changes if step.kind == "end" and step not in needed}

    def _leave_out(self, dropped: set[Task]) -> None:
        self.tasks = {
            task: [one for one in needed if one not in dropped]
            for task, needed in self.tasks.items()
            if task not in dropped
        }

    def _add_change(self, change: ResourceChange) -> None:
        address = change.address
        if change.action in _MAKING:
            step = OrderedStep("make", address)
            self.changes[step] = change
            self.makes[address.resource].append(step)
        if change.action is Action.NO_OP and self._has_conditions(address.resource):
            step = OrderedStep("judge", address)
            self.changes[step] = change
            self.judges[address.resource].append(step)
        if change.action in _ENDING:
            step = OrderedStep("end", address, change.deposed)
            self.changes[step] = change
            self.ends[address.resource].append(step)

    def _has_conditions(self, address: ResourceAddress) -> bool:
        resource = self.stack.configuration.resources.get(address)
        return resource is not None and resource.lifecycle.has_conditions

    def _order_makes(self, address: ResourceAddress, steps: Iterable[OrderedStep]) -> None:
        node, expanded = Node("resource", address), Milestone("expanded", address)
        self.tasks[expanded] = list(self.stack.graph.get(node, ()))
        self.tasks.setdefault(node, [])
        waits = [Milestone("ended in turn", other) for other in self._ending(self.stack.dependencies(address))]
        for step in steps:
            self.tasks[step] = [expanded, *waits]
            self.tasks[node].append(step)

    def _order_ends(self, address: ResourceAddress, steps: Iterable[OrderedStep]) -> None:
        ended, in_turn = Milestone("ended", address), Milestone("ended in turn", address)
        self.tasks[ended], self.tasks[in_turn] = [], []
        for step in steps:
            change = self.changes[step]
            made, made_first = OrderedStep("make", step.address), _is_made_first(change)
            needed = self.tasks.setdefault(step, [])
            needed.append(self._provider(change.provider))
            self.tasks[ended].append(step)
            if not made_first:
                self.tasks[in_turn].append(step)
            if made in self.changes:
                (needed if made_first else self.tasks[made]).append(made if made_first else step)
            self._order_around(address, step, made_first=made_first)

    def _order_around(self, address: ResourceAddress, step: OrderedStep, *, made_first: bool) -> None:
        """Order the end of an object against the resources that it was made from, and those made from it."""
        for other in self._known(self.changes[step].dependencies):
            if other == address:
                continue
            for end in self.ends.get(other, ()):
                self._wait(end, Milestone("ended", address))
            for make in self.makes.get(other, ()):
                self._wait(step, make) if made_first else self._wait(make, Milestone("ended in turn", address))
        if made_first:
            for other in self._dependents(address):
                self._wait(step, Node("resource", other))

    def _wait(self, task: Task, needed: Task) -> None:
        self.tasks.setdefault(task, []).append(needed)

    def _ending(self, names: Iterable[str]) -> list[ResourceAddress]:
        return [address for address in self._known(names) if address in self.ends]

    def _known(self, names: Iterable[str]) -> list[ResourceAddress]:
        return [self._parsed(name) for name in names]

    def _parsed(self, name: str) -> ResourceAddress:
        if name not in self.resources:
            self.resources[name] = parse_address(name).resource
        return self.resources[name]

    def _dependents(self, address: ResourceAddress) -> list[ResourceAddress]:
        """Return the resources that are made and depend on one that ends after its successor is there."""
        name = str(address)
        return [other for other in self.makes if other != address and name in self.stack.dependencies(other)]

    def _provider(self, text: str) -> Node:
        if text not in self.providers:
            node = provider_node(self.stack, text)
            self.tasks.setdefault(node, [])
            self.providers[text] = node
        return self.providers[text]


def _is_made_first(change: ResourceChange) -> bool:
    """Whether the object goes only after its successor is there: by plan, or because it was deposed for one."""
    return (
        change.action is Action.CREATE_THEN_DELETE
        or change.deposed is not None
        or (change.action is Action.DELETE and change.create_before_destroy)
    )
