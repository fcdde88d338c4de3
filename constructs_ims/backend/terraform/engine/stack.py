"""One stack under the real Terraform: planned and applied in a directory of its own for each plan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from constructs_ims.backend.engine.applying.applier import ApplyOutcome
from constructs_ims.backend.engine.configuration import Configuration, read_configuration
from constructs_ims.backend.engine.lang import to_json
from constructs_ims.backend.engine.lang.json_text import from_json, to_compact
from constructs_ims.backend.engine.lang.provider_addresses import parse_provider_address
from constructs_ims.backend.engine.plans.changes import Plan
from constructs_ims.backend.engine.plans.options import CALLER, PlanOptions
from constructs_ims.backend.engine.stack.evaluate.variables import settle_variables
from constructs_ims.backend.engine.stack.run.cancellation import Cancellation
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.engine.state.statefile import read_state, write_state
from constructs_ims.backend.engine.state.storage import DEFAULT_WORKSPACE
from constructs_ims.backend.sandbox.directory import SandboxDirectory, write_private
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError, sandbox_faults
from constructs_ims.backend.sandbox.run_context import RunContext
from constructs_ims.backend.sandbox.stack import NOTHING_FORESEEN, ForeseenOutputs, SandboxStack, Surroundings
from constructs_ims.backend.terraform.engine.command import TerraformCommand
from constructs_ims.backend.terraform.engine.messages import Messages, read_messages
from constructs_ims.backend.terraform.engine.plan_document import Grounds, TerraformPlan, read_plan
from constructs_ims.backend.terraform.local_modules import UsedInModules, used_in_modules
from constructs_ims.backend.terraform.providers import (
    hidden_remote_states,
    lack_of_states,
    missing_providers,
    remote_modules,
)
from constructs_ims.backend.terraform.simulation import Simulation, simulations
from constructs_ims.backend.terraform.versions import VersionError
from constructs_ims.backend.terraform.working_copy import WorkingCopy, lack_of_foreign_states
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors

if TYPE_CHECKING:
    from constructs_ims.backend.terraform.engine.installation import TerraformInstallation

_PLAN_FILE: Final = "constructs_ims_plan.bin"
_VARIABLES_FILE: Final = "constructs_ims_variables.json"
_IMPORTS_FILE: Final = "constructs_ims_imports.tf.json"
_FROM_ENVIRONMENT: Final = "environment variable"


class TerraformSurroundings(Surroundings, Protocol):
    """What a stack has of a sandbox with the real Terraform, beside the rest: Terraform, and places to run it in."""

    @property
    def installation(self) -> TerraformInstallation:
        """Terraform and the mirror that it installs from."""

    def new_directory(self) -> Path:
        """Return a new directory for a plan, which lasts until the sandbox is closed."""

    def child_environment(self) -> dict[str, str]:
        """Return the environment that Terraform sees."""

    def require_offline(
        self, sources: Iterable[str], modules: Mapping[str, str], said: Iterable[str], states: Iterable[str]
    ) -> None:
        """Raise ``OperationFailedError`` for providers that cannot be had offline, and modules to be downloaded."""


class TerraformSandboxStack(SandboxStack):
    """A stack that the real Terraform plans and applies, offline, with its state kept by the sandbox.

    Terraform works on copies, without the stack's own backend. What is only the built-in engine's is refused.
    """

    sandbox: TerraformSurroundings

    def plan(
        self,
        options: PlanOptions,
        context: RunContext | None = None,
        *,
        foreseen: ForeseenOutputs = NOTHING_FORESEEN,
    ) -> Plan:
        """Plan from the stored state; what is wrong stands in the plan's diagnostics."""
        context = context or RunContext()
        _refuse(observer=context.observer is not None, after=bool(foreseen))
        return self._plan(replace(options, workspace=self.workspace), self.state(), context)

    def plan_import(self, address: str, id: str, options: PlanOptions) -> Plan:
        """Plan taking the object with this id in at ``address``, as if the state did not have one there."""
        options = replace(options, workspace=self.workspace, imports={address: id})
        return self._plan(options, self.state_without(address), RunContext())

    def apply(self, plan: Plan, context: RunContext | None = None) -> ApplyOutcome:
        """Carry out a plan; faults stand in the outcome's diagnostics."""
        context = context or RunContext()
        _refuse(observer=context.observer is not None)
        if not isinstance(plan, TerraformPlan) or plan.command is None:
            raise TypeError("This plan was not made by the real Terraform, which cannot carry it out.")
        command = plan.command.interrupted_by(context.cancellation)
        path = self._state_path(command.directory)
        self._lay_states(command.directory, self.state())
        done = command.run("apply", "-json", "-input=false", self._parallelism(context), _PLAN_FILE)
        messages = read_messages(done.output, done.complaint, failed=done.status != 0)
        return self._outcome(path, plan, messages)

    def document(self, plan: Plan) -> dict[str, Any]:
        """Return the document that ``terraform show -json`` printed of a plan."""
        return dict(plan.document) if isinstance(plan, TerraformPlan) else super().document(plan)

    def text(self, plan: Plan, *, color: bool, width: int, automated: bool, brief: bool) -> str:
        """Return a plan as ``terraform show`` prints it, which takes neither a width nor a shorter form."""
        if isinstance(plan, TerraformPlan):
            return _shown(plan, color=color)
        return super().text(plan, color=color, width=width, automated=automated, brief=brief)

    def _outcome(self, path: Path, plan: Plan, messages: Messages) -> ApplyOutcome:
        read = read_state(path.read_bytes()) if path.is_file() else None
        state = (read.state if read else None) or plan.prior_state.copy()
        faults = [*(read.diagnostics if read else ()), *self.keeper.save(state)]
        return ApplyOutcome(
            state,
            (*messages.diagnostics, *faults),
            imported=messages.imported,
            added=messages.added,
            changed=messages.changed,
            destroyed=messages.destroyed,
        )

    def _plan(self, options: PlanOptions, state: State, context: RunContext) -> Plan:
        configuration, found = read_configuration(self.directory)
        inside = used_in_modules(self.directory)
        sources = sorted({*_sources(configuration, state), *inside.sources})
        simulated = self._simulated(configuration, state, sources, inside)
        here = frozenset(one.source for one in simulated)
        needed = [source for source in sources if source not in here]
        said = self.sandbox.types_for(self.directory).said
        states = self._states_elsewhere()
        self.sandbox.require_offline(needed, remote_modules(self.directory), sorted(map(str, said.addresses)), states)
        copy, command = self._prepared_copy(options, state, context.cancellation)
        schema_of = self.engine().schemas(configuration, state)
        grounds = Grounds(configuration, state, options, schema_of, command, here)
        # What only Terraform reads, as HCL, is not in the configuration; what it finds wrong it says itself.
        is_understood = not has_errors(found)
        faults = _undeclared(configuration, options) if is_understood else []
        requirements = _requirements(configuration, state) if is_understood and not copy.calls_modules() else None
        faults = faults or self._initialized(copy, command, requirements, simulated)
        if has_errors(faults):
            return read_plan({}, replace(grounds, diagnostics=tuple(faults)))
        return _made(grounds, self._plan_arguments(options, command.directory, context))

    def _simulated(
        self, configuration: Configuration, state: State, sources: list[str], inside: UsedInModules
    ) -> list[Simulation]:
        """Return the providers that are simulated: their types are known from the app's bindings.

        None is where values are said of single objects: Terraform tells a provider no address, by which to find them,
        and a test must not go on with others. What is said of whole types goes along.
        """
        missing = missing_providers(sources, self.sandbox.installation.others)
        if not missing or not self.sandbox.simulate:
            return []
        types = self.sandbox.types_for(self.directory)
        if types.said.addresses:
            return []
        return list(simulations(missing, configuration, state, types.library, types.said, inside))

    def _states_elsewhere(self) -> list[str]:
        """Say which states of others Terraform would read where they are, or would not find."""
        source = self.directory.resolve()
        copy = WorkingCopy(source, source, Path(), SandboxDirectory(source))  # which is looked at, and not made
        lacks = (
            (hidden_remote_states(source), lack_of_states),
            (copy.foreign_states(), lack_of_foreign_states),
        )
        return [told(addresses) for addresses, told in lacks if addresses]

    def _initialized(
        self, copy: WorkingCopy, command: TerraformCommand, requirements: Any, simulated: list[Simulation]
    ) -> list[Diagnostic]:
        try:
            constraints = copy.version_constraints()
            return list(self.sandbox.installation.prepare(command, requirements, constraints, simulated))
        except VersionError as failure:
            return [error("Unsuitable version constraint", str(failure))]

    def _prepared_copy(
        self, options: PlanOptions, state: State, cancellation: Cancellation
    ) -> tuple[WorkingCopy, TerraformCommand]:
        place = self.sandbox.new_directory()
        directory = place / self.directory.resolve().name
        copy = WorkingCopy(
            self.directory.resolve(), directory, Path("terraform.tfstate"), SandboxDirectory(place / "others")
        )
        with sandbox_faults():
            copy.refresh()
        self._lay_states(directory, state)
        if options.imports:
            blocks = [{"to": address, "id": id} for address, id in options.imports.items()]
            (directory / _IMPORTS_FILE).write_text(json.dumps({"import": blocks}), encoding="utf-8")
        given = {
            f"TF_VAR_{name}": variable.text
            for name, variable in options.variables.items()
            if variable.text is not None and variable.origin.endswith(_FROM_ENVIRONMENT)
        }
        environment = {**self.sandbox.child_environment(), **given}
        if self.workspace != DEFAULT_WORKSPACE:
            environment["TF_WORKSPACE"] = self.workspace
        return copy, TerraformCommand(self.sandbox.installation.program, directory, environment, cancellation)

    def _lay_states(self, directory: Path, own: State) -> None:
        """Put the states of all stacks where Terraform reads them, this stack's own in its copy."""
        others = SandboxDirectory(directory.parent / "others")
        for (stack, workspace), keeper in self.sandbox.states.keepers().items():
            state = keeper.load().state
            if (stack, workspace) != (self.name, self.workspace) and state is not None:
                _lay_state(_in_workspace(others.state(stack), workspace), state)
        _lay_state(self._state_path(directory), own)

    def _state_path(self, directory: Path) -> Path:
        return _in_workspace(directory / "terraform.tfstate", self.workspace)

    def _plan_arguments(self, options: PlanOptions, directory: Path, context: RunContext) -> list[str]:
        modes = {"normal": [], "destroy": ["-destroy"], "refresh-only": ["-refresh-only"]}
        return [
            *modes[options.mode],
            self._parallelism(context),
            *([] if options.refresh else ["-refresh=false"]),
            *(f"-target={address}" for address in options.targets),
            *(f"-replace={address}" for address in options.replace),
            *_variable_arguments(options, directory),
        ]

    def _parallelism(self, context: RunContext) -> str:
        return f"-parallelism={context.parallelism or self.sandbox.parallelism}"


