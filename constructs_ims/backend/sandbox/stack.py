"""One stack in the sandbox: plans and applies it, and keeps what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from constructs_ims.backend.engine.lang.addresses import parse_address
from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.plans.options import PlanOptions
from constructs_ims.backend.engine.state.journal import Journal, JournalError
from constructs_ims.backend.engine.state.journal_records import Intent, id_of
from constructs_ims.backend.engine.state.model import OutputState, State
from constructs_ims.backend.engine.state.storage import DEFAULT_WORKSPACE, LoadedState, check_workspace_name
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError, check
from constructs_ims.backend.sandbox.remote_state import neighbours_of, stack_behind
from constructs_ims.backend.sandbox.run_context import RunContext
from constructs_ims.backend.sandbox.stacks import StackDirectory
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, error
from constructs_ims.schema.provider import is_this_provider

if TYPE_CHECKING:
    from constructs_ims.backend.engine.applying.applier import ApplyOutcome
    from constructs_ims.backend.engine.engine import Engine
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.backend.engine.stack.providers.port import Provider
    from constructs_ims.backend.sandbox.states import StateKeeper, States
    from constructs_ims.backend.sandbox.types import ProjectTypes


ForeseenOutputs: TypeAlias = Mapping[str, Mapping[str, OutputState]]
"""The outputs that stacks, by name, are going to have; those that show at apply are ``Unknown``."""
NOTHING_FORESEEN: Final[ForeseenOutputs] = MappingProxyType({})


class Surroundings(Protocol):
    """What a stack has of its sandbox: the states of all stacks, providers, and types of what is simulated."""

    @property
    def states(self) -> States:
        """The states of all stacks."""

    @property
    def simulate(self) -> bool:
        """Whether objects of providers that are not here are made up."""

    @property
    def parallelism(self) -> int:
        """How many objects are worked on at once."""

    def require_open(self) -> None:
        """Raise ``OperationFailedError`` once the sandbox is closed."""

    def types_for(self, directory: Path) -> ProjectTypes:
        """Return the types and said values that hold for a stack's directory."""

    def provider(self) -> Provider:
        """Return a new provider of images."""


