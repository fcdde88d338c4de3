"""Carries out a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from constructs_ims.backend.engine.applying.module_outputs import apply_module
from constructs_ims.backend.engine.applying.order import Milestone, OrderedStep, Task, order_of
from constructs_ims.backend.engine.applying.recorder import Recorder
from constructs_ims.backend.engine.applying.steps import StepRunner
from constructs_ims.backend.engine.applying.still_working import ApplyProgress
from constructs_ims.backend.engine.graph.graph import Node
from constructs_ims.backend.engine.graph.traversal import Job, walk
from constructs_ims.backend.engine.lang import FunctionSettings, mark, typed
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress
from constructs_ims.backend.engine.plans.changes import Action, Plan
from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.plans.options import PlanOptions
from constructs_ims.backend.engine.stack.evaluate.stack_values import KnownObject, Values
from constructs_ims.backend.engine.stack.run.cancellation import Cancellation, halted
from constructs_ims.backend.engine.stack.run.check_results import results_of_apply
from constructs_ims.backend.engine.stack.run.expansion import expand
from constructs_ims.backend.engine.stack.run.modules import load_module
from constructs_ims.backend.engine.stack.run.nodes import (
    configure_provider,
    evaluate_check,
    evaluate_local,
    evaluate_output,
    evaluate_variable,
)
from constructs_ims.backend.engine.stack.run.run import PlanRun, RunResults
from constructs_ims.backend.engine.stack.stack import PreparedStack
from constructs_ims.backend.engine.state.journal import Journal
from constructs_ims.backend.engine.state.model import ObjectState, OutputState, State
from constructs_ims.schema.diagnostics import Diagnostic, has_errors, warning
from constructs_ims.schema.values import without_unknown


@dataclass(frozen=True)
class ApplyOutcome:
    """How an apply ended: the state it left, what went wrong, and how many objects were dealt with."""

    state: State
    diagnostics: tuple[Diagnostic, ...] = ()
    imported: int = 0
    added: int = 0
    changed: int = 0
    destroyed: int = 0
    forgotten: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether all was done."""
        return not has_errors(self.diagnostics)


def apply_plan(
    stack: PreparedStack,
    plan: Plan,
    observer: Observer,
    journal: Journal | None,
    parallelism: int,
    cancellation: Cancellation,
) -> ApplyOutcome:
    """Carry out every change of a plan in order, until interrupted."""
    applier = _Applier(stack, plan, observer, Recorder(plan.prior_state.copy(), journal), cancellation)
    with applier.progress:
        applier.walk(parallelism)
    return applier.outcome()


_INCOMPLETE: Final = warning(
    "Applied changes may be incomplete",
    "The plan was created with the -target option in effect, so some changes requested in the configuration may have "
    "been ignored and the output values may not be fully updated. Run the following command to verify that no other "
    "changes are pending:\n    terraform plan\n\nNote that the -target option is not suitable for routine use, and is "
    "provided only for exceptional situations such as recovering from errors or mistakes, or when Terraform "
    "specifically suggests to use it as part of an error message.",
)


