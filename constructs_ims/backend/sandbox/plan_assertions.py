"""What a test asks of a plan: its changes by kind, and assertions that explain themselves with the plan's own text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from constructs_ims.backend.engine.plans.changes import Action, ActionReason, OutputChange, ResourceChange
from constructs_ims.backend.sandbox.object_attributes import ObjectAttributes
from constructs_ims.backend.sandbox.subjects import address_of
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean
from constructs_ims.schema.image_metadata import terraform_names
from constructs_ims.schema.paths import render_path

if TYPE_CHECKING:
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.backend.sandbox.stack import SandboxStack

__unittest = True
"""Has unittest leave the lines of this module out of what it shows."""


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """What becomes of one object: ``before`` and ``after`` have its attributes, none where no object is there.

    Attributes go by Terraform's names, those of an image by the constructs' too (``after["os_version"]``).
    ``after`` holds ``Unknown`` where only the apply will tell. ``change`` is all that the plan has of the object.
    """

    address: str
    action: Action
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    change: ResourceChange = field(repr=False)


class PlanAssertions(ABC):
    """Readers of a plan's changes, and assertions on them.

    ``subject`` is an object's address (``huaweicloud_ims_image_metadata.base``, ``...base[0]``) or a construct of the
    stack. An assertion that does not hold raises ``AssertionError`` with what was expected and the plan's short text.
    """

    stack: SandboxStack
    plan: Plan

    @abstractmethod
    def text(self, *, color: bool = False, width: int = 78, automated: bool = False, brief: bool = False) -> str:
        """Return the plan as Terraform prints it."""

    def __getitem__(self, subject: object) -> PlannedObject:
        """Return what becomes of one object, be it nothing; raise ``LookupError`` when the plan has no such object."""
        address = self._address_of(subject)
        for change in self.plan.resource_changes:
            if str(change.address) == address and change.deposed is None:
                before, after = (ObjectAttributes(address, side or {}) for side in (change.before, change.after))
                return PlannedObject(address, change.action, before, after, change)
        raise LookupError(self._no_such_object(address))

    def _address_of(self, subject: object) -> str:
        return address_of(subject, self.stack.name)

    @property
    def creates(self) -> Mapping[str, ResourceChange]:
        """The objects that are created, by address."""
        return self._with_action(Action.CREATE)

    @property
    def updates(self) -> Mapping[str, ResourceChange]:
        """The objects that are changed in place, by address."""
        return self._with_action(Action.UPDATE)

    @property
    def replaces(self) -> Mapping[str, ResourceChange]:
        """The objects that make way for new ones, in either order, by address."""
        return self._with_action(Action.DELETE_THEN_CREATE, Action.CREATE_THEN_DELETE)

    @property
    def destroys(self) -> Mapping[str, ResourceChange]:
        """The objects that are destroyed and not made anew, by address."""
        return self._with_action(Action.DELETE)

    @property
    def reads(self) -> Mapping[str, ResourceChange]:
        """The data sources that the apply reads, by address."""
        return self._with_action(Action.READ)

    @property
    def refused(self) -> Mapping[str, Diagnostic]:
        """Why the change of an object was refused, by its address; see ``Sandbox.plan(allow_refused=True)``."""
        faults = [fault.plainly() for fault in reversed(self.plan.diagnostics) if fault.is_error]
        return {address: fault for fault in faults if (address := fault.address or fault.concerns)}

    @property
    def drift(self) -> Mapping[str, ResourceChange]:
        """What was found changed or gone outside since the last apply, by address."""
        return {str(change.address): change for change in self.plan.drift}

    @property
    def output_changes(self) -> Mapping[str, OutputChange]:
        """What becomes of the stack's outputs, by name."""
        return self.plan.output_changes

    @property
    def no_changes(self) -> bool:
        """Whether an apply would change nothing, and nothing was refused."""
        return not self.plan.has_changes and not self.plan.errored

    def assert_no_changes(self) -> None:
        """Hold that an apply would change no object and no output."""
        __tracebackhide__ = True
        if not self.no_changes:
            self._fail("The plan has changes, and none were expected.")

    def assert_no_drift(self) -> None:
        """Hold that nothing was changed outside of the stack since the last apply."""
        __tracebackhide__ = True
        if self.drift:
            self._fail(f"Changed outside of the stack, against expectation: {', '.join(self.drift)}.")

    def assert_creates(self, *subjects: object) -> None:
        """Hold that the objects, at least one, are created."""
        __tracebackhide__ = True
        self._require(subjects, self.creates, "created")

    def assert_updates(self, subject: object, *attributes: str) -> None:
        """Hold that the object is changed in place, at least in ``attributes``."""
        __tracebackhide__ = True
        self._require([subject], self.updates, "changed in place")
        before, after = self[subject].before, self[subject].after
        for name in attributes:
            if name not in after:
                self._fail(f"{self._address_of(subject)} has no attribute {name}.{did_you_mean(name, after)}")
            if before.get(name) == after[name]:
                self._fail(f"{name} of {self._address_of(subject)} was expected to change and stays {after[name]!r}.")

    def assert_replaces(self, subject: object, because: str | ActionReason | None = None) -> None:
        """Hold that the object is replaced; ``because`` is an attribute that forces it, or another reason."""
        __tracebackhide__ = True
        self._require([subject], self.replaces, "replaced")
        change = self[subject].change
        causes = _causes(change)
        if because is not None and terraform_names(change.address.resource.type).get(because, because) not in causes:
            self._fail(
                f"{self._address_of(subject)} was expected to be replaced because of {because}, and is because of "
                f"{', '.join(causes) or 'nothing that the plan tells'}."
            )

    def assert_destroys(self, *subjects: object) -> None:
        """Hold that the objects, at least one, are destroyed and not made anew."""
        __tracebackhide__ = True
        self._require(subjects, self.destroys, "destroyed")

    def assert_refused(self, subject: object, because: str | None = None) -> None:
        """Hold that the object's change is refused; ``because`` is part of the reason, such as an attribute."""
        __tracebackhide__ = True
        if because == "":
            raise TypeError("because is empty, which every reason holds. Give part of the message, or leave it out.")
        address = self._address_of(subject)
        refusal = self.refused.get(address)
        if refusal is None:
            others = f" Refused are: {', '.join(self.refused)}." if self.refused else " Nothing is refused."
            self._fail(f"The change of {address} was expected to be refused.{others}")
        reason = str(refusal)
        if because is not None and because not in reason:
            self._fail(f'{address} was expected to be refused because of "{because}". The reason is:\n{reason}')

    def _with_action(self, *actions: Action) -> dict[str, ResourceChange]:
        changes = (change for change in self.plan.resource_changes if change.action in actions)
        return {_key(change): change for change in changes}

    def _require(self, subjects: Iterable[object], changes: Mapping[str, ResourceChange], done: str) -> None:
        __tracebackhide__ = True
        addresses = [self._address_of(subject) for subject in subjects]
        if not addresses:
            raise TypeError("Name at least one object: its address, or its construct.")
        for address in addresses:
            if address not in changes:
                self._fail(f"{address} was expected to be {done}, and {self._fate(address)}.")

    def _fate(self, address: str) -> str:
        try:
            action = self[address].action
        except LookupError as failure:
            return f"the plan does not have it: {failure.args[0]}".removesuffix(".")
        return f"it {_FATES[action]}"

    def _no_such_object(self, address: str) -> str:
        addresses = [str(change.address) for change in self.plan.resource_changes if change.deposed is None]
        return (
            f'No object has the address "{address}".{did_you_mean(address, addresses)} '
            f"The plan has {', '.join(addresses) or 'no objects'}."
        )

    def _fail(self, expectation: str) -> NoReturn:
        __tracebackhide__ = True
        faults = "\n".join(f"Error: {fault.plainly()}" for fault in self.plan.diagnostics if fault.is_error)
        raise AssertionError("\n\n".join(filter(None, [expectation, self.text(brief=True).strip(), faults])))


def _key(change: ResourceChange) -> str:
    return f"{change.address} (deposed {change.deposed})" if change.deposed else str(change.address)


def _causes(change: ResourceChange) -> list[Any]:
    paths = [render_path(path) for path in change.replace_paths]
    tops = [path.partition(".")[0].partition("[")[0] for path in paths]
    reasons = [change.reason] if change.reason and not paths else []
    return list(dict.fromkeys([*tops, *paths, *reasons])) + ([change.reason] if change.reason and paths else [])


_FATES: Mapping[Action, str] = {
    Action.NO_OP: "stays as it is",
    Action.CREATE: "is created",
    Action.READ: "is read",
    Action.UPDATE: "is changed in place",
    Action.DELETE: "is destroyed",
    Action.DELETE_THEN_CREATE: "is replaced",
    Action.CREATE_THEN_DELETE: "is replaced",
    Action.FORGET: "is forgotten",
}
