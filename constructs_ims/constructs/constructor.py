"""What the constructors share: refusing unknown arguments, checking the place in the tree, naming it in errors."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, ParamSpec, TypeVar

import jsii
from constructs import Construct

from constructs_ims.constructs import cdk, mixed_cdks
from constructs_ims.constructs.argument_check import Checked, mistyped
from constructs_ims.constructs.conversions import MistypedError
from constructs_ims.constructs.tokens import is_template
from constructs_ims.constructs.validation_error import ImsValidationError
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import AttributeStep, attribute_path

P = ParamSpec("P")
T = TypeVar("T")
Check = Callable[[Mapping[str, Any]], Checked]
_OUTSIDE: Final = "Outside of a stack"
"""What the native half says of a construct that no stack is around."""


def suggest_arguments(subject: str, check: Check) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a constructor refuse keyword arguments it does not know, beside every other violation that ``check`` finds.

    Type checkers go on seeing the constructor's own signature.
    """

    def decorate(init: Callable[P, None]) -> Callable[P, None]:
        parameters = list(inspect.signature(init).parameters.values())[1:]
        known = frozenset(parameter.name for parameter in parameters)
        place = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]

        @functools.wraps(init)
        def checked_init(*args: P.args, **kwargs: P.kwargs) -> None:
            if kwargs.keys() <= known:
                return init(*args, **kwargs)
            given = {**dict(zip(place, args[1:], strict=False)), **kwargs}
            scope_and_id = [given.pop(name, None) for name in place]
            misplaced = check_place(*scope_and_id) if place else []
            path = construct_path(*scope_and_id) if place else None
            raise ImsValidationError(subject, [*misplaced, *check(given).errors], path)

        return checked_init

    return decorate


def suggest_fields(check: Check) -> Callable[[type[T]], type[T]]:
    """Do for the constructor of a dataclass what ``suggest_arguments`` does for one written out."""

    def decorate(kind: type[T]) -> type[T]:
        setattr(kind, "__init__", suggest_arguments(kind.__name__, check)(kind.__init__))  # noqa: B010 - for mypy
        return kind

    return decorate


class ConstructorSignature:
    """The signature of a class: that of its constructor, where ``inspect`` would find the one of jsii's metaclass."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        """Return the signature of ``owner``, which may have a constructor of its own."""
        whole = inspect.signature(getattr(owner, "__init__"))  # noqa: B009 - for mypy
        return whole.replace(parameters=list(whole.parameters.values())[1:], return_annotation=owner)


def check_place(scope: Any, id_: Any) -> list[Diagnostic]:
    """Return what is wrong with a construct's place in the tree."""
    faults = []
    if not (isinstance(scope, Construct) or hasattr(scope, "__jsii_ref__")) or isinstance(scope, type):
        faults.append(mistyped(MistypedError(scope, "Use the construct to stand in, such as a stack."), "scope"))
    elif not hasattr(scope, "__jsii_ref__"):
        detail = f"{type(scope).__name__} is not set up yet. Call super().__init__(scope, id) first."
        faults.append(error("Unfinished scope", detail, attribute_path("scope")))
    if not isinstance(id_, str):
        faults.append(mistyped(MistypedError(id_, "Use a string, unique in its scope."), "id_"))
    elif not id_ or is_template(id_):
        detail = f'"{id_}" is no construct id. Use a text that is known now, unique in its scope.'
        faults.append(error("Invalid construct id", detail, attribute_path("id_")))
    return faults


def create(subject: str, made: Construct, scope: Construct, id_: str, *arguments: Any) -> None:
    """Make the native half of a construct; raise ``ImsValidationError`` where no stack of its CDK is around it."""
    try:
        jsii.create(type(made), made, [scope, id_, *arguments])
    except RuntimeError as failure:
        if mixed_cdks.SUMMARY in str(failure):
            fault = mixed_cdks.describe("The stack or the app around it")
        elif _OUTSIDE in str(failure):
            detail = "No stack is around it, so it would never be deployed. Use a stack, or a construct inside of one."
            fault = error(_OUTSIDE, detail, attribute_path("scope"))
        else:
            raise
        raise ImsValidationError(subject, [fault], construct_path(scope, id_)) from None


class Placing:
    """A block in which a construct is made or changed: the error that leaves it names the place and its own faults.

    ``with Placing("ImsImageMetadata", scope, id_): config = ImsImageMetadataConfig(...)``
    """

    def __init__(self, subject: str, scope: Any, id_: Any) -> None:
        self._subject = subject
        self._place = scope, id_
        self._misplaced = check_place(scope, id_)

    @classmethod
    def of(cls, subject: str, made: Construct) -> Placing:
        """Return a block in which a construct is changed that stands in the tree already."""
        placing = cls.__new__(cls)
        placing._subject, placing._place, placing._misplaced = subject, (made, None), []
        return placing

    def __enter__(self) -> None:
        """Enter the block; the first construct makes the choice of the CDK final."""
        if not self._misplaced:
            cdk.finish(self._place[0])

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        """Raise one error for the place and the arguments, unless another kind of error is on its way."""
        if isinstance(fault, ImsValidationError):
            found = [*self._misplaced, *fault.diagnostics]
            raise ImsValidationError(self._subject, found, construct_path(*self._place)) from None
        if fault is None and self._misplaced:
            raise ImsValidationError(self._subject, self._misplaced, construct_path(*self._place))


def native_arguments(wire: Mapping[str, Any], warnings: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Return arguments and warnings as the native halves take them: as JSON text, with objects of jsii beside it.

    Text costs a fifth of what jsii takes to carry a mapping, and most arguments are plain values.
    """
    try:
        return json.dumps({"values": wire, "warnings": warnings}), None
    except TypeError:
        return json.dumps({"values": {}, "warnings": warnings}), dict(wire)


def warning_texts(warnings: Iterable[Diagnostic], names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return warnings as texts under the Terraform names of their arguments; ``names`` maps Python's to Terraform's."""
    texts: dict[str, list[str]] = {}
    for diagnostic in warnings:
        match diagnostic.path:
            case (AttributeStep(name), *_):
                texts.setdefault(names[name], []).append(str(diagnostic))
            case _:
                raise ValueError(f"A warning that belongs to no argument: {diagnostic}")
    return texts


def construct_path(scope: Any, id_: Any = None) -> str:
    """Return where a construct would stand in ``scope``, as cdktf writes paths: ``stack/ubuntu``; None is the scope."""
    parent = scope.node.path if isinstance(scope, Construct) and hasattr(scope, "__jsii_ref__") else ""
    return "/".join(part for part in (parent, str(id_ or "")) if part)
