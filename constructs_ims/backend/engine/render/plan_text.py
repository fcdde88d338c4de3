"""The text of a plan, from parts of what ``terraform show -json`` prints: notes, legend, every change, the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_ims.backend.engine.plans.changes import Action, Plan, PlanMode
from constructs_ims.backend.engine.render.change import EVERYTHING, Paths, RenderedChange
from constructs_ims.backend.engine.render.compare import diff_block, diff_value
from constructs_ims.backend.engine.render.diff import Diff
from constructs_ims.backend.engine.render.diff_style import SYMBOLS, DiffStyle
from constructs_ims.backend.engine.render.diff_text import diff_text
from constructs_ims.backend.engine.render.headlines import ShownChange, action_of, headline, is_shown
from constructs_ims.backend.engine.render.plan_json import schemas_in, told_in_text
from constructs_ims.backend.engine.render.progress_text import Counts
from constructs_ims.backend.engine.render.simulated_modules import module_line
from constructs_ims.backend.engine.render.text_layout import PLAIN, TextLayout, attribute_name
from constructs_ims.backend.engine.state.stored import SchemaOf

_LEGEND: Final = {
    Action.CREATE: "  [green]+[reset] create",
    Action.UPDATE: "  [yellow]~[reset] update in-place",
    Action.DELETE: "  [red]-[reset] destroy",
    Action.DELETE_THEN_CREATE: "[red]-[reset]/[green]+[reset] destroy and then create replacement",
    Action.CREATE_THEN_DELETE: "[green]+[reset]/[red]-[reset] create replacement and then destroy",
    Action.READ: " [cyan]<=[reset] read (data resources)",
}


def plan_text(plan: Plan, terminal: TextLayout = PLAIN, *, automated: bool = False, brief: bool = False) -> str:
    """Write a plan; ``automated`` leaves out hints for a person, ``brief`` what nobody gave and nobody knows yet."""
    given = _given_in(plan) if brief else None
    return PlanView(told_in_text(plan), schemas_in(plan), plan.mode, terminal, automated, given).text()


def _given_in(plan: Plan) -> dict[str, frozenset[str]]:
    """Return the attributes that the configuration gives, by the address of the object."""
    return {
        str(change.address): frozenset(name for name, value in (change.config or {}).items() if value is not None)
        for change in plan.resource_changes
    }


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan's document and what is needed to show it."""

    document: Mapping[str, Any]
    schema_of: SchemaOf
    mode: PlanMode = "normal"
    terminal: TextLayout = PLAIN
    runs_in_automation: bool = False
    given: Mapping[str, frozenset[str]] | None = None
    """Those attributes of each object to be shown although only the apply will tell them; all where this is None."""

    def text(self) -> str:
        """Write the plan from its first note to its last output; the text begins with an empty line."""
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterable[str]:
        drift = self._drift_lines()
        yield from drift
        changes = [change for change in self._changes("resource_changes") if is_shown(change)]
        outputs = self._output_lines()
        yield from self._module_lines()
        if not changes and not outputs:
            yield from self._no_change_lines(bool(drift))
            return
        if drift:
            yield from ("", self.terminal.rule())
        counts: Counter[Action] = Counter(change.action for change in changes)
        del counts[Action.NO_OP]
        yield from self._legend_lines(counts)
        yield from self._change_lines(changes, counts)
        yield from self._outputs_section(outputs, counts)

    def _module_lines(self) -> Iterable[str]:
        """Say of each module call that it is simulated, where it is from, and what its outputs are."""
        modules = self.document.get("simulated_modules") or ()
        if modules:
            yield ""
        for module in modules:
            yield f"  # {module_line(module)}"

    def _changes(self, part: str) -> Iterable[ShownChange]:
        return (ShownChange(entry, action_of(entry["change"]["actions"])) for entry in self.document.get(part) or ())

    def _legend_lines(self, counts: Counter[Action]) -> Iterable[str]:
        if not counts:
            return
        explanation = (
            "Terraform used the selected providers to generate the following execution plan. Resource actions are "
            "indicated with the following symbols:"
        )
        yield from ("", self.terminal.wrap(explanation))
        yield from (self.terminal.paint(text) for action, text in _LEGEND.items() if counts[action])

    def _change_lines(self, changes: Sequence[ShownChange], counts: Counter[Action]) -> Iterable[str]:
        if not changes:
            return
        if self.document.get("errored"):
            yield from ("", "Terraform planned the following actions, but then encountered a problem:")
        else:
            yield from ("", "Terraform will perform the following actions:")
        for change in changes:
            yield from ("", self._change_text(change, self._diff(change)))
        sums = Counts.of_actions(counts, imported=sum(change.importing is not None for change in changes))
        yield from ("", f"{self.terminal.paint('[bold]Plan:[reset] ')}{sums.to_come()}.")

    def _outputs_section(self, outputs: Sequence[str], counts: Counter[Action]) -> Iterable[str]:
        if not outputs:
            return
        yield from ("", "Changes to Outputs:", *outputs)
        if not counts:
            explanation = (
                "You can apply this plan to save these new output values to the Terraform state, without changing any "
                "real infrastructure."
            )
            yield from ("", self.terminal.wrap(explanation))

    def _output_lines(self) -> list[str]:
        changes: Mapping[str, Any] = self.document.get("output_changes") or {}
        names = {name: attribute_name(name) for name in changes}
        width = max(map(len, names.values()), default=0)
        style = DiffStyle(self.terminal)
        lines = []
        for name in sorted(changes):
            diff = diff_value(_change_of(changes[name], legacy=False))
            if diff.action is not Action.NO_OP:
                symbol = self.terminal.paint(SYMBOLS[diff.action])
                lines.append(f"{symbol} {names[name]:<{width}} = {diff_text(diff, 0, style)}")
        return lines

    def _diff(self, shown: ShownChange, relevant: Paths = EVERYTHING) -> Diff:
        entry = shown.entry
        schema = self.schema_of(entry["provider_name"], entry["mode"], entry["type"])
        change = _change_of(entry["change"], relevant)
        return diff_block(change, schema.block if schema else None)

    def _change_text(self, shown: ShownChange, diff: Diff, *, is_drift: bool = False) -> str:
        given = None if self.given is None else self.given.get(shown.entry["address"], frozenset())
        style = DiffStyle(self.terminal, shows_unchanged=shown.importing is not None, given=given)
        kind = "resource" if shown.entry["mode"] == "managed" else "data"
        head = f'{kind} "{shown.entry["type"]}" "{shown.entry["name"]}"'
        comment = "\n".join(map(self.terminal.paint, self._comment(shown, is_drift)))
        return f"{comment}\n{style.symbol(shown.action)}{head} {diff_text(diff, 0, style)}"

    def _comment(self, shown: ShownChange, is_drift: bool) -> Iterable[str]:
        yield from headline(shown, is_drift)
        if shown.was_moved and shown.action is not Action.NO_OP:
            yield f"  # [reset](moved from {shown.entry['previous_address']})"
        if shown.importing is not None and (shown.action is not Action.NO_OP or shown.was_moved):
            id = shown.importing.get("id")
            yield f'  # [reset](imported from "{id}")' if id else "  # [reset](will be imported first)"
            if shown.action.is_replace:
                yield "  # [reset][yellow]Warning: this will destroy the imported resource[reset]"
        if shown.entry.get("simulated"):
            yield "  # [reset](simulated: no provider for this type is at hand)"

    def _drift_lines(self) -> list[str]:
        drifted = []
        for shown in self._changes("resource_drift"):
            relevant = self._relevant_to(shown.entry["address"])
            if not relevant:
                continue
            diff = self._diff(shown, relevant)
            if self.mode == "refresh-only" or diff.action is not Action.NO_OP:
                drifted.append((shown, diff))
        if not drifted or (self.mode != "refresh-only" and self._is_empty()):
            return []
        shown_texts = [self._change_text(shown, diff, is_drift=True) for shown, diff in drifted if is_shown(shown)]
        lines = [
            "",
            self.terminal.paint("[bold][cyan]Note:[reset][bold] Objects have changed outside of Terraform"),
            "",
            self.terminal.wrap(
                'Terraform detected the following changes made outside of Terraform since the last "terraform apply" '
                "which may have affected this plan:"
            ),
        ]
        for text in shown_texts:
            lines += ["", text]
        return [*lines, "", "", self.terminal.wrap(_DRIFT_ENDS[self.mode == "refresh-only"])]

    def _is_empty(self) -> bool:
        is_quiet = all(
            self._diff(shown).action is Action.NO_OP and not shown.was_moved
            for shown in self._changes("resource_changes")
            if shown.action is not Action.NO_OP or shown.was_moved
        )
        return is_quiet and not self._output_lines()

    def _relevant_to(self, address: str) -> Paths:
        if self.mode == "refresh-only":
            return EVERYTHING
        found = self.document.get("relevant_attributes") or ()
        return tuple(tuple(one["attribute"]) for one in found if one["resource"] == address)

    def _no_change_lines(self, has_drift: bool) -> Iterable[str]:
        if has_drift and self.mode != "refresh-only":
            yield from ("", self.terminal.rule())
        if self.document.get("errored"):
            yield from (
                "",
                self.terminal.paint(
                    "[reset][bold][red]Planning failed.[reset][bold] Terraform encountered an error while generating "
                    "this plan.[reset]"
                ),
                "",
            )
            return
        if has_drift and self.mode == "refresh-only":
            return
        head, explanation = _NO_CHANGES[self.mode]
        yield from (
            "",
            self.terminal.paint(f"[reset][bold][green]No changes.[reset][bold] {head}[reset]"),
            "",
            self.terminal.wrap(explanation if not has_drift or self.mode == "destroy" else self._drift_explanation()),
        )

    def _drift_explanation(self) -> str:
        if self.document.get("applyable"):
            return (
                "Your configuration already matches the changes detected above, so applying this plan will only update "
                "the state to include the changes detected above and won't change any real infrastructure."
            )
        suggestion = "." if self.runs_in_automation else ":\n  terraform apply -refresh-only"
        return (
            "Your configuration already matches the changes detected above. If you'd like to update the Terraform "
            f"state to match, create and apply a refresh-only plan{suggestion}"
        )


