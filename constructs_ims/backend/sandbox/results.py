"""What the Python interface gives back: plans and applies whose JSON is Terraform's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from constructs_ims.backend.engine.lang.json_text import to_compact
from constructs_ims.backend.engine.plans.changes import Action, Plan, ResourceChange, brief_change, brief_output
from constructs_ims.backend.engine.state.model import OutputState, State, brief_list
from constructs_ims.backend.sandbox.object_attributes import ObjectAttributes
from constructs_ims.backend.sandbox.plan_assertions import PlanAssertions
from constructs_ims.backend.sandbox.subjects import address_of
from constructs_ims.schema.diagnostics import Diagnostic

if TYPE_CHECKING:
    from constructs_ims.backend.engine.applying.applier import ApplyOutcome
    from constructs_ims.backend.sandbox.stack import SandboxStack


@dataclass(frozen=True, repr=False)
class SandboxPlan(PlanAssertions):
    """A plan for one stack; ``Sandbox.apply`` carries it out as it stands.

    ``plan["huaweicloud_ims_image_metadata.base"].after["name"]`` is what becomes of an object's attribute.
    """

    stack: SandboxStack
    plan: Plan

    @property
    def resource_changes(self) -> Sequence[ResourceChange]:
        """What becomes of every object, those that stay included, in Terraform's order."""
        return self.plan.resource_changes

    @property
    def changes(self) -> Mapping[str, ResourceChange]:
        """The changes that a person would be shown, by address."""
        return {str(change.address): change for change in self.plan.resource_changes if change.is_visible}

    @property
    def actions(self) -> Mapping[str, Action]:
        """What is done with each object that does not stay as it is, by address."""
        return {address: change.action for address, change in self.changes.items()}

    @property
    def foreseen_outputs(self) -> Mapping[str, OutputState]:
        """The stack's outputs as they will be, with values that are ``Unknown`` where that shows at apply."""
        kept = (change for change in self.plan.output_changes.values() if change.action is not Action.DELETE)
        return {change.name: OutputState(change.after, change.type, change.after_sensitive) for change in kept}

    @property
    def has_changes(self) -> bool:
        """Whether an apply would change an object or an output."""
        return self.plan.has_changes

    @property
    def diagnostics(self) -> Sequence[Diagnostic]:
        """What was worth a warning."""
        return self.plan.diagnostics

    @property
    def summary(self) -> str:
        """How many objects are added, changed and destroyed, in Terraform's words."""
        from constructs_ims.backend.engine.render.progress_text import count_planned

        return count_planned(self.plan.resource_changes).to_come()

    def to_json(self) -> dict[str, Any]:
        """Return the document that ``terraform show -json`` prints of a plan, as ``json.loads`` reads it."""
        document: dict[str, Any] = json.loads(to_compact(self.stack.document(self.plan)))
        return document

    def text(self, *, color: bool = False, width: int = 78, automated: bool = False, brief: bool = False) -> str:
        """Return the plan as Terraform prints it.

        ``automated`` leaves out hints for a person, ``brief`` attributes that nobody gave and only the apply will tell.
        """
        return self.stack.text(self.plan, color=color, width=width, automated=automated, brief=brief)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        outputs = (change for change in self.plan.output_changes.values() if change.action is not Action.NO_OP)
        found = [*map(brief_change, self.changes.values()), *map(brief_output, outputs)]
        return f"SandboxPlan({brief_list(found) or 'no changes'})"


@dataclass(slots=True, repr=False)
class StackState(State):
    """What is known of a stack; ``state[subject]`` takes an object's address or its construct in the stack."""

    stack: str = ""

    @classmethod
    def of(cls, stack: str, state: State) -> StackState:
        """Return a state that knows the id of its stack."""
        return cls(**{each.name: getattr(state, each.name) for each in fields(State)}, stack=stack)

    def __getitem__(self, subject: object) -> Mapping[str, Any]:
        """Return the attributes of a current object; raise ``LookupError`` when there is none."""
        address = address_of(subject, self.stack)
        return ObjectAttributes(address, State.__getitem__(self, address))


@dataclass(frozen=True, repr=False)
class SandboxApply:
    """An apply that succeeded: how many objects it touched, and the state it left."""

    stack: SandboxStack
    outcome: ApplyOutcome
    plan_diagnostics: Sequence[Diagnostic] = ()
    """What was worth a warning in the plan, where it was made for this apply."""

    @property
    def imported(self) -> int:
        """How many objects that existed were taken in."""
        return self.outcome.imported

    @property
    def added(self) -> int:
        """How many objects were created."""
        return self.outcome.added

    @property
    def changed(self) -> int:
        """How many objects were changed in place."""
        return self.outcome.changed

    @property
    def destroyed(self) -> int:
        """How many objects were destroyed."""
        return self.outcome.destroyed

    @property
    def summary(self) -> str:
        """How many objects were touched, in Terraform's words."""
        imports = f"{self.imported} imported, " if self.imported else ""
        return f"{imports}{self.added} added, {self.changed} changed, {self.destroyed} destroyed"

    @property
    def state(self) -> StackState:
        """What is known of the stack now."""
        return StackState.of(self.stack.name, self.outcome.state)

    @property
    def outputs(self) -> dict[str, Any]:
        """The values of the stack's outputs, sensitive ones too."""
        return {name: output.value for name, output in self.state.outputs.items()}

    @property
    def diagnostics(self) -> Sequence[Diagnostic]:
        """What was worth a warning, in the plan and in carrying it out."""
        of_apply = self.outcome.diagnostics
        return (*(each for each in self.plan_diagnostics if each not in of_apply), *of_apply)

    def __repr__(self) -> str:
        return f"SandboxApply({self.summary})"
