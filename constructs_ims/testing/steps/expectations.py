"""What a step expects of a plan, a state, outputs and the service, and how it tells that they are otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any

from constructs_ims.backend.documents.secrets import SENSITIVE
from constructs_ims.backend.sandbox import SandboxPlan
from constructs_ims.backend.sandbox.results import StackState
from constructs_ims.backend.sandbox.subjects import address_of
from constructs_ims.schema.diagnostics import did_you_mean
from constructs_ims.schema.image_metadata import terraform_names
from constructs_ims.schema.paths import AttributeStep
from constructs_ims.testing.matching.matchers import MatchContext, matcher_for
from constructs_ims.testing.steps.step import ApplyStep
from constructs_ims.testing.template.explanation import explain


def expect_actions(step: ApplyStep, plan: SandboxPlan) -> None:
    """Hold the plan to the objects that the step says are created, changed, replaced and destroyed, no more no less."""
    __tracebackhide__ = True
    kinds = (
        ("created", step.creates, plan.creates),
        ("changed in place", step.updates, plan.updates),
        ("replaced", step.replaces, plan.replaces),
        ("destroyed", step.destroys, plan.destroys),
    )
    for fate, subjects, changes in kinds:
        if subjects is None:
            continue
        expected = sorted(address_of(subject, plan.stack.name) for subject in subjects)
        if expected != sorted(changes):
            raise AssertionError(
                f"Expected to be {fate}: {', '.join(expected) or 'nothing'}. "
                f"The plan has: {', '.join(sorted(changes)) or 'nothing'}.\n\n{plan.text(brief=True).strip()}"
            )
    if isinstance(step.replaces, Mapping):
        for subject, cause in step.replaces.items():
            plan.assert_replaces(subject, because=cause)


def expect_results(step: ApplyStep, state: StackState, images: list[dict[str, Any]]) -> None:
    """Hold the state, its outputs and the images of the service to the step's patterns."""
    __tracebackhide__ = True
    for subject, pattern in step.state.items():
        address = address_of(subject, state.stack)
        attributes = dict(state[address])
        context = MatchContext(names=terraform_names(address.partition(".")[0]))
        for name in matcher_for(pattern, partial=True).keys if context.names else ():
            if name not in attributes.keys() | context.names.keys():
                hint = did_you_mean(name, [*context.names, *attributes])
                raise AssertionError(f"The state of {address} has no attribute {name}, set or not.{hint}")
        _expect_match(pattern, attributes, f"The state of {address} is", sensitive_names(state, address), context)
    if step.outputs:
        values = {name: output.value for name, output in state.outputs.items()}
        hidden = {name for name, output in state.outputs.items() if output.sensitive}
        _expect_match(step.outputs, values, "The outputs are", hidden)
    if step.images is not None:
        _expect_match(step.images, images, "The images of the service are", frozenset())


def sensitive_names(state: StackState, address: str) -> Set[str]:
    """Return the names of an object's attributes that are, or hold, what is not to be shown."""
    objects = {str(own): obj for own, deposed, obj in state.objects() if deposed is None}
    return {path[0].name for path in objects[address].sensitive_paths if isinstance(path[0], AttributeStep)}


def _expect_match(
    pattern: Any, actual: Any, subject: str, hidden: Set[str], context: MatchContext | None = None
) -> None:
    """Hold that a value matches a pattern as in ``Template``; what is ``hidden`` at its top is not shown."""
    __tracebackhide__ = True
    result = matcher_for(pattern, partial=True).match(actual, context or MatchContext())
    if result.is_success:
        result.commit()
        return
    mismatches = [
        replace(one, expected="another value", actual=SENSITIVE) if one.path and one.path[0] in hidden else one
        for one in result.mismatches
    ]
    shown = {**actual, **dict.fromkeys(hidden & actual.keys(), SENSITIVE)} if hidden else actual
    raise AssertionError(f"{subject} not as expected:\n{explain(shown, mismatches)}")


def expect_equal(expected: Any, actual: Any, rule: str) -> None:
    """Hold that two values are the same."""
    __tracebackhide__ = True
    if expected != actual:
        raise AssertionError(f"{rule}:\n  expected {expected!r}\n  found    {actual!r}")
