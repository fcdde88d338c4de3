"""``run_steps``: carries steps out in their order, and holds each to what an apply must leave."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from constructs_ims.backend.sandbox import OperationFailedError, Sandbox, SandboxPlan, StackSource
from constructs_ims.backend.sandbox.subjects import address_of
from constructs_ims.testing.steps.building import build_stack
from constructs_ims.testing.steps.expectations import expect_actions, expect_equal, expect_results
from constructs_ims.testing.steps.step import ApplyStep, DestroyStep, ImportStep, RefusedStep, Step


def run_steps(ims: Sandbox, *steps: Step) -> None:
    """Carry out steps in their order, then destroy what they deployed and hold that nothing is left.

    A step that does not go as it says raises ``AssertionError`` with its number and name, what was expected, and the
    plan's short text where there is one. Several stacks may be among the steps; a stack is known by its id.
    """
    __tracebackhide__ = True
    if not steps:
        raise TypeError("There are no steps. Give at least one.")
    with tempfile.TemporaryDirectory(prefix="constructs-ims-steps-") as scratch:
        run = _Run(ims, Path(scratch))
        for number, step in enumerate(steps, start=1):
            with _told(f"Step {number} of {len(steps)}, {_title(step)}"):
                run.carry_out(step)
        with _told("After the last step"):
            run.clean_up()


class _Run:
    """What the steps so far have left: the stacks that were deployed, by name, in the order of their first apply."""

    def __init__(self, ims: Sandbox, scratch: Path) -> None:
        self.ims, self.scratch = ims, scratch
        self.deployed: dict[str, tuple[StackSource, Mapping[str, Any]]] = {}
        self.latest: str | None = None
        self.images_before = ims.images()
        self.builds = 0

    def carry_out(self, step: Step) -> None:
        __tracebackhide__ = True
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
                self._destroy(self._latest_name())
            case _:
                raise TypeError(f"{step!r} is no step. Use ApplyStep, RefusedStep, ImportStep or DestroyStep.")
        if step.check is not None:
            step.check(self.ims)

    def clean_up(self) -> None:
        __tracebackhide__ = True
        for name in reversed(list(self.deployed)):
            self._destroy(name)
        known = {image["id"] for image in self.images_before}
        left = [image for image in self.ims.images() if image["id"] not in known]
        expect_equal([], left, "Images are left in the service that no stack has")

    def _apply(self, step: ApplyStep) -> None:
        __tracebackhide__ = True
        stack = self._build(step.stack)
        plan = self.ims.plan(stack, variables=step.variables)
        expect_actions(step, plan)
        if step.plan is not None:
            step.plan(plan)
        applied = self.ims.apply(plan)
        self.latest = plan.stack.name
        self.deployed[self.latest] = (stack, step.variables)
        with _showing(plan):
            if step.applied is not None:
                step.applied(applied)
            expect_results(step, applied.state, self.ims.images())
        if step.empty_plan:
            self._hold_still(stack, step.variables)

    def _hold_still(self, stack: StackSource, variables: Mapping[str, Any]) -> None:
        """Hold that the apply was complete: nothing is left to do, and a refresh finds what the state has."""
        __tracebackhide__ = True
        with _told("A second plan has to be empty"):
            self.ims.plan(stack, variables=variables).assert_no_changes()
        with _told("A refresh has to change nothing"):
            refresh = self.ims.plan(stack, variables=variables, refresh_only=True)
            refresh.assert_no_drift()
            refresh.assert_no_changes()

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
            plan = self.ims.plan(stack, variables=step.variables, allow_refused=step.subject is not None)
            if step.subject is not None:
                plan.assert_refused(step.subject)
                return str(plan.refused[address_of(step.subject, plan.stack.name)])
            self.ims.apply(plan)
        except (ValueError, OperationFailedError) as failure:
            if step.subject is not None:
                _unexpected(f"{address_of(step.subject)} was expected to be refused by the plan", failure)
            return str(failure)
        raise AssertionError(f"It was expected to be refused, and was applied:\n\n{plan.text(brief=True).strip()}")

    def _import(self, step: ImportStep) -> None:
        __tracebackhide__ = True
        stack, variables = self.deployed[self._latest_name()]
        address = address_of(step.subject, self._latest_name())
        created = dict(self.ims.state(stack)[address])
        plan: SandboxPlan = self.ims.plan_import(stack, address, created["id"], variables=variables)
        imported = dict(plan[address].before)
        for name in step.ignore:
            created.pop(name, None)
            imported.pop(name, None)
        differing = sorted(name for name in created | imported if created.get(name) != imported.get(name))
        if differing:
            lines = [f"  {name}: created {created.get(name)!r}, imported {imported.get(name)!r}" for name in differing]
            raise AssertionError(
                f"An import of {address} has to give what was created, and differs:\n" + "\n".join(lines) + "\n"
                f"Name what only the configuration knows: ignore={differing}."
            )

    def _destroy(self, name: str) -> None:
        __tracebackhide__ = True
        stack, variables = self.deployed.pop(name)
        self.ims.destroy(stack, variables=variables)
        addresses = [str(address) for address, _, _ in self.ims.state(stack).objects()]
        expect_equal([], addresses, f"Objects of {name} are left after its destruction")

    def _build(self, source: Any) -> StackSource:
        self.builds += 1
        return build_stack(source, self.scratch / str(self.builds))

    def _latest_name(self) -> str:
        if self.latest not in self.deployed:
            raise TypeError("No stack is deployed at this step. Put an ApplyStep before it.")
        return self.latest

    def _everything(self) -> dict[str, Any]:
        states = {name: self.ims.state(stack) for name, (stack, _) in self.deployed.items()}
        objects = {
            name: {
                f"{address} {deposed or ''}".strip(): dict(obj.attributes) for address, deposed, obj in state.objects()
            }
            for name, state in states.items()
        }
        return {"states": objects, "images": self.ims.images()}


@contextmanager
def _told(title: str) -> Iterator[None]:
    """Say in what goes wrong at which step it was."""
    __tracebackhide__ = True
    try:
        yield
    except (AssertionError, OperationFailedError, LookupError) as failure:
        _unexpected(title, failure)
    except Exception as failure:
        failure.add_note(f"This was raised in: {title}")
        raise


@contextmanager
def _showing(plan: SandboxPlan) -> Iterator[None]:
    """Show the plan that was applied with what is found to be otherwise than expected after it."""
    __tracebackhide__ = True
    try:
        yield
    except AssertionError as failure:
        raise AssertionError(f"{failure}\n\nThe plan was:\n\n{plan.text(brief=True).strip()}") from failure


def _unexpected(title: str, failure: BaseException) -> NoReturn:
    __tracebackhide__ = True
    is_bare = isinstance(failure, KeyError | IndexError)  # whose text says little without its class
    raise AssertionError(f"{title}: {repr(failure) if is_bare else failure}") from failure


def _title(step: Step) -> str:
    kind = type(step).__name__
    return f"{kind} ({step.name})" if step.name else kind
