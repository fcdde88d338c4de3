"""The stream of ``-json``: one JSON object a line for everything that happens, as Terraform's machine-readable UI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.lang.json_text import Record, to_compact
from constructs_ims.backend.engine.plans.changes import Action, ActionReason, OutputChange, Plan, ResourceChange
from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.render.diagnostics_text import diagnostic_to_json
from constructs_ims.backend.engine.render.progress_text import WORDS, Counts, count_planned, elapsed_text, id_suffix
from constructs_ims.backend.engine.render.simulated_modules import module_line, module_to_json
from constructs_ims.backend.engine.render.snippets import Sources
from constructs_ims.backend.engine.state.model import OutputState
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.types import type_to_json
from constructs_ims.schema.versions import TERRAFORM_VERSION

UI_VERSION: Final = "1.2"

_ACTIONS: Final = {
    Action.NO_OP: "noop",
    Action.CREATE: "create",
    Action.READ: "read",
    Action.UPDATE: "update",
    Action.DELETE: "delete",
    Action.DELETE_THEN_CREATE: "replace",
    Action.CREATE_THEN_DELETE: "replace",
    Action.FORGET: "remove",
}
_REASONS: Final = {
    ActionReason.REPLACE_TAINTED: "tainted",
    ActionReason.REPLACE_BY_REQUEST: "requested",
    ActionReason.REPLACE_BY_TRIGGERS: "replace_triggered_by",
    ActionReason.REPLACE_CANNOT_UPDATE: "cannot_update",
}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class EventStream(Observer):
    """Writes events; ``write`` gets lines without an end. Also the observer of a running engine."""

    write: Callable[[str], None]
    now: Callable[[], datetime] = _now
    sources: Sources = field(default_factory=dict)

    def event(self, message: str, kind: str, level: str = "info", **fields: Any) -> None:
        """Write one event."""
        record = {
            "@level": level,
            "@message": message,
            "@module": "terraform.ui",
            "@timestamp": self.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "type": kind,
            **fields,
        }
        self.write(to_compact(record))

    def version(self) -> None:
        """Open the stream."""
        self.event(f"Terraform {TERRAFORM_VERSION}", "version", terraform=TERRAFORM_VERSION, ui=UI_VERSION)

    def log(self, message: str) -> None:
        """Say something that has no kind of its own."""
        self.event(message, "log")

    def plan(self, plan: Plan) -> None:
        """Tell a whole plan: simulated modules, drift, changes, summary, outputs."""
        for module in plan.modules:
            record = module_to_json(module)
            self.event(module_line(record), "simulated_module", module=record)
        for change in plan.drift:
            if change.action is not Action.NO_OP or plan.mode == "refresh-only":
                self._drift(change)
        for change in plan.resource_changes:
            if change.is_visible and not _is_dropped_data(change):
                self._planned(change)
        self.summary("plan", count_planned(plan.resource_changes))
        if plan.output_changes:
            self.output_changes(plan.output_changes)

    def _planned(self, change: ResourceChange) -> None:
        record = change_record(change)
        self.event(f"{change.address}: Plan to {record['action']}", "planned_change", change=record)

    def _drift(self, change: ResourceChange) -> None:
        record = change_record(change)
        self.event(f"{change.address}: Drift detected ({record['action']})", "resource_drift", change=record)

    def summary(self, operation: str, counts: Counts) -> None:
        """Tell how much is planned, applied or destroyed; ``operation`` is ``plan``, ``apply`` or ``destroy``."""
        texts = {"plan": counts.planned_text, "destroy": counts.destroyed_text}
        changes = Record(
            add=counts.added,
            change=counts.changed,
            **{"import": counts.imported},
            remove=counts.destroyed,
            operation=operation,
        )
        self.event(texts.get(operation, counts.applied_text)(), "change_summary", changes=changes)

    def output_changes(self, changes: Mapping[str, OutputChange]) -> None:
        """Tell what becomes of the outputs."""
        fields = {
            name: Record(sensitive=change.sensitive, action=_ACTIONS[change.action]) for name, change in changes.items()
        }
        self.event(f"Outputs: {len(fields)}", "outputs", outputs=fields)

    def outputs(self, outputs: Mapping[str, OutputState]) -> None:
        """Tell the values of the outputs, but for sensitive ones."""
        self.event(f"Outputs: {len(outputs)}", "outputs", outputs={name: _output(one) for name, one in outputs.items()})

    def diagnosed(self, diagnostic: Diagnostic) -> None:
        """Tell a diagnostic."""
        severity, level = ("Error", "error") if diagnostic.is_error else ("Warning", "warn")
        record = diagnostic_to_json(diagnostic, self.sources)
        self.event(f"{severity}: {diagnostic.summary}", "diagnostic", level, diagnostic=record)

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Tell diagnostics one by one."""
        for diagnostic in diagnostics:
            self.diagnosed(diagnostic)

    def refresh_started(self, address: InstanceAddress, id: str, deposed: str | None) -> None:
        """Tell that an object is read."""
        self._hook(f"{address}: Refreshing state...{id_suffix(id)}", "refresh_start", address, id=id)

    def refresh_completed(self, address: InstanceAddress, id: str, deposed: str | None) -> None:
        """Tell that an object was read."""
        self._hook(f"{address}: Refresh complete{id_suffix(id)}", "refresh_complete", address, id=id)

    def data_read_started(self, address: InstanceAddress) -> None:
        """Tell that a data source is read."""
        self._hook(f"{address}: Refreshing...", "apply_start", address, Action.READ)

    def data_read_completed(self, address: InstanceAddress, id: str, seconds: float) -> None:
        """Tell that a data source was read."""
        message = f"{address}: Refresh complete after {elapsed_text(seconds)}{id_suffix(id)}"
        self._hook(message, "apply_complete", address, Action.READ, id, seconds)

    def apply_started(self, change: ResourceChange, action: Action, id: str) -> None:
        """Tell that the work on an object begins."""
        if words := WORDS.get(action):
            message = f"{change.address}: {words.begins}...{id_suffix(id)}"
            self._hook(message, "apply_start", change.address, action, id)

    def apply_progressed(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """Tell that the work goes on."""
        if words := WORDS.get(action):
            message = f"{change.address}: Still {words.goes_on}... [{elapsed_text(seconds)} elapsed]"
            self._hook(message, "apply_progress", change.address, action, seconds=seconds)

    def apply_completed(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """Tell that the work is done."""
        if words := WORDS.get(action):
            id = "" if action is Action.DELETE else id
            message = f"{change.address}: {words.done} complete after {elapsed_text(seconds)}{id_suffix(id)}"
            self._hook(message, "apply_complete", change.address, action, id, seconds)

    def apply_errored(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """Tell that the work failed."""
        if words := WORDS.get(action):
            message = f"{change.address}: {words.done} errored after {elapsed_text(seconds)}"
            self._hook(message, "apply_errored", change.address, action, seconds=seconds)

    def _hook(
        self,
        message: str,
        kind: str,
        address: InstanceAddress,
        action: Action | None = None,
        id: str = "",
        seconds: float | None = None,
    ) -> None:
        hook = Record(resource=address_record(address))
        if action is not None:
            hook["action"] = _ACTIONS[action]
        if id:
            hook.update(id_key="id", id_value=id)
        if seconds is not None:
            hook["elapsed_seconds"] = round(seconds)
        self.event(message, kind, hook=hook)


def address_record(address: InstanceAddress) -> Record:
    """Return an address with its parts, as events have it."""
    resource = address.resource
    return Record(
        addr=str(address),
        module=resource.module,
        resource=str(address).removeprefix(f"{resource.module}.") if resource.module else str(address),
        implied_provider=resource.type.partition("_")[0],
        resource_type=resource.type,
        resource_name=resource.name,
        resource_key=address.key,
    )


def change_record(change: ResourceChange) -> Record:
    """Return a change as ``planned_change`` and ``resource_drift`` have it."""
    record = Record(resource=address_record(change.address))
    if change.was_moved and change.previous_address is not None:
        record["previous_resource"] = address_record(change.previous_address)
    record["action"] = _planned_action(change)
    if change.reason:
        record["reason"] = _REASONS.get(change.reason, str(change.reason))
    if change.importing is not None:
        record["importing"] = Record(id=change.importing.id) if change.importing.id else Record()
    if change.simulated:
        record["simulated"] = True
    return record


def _planned_action(change: ResourceChange) -> str:
    if change.action is Action.NO_OP and change.was_moved:
        return "move"
    if change.action is Action.NO_OP and change.importing is not None:
        return "import"
    return _ACTIONS[change.action]


def _is_dropped_data(change: ResourceChange) -> bool:
    return change.action is Action.DELETE and change.address.resource.mode == "data"


def _output(output: OutputState) -> Record:
    fields = Record(sensitive=output.sensitive, type=type_to_json(output.type))
    if not output.sensitive:
        fields["value"] = output.value
    return fields
