"""The steps of ``run_steps``: what a test does with a stack, and what it expects of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, TypeAlias

from constructs_ims.backend.engine.plans.changes import ActionReason
from constructs_ims.backend.sandbox import Sandbox, SandboxApply, SandboxPlan, StackSource
from constructs_ims.testing.matching.matchers import Matcher, matcher_for, matcher_for_object

Source: TypeAlias = StackSource | Callable[..., StackSource]
"""A stack, or a function that builds one: without parameters, or with one, which gets a new ``App``."""
Addresses: TypeAlias = Sequence[object]
"""Objects, by address or as constructs."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What all steps have.

    ``name`` is shown in messages. ``before`` is called with the sandbox first, to change an image behind the stack's
    back, say; ``check`` is called with it at the end.
    """

    name: str = ""
    before: Callable[[Sandbox], None] | None = None
    check: Callable[[Sandbox], None] | None = None


@dataclass(frozen=True)
class ApplyStep(Step):
    """Plan and apply a stack; then a second plan is empty, and a refresh changes nothing.

    ``creates``, ``updates``, ``replaces`` and ``destroys`` are all objects that meet this fate; ``replaces`` may be a
    mapping to their causes. ``plan`` and ``applied`` are called with the results. ``state`` has patterns for objects by
    address, ``outputs`` for outputs by name, ``images`` for all images of the service, oldest first: they are compared
    as in ``Template``, so mappings have at least the given keys, and what ``Match`` has can stand anywhere.
    ``empty_plan`` False is for a second plan that has changes, and demands some.
    """

    stack: Source
    _: KW_ONLY
    variables: Mapping[str, Any] = field(default_factory=dict)
    creates: Addresses | None = None
    updates: Addresses | None = None
    replaces: Addresses | Mapping[Any, str | ActionReason] | None = None
    destroys: Addresses | None = None
    plan: Callable[[SandboxPlan], None] | None = None
    applied: Callable[[SandboxApply], None] | None = None
    state: Mapping[Any, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] | Matcher = field(default_factory=dict)
    images: Sequence[Any] | Matcher | None = None
    empty_plan: bool = True

    def __post_init__(self) -> None:
        """Refuse what would be compared with something else, or could not match at all."""
        for name in ("creates", "updates", "replaces", "destroys"):
            if isinstance(getattr(self, name), str):
                raise TypeError(f'{name} is a text. Give a list of objects: {name}=["{getattr(self, name)}"].')
        for pattern in self.state.values():
            matcher_for_object(pattern, "object in a state")
        matcher_for_object(self.outputs, "outputs")
        if self.images is not None and not matcher_for(self.images, partial=True).takes(list):
            raise TypeError("images has no list. Give one with a pattern for each image, or a matcher of arrays.")


@dataclass(frozen=True)
class RefusedStep(Step):
    """Try a stack that has to be refused when it is built, planned or applied, and that leaves all as it was.

    A function that builds it is refused by raising ``ValueError``, as the constructs' ``ImsValidationError`` is one; an
    app by the CDK, for annotated errors, validations, and what Aspects raise.

    ``because`` is part of the message; ``subject`` is the object whose change the plan refuses, where it is one.
    """

    stack: Source
    subject: object = None
    _: KW_ONLY
    because: str
    variables: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a reason that every message has."""
        if not self.because:
            raise TypeError("RefusedStep has no reason. Give part of the message, such as the attribute, as because.")


@dataclass(frozen=True)
class ImportStep(Step):
    """Hold that an import of an object gives what the state has; nothing is changed.

    ``ignore`` names attributes that only the configuration knows, such as ``enable_force_new``. ``stack`` is the id of
    the object's stack, by default of that which was applied last.
    """

    subject: object
    _: KW_ONLY
    ignore: Sequence[str] = ()
    stack: Any = ""


@dataclass(frozen=True)
class DestroyStep(Step):
    """Destroy a stack, by its id or the stack itself, or that which was applied last; its state is empty then."""

    stack: Any = ""
