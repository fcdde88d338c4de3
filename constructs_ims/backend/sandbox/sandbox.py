"""The Python interface: one offline world, in memory or in a directory."""

from __future__ import annotations

import copy
import dataclasses
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, Unpack

from constructs_ims.backend.engine.plans.options import GivenVariable, PlanOptions
from constructs_ims.backend.engine.stack.run.cancellation import Cancellation
from constructs_ims.backend.engine.state.storage import DEFAULT_WORKSPACE, check_workspace_name
from constructs_ims.backend.engine.state.waiting import Waiting
from constructs_ims.backend.extras import missing_parts, offline_extra_missing
from constructs_ims.backend.sandbox.directory import DamagedKeyFileError, SandboxDirectory
from constructs_ims.backend.sandbox.keyboard import graceful_keyboard
from constructs_ims.backend.sandbox.operation_errors import OperationFailedError, check, sandbox_faults
from constructs_ims.backend.sandbox.run_context import RunContext
from constructs_ims.backend.sandbox.stack import ForeseenOutputs, SandboxStack
from constructs_ims.backend.sandbox.stacks import StackSource, stack_directory
from constructs_ims.backend.sandbox.states import DirectoryStates, MemoryStates, States
from constructs_ims.backend.sandbox.world_change import finish_pending_change
from constructs_ims.schema.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from constructs_ims.backend.emulator.store import Image
    from constructs_ims.backend.engine.plans.events import Observer
    from constructs_ims.backend.provider.provider import ImageProvider
    from constructs_ims.backend.sandbox.cloud import Cloud
    from constructs_ims.backend.sandbox.keywords import ApplyKeywords, PlanKeywords
    from constructs_ims.backend.sandbox.results import SandboxApply, SandboxPlan, StackState
    from constructs_ims.backend.sandbox.snapshots import Snapshots
    from constructs_ims.backend.sandbox.types import ProjectTypes
    from constructs_ims.backend.sandbox.world import World