def _made(grounds: Grounds, arguments: list[str]) -> Plan:
    """Have Terraform plan, and read what it made: with errors too, as far as it got."""
    command = grounds.command
    done = command.run("plan", "-json", "-input=false", f"-out={_PLAN_FILE}", *arguments)
    diagnostics = read_messages(done.output, done.complaint, failed=done.status != 0).diagnostics
    document: dict[str, Any] = {}
    if (command.directory / _PLAN_FILE).is_file():
        shown = command.interrupted_by(Cancellation()).run("show", "-json", _PLAN_FILE)
        if shown.status == 0:
            document = from_json(shown.output)
        else:
            diagnostics += read_messages("", shown.complaint, failed=True).diagnostics
    return read_plan(document, replace(grounds, diagnostics=diagnostics))


def _sources(configuration: Configuration, state: State) -> list[str]:
    stored = {parse_provider_address(resource.provider).source for resource in state.resources.values()}
    return sorted({*configuration.provider_sources, *stored})


def _requirements(configuration: Configuration, state: State) -> Any:
    """Return all that decides what ``init`` installs for a stack without modules."""
    required = {name: [one.source, one.version] for name, one in sorted(configuration.required_providers.items())}
    return [required, _sources(configuration, state)]


def _undeclared(configuration: Configuration, options: PlanOptions) -> list[Diagnostic]:
    """Refuse values that the caller gives for variables that the stack does not have; Terraform would only warn."""
    given = {name: one for name, one in options.variables.items() if one.origin == CALLER}
    undeclared = {name: one for name, one in given.items() if name not in configuration.variables}
    return [one for one in settle_variables(replace(configuration, variables={}), undeclared)[2] if one.is_error]


