"""``run_steps``: carries steps out in their order, and holds each to what an apply must leave."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from constructs_ims.backend.documents.secrets import SENSITIVE
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox, SandboxPlan, StackSource
from constructs_ims.backend.sandbox.subjects import address_of
from constructs_ims.schema.diagnostics import did_you_mean
from constructs_ims.schema.image_metadata import terraform_names
from constructs_ims.testing.steps.building import build_stack
from constructs_ims.testing.steps.expectations import expect_actions, expect_equal, expect_results, sensitive_names
from constructs_ims.testing.steps.step import ApplyStep, DestroyStep, ImportStep, RefusedStep, Step


def run_steps(ims: Sandbox, *steps: Step) -> None:
    """Carry out steps in their order, then destroy what they deployed and hold that nothing is left.

    A step that does not go as it says raises ``AssertionError`` with its number and name, what was expected, and the
    step's last plan as short text. Several stacks may be among the steps; a stack is known by its id.
    """
    __tracebackhide__ = True
    if not steps:
        raise TypeError("There are no steps. Give at least one.")
    for step in steps:
        if not isinstance(step, ApplyStep | RefusedStep | ImportStep | DestroyStep):
            raise TypeError(f"{step!r} is no step. Use ApplyStep, RefusedStep, ImportStep or DestroyStep.")
    with tempfile.TemporaryDirectory(prefix="constructs-ims-steps-") as scratch:
        run = _Run(ims, Path(scratch))
        actions: list[tuple[str, Callable[[], None]]] = [
            (f"Step {number} of {len(steps)}, {_title(step)}", partial(run.carry_out, step))
            for number, step in enumerate(steps, start=1)
        ]
        for title, act in [*actions, ("After the last step", run.clean_up)]:
            try:
                act()
            except (AssertionError, OperationFailedError, LookupError) as failure:
                told = AssertionError(f"{title}: {run.explained(failure)}")
                raise told.with_traceback(_from_the_tests_own(failure.__traceback__)) from None
            except Exception as failure:
                failure.add_note(f"This was raised in: {title}")
                raise


class _Run:
    """What the steps so far have left: the stacks that were deployed, by name, in the order of their first apply."""

    def __init__(self, ims: Sandbox, scratch: Path) -> None:
        self.ims, self.scratch = ims, scratch
        self.deployed: dict[str, tuple[StackSource, Mapping[str, Any]]] = {}
        self.applied: list[str] = []
        """The stacks' names in the order of the applies, which a stack can be in more than once."""
        self.plan: SandboxPlan | None = None
        """The step's last plan."""
        self.images_before = ims.images()
        self.builds = 0

    def carry_out(self, step: Step) -> None:
        __tracebackhide__ = True
        self.plan = None
        if step.before is not None:
            step.before(self.ims)
        match step:
            case ApplyStep():
                self._apply(step)
            case RefusedStep():
                self._refused(step)
            case ImportStep():
                self._import(step)
            case DestroyStep():
                self._destroy(self._name_for(step))
        if step.check is not None:
            step.check(self.ims)

    def clean_up(self) -> None:
        __tracebackhide__ = True
        self.plan = None
        for name in reversed(list(self.deployed)):
            self._destroy(name)
        known = {image["id"] for image in self.images_before}
        left = [image for image in self.ims.images() if image["id"] not in known]
        expect_equal([], left, "Images are left in the service that no stack has")

    def explained(self, failure: Exception) -> str:
        """Return what a failure says, with the plan that it came of."""
        is_bare = isinstance(failure, KeyError | IndexError)  # whose text says little without its class
        message = repr(failure) if is_bare else str(failure)
        result = getattr(failure, "result", None)
        plan = self.plan or (result if isinstance(result, SandboxPlan) else None)
        text = plan.text(brief=True).strip() if plan else ""
        return message if text in message else f"{message}\n\nThe plan was:\n\n{text}"

    def _apply(self, step: ApplyStep) -> None:
        __tracebackhide__ = True
        stack = self._build(step.stack)
        plan = self.plan = self.ims.plan(stack, variables=step.variables)
        expect_actions(step, plan)
        if step.plan is not None:
            step.plan(plan)
        name = plan.stack.name
        self.deployed[name] = (stack, step.variables)  # an apply that fails may leave objects too
        self.applied.append(name)
        applied = self.ims.apply(plan)
        if step.applied is not None:
            step.applied(applied)
        expect_results(step, applied.state, self.ims.images())
        self._hold_still(step, stack)

    def _hold_still(self, step: ApplyStep, stack: StackSource) -> None:
        """Hold that the apply was complete: nothing is left to do, and a refresh finds what the state has."""
        __tracebackhide__ = True
        plan = self.plan = self.ims.plan(stack, variables=step.variables, allow_refused=True)
        if not step.empty_plan:
            if plan.no_changes:
                raise AssertionError("A second plan was expected to have changes, and is empty. Leave empty_plan out.")
            return
        if not plan.no_changes:
            refusals = "\n".join(f"{fault.plainly()}" for fault in plan.diagnostics if fault.is_error)
            raise AssertionError(
                f"A second plan has to be empty: The plan has changes, and none were expected.\n{refusals}".strip()
            )
        refresh = self.plan = self.ims.plan(stack, variables=step.variables, refresh_only=True)
        if refresh.drift or not refresh.no_changes:
            raise AssertionError("A refresh has to change nothing.")

    def _refused(self, step: RefusedStep) -> None:
        __tracebackhide__ = True
        before = self._everything()
        message = self._refusal(step)
        if step.because not in message:
            raise AssertionError(
                f'It was expected to be refused because of "{step.because}". The reason is:\n{message}'
            )
        expect_equal(before, self._everything(), "What is refused must change nothing")

    def _refusal(self, step: RefusedStep) -> str:
        __tracebackhide__ = True
        try:
            stack = self._build(step.stack)
            allow_refused = step.subject is not None
            plan = self.plan = self.ims.plan(stack, variables=step.variables, allow_refused=allow_refused)
            if step.subject is not None:
                plan.assert_refused(step.subject)
                return str(plan.refused[address_of(step.subject, plan.stack.name)])
            self.ims.apply(plan)
        except (ValueError, RuntimeError, OperationFailedError) as failure:
            if isinstance(failure, RuntimeError) and not _is_of_cdk(failure):
                raise
            if step.subject is not None:
                expected = f"{address_of(step.subject)} was expected to be refused by the plan"
                raise AssertionError(f"{expected}: {failure}") from failure
            return str(failure)
        raise AssertionError("It was expected to be refused, and was applied.")

    def _import(self, step: ImportStep) -> None:
        __tracebackhide__ = True
        name = self._name_for(step)
        stack, variables = self.deployed[name]
        address = address_of(step.subject, name)
        state = self.ims.state(stack)
        created = dict(state[address])
        plan = self.plan = self.ims.plan_import(stack, address, created["id"], variables=variables)
        imported = dict(plan[address].before)
        names = terraform_names(address.partition(".")[0])
        ignored = {names.get(name, name) for name in step.ignore}
        for name in ignored - (created | imported).keys():
            hint = did_you_mean(name, [*names, *created, *imported])
            raise TypeError(f"{address} has no attribute {name} that could be ignored.{hint}")
        compared = (created | imported).keys() - ignored
        differing = sorted(name for name in compared if created.get(name) != imported.get(name))
        if differing:
            hidden = dict.fromkeys(sensitive_names(state, address), SENSITIVE)
            shown = [{name: side.get(name) for name in differing} | hidden for side in (created, imported)]
            lines = [f"  {name}: created {shown[0][name]!r}, imported {shown[1][name]!r}" for name in differing]
            mend = f"Name what only the configuration knows: ignore={differing}."
            if plan[address].change.simulated:
                mend = (
                    "It is simulated: no service holds it, and an import gives little but its id. Leave the step out."
                )
            raise AssertionError(
                "\n".join([f"An import of {address} has to give what was created, and differs:", *lines, mend])
            )

    def _destroy(self, name: str) -> None:
        __tracebackhide__ = True
        stack, variables = self.deployed[name]
        self.plan = None
        self.ims.destroy(stack, variables=variables)
        del self.deployed[name]
        addresses = [str(address) for address, _, _ in self.ims.state(stack).objects()]
        expect_equal([], addresses, f"Objects of {name} are left after its destruction")

    def _build(self, source: Any) -> StackSource:
        self.builds += 1
        return build_stack(source, self.scratch / str(self.builds))

    def _name_for(self, step: ImportStep | DestroyStep) -> str:
        """Return the name of the stack that a step names, or of that which was applied last and is deployed."""
        if step.stack:
            name = step.stack if isinstance(step.stack, str) else str(step.stack.node.id)
            if name not in self.deployed:
                deployed = ", ".join(self.deployed) or "none"
                raise TypeError(f"No stack {name} is deployed at this step. Deployed are: {deployed}.")
            return name
        for name in reversed(self.applied):
            if name in self.deployed:
                return name
        raise TypeError("No stack is deployed at this step. Put an ApplyStep before it.")

    def _everything(self) -> dict[str, Any]:
        states = {name: self.ims.state(stack) for name, (stack, _) in self.deployed.items()}
        objects = {
            name: {
                f"{address} {deposed or ''}".strip(): dict(obj.attributes) for address, deposed, obj in state.objects()
            }
            for name, state in states.items()
        }
        return {"states": objects, "images": self.ims.images()}


def _is_of_cdk(failure: RuntimeError) -> bool:
    """Tell whether the CDK has raised an error: for a validation, an annotated error, or what an Aspect has raised."""
    return type(failure.__cause__).__module__.partition(".")[0] == "jsii"


def _from_the_tests_own(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback from the first line that is not of this package, as in a check; None where all are."""
    package = __name__.partition(".")[0]
    while traceback and traceback.tb_frame.f_globals.get("__name__", "").partition(".")[0] == package:
        traceback = traceback.tb_next
    return traceback


def _title(step: Step) -> str:
    kind = type(step).__name__
    return f"{kind} ({step.name})" if step.name else kind
