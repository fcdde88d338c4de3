"""What a plan says above each object: what will become of it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_ims.backend.engine.plans.changes import Action

_ACTIONS: Final[Mapping[tuple[str, ...], Action]] = {action.names: action for action in Action}


def action_of(names: Sequence[str]) -> Action:
    """Return the action that the plan's JSON spells as a list."""
    return _ACTIONS[tuple(names)]


@dataclass(frozen=True, slots=True)
class ShownChange:
    """An entry of ``resource_changes`` or ``resource_drift``."""

    entry: Mapping[str, Any]
    action: Action

    @property
    def was_moved(self) -> bool:
        """Whether the object had another address before."""
        previous = self.entry.get("previous_address")
        return bool(previous) and previous != self.entry["address"]

    @property
    def importing(self) -> Mapping[str, Any] | None:
        """The import that the change carries out."""
        found: Mapping[str, Any] | None = self.entry["change"].get("importing")
        return found

    @property
    def name(self) -> str:
        """What the object is called: its address, with the key of a deposed one."""
        deposed = self.entry.get("deposed")
        return f"{self.entry['address']} (deposed object {deposed})" if deposed else str(self.entry["address"])


def is_shown(shown: ShownChange) -> bool:
    """Tell whether a plan has anything to say of an object."""
    if shown.action is Action.NO_OP:
        return shown.was_moved or shown.importing is not None
    return shown.action is not Action.DELETE or shown.entry["mode"] == "managed"


def headline(shown: ShownChange, is_drift: bool) -> Iterable[str]:
    """Yield the lines above an object, with tags for color."""
    bold, reason = f"[bold]  # {shown.name}[reset]", shown.entry.get("action_reason", "")
    match shown.action:
        case Action.CREATE:
            yield f"{bold} will be created"
        case Action.READ:
            yield f"{bold} will be read during apply"
            if reason in _READ_REASONS:
                yield f"  # ({_READ_REASONS[reason]})"
        case Action.UPDATE:
            yield f"{bold} has changed" if is_drift else f"{bold} will be updated in-place"
        case Action.DELETE_THEN_CREATE | Action.CREATE_THEN_DELETE:
            yield bold + _REPLACE_REASONS.get(reason, " must be [bold][red]replaced[reset]")
        case Action.FORGET:
            yield from _forget_lines(shown)
        case Action.DELETE:
            yield f"{bold} has been deleted" if is_drift else f"{bold} will be [bold][red]destroyed[reset]"
            yield from _delete_reasons(shown, reason)
        case Action.NO_OP if shown.was_moved:
            yield f"[bold]  # {shown.entry['previous_address']}[reset] has moved to [bold]{shown.name}[reset]"
        case Action.NO_OP:
            yield f"{bold} will be imported"


_READ_REASONS: Final = {
    "read_because_config_unknown": "config refers to values not yet known",
    "read_because_dependency_pending": "depends on a resource or a module with changes pending",
    "read_because_check_nested": "config will be reloaded to verify a check block",
}
_REPLACE_REASONS: Final = {
    "replace_because_tainted": " is tainted, so must be [bold][red]replaced[reset]",
    "replace_by_request": " will be [bold][red]replaced[reset], as requested",
    "replace_by_triggers": " will be [bold][red]replaced[reset] due to changes in replace_triggered_by",
}


def _forget_lines(shown: ShownChange) -> Iterable[str]:
    if shown.entry.get("deposed"):
        gone = "will be removed from Terraform state, but [bold][red]will not be destroyed[reset]"
        yield f"[bold] # {shown.name}[reset] {gone}"
        yield "[bold] # (left over from a partially-failed replacement of this instance)"
    else:
        yield (
            f"[bold] # {shown.name}[reset] will no longer be managed by Terraform, but [bold][red]will not be "
            "destroyed[reset]"
        )
    yield " # (destroy = false is set in the configuration)"


def _delete_reasons(shown: ShownChange, reason: str) -> Iterable[str]:
    entry, index = shown.entry, shown.entry.get("index")
    key = f'"{index}"' if isinstance(index, str) else index
    repetition = "uses count or for_each" if index is None else "does not use for_each"
    reasons = {
        "delete_because_no_resource_config": f"{entry['type']}.{entry['name']} is not in configuration",
        "delete_because_no_move_target": (
            f"{entry.get('previous_address')} was moved to {entry['address']}, which is not in configuration"
        ),
        "delete_because_no_module": f"{entry.get('module_address')} is not in configuration",
        "delete_because_wrong_repetition": (
            f"resource {'does not use count' if isinstance(index, int) else repetition}"
        ),
        "delete_because_count_index": f"index [{key}] is out of range for count",
        "delete_because_each_key": f"key [{key}] is not in for_each map",
    }
    if reason in reasons:
        yield f"  # (because {reasons[reason]})"
    if entry.get("deposed"):
        yield "  # (left over from a partially-failed replacement of this instance)"