def _variable_arguments(options: PlanOptions, directory: Path) -> Iterator[str]:
    """Yield what gives Terraform the variables that do not come from the environment."""
    values = {name: to_json(one.value) for name, one in options.variables.items() if one.text is None}
    if values:
        write_private(directory / _VARIABLES_FILE, to_compact(values))
        yield f"-var-file={_VARIABLES_FILE}"
    for name, one in options.variables.items():
        if one.text is not None and not one.origin.endswith(_FROM_ENVIRONMENT):
            yield f"-var={name}={one.text}"


def _lay_state(path: Path, state: State) -> None:
    if not state.lineage:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_state(state))


def _in_workspace(path: Path, workspace: str) -> Path:
    return path if workspace == DEFAULT_WORKSPACE else path.parent / "terraform.tfstate.d" / workspace / path.name


def _shown(plan: TerraformPlan, *, color: bool) -> str:
    if plan.command is None:
        return ""
    command = plan.command.interrupted_by(Cancellation())
    return command.run("show", *([] if color else ["-no-color"]), _PLAN_FILE).output


def _refuse(**given: bool) -> None:
    names: Mapping[str, str] = {
        "observer": "An observer hears of single objects, of which the real Terraform tells another program nothing.",
        "after": "What other plans foresee cannot be handed to the real Terraform. Apply the other stacks first.",
    }
    faults = [error("Option not supported", names[name]) for name, is_given in given.items() if is_given]
    if faults:
        raise OperationFailedError(faults)