class Sandbox:
    """One offline world: a local IMS service, and the states of the stacks that were deployed to it.

    Without ``directory`` it lives in memory and dies with the object; with one (a project's ``.constructs-ims``) it is
    shared with ``constructs-ims`` and ``terraform-ims``. ``deterministic`` gives images times and ids that are the same
    in every run. ``parallelism`` is how many objects are worked on at once: 10, and 1 in a deterministic sandbox, where
    images would else be numbered as their threads come. ``simulate`` False makes every object that this package has no
    provider for an error. ``environment`` is where input variables (``TF_VAR_``) and the provider's settings (``HW_``)
    are looked for, in place of the process's. Nothing here reads or writes a stack's real backend or state.

    A stack is a directory with ``cdk.tf.json`` or a CDKTF ``TerraformStack``. Every operation raises
    ``OperationFailedError`` with all diagnostics when it cannot be done. The first Ctrl-C, or a ``cancellation`` that
    is set, lets an operation finish what is in flight, save it, and begin nothing new; the second Ctrl-C ends it at
    once.
    """

    stack_class: type[SandboxStack] = SandboxStack
    """What plans and applies a stack of this sandbox: the built-in engine."""

    def __init__(
        self,
        directory: str | Path | None = None,
        *,
        deterministic: bool = False,
        simulate: bool = True,
        parallelism: int | None = None,
        environment: Mapping[str, str] | None = None,
        simulated: Mapping[str, Any] | None = None,
    ) -> None:
        if parallelism is not None and parallelism < 1:
            raise ValueError(f"parallelism is {parallelism}. Use 1 or more.")
        self.directory: Path | None = None if directory is None else Path(directory).absolute()
        self._place = None if self.directory is None else SandboxDirectory(self.directory)
        self.deterministic = deterministic
        self.simulate = simulate
        self.parallelism = parallelism or (1 if deterministic else _PARALLELISM)
        self.environment: Mapping[str, str] = os.environ if environment is None else environment
        self._states: States = MemoryStates()
        if self.directory is not None:
            self._states = DirectoryStates(self.directory / "stacks", prepare=self._make_directory)
        self._world: World | None = None
        self._opening = threading.Lock()
        self._simulated: dict[str, Any] = copy.deepcopy(dict(simulated or {}))
        self._types: dict[Path, ProjectTypes] = {}
        self._locked: set[tuple[str, str, int]] = set()
        self._is_closed = False

    @property
    def states(self) -> States:
        """The states of all stacks."""
        self.require_open()
        self._finish_pending_change()
        return self._states

    @property
    def world(self) -> World:
        """The service, opened on first use; raise ``OperationFailedError`` when it cannot be."""
        self._finish_pending_change()
        with self._opening:
            self.require_open()
            if self._world is None:
                _check_parts()
                with sandbox_faults():
                    self._world = self._open()
            return self._world

    def override_resource(self, target: str, values: Mapping[str, Any]) -> None:
        """Say values of a simulated resource, or of one instance, in place of made-up ones.

        ``values`` are by attribute; for a block they are an object that counts for each, or by a path such as
        ``metadata[0].uid``. They count from the next plan on, before those that ``cdktf.json`` says. Raise
        ``ValueError`` for a target that is no resource.
        """
        self._say("override_resource", target, values)

    def override_data(self, target: str, values: Mapping[str, Any]) -> None:
        """Say values of a simulated data source, ``data.type.name``, or ``outputs`` of a remote state."""
        self._say("override_data", target, values)

    def override_module(self, target: str, outputs: Mapping[str, Any]) -> None:
        """Say outputs of a module call, ``module.name``."""
        self._say("override_module", target, outputs)

    def mock_resource(self, type_name: str, defaults: Mapping[str, Any]) -> None:
        """Say values of all simulated resources of a type; those of ``override_resource`` count before them."""
        self._say("mock_resource", type_name, defaults)

    def mock_data(self, type_name: str, defaults: Mapping[str, Any]) -> None:
        """Say values of all simulated data sources of a type; those of ``override_data`` count before them."""
        self._say("mock_data", type_name, defaults)

    def _say(self, name: str, target: str, values: Mapping[str, Any]) -> None:
        from constructs_ims.backend.engine.stack.providers.said import SaidValues

        SaidValues().say(name, target, values)  # raises for a target that is none, before anything is kept
        said = self._simulated.setdefault(name, {})
        said[target] = {**said.get(target, {}), **values}
        self._types.clear()

    def provider(self) -> ImageProvider:
        """Return a new provider of the service's images."""
        return self.world.provider()

    def types_for(self, directory: Path) -> ProjectTypes:
        """Return what is known of other providers' objects for a stack: types, from bindings, and said values."""
        from constructs_ims.backend.sandbox.types import project_of, project_types

        project = project_of(directory)
        with self._opening:
            if project not in self._types:
                self._types[project] = project_types(project, self.environment, self._simulated)
            return self._types[project]

    def stack(self, stack: StackSource | SandboxStack, *, workspace: str | None = None) -> SandboxStack:
        """Return a stack of this sandbox, to be worked on step by step.

        Raise ``OperationFailedError`` for what is no stack, or a name that no workspace can have.
        """
        if isinstance(stack, SandboxStack):
            return stack
        workspace = workspace or DEFAULT_WORKSPACE
        check(check_workspace_name(workspace))
        return self.stack_class(self, stack_directory(stack), workspace)

    def plan(
        self,
        stack: StackSource | SandboxStack,
        *,
        destroy: bool = False,
        refresh: bool = True,
        refresh_only: bool = False,
        targets: Iterable[str] = (),
        replace: Iterable[str] = (),
        variables: Mapping[str, Any] | None = None,
        arguments: Iterable[tuple[str, str]] = (),
        imports: Mapping[str, str] | None = None,
        working_directory: Path | None = None,
        observer: Observer | None = None,
        cancellation: Cancellation | None = None,
        after: Iterable[SandboxPlan] = (),
        on_wait: Callable[[], None] | None = None,
        allow_refused: bool = False,
    ) -> SandboxPlan:
        """Say what an apply would change.

        ``targets`` are the addresses of objects to work on alone, ``replace`` those of objects to make anew;
        ``refresh_only`` plans to take over what was changed outside. Input variables come from ``variables`` (plain
        values), before them ``arguments`` (``("var", "name=value")`` and ``("var-file", path)``), the stack's own
        variable files and ``TF_VAR_`` in the environment. ``imports`` are ids by address, as import blocks have them.
        ``after`` are plans of other stacks that are to be carried out before: what is read of those is what their plans
        foresee. ``on_wait`` is called when another run has to end first. With ``allow_refused`` the changes of objects
        that are refused stand in the plan's ``refused`` and raise nothing; such a plan cannot be applied. What cannot
        be planned any more, as when outputs of another stack are gone, is destroyed as its state has it, with a
        warning.
        """
        from constructs_ims.backend.sandbox.destruction import plan_destruction

        __tracebackhide__ = True
        target = self.stack(stack)
        given = self._options(target, variables, arguments, working_directory)
        options = dataclasses.replace(
            given,
            mode="destroy" if destroy else "refresh-only" if refresh_only else "normal",
            targets=_addresses(targets),
            replace=_addresses(replace),
            refresh=refresh,
            imports=imports or {},
        )
        context = _context(observer, cancellation, on_wait)
        foreseen = {other.stack.name: other.foreseen_outputs for other in after}
        plan = partial(self._plan, context=context, foreseen=foreseen)
        try:
            if destroy:
                return plan_destruction(plan, target, options, context.cancellation.is_set)
            return plan(target, options)
        except OperationFailedError as failure:
            if allow_refused and (refused := _refused_plan(failure)):
                return refused
            raise

    def apply(
        self,
        stack: StackSource | SandboxPlan,
        *,
        observer: Observer | None = None,
        cancellation: Cancellation | None = None,
        **options: Unpack[ApplyKeywords],
    ) -> SandboxApply:
        """Carry out a plan, or plan a stack with ``options`` (those of ``plan``) and carry that out."""
        __tracebackhide__ = True
        from constructs_ims.backend.engine.plans.plan_file import check_current
        from constructs_ims.backend.sandbox.results import SandboxApply, SandboxPlan

        cancellation = cancellation or Cancellation()
        if isinstance(stack, SandboxPlan) and options:
            raise TypeError(f"{', '.join(options)} cannot be given with a plan, which is carried out as it stands")
        if not isinstance(stack, SandboxPlan):
            target = self.stack(stack)
            with self.locked(target, cancellation=cancellation, on_wait=options.get("on_wait")):
                planned = self.plan(target, observer=observer, cancellation=cancellation, **options)
                applied = self.apply(planned, observer=observer, cancellation=cancellation)
                return dataclasses.replace(applied, plan_diagnostics=tuple(planned.diagnostics))
        check(stack.diagnostics, stack)
        context = RunContext(observer, cancellation)
        with graceful_keyboard(cancellation), self._held(stack.stack, "OperationTypeApply", context):
            check(check_current(stack.plan, stack.stack.load()))
            outcome = stack.stack.apply(stack.plan, context)
            check(outcome.diagnostics, outcome)
        return SandboxApply(stack.stack, outcome)

    @contextmanager
    def locked(
        self,
        stack: StackSource | SandboxStack,
        *,
        cancellation: Cancellation | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> Iterator[None]:
        """Keep other runs away from a stack for a block, so that a plan made in it still holds when it is applied.

        Waits for a run that is at work, after calling ``on_wait``, until ``cancellation`` is set. Raise
        ``OperationFailedError`` when the stack does not become free within 5 minutes.
        """
        __tracebackhide__ = True
        cancellation = cancellation or Cancellation()
        target = self.stack(stack)
        with ExitStack() as held:
            with graceful_keyboard(cancellation):
                held.enter_context(self._held(target, "OperationTypeApply", _context(None, cancellation, on_wait)))
            yield

    def destroy(
        self,
        stack: StackSource,
        *,
        observer: Observer | None = None,
        cancellation: Cancellation | None = None,
        **options: Unpack[PlanKeywords],
    ) -> SandboxApply:
        """Destroy everything that the stack's state holds; ``options`` are those of ``plan``."""
        __tracebackhide__ = True
        return self.apply(stack, observer=observer, cancellation=cancellation, destroy=True, **options)

    def import_(self, stack: StackSource, address: str, id: str) -> SandboxApply:
        """Take an image that exists into the stack's state, at an address of its configuration that is free."""
        __tracebackhide__ = True
        if any(str(found) == address and key is None for found, key, _ in self.state(stack).objects()):
            check([_already_managed(address)])
        return self.apply(stack, imports={address: id}, targets=[address])

    def plan_import(
        self, stack: StackSource, address: str, id: str, *, variables: Mapping[str, Any] | None = None
    ) -> SandboxPlan:
        """Say what the stack would hold of an existing image after an import at ``address``; nothing is changed.

        An object that the stack has there is left out of account, so that what was created is compared with what an
        import gives: ``plan[address].before`` is what was read, and its action what the configuration would change.
        """
        from constructs_ims.backend.sandbox.results import SandboxPlan

        __tracebackhide__ = True
        target = self.stack(stack)
        plan = target.plan_import(address, id, self._options(target, variables=variables))
        check(plan.diagnostics)
        return SandboxPlan(target, plan)

    def state(self, stack: StackSource) -> StackState:
        """Return what is known of the stack."""
        from constructs_ims.backend.sandbox.results import StackState

        target = self.stack(stack)
        return StackState.of(target.name, target.state())

    def outputs(self, stack: StackSource) -> dict[str, Any]:
        """Return the values of the stack's outputs, sensitive ones too."""
        return {name: output.value for name, output in self.state(stack).outputs.items()}

    def images(self) -> list[dict[str, Any]]:
        """Return every image in the service, oldest first, as the service shows it; its id and name come first."""
        found = [image.attributes for image in self._stored_images()]
        return [{name: image[name] for name in ("id", "name") if name in image} | image for image in found]

    @property
    def cloud(self) -> Cloud:
        """The local IMS service: what it holds and was asked, changes behind the stacks' backs, failures on demand."""
        from constructs_ims.backend.sandbox.cloud import Cloud

        self.require_open()
        return Cloud(lambda: self.world, self.images)

    def change_image(self, id: str, changes: Mapping[str, Any]) -> None:
        """Change an image behind the stacks' backs, unchecked: ``{"min_disk": 80}``; what is set to None is removed.

        The next plan finds the drift.
        """
        __tracebackhide__ = True
        self.cloud.change_image(id, changes)

    def remove_image(self, id: str) -> None:
        """Remove an image behind the stacks' backs, protected or not; the next plan finds it gone."""
        __tracebackhide__ = True
        self.cloud.remove_image(id)

    def reset(self, *, on_wait: Callable[[], None] | None = None) -> None:
        """Delete every image and forget every state; what is damaged is made anew.

        This, ``save`` and ``load`` wait for the runs at work, after calling ``on_wait``, and do all or nothing.
        """
        __tracebackhide__ = True
        self.require_open()
        if self._place is not None and self._world is None:
            with sandbox_faults():
                _mend(self._place)
        with self._alone(on_wait) as world:
            self._snapshots.empty(world, self.states)
            world.controls.reset()
            world.store.restore_defaults()

    def save(self, name: str, *, on_wait: Callable[[], None] | None = None) -> None:
        """Keep the world as it is now under a name, in place of what was kept under it."""
        __tracebackhide__ = True
        with self._alone(on_wait) as world:
            self._snapshots.save(name, world, self.states)

    def load(self, name: str, *, on_wait: Callable[[], None] | None = None) -> None:
        """Make the world what it was when it was saved under the name."""
        __tracebackhide__ = True
        with self._alone(on_wait) as world:
            self._snapshots.load(name, world, self.states)

    def delete_snapshot(self, name: str, *, on_wait: Callable[[], None] | None = None) -> None:
        """Forget what was kept under a name."""
        __tracebackhide__ = True
        with self._alone(on_wait):
            self._snapshots.delete(name)

    def snapshots(self) -> list[str]:
        """Return the names under which the world was saved."""
        self.require_open()
        return self._snapshots.names()

    def require_open(self) -> None:
        """Raise ``OperationFailedError`` once the sandbox is closed."""
        if self._is_closed:
            raise OperationFailedError([_closed(self.directory)])

    def close(self) -> None:
        """Close the service; a sandbox in memory is gone, and no operation goes on."""
        self._is_closed = True
        with self._opening:
            if self._world is not None:
                self._world.close()
                self._world = None

    def __enter__(self) -> Self:
        self.require_open()
        return self

    def __repr__(self) -> str:
        where = "in memory" if self.directory is None else repr(str(self.directory))
        return f"Sandbox({where}{', closed' if self._is_closed else ''})"

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _stored_images(self) -> Iterable[Image]:
        self.require_open()
        if self._place is None or self._world is not None:
            return self.world.store.all()
        from constructs_ims.backend.emulator.store import stored_images

        with sandbox_faults():
            self._place.check()
            self._finish_pending_change()
            return stored_images(self._place.database)

    def _open(self) -> World:
        from constructs_ims.backend.emulator.account import Account
        from constructs_ims.backend.sandbox.world import World

        if self._place is None:
            return World(Account.generate(), deterministic=self.deterministic, environment=self.environment)
        self._place.create()
        pair = self._place.key_pair()
        account = Account(pair.access_key, pair.secret_key, password=pair.password)
        return World(account, self._place.database, deterministic=self.deterministic, environment=self.environment)

    def _make_directory(self) -> None:
        _check_parts()
        if self._place is not None:
            with sandbox_faults():
                self._place.create()
            self._finish_pending_change()

    def _finish_pending_change(self) -> None:
        """Carry over a world that a killed ``load`` or ``reset`` had begun to put in the place of the old one."""
        if self._place is not None:
            with sandbox_faults():
                check(finish_pending_change(self._place.path, Waiting(_PATIENCE)))

    @contextmanager
    def _held(self, stack: SandboxStack, operation: str, context: RunContext) -> Iterator[None]:
        """Hold a stack's state, unless this thread does so already in ``locked``."""
        key = stack.name, stack.workspace, threading.get_ident()
        if key in self._locked:
            yield
            return
        with stack.keeper.held(operation, _waiting(context)) as faults:
            check(faults)
            self._locked.add(key)
            try:
                yield
            finally:
                self._locked.discard(key)

    @contextmanager
    def _alone(self, on_wait: Callable[[], None] | None) -> Iterator[World]:
        """Keep every run away, and give the service."""
        world, context = self.world, _context(None, None, on_wait)
        with graceful_keyboard(context.cancellation), self.states.held_alone(_waiting(context)) as faults:
            check(faults)
            yield world

    @cached_property
    def _snapshots(self) -> Snapshots:
        from constructs_ims.backend.sandbox.snapshots import DirectorySnapshots, MemorySnapshots

        return MemorySnapshots() if self.directory is None else DirectorySnapshots(self.directory / "snapshots")

    def _options(
        self,
        stack: SandboxStack,
        variables: Mapping[str, Any] | None = None,
        arguments: Iterable[tuple[str, str]] = (),
        working_directory: Path | None = None,
    ) -> PlanOptions:
        """Return options with the stack's input variables, from wherever they are given."""
        from constructs_ims.backend.engine.stack.evaluate.variables import find_variables

        found, faults = find_variables(
            stack.directory, arguments, self.environment, working_directory=working_directory
        )
        check(faults)
        given = {name: GivenVariable(value) for name, value in (variables or {}).items()}
        return PlanOptions(variables={**found, **given}, timestamp=self._timestamp())

    def _plan(
        self,
        stack: SandboxStack,
        options: PlanOptions,
        *,
        context: RunContext,
        foreseen: ForeseenOutputs,
    ) -> SandboxPlan:
        __tracebackhide__ = True
        from constructs_ims.backend.sandbox.results import SandboxPlan
        from constructs_ims.backend.sandbox.unmatched import unmatched_targets

        with graceful_keyboard(context.cancellation), self._held(stack, "OperationTypePlan", context):
            plan = stack.plan(options, context, foreseen=foreseen)
            said = () if plan.mode == "destroy" else stack.unmatched_values(plan)
            unmatched = (*unmatched_targets(plan), *said)
            diagnostics = (*unmatched, *plan.diagnostics)
            planned = SandboxPlan(stack, dataclasses.replace(plan, diagnostics=diagnostics))
            check(planned.diagnostics, planned)
        return planned

    def _timestamp(self) -> str | None:
        return self.world.clock().strftime("%Y-%m-%dT%H:%M:%SZ") if self.deterministic else None


def _refused_plan(failure: OperationFailedError) -> SandboxPlan | None:
    """Return the plan behind a failure when all that is wrong with it is that changes of objects are refused."""
    from constructs_ims.backend.sandbox.results import SandboxPlan

    errors = (fault for fault in failure.diagnostics if fault.is_error)
    is_refusal = all(fault.address or fault.concerns for fault in errors)
    return failure.result if is_refusal and isinstance(failure.result, SandboxPlan) else None


def _addresses(given: Iterable[str]) -> tuple[str, ...]:
    """Return addresses, one by itself being as good as a list of one."""
    return (given,) if isinstance(given, str) else tuple(given)


def _mend(place: SandboxDirectory) -> None:
    """Discard the service's files when they are damaged."""
    from constructs_ims.backend.emulator.database_errors import DamagedDatabaseError
    from constructs_ims.backend.emulator.store import stored_images

    try:
        place.create()
        stored_images(place.database)
    except (DamagedDatabaseError, DamagedKeyFileError):
        place.discard_service()


def _check_parts() -> None:
    if missing := missing_parts():
        raise OperationFailedError([offline_extra_missing(missing)])


def _already_managed(address: str) -> Diagnostic:
    detail = f"The stack has an image at {address} already. Import to another address, or remove that image first."
    return error("Address in use", detail)


def _closed(directory: Path | None) -> Diagnostic:
    if directory is None:
        detail = "This sandbox lived in memory and is gone since it was closed. Work with it inside of its with block."
    else:
        detail = f'This sandbox was closed. Open it anew: Sandbox("{directory}").'
    return error("Sandbox closed", detail)


_PARALLELISM: Final = 10
"""How many objects are worked on at once, as in Terraform."""
_PATIENCE: Final = 300.0
"""Seconds that a run waits for another on the same stack, and what changes the whole world for every run."""


def _context(
    observer: Observer | None, cancellation: Cancellation | None, on_wait: Callable[[], None] | None
) -> RunContext:
    return RunContext(observer, cancellation or Cancellation(), on_wait=on_wait or (lambda: None))


def _waiting(context: RunContext) -> Waiting:
    return Waiting(_PATIENCE, context.on_wait, context.cancellation.is_set)