class SandboxStack:
    """A stack's directory and the keeper of its state in one workspace.

    ``plan`` and ``apply`` take no lock: whoever calls them holds ``keeper`` around both.
    """

    def __init__(self, sandbox: Surroundings, directory: StackDirectory, workspace: str) -> None:
        self.sandbox = sandbox
        self.name: str = directory.name
        self.directory: Path = directory.path
        self.workspace = workspace
        self.keeper: StateKeeper = sandbox.states.of(directory.name, workspace)

    def __repr__(self) -> str:
        workspace = "" if self.workspace == DEFAULT_WORKSPACE else f", workspace {self.workspace!r}"
        return f"SandboxStack({self.name!r}{workspace})"

    def engine(
        self,
        context: RunContext | None = None,
        *,
        foreseen: ForeseenOutputs = NOTHING_FORESEEN,
    ) -> Engine:
        """Return an engine with the sandbox's provider, which finds the states of the app's other stacks here too.

        For the stacks in ``foreseen``, the outputs there count and not those in the state.
        """
        from constructs_ims.backend.engine.engine import Engine

        context = context or RunContext()
        self.sandbox.require_open()
        types = self.sandbox.types_for(self.directory)
        engine = Engine(
            self._provider,
            simulate=self.sandbox.simulate,
            remote_state=partial(self._remote_outputs, foreseen),
            types=types.library,
            said=types.said,
            stack=self.name if self.workspace == DEFAULT_WORKSPACE else f"{self.name}/{self.workspace}",
            parallelism=context.parallelism or self.sandbox.parallelism,
            observer=context.observer or Observer(),
            cancellation=context.cancellation,
        )
        return replace(engine, asked_outputs=partial(types.output_demands.of, demands_of=engine.demands))

    def load(self) -> LoadedState:
        """Return the state as stored; raise ``OperationFailedError`` when it cannot be used."""
        loaded = self.keeper.load()
        if loaded.state is None:
            raise OperationFailedError(loaded.diagnostics)
        return loaded

    def state(self) -> State:
        """Return the state as stored."""
        return self.load().state or State()

    def plan(
        self,
        options: PlanOptions,
        context: RunContext | None = None,
        *,
        foreseen: ForeseenOutputs = NOTHING_FORESEEN,
    ) -> Plan:
        """Plan from the stored state; what is wrong stands in the plan's diagnostics."""
        engine = self.engine(context, foreseen=foreseen)
        options = replace(options, workspace=self.workspace)
        state, found = self._recovered(engine, options)
        plan = engine.plan(self.directory, state, options)
        told = (_with_missing_output(one, plan) for one in plan.diagnostics)
        return replace(plan, diagnostics=(*found, *self.sandbox.types_for(self.directory).faults, *told))

    def unmatched_values(self, plan: Plan) -> Iterator[Diagnostic]:
        """Yield a warning for each value that the user says of nothing that this app has."""
        from constructs_ims.backend.sandbox.unmatched import unmatched_values

        return unmatched_values(plan, self.sandbox.types_for(self.directory).said, neighbours_of(self.directory))

    def plan_import(self, address: str, id: str, options: PlanOptions) -> Plan:
        """Plan taking the object with this id in at ``address``, as if the state did not have one there."""
        options = replace(options, workspace=self.workspace, imports={address: id})
        return self.engine().plan(self.directory, self.state_without(address), options)

    def state_without(self, address: str) -> State:
        """Return the state as stored, but for the current object at ``address``."""
        state = self.state().copy()
        state.set_current(parse_address(address), "", None)
        return state

    def document(self, plan: Plan) -> dict[str, Any]:
        """Return the document that ``terraform show -json`` prints of a plan."""
        from constructs_ims.backend.engine.render.plan_json import plan_to_json

        return plan_to_json(plan)

    def text(self, plan: Plan, *, color: bool, width: int, automated: bool, brief: bool) -> str:
        """Return a plan as Terraform prints it; ``SandboxPlan.text`` says what the options mean."""
        from constructs_ims.backend.engine.render.plan_text import plan_text
        from constructs_ims.backend.engine.render.text_layout import TextLayout

        return plan_text(plan, TextLayout(width, color), automated=automated, brief=brief)

    def apply(self, plan: Plan, context: RunContext | None = None) -> ApplyOutcome:
        """Carry out a plan, each finished object being kept at once; faults stand in the outcome's diagnostics."""
        engine = self.engine(context)
        journal = self._begin(plan.prior_state.copy())
        outcome = engine.apply(plan, journal=journal)
        faults = self.keeper.save(outcome.state)
        return replace(outcome, diagnostics=(*outcome.diagnostics, *faults)) if faults else outcome

    def _recovered(self, engine: Engine, options: PlanOptions) -> tuple[State, list[Diagnostic]]:
        """Return the stored state, with what an interrupted run had created and not had time to write down.

        Its journal is brought to an end: what stays in it are creations whose provider cannot look for them. Raise
        ``OperationFailedError`` when that fails.
        """
        loaded = self.load()
        state, found = loaded.state or State(), list(loaded.diagnostics)
        if not loaded.was_replayed:
            return state, found
        journal = self._begin(state)
        if loaded.intents:
            found += self._adopt(engine, options, state, loaded.intents, journal)
        found += self.keeper.save(state)
        check(found)
        return state, found

    def _adopt(
        self, engine: Engine, options: PlanOptions, state: State, intents: Sequence[Intent], journal: Journal
    ) -> list[Diagnostic]:
        from constructs_ims.backend.engine.lang.provider_addresses import parse_provider_address
        from constructs_ims.backend.engine.stack.evaluate.sensitive import without_sensitive
        from constructs_ims.backend.engine.state.adoption import adopt

        providers = engine.configured_providers(self.directory, state, options, {intent.provider for intent in intents})
        if providers is None:
            return []
        try:
            found = adopt(
                state,
                intents,
                lambda text: providers.get(parse_provider_address(text)),
                journal,
                self._owned_elsewhere(),
            )[1]
        except JournalError as failure:
            return [failure.diagnostic]
        planned = ((dict(one.planned.attributes), one.planned.sensitive_paths) for one in intents)
        return without_sensitive(found, *planned)

    def _owned_elsewhere(self) -> set[object]:
        """Return the ids of all that the other states of the sandbox hold."""
        mine = self.name, self.workspace
        others = (keeper.load().state for key, keeper in self.sandbox.states.keepers().items() if key != mine)
        return {id_of(obj) for state in others if state for _, _, obj in state.objects()}

    def _begin(self, state: State) -> Journal:
        try:
            return self.keeper.begin(state)
        except JournalError as failure:
            raise OperationFailedError([failure.diagnostic]) from failure

    def _provider(self, source: str) -> Provider | None:
        return self.sandbox.provider() if is_this_provider(source) else None

    def _remote_outputs(
        self, foreseen: ForeseenOutputs, backend: str, config: Mapping[str, Any], workspace: str | None
    ) -> Mapping[str, OutputState] | Diagnostic | None:
        name = stack_behind(backend, config, self.directory)
        if name is None:
            return None if self.sandbox.simulate else _elsewhere(backend)
        if name in foreseen:
            return foreseen[name]
        if faults := check_workspace_name(workspace or DEFAULT_WORKSPACE):
            return faults[0]
        found = self.sandbox.states.of(name, workspace or DEFAULT_WORKSPACE).load().state
        if found is None or not found.lineage:
            return _not_deployed(name)
        return found.outputs


def _elsewhere(backend: str) -> Diagnostic:
    detail = (
        f'This remote state is kept in a "{backend}" backend that no stack of this app uses. Offline, only the states '
        "of the app's own stacks are there, and simulation is switched off; give the value as a variable instead."
    )
    return error("Remote state elsewhere", detail)


def _with_missing_output(diagnostic: Diagnostic, plan: Plan) -> Diagnostic:
    """Say in plain words what it means where an output is missing by which cdktf hands values between stacks."""
    is_attribute = diagnostic.code is DiagnosticCode.UNSUPPORTED_ATTRIBUTE
    if not (is_attribute and diagnostic.named.startswith("cross-stack-output-")):
        return diagnostic
    read = (address.name for address in plan.configuration.resources if address.type == "terraform_remote_state")
    names = ", ".join(name.removeprefix("cross-stack-reference-input-") for name in read)
    detail = f"This stack reads an output that was not there yet when {names} was deployed. Deploy {names} again first."
    return replace(diagnostic, plain=("Output of another stack missing", detail))


def _not_deployed(name: str) -> Diagnostic:
    detail = f'The stack "{name}" has no state in the sandbox yet. Deploy it first.'
    return error("Unable to find remote state", detail)