_DRIFT_ENDS: Final = {
    False: (
        "Unless you have made equivalent changes to your configuration, or ignored the relevant attributes using "
        "ignore_changes, the following plan may include actions to undo or respond to these changes."
    ),
    True: (
        "This is a refresh-only plan, so Terraform will not take any actions to undo these. If you were expecting "
        "these changes then you can apply this plan to record the updated values in the Terraform state without "
        "changing any remote objects."
    ),
}
_NO_CHANGES: Final[Mapping[PlanMode, tuple[str, str]]] = {
    "normal": (
        "Your infrastructure matches the configuration.",
        "Terraform has compared your real infrastructure against your configuration and found no differences, so no "
        "changes are needed.",
    ),
    "refresh-only": (
        "Your infrastructure still matches the configuration.",
        "Terraform has checked that the real remote objects still match the result of your most recent changes, and "
        "found no differences.",
    ),
    "destroy": (
        "No objects need to be destroyed.",
        "Either you have not created any objects yet or the existing objects were already deleted outside of "
        "Terraform.",
    ),
}


def _change_of(change: Mapping[str, Any], relevant: Paths = EVERYTHING, *, legacy: bool = True) -> RenderedChange:
    found = RenderedChange(
        before=change.get("before"),
        after=change.get("after"),
        unknown=change.get("after_unknown"),
        before_sensitive=change.get("before_sensitive"),
        after_sensitive=change.get("after_sensitive"),
        replace=tuple(map(tuple, change.get("replace_paths") or ())),
        relevant=relevant,
        legacy=legacy,
    )
    return found.as_no_op() if change["actions"] == ["forget"] else found
