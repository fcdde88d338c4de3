"""The engine's facade: validate, plan and apply a stack directory."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from constructs_ims.backend.engine.applying.applier import ApplyOutcome, apply_plan
from constructs_ims.backend.engine.applying.order import ends_anything, order_of
from constructs_ims.backend.engine.configuration import Configuration, read_configuration
from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.lang import FunctionSettings
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.backend.engine.lang.provider_addresses import ProviderAddress
from constructs_ims.backend.engine.planning.drift import find_drift
from constructs_ims.backend.engine.planning.moves import carry_out_moves, check_targets
from constructs_ims.backend.engine.planning.planner import Planner, sorted_changes
from constructs_ims.backend.engine.planning.relevant import relevant_attributes
from constructs_ims.backend.engine.planning.stack_validation import validate_stack
from constructs_ims.backend.engine.plans.changes import Action, Plan, VariableValue
from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.plans.options import PlanOptions, read_addresses
from constructs_ims.backend.engine.stack.demands.collect import StackDemands
from constructs_ims.backend.engine.stack.demands.demand import Demand
from constructs_ims.backend.engine.stack.evaluate.stack_values import Values
from constructs_ims.backend.engine.stack.evaluate.variables import settle_variables
from constructs_ims.backend.engine.stack.prepare import prepare_stack
from constructs_ims.backend.engine.stack.providers.builtin import RemoteState, no_remote_state
from constructs_ims.backend.engine.stack.providers.pool import (
    AskedOutputs,
    ProviderFactory,
    ProviderPool,
    nothing_asked,
)
from constructs_ims.backend.engine.stack.providers.said import SaidValues
from constructs_ims.backend.engine.stack.providers.shapes import NoTypes, ShapeBook, TypeSource
from constructs_ims.backend.engine.stack.run.cancellation import Cancellation
from constructs_ims.backend.engine.stack.run.check_results import check_results
from constructs_ims.backend.engine.stack.run.run import PlanRun, RunResults
from constructs_ims.backend.engine.stack.simulated import demands_of
from constructs_ims.backend.engine.stack.simulation_hints import with_hint
from constructs_ims.backend.engine.stack.stack import PreparedStack
from constructs_ims.backend.engine.state.journal import Journal
from constructs_ims.backend.engine.state.model import ResourceState, State
from constructs_ims.backend.engine.state.stored import SchemaOf
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors, warning


@dataclass(frozen=True)
class ValidateOutcome:
    """What is wrong with a stack, and what it says as far as it was understood."""

    configuration: Configuration
    diagnostics: tuple[Diagnostic, ...]


@dataclass
class Engine:
    """Plans and applies stacks with the providers it is given.

    ``providers`` makes the provider of a source such as ``registry.terraform.io/huaweicloud/huaweicloud``, a new one
    for each call, or returns None, and then its objects are simulated unless ``simulate`` is off. ``remote_state``
    finds the outputs of other stacks, ``types`` knows the types of simulated objects, ``said`` what the user says of
    them; ``stack`` is the stack's name, and ``asked_outputs`` knows what other stacks ask of its outputs.
    Once ``cancellation`` is set, what is in flight is finished and nothing new begins: the plan, or the outcome, then
    says so with an error.
    """

    providers: ProviderFactory
    simulate: bool = True
    remote_state: RemoteState = no_remote_state
    types: TypeSource = field(default_factory=NoTypes)
    said: SaidValues = field(default_factory=SaidValues)
    stack: str = ""
    asked_outputs: AskedOutputs = nothing_asked
    parallelism: int = 10
    observer: Observer = field(default_factory=Observer)
    cancellation: Cancellation = field(default_factory=Cancellation)

    def stop(self) -> None:
        """Interrupt what goes on, and all that this engine is asked for later; may be called from any thread."""
        self.cancellation.set()

    def validate(self, directory: pathlib.Path) -> ValidateOutcome:
        """Check a stack without looking at any state or service."""
        configuration, stack, faults = self._prepare(directory, None)
        if not has_errors(faults.found):
            faults.found += (with_hint(stack, one) for one in validate_stack(stack))
        return ValidateOutcome(configuration, tuple(faults.found))

    def plan(self, directory: pathlib.Path, state: State, options: PlanOptions | None = None) -> Plan:
        """Say what an apply would do. ``state`` is not changed. Faults stand in the plan's diagnostics.

        A stack is validated before anything is looked at; of one that is not sound nothing else is reported.
        """
        options = options or PlanOptions()
        options = replace(options, timestamp=options.timestamp or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        configuration, stack, faults = self._prepare(directory, state)
        unsound = [] if has_errors(faults.found) else [with_hint(stack, one) for one in validate_stack(stack)]
        run, settled = self._begin(stack, state, options, faults)
        if has_errors(unsound):
            run.results.diagnostics[:] = unsound
        if not has_errors(run.results.diagnostics):
            with self.cancellation.watched(stack.pool.stop):
                run = self._walk(run)
        _note_limits(run)
        plan = Plan(
            options.mode,
            sorted_changes(run.results.changes),
            dict(sorted(run.results.outputs.items())),
            run.results.state,
            state,
            configuration,
            settled,
            find_drift(run),
            check_results(run),
            relevant_attributes(run) if not has_errors(run.results.diagnostics) else (),
            tuple(run.results.diagnostics),
            options.timestamp or "",
            targets=options.targets,
            replace=options.replace,
            workspace=options.workspace,
            complete=not options.targets and not has_errors(run.results.diagnostics),
            modules=tuple(run.results.modules[name] for name in sorted(run.results.modules)),
            skipped_provisioners=_skipped_provisioners(run),
            schemas=_schemas(run),
            refreshed=_managed(run.results.state) != _managed(run.previous),
        )
        if plan.errored or not ends_anything(plan.resource_changes) or run.report(order_of(stack, plan).faults()):
            return plan
        return replace(plan, diagnostics=tuple(run.results.diagnostics), has_cycles=True)

    def apply(self, plan: Plan, *, journal: Journal | None = None) -> ApplyOutcome:
        """Carry out a plan; the outcome has the new state, whatever went wrong on the way.

        ``journal`` hears of every object as it is done. As in Terraform, a refresh that could store no output because
        none of those that change is known is refused.
        """
        if plan.has_changes and not plan.applyable:
            return ApplyOutcome(plan.previous_state, (_NOT_APPLYABLE,))
        pool = self.pool()
        faults = Faults(plan.configuration.sources)
        stack = prepare_stack(plan.configuration, pool, faults, plan.prior_state)
        with self.cancellation.watched(pool.stop):
            return apply_plan(stack, plan, self.observer, journal, self.parallelism, self.cancellation)

    def schemas(self, configuration: Configuration, state: State) -> SchemaOf:
        """Return how to find the schemas of the objects of a configuration and a state, simulated ones too."""
        pool = prepare_stack(configuration, self.pool(), Faults(configuration.sources), state).pool
        return lambda source, mode, name: pool.schema(
            ProviderAddress(source), ResourceAddress("data" if mode == "data" else "managed", name, "")
        )

    def demands(self, directory: pathlib.Path, outputs: Mapping[str, Demand]) -> StackDemands:
        """Return what a stack asks of its objects, of whose ``outputs`` others ask something."""
        return demands_of(read_configuration(directory)[0], self.pool(), outputs)

    def configured_providers(
        self, directory: pathlib.Path, state: State, options: PlanOptions, addresses: Iterable[str]
    ) -> ProviderPool | None:
        """Return the stack's providers, those at ``addresses`` configured as a plan would; None when that fails."""
        _, stack, faults = self._prepare(directory, state)
        run, _ = replace(self, observer=Observer())._begin(stack, state, options, faults)
        if not has_errors(run.results.diagnostics):
            Planner(run).configure_providers(addresses, self.parallelism)
        return None if has_errors(run.results.diagnostics) else stack.pool

    def _begin(
        self, stack: PreparedStack, state: State, options: PlanOptions, faults: Faults
    ) -> tuple[PlanRun, dict[str, VariableValue]]:
        """Begin a run with the input variables, and report all that is wrong so far."""
        configuration = stack.configuration
        variables, settled, found = settle_variables(
            configuration, None if has_errors(faults.found) else options.variables
        )
        faults.found += found if has_errors(faults.found) else (*found, *stack.plan_faults)
        functions = FunctionSettings(configuration.directory, options.timestamp)
        values = Values(configuration, functions, options.workspace, variables, schemas=stack.schemas)
        run = self._new_run(stack, values, options, state, faults)
        run.report(faults.found)
        return run, settled

    def _new_run(
        self, stack: PreparedStack, values: Values, options: PlanOptions, state: State, faults: Faults
    ) -> PlanRun:
        refreshed = state.copy()
        moves = carry_out_moves(stack.configuration, refreshed)
        faults.found += moves.diagnostics
        targets, misread = read_addresses(options.targets, "-target")
        replaced, also_misread = read_addresses(options.replace, "-replace")
        faults.found += (*misread, *also_misread)
        faults.found += check_targets(moves, targets)
        return PlanRun(
            stack,
            values,
            options,
            self.observer,
            refreshed.copy(),
            RunResults(refreshed),
            moves=moves.previous,
            forgotten=moves.forgotten,
            targets=targets,
            replace=frozenset(replaced),
            cancellation=self.cancellation,
        )

    def _walk(self, run: PlanRun) -> PlanRun:
        """Plan what becomes of every object; return the run that it was done in."""
        if run.options.mode == "destroy" and run.options.refresh and not run.previous.is_empty:
            run = self._rehearsed(run)
        if not has_errors(run.results.diagnostics):
            Planner(run).walk(self.parallelism)
        return run

    def _rehearsed(self, run: PlanRun) -> PlanRun:
        """Plan as if nothing were to be destroyed; return the run with what is there and what the outputs are now."""
        values = replace(run.values, locals={}, objects={}, repetition={}, modules={})
        faults = Faults(run.configuration.sources)
        normal = replace(run.options, mode="normal", replace=())
        rehearsal = replace(self._new_run(run.stack, values, normal, run.previous, faults), is_rehearsal=True)
        rehearsal.report(faults.found)
        Planner(rehearsal).walk(self.parallelism)
        if has_errors(rehearsal.results.diagnostics):
            run.report(rehearsal.results.diagnostics)
        refreshed = rehearsal.results.state
        return replace(
            run,
            options=replace(run.options, refresh=False),
            previous=replace(run.previous, outputs=dict(refreshed.outputs)),
            results=replace(run.results, state=refreshed, configured=rehearsal.results.configured),
            moves={},
        )

    def pool(self) -> ProviderPool:
        """Return the providers of one run, none of which is made yet."""
        return ProviderPool(
            self.providers,
            ShapeBook(self.types, self.said),
            self.simulate,
            self.remote_state,
            self.stack,
            self.asked_outputs,
        )

    def _prepare(self, directory: pathlib.Path, state: State | None) -> tuple[Configuration, PreparedStack, Faults]:
        """Read a stack and make it ready. As in Terraform, one that cannot be read is not looked at any further."""
        configuration, found = read_configuration(directory)
        faults = Faults(configuration.sources, list(found))
        later = Faults(configuration.sources) if has_errors(found) else faults
        return configuration, prepare_stack(configuration, self.pool(), later, state), faults


