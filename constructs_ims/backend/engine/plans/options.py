"""What a caller asks of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, parse_address
from constructs_ims.backend.engine.plans.changes import PlanMode
from constructs_ims.schema.diagnostics import Diagnostic, error

CALLER: Final = "the caller"
"""The origin of a variable that Python gives."""


@dataclass(frozen=True, slots=True)
class GivenVariable:
    """A value for an input variable.

    ``text`` is how a command line or the environment gives one: taken as it stands where the variable is a string, a
    number or a bool, and as an expression otherwise. Without ``text`` the value is ``value``, plain data.
    """

    value: Any = None
    text: str | None = None
    origin: str = CALLER
    is_from_file: bool = False


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How to plan: ``targets`` and ``replace`` are addresses as text; ``imports`` adds to the stack's import blocks."""

    mode: PlanMode = "normal"
    variables: Mapping[str, GivenVariable] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    refresh: bool = True
    workspace: str = "default"
    timestamp: str | None = None
    """When the plan counts as made, in UTC, as 2026-01-31T08:00:00Z; now when left out."""
    imports: Mapping[str, str] = field(default_factory=dict)


def read_addresses(
    texts: Iterable[str], option: Literal["-target", "-replace"]
) -> tuple[tuple[InstanceAddress, ...], list[Diagnostic]]:
    """Return the addresses that an option was given, and what is wrong with the others."""
    found: list[InstanceAddress] = []
    faults: list[Diagnostic] = []
    for text in texts:
        try:
            found.append(parse_address(text))
        except ValueError:
            what = "target" if option == "-target" else "force-replace address"
            faults.append(error(f'Invalid {what} "{text}"', _address_fault(text)))
    return tuple(found), faults


def _address_fault(text: str) -> str:
    if not text[:1].isalpha() and text[:1] != "_":
        return "Must begin with a variable name."
    return "Resource specification must include a resource type and name."
