"""``show``: the state or a saved plan, for people or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from constructs_ims.cli.terraform.session import CommandFailedError, UsageError
from constructs_ims.schema.diagnostics import error

if TYPE_CHECKING:
    from constructs_ims.backend.engine.lang.addresses import InstanceAddress
    from constructs_ims.backend.engine.lang.json_text import Record
    from constructs_ims.backend.engine.plans.changes import Plan
    from constructs_ims.backend.engine.render.text_layout import TextLayout
    from constructs_ims.backend.engine.state.model import State
    from constructs_ims.backend.engine.state.stored import SchemaOf
    from constructs_ims.cli.terraform.flags import Parsed
    from constructs_ims.cli.terraform.session import CommandSession


def show(parsed: Parsed, session: CommandSession) -> int:
    """Show what the word names, a plan or a state file, or the stack's state."""
    if len(parsed.words) > 1:
        raise UsageError(error("Too many command line arguments", "Expected at most one positional argument."))
    name = parsed.words[0] if parsed.words else None
    if name is not None and not _is_state_file(session.directory / name):
        _show_plan(_plan(name, session), parsed["json"], session)
    else:
        _show_state(session.read_state(name), parsed["json"], session)
    return 0


def object_text(state: State, address: InstanceAddress, session: CommandSession) -> str:
    """Return one object as ``state show`` prints it."""
    from constructs_ims.backend.engine.render.state_text import resource_text, resources_of

    document, schema_of = _document(state)
    resources = (one for one in resources_of(document) if not one.get("deposed_key"))
    found = next(one for one in resources if one["address"] == str(address))
    return resource_text(found, schema_of, _layout(session))


def _document(state: State) -> tuple[Record, SchemaOf]:
    """Return a state's document, and what has the schemas of its objects."""
    from constructs_ims.backend.engine.render.schemas import schema_finder
    from constructs_ims.backend.engine.render.state_json import state_to_json
    from constructs_ims.cli.terraform.commands.providers import described_providers

    schema_of = schema_finder(described_providers())
    return state_to_json(state, schema_of), schema_of


def _plan(name: str, session: CommandSession) -> Plan:
    """Return the plan that a file holds which is no state; say why it is neither."""
    from constructs_ims.backend.engine.state.statefile import read_state

    try:
        return session.load_plan(name)
    except CommandFailedError as failure:
        plan_reason = failure.diagnostics[0].detail.removeprefix("Error: ")
    try:
        found = read_state((session.directory / name).read_bytes())
        why = "; ".join(f"{one.summary}: {one.detail}" for one in found.diagnostics) or "no state"
        state_reason = f"Error reading {name} as a statefile: {why}"
    except OSError as fault:
        state_reason = f"Error loading statefile: open {name}: {(fault.strerror or str(fault)).lower()}"
    detail = f"State read error: {state_reason}\n\nPlan read error: {plan_reason}"
    raise CommandFailedError(error("Failed to read the given file as a state or plan file", detail))


def _show_plan(plan: Plan, as_json: bool, session: CommandSession) -> None:
    from constructs_ims.backend.engine.lang.json_text import to_compact
    from constructs_ims.backend.engine.render.plan_json import plan_to_json
    from constructs_ims.backend.engine.render.plan_text import plan_text

    if as_json:
        session.terminal.say(to_compact(plan_to_json(plan)))
        return
    session.terminal.say(plan_text(plan, _layout(session)), end="")


def _show_state(state: State, as_json: bool, session: CommandSession) -> None:
    from constructs_ims.backend.engine.lang.json_text import to_compact
    from constructs_ims.backend.engine.render.state_text import state_text

    document, schema_of = _document(state)
    if as_json:
        session.terminal.say(to_compact(document))
    elif not state.lineage:
        session.terminal.say("No state.")
    else:
        session.terminal.say(state_text(document, schema_of, _layout(session)), end="")


def _is_state_file(path: Path) -> bool:
    """Whether a file holds a state, by its first bytes."""
    try:
        return b'"version"' in path.read_bytes()[:200]
    except OSError:
        return False


def _layout(session: CommandSession) -> TextLayout:
    from constructs_ims.backend.engine.render.text_layout import TextLayout

    return TextLayout(session.terminal.width, session.terminal.color)