def _note_limits(run: PlanRun) -> None:
    if run.targets:
        run.report([_TARGETING])
    forgotten = [change for group in run.results.changes.values() for change in group if change.action is Action.FORGET]
    if forgotten:
        run.report([_forgetting(sorted(str(change.address) for change in forgotten))])
    skipped = _skipped_provisioners(run)
    if skipped:
        run.report([_provisioners(skipped)])


_NOT_APPLYABLE = replace(
    error(
        "Cannot apply non-applyable plan",
        "The given plan is not applyable. If this seems like a bug in Terraform, then please report it!",
    ),
    plain=("Plan not applyable", "None of the outputs that the plan would store is known yet. Apply a normal plan."),
)

_TARGETING = warning(
    "Resource targeting is in effect",
    "You are creating a plan with the -target option, which means that the result of this plan may not represent all "
    "of the changes requested by the current configuration.\n\n"
    "The -target option is not for routine use, and is provided only for exceptional situations such as recovering "
    "from errors or mistakes, or when Terraform specifically suggests to use it as part of an error message.",
)


def _forgetting(addresses: list[str]) -> Diagnostic:
    names = "\n".join(f" - {address}" for address in addresses)
    return warning(
        "Some objects will no longer be managed by Terraform",
        "If you apply this plan, Terraform will discard its tracking information for the following objects, but it "
        "will not delete them:\n"
        f"{names}\n\n"
        "After applying this plan, Terraform will no longer manage these objects. You will need to import them into "
        "Terraform to manage them again.",
    )


def _provisioners(skipped: tuple[str, ...]) -> Diagnostic:
    return warning(
        "Provisioners are not run",
        f"The provisioners of {', '.join(skipped[:5])}{' and others' if len(skipped) > 5 else ''} are not run offline. "
        "The real Terraform runs them: constructs-ims run -- cdktf deploy",
    )


def _skipped_provisioners(run: PlanRun) -> tuple[str, ...]:
    return tuple(
        str(change.address)
        for address, resource in run.configuration.resources.items()
        if resource.provisioners
        for change in run.results.changes.get(address, ())
        if change.action is Action.CREATE or change.action.is_replace
    )


def _managed(state: State) -> dict[ResourceAddress, ResourceState]:
    return {address: resource for address, resource in state.resources.items() if address.mode == "managed"}


def _schemas(run: PlanRun) -> dict[tuple[str, str, str], Schema]:
    found: dict[tuple[str, str, str], Schema] = {}
    for address in {*run.configuration.resources, *run.results.state.resources, *run.previous.resources}:
        key = (run.provider_of(address).source, address.mode, address.type)
        schema = None if key in found else run.schema(address)
        if schema is not None:
            found[key] = schema
    return found