@dataclass
class _Applier:
    stack: PreparedStack
    plan: Plan
    observer: Observer
    recorder: Recorder
    cancellation: Cancellation
    run: PlanRun = field(init=False)
    steps: StepRunner = field(init=False)
    outputs: dict[str, OutputState] = field(default_factory=dict)
    _unreached: set[str] = field(init=False)
    """The blocks with conditions that the plan did not come to, because of its targets or its mode."""

    def __post_init__(self) -> None:
        plan = self.plan
        functions = FunctionSettings(plan.configuration.directory, plan.timestamp, applying=True)
        values = Values(plan.configuration, functions, plan.workspace, self._variables(), schemas=self.stack.schemas)
        options = PlanOptions(plan.mode, workspace=plan.workspace, timestamp=plan.timestamp)
        results = RunResults(self.recorder.state, lock=self.recorder.lock)
        self.run = PlanRun(
            self.stack, values, options, self.observer, plan.previous_state, results, cancellation=self.cancellation
        )
        self._unreached = {check.address for check in plan.checks if check.objects is None}
        self.order = order_of(self.stack, plan)
        self.progress = ApplyProgress(self.observer, self.run.results.lock)
        self.steps = StepRunner(self.run, self.recorder, self.progress)

    def _variables(self) -> dict[str, Any]:
        return {
            name: mark(seen) if variable.sensitive else seen
            for name, found in self.plan.variables.items()
            for variable in [self.plan.configuration.variables[name]]
            for seen in [typed(found.value, variable.constraint.settled)]
        }

    def walk(self, parallelism: int) -> None:
        """Load what stays as it is, then do every task."""
        self._load_values()
        if not self.run.report(self.order.faults()):
            return
        result = walk(self.order.tasks, self._visit, parallelism=parallelism)
        if self.plan.targets:
            self.run.report([_INCOMPLETE])
        if self.run.results.halted:
            self.run.report([halted()])
        self._settle_outputs(result.skipped | result.failed)
        self._drop_data()
        self._drop_modules()

    def _drop_data(self) -> None:
        """Let go of what data sources read, once a destroy has dealt with all that was made from it."""
        if self.plan.mode != "destroy" or self.plan.targets or has_errors(self.run.results.diagnostics):
            return
        for address in [address for address in self.recorder.state.resources if address.mode == "data"]:
            self.recorder.state.remove_resource(address)

    def _drop_modules(self) -> None:
        """Let go of the outputs of module calls that are gone, once all that was made from them is dealt with."""
        if self.plan.targets or has_errors(self.run.results.diagnostics):
            return
        called = () if self.plan.mode == "destroy" else self.plan.configuration.modules
        for name in self.recorder.state.modules.keys() - set(called):
            del self.recorder.state.modules[name]

    def _load_values(self) -> None:
        """Let expressions read what the plan leaves alone; what changes gets known step by step."""
        values = self.run.values
        current = (change for change in self.plan.resource_changes if change.deposed is None)
        changing = {change.address for change in current if change.action is not Action.NO_OP}
        for address, resource in self.plan.configuration.resources.items():
            values.repetition[address] = resource.repetition
            values.objects[address] = {}
        for place, _, instance in self.recorder.state.instances():
            if instance.current is not None and (place not in changing or self.plan.mode == "destroy"):
                self._load_object(place, instance.current)

    def _load_object(self, address: InstanceAddress, stored: ObjectState) -> None:
        schema = self.run.schema(address.resource)
        if schema is not None:
            objects = self.run.values.objects.setdefault(address.resource, {})
            objects[address.key] = KnownObject.of_state(schema, stored)

    def _visit(self, task: Task) -> bool | Sequence[Job]:
        if isinstance(task, OrderedStep):
            return self.steps.take(task, self.order.changes[task])
        if isinstance(task, Milestone):
            return self._expand(task.resource) if task.kind == "expanded" else True
        return self._visit_node(task)

    def _visit_node(self, node: Node) -> bool:
        if f"{node.kind}.{node.name}" in self._unreached:
            return True
        match node.kind:
            case "var":
                return evaluate_variable(self.run, node.name)
            case "local":
                return evaluate_local(self.run, node.name)
            case "provider":
                return configure_provider(self.run, node.name)
            case "output":
                return self._output(node.name)
            case "check":
                return evaluate_check(self.run, node.name)
            case "module":
                return self._module(node.name)
            case _:
                return True

    def _expand(self, address: ResourceAddress) -> bool:
        resource = self.plan.configuration.resources.get(address)
        if resource is None:
            return True
        expansion = expand(resource, self.run.values.scope(), self.plan.configuration)
        self.steps.instances[address] = expansion.instances or {}
        return self.run.report(expansion.diagnostics, address=str(address)) and expansion.instances is not None

    def _module(self, name: str) -> bool:
        if name not in {one.name for one in self.plan.modules}:
            load_module(self.run, name)
            return True
        outputs = apply_module(self.run, name)
        if outputs is not None:
            self.recorder.set_module(name, outputs)
        return outputs is not None

    def _output(self, name: str) -> bool:
        if name not in self.plan.output_changes:
            return True
        output = self.plan.configuration.outputs[name]
        found = evaluate_output(self.run, output)
        if found is None:
            return False
        if found.value is not None:
            # A refresh leaves objects undone; what of an output rests on one is not known, and stands as null.
            with self.run.results.lock:
                self.outputs[name] = OutputState(without_unknown(found.value), found.type, output.sensitive)
        return True

    def _settle_outputs(self, missed: set[Task]) -> None:
        """Write the outputs; one that could not be evaluated keeps the value that it had when the plan was made."""
        kept: dict[str, OutputState] = {}
        for name, change in self.plan.output_changes.items():
            earlier = self.plan.prior_state.outputs.get(name)
            if name in self.outputs:
                kept[name] = self.outputs[name]
            elif change.action is not Action.DELETE and Node("output", name) in missed and earlier is not None:
                kept[name] = earlier
        untouched = self.plan.previous_state.outputs.items()
        kept.update((name, output) for name, output in untouched if name not in self.plan.output_changes)
        self.recorder.state.outputs = dict(sorted(kept.items()))
        self.observer.outputs_settled({name: output.value for name, output in kept.items()})

    def outcome(self) -> ApplyOutcome:
        """Sum up."""
        state = replace(self.recorder.state, check_results=results_of_apply(self.run, self.plan.checks) or None)
        done = self.steps.done
        return ApplyOutcome(
            state,
            tuple(self.run.results.diagnostics),
            sum(change.importing is not None for change in self.plan.resource_changes),
            done[Action.CREATE],
            done[Action.UPDATE],
            done[Action.DELETE],
            done[Action.FORGET],
        )
